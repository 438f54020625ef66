"""`python -m app check`: what keeps the course from loading, and what a good course has besides."""

from collections import Counter
from pathlib import Path

from app.course.blocks import Predict, Step
from app.course.captures import Captures
from app.course.compile import compiled
from app.course.corpus import Asked
from app.course.coverage import coverage, inspect
from app.course.experiments import inspect_experiments
from app.course.lesson import Course, Lesson
from app.course.manuscript import LANGS, Manuscript, read
from app.course.markdown import Document
from app.course.scenarios import Scenarios
from app.course.source import Folder, Problem
from app.quiz.generator import GENERATORS
from app.tcp.states import State
from app.words import load as load_words

ANSWERS = (30, 120)
PREDICTIONS = 2


def check(content: Path) -> list[Problem]:
    """Everything that is wrong with the content, in the order of files and lines."""
    return _read(content)[0]


def covered(content: Path) -> list[str]:
    """What interviewers ask, and what of the course answers it: a line each, and a count."""
    _, asked, course = _read(content)
    return list(coverage(asked, course))


def _read(content: Path) -> tuple[list[Problem], tuple[Asked, ...], Course]:
    folder = Folder(content)
    words = load_words(content / "locale")
    manuscript = read(folder)
    scenarios = Scenarios(folder, words["en"])
    captures = Captures(folder)
    course = compiled(manuscript, scenarios, captures, words)
    for lang, edition in course.editions.items():
        for slug, lesson in edition.lessons.items():
            _lesson(manuscript.lessons[slug][lang], lesson)
        _states(manuscript.states[lang])
    _scenarios(manuscript, scenarios)
    _captures(manuscript, captures)
    _skills(manuscript, course)
    inspect_experiments(folder)
    inspect(folder.read("corpus.toml"), course.corpus, manuscript, course)
    return sorted(folder.problems), course.corpus, course


def _lesson(document: Document, lesson: Lesson) -> None:
    """A lesson has a player, predictions and both spoken answers; its players go forward in time."""
    source = document.source
    names = Counter(directive.name for directive in document.walk())
    if not names["player"]:
        source.report(1, "this lesson has no player")
    if names["predict"] < PREDICTIONS:
        source.report(1, f"this lesson has {names['predict']} predictions, at least {PREDICTIONS} are wanted")
    given = [answer.seconds for answer in lesson.answers]
    for seconds in ANSWERS:
        if given.count(seconds) != 1:
            source.report(1, f"this lesson has {given.count(seconds)} answers of {seconds} seconds, one is wanted")
    lines = {directive.id: directive.line for directive in document.walk() if directive.id}
    for player in lesson.players:
        latest: Step | Predict | None = None
        for step in player.steps:
            if latest and step.moment < latest.moment:
                source.report(lines[step.id], f"#{step.id} goes back in time: its moment is before #{latest.id}'s")
            latest = step


def _states(document: Document) -> None:
    written = {directive.id for directive in document.walk() if directive.name == "state"}
    for state in State:
        if state.value.lower() not in written:
            document.source.report(1, f"the state {state.value} is not explained")


def _skills(manuscript: Manuscript, course: Course) -> None:
    """Every skill is asked about, every misconception has its words and comes up somewhere."""
    skills = manuscript.folder.read("skills.toml")
    for skill in course.skills:
        if not course.pool.of_skill(skill.id):
            skills.report(skill.line, f"nothing asks about the skill {skill.id}")
    for generator in GENERATORS.values():
        if generator.skill not in {skill.id for skill in course.skills}:
            skills.report(1, f"the generator {generator.id} asks about {generator.skill}, which is no skill")
    document = manuscript.misconceptions[LANGS[0]]
    lines = {directive.id: directive.line for directive in document.walk()}
    held = course.pool.beliefs
    for belief in held - lines.keys():
        document.source.report(1, f"the misconception {belief} has no words")
    for belief in lines.keys() - held:
        document.source.report(lines[belief], f"no wrong answer stands for the misconception {belief}")


def _captures(manuscript: Manuscript, captures: Captures) -> None:
    """Every capture is shown somewhere."""
    shown = _mentioned(manuscript, "file")
    for name in captures.files:
        if name not in shown:
            manuscript.folder.report(f"captures/{name}.pcap", "this capture is shown nowhere")


def _mentioned(manuscript: Manuscript, attribute: str) -> set[str | None]:
    """The values that an attribute has in any lesson or timer."""
    documents = [versions[LANGS[0]] for versions in (*manuscript.lessons.values(), manuscript.timers)]
    return {directive.attributes.get(attribute) for document in documents for directive in document.walk()}


def _scenarios(manuscript: Manuscript, scenarios: Scenarios) -> None:
    """Every scenario file is used somewhere."""
    used = _mentioned(manuscript, "scenario")
    for name in scenarios.names:
        if name not in used:
            manuscript.folder.read(f"scenarios/{name}.scenario").report(1, "this scenario is used nowhere")
