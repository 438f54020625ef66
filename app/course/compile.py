"""The content folder → the course in both languages, or all that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path

from app.course.captures import Captures
from app.course.directives import Run
from app.course.lesson import Course, Edition, Lesson, Part, StateProse, StepRef, Term, players
from app.course.links import Links
from app.course.manuscript import Manuscript, anchors, read
from app.course.markdown import Document
from app.course.pen import Pen, plain
from app.course.questions import Known, misconceptions, written
from app.course.scenarios import Scenarios
from app.course.source import ContentError, Folder
from app.course.stage import Stage
from app.course.timers import timers
from app.course.writer import Writer
from app.quiz.generator import GENERATORS, question
from app.quiz.pool import Pool
from app.quiz.written import Written
from app.tcp.states import State
from app.words import Words


def load(content: Path, words: Mapping[str, Words]) -> Course:
    """The course. Raises ContentError, with every problem, when anything in the content is malformed or untrue."""
    folder = Folder(content)
    manuscript = read(folder)
    course = compiled(manuscript, Scenarios(folder, words["en"]), Captures(folder), words)
    if folder.problems:
        raise ContentError(sorted(folder.problems))
    return course


def compiled(manuscript: Manuscript, scenarios: Scenarios, captures: Captures, words: Mapping[str, Words]) -> Course:
    """The course as far as it compiles; what is wrong is in the folder's problems."""
    _only_entries(manuscript)
    _ask_generators(manuscript)
    links = {lang: _links(manuscript, lang) for lang in words}
    editions = {lang: _edition(manuscript, links[lang], Stage(scenarios, captures, words[lang])) for lang in words}
    pool = Pool(_written(manuscript, links, editions))
    _asked(manuscript, pool)
    return Course(editions, manuscript.skills, manuscript.citations, captures.files, pool, manuscript.corpus)


def _links(manuscript: Manuscript, lang: str) -> Links:
    return Links(
        lang,
        manuscript.citations,
        {slug: anchors(versions[lang]) for slug, versions in manuscript.lessons.items()},
        anchors(manuscript.states[lang]),
        anchors(manuscript.glossary[lang]),
    )


def _written(manuscript: Manuscript, links: Mapping[str, Links], editions: Mapping[str, Edition]) -> dict[str, Written]:
    """The written questions of all topics, by id."""
    misconceptions = next(iter(editions.values())).misconceptions
    known = Known(frozenset(skill.id for skill in manuscript.skills), frozenset(misconceptions), frozenset(GENERATORS))
    topics = (written(versions, links, known) for versions in manuscript.questions.values())
    return {id: question for topic in topics for id, question in topic.items()}


def _asked(manuscript: Manuscript, pool: Pool) -> None:
    """Report questions that lessons ask and that there are not."""
    for versions in manuscript.lessons.values():
        for document in versions.values():
            for directive in document.walk():
                source = directive.attributes.get("source", "")
                if directive.name == "ask" and source not in pool:
                    document.source.report(directive.line, f"there is no question or generator “{source}”")


def _edition(manuscript: Manuscript, links: Links, stage: Stage) -> Edition:
    lang = links.lang
    states, glossary = manuscript.states[lang], manuscript.glossary[lang]
    parts = []
    number = 0
    for plan in manuscript.parts:
        lessons = []
        for slug in plan.lessons:
            number += 1
            lessons.append(_lesson(manuscript, slug, (plan.names[lang], number), links, stage))
        parts.append(Part(plan.id, plan.names[lang], tuple(lessons)))
    return Edition(
        lang,
        tuple(parts),
        {lesson.slug: lesson for part in parts for lesson in part.lessons},
        _states(states, Pen(states.source, links)),
        _terms(glossary, Pen(glossary.source, links)),
        timers(manuscript.timers[lang], links, stage.scenarios),
        misconceptions(manuscript.misconceptions[lang], links),
    )


def _lesson(manuscript: Manuscript, slug: str, place: tuple[str, int], links: Links, stage: Stage) -> Lesson:
    document = manuscript.lessons[slug][links.lang]
    writer = Writer(document, links, stage)
    body = writer.body()
    part, number = place
    return Lesson(
        slug=slug,
        lang=links.lang,
        title=document.front["title"],
        description=document.front["description"],
        question=document.front["question"],
        part=part,
        number=number,
        total=len(manuscript.lessons),
        body=body,
        steps=tuple(
            StepRef(step.number, step.id, player.id, step.moment, step.kind)
            for player in players(body)
            for step in player.steps
        ),
        skills=tuple(skill for skill in manuscript.skills if skill.lesson == slug),
        requires=_required(manuscript, slug),
        terms=writer.terms,
    )


def _required(manuscript: Manuscript, slug: str) -> tuple[str, ...]:
    """The lessons that teach what the skills of this one require."""
    home = {skill.id: skill.lesson for skill in manuscript.skills}
    wanted = {home.get(id) for skill in manuscript.skills if skill.lesson == slug for id in skill.requires} - {slug}
    return tuple(other for part in manuscript.parts for other in part.lessons if other in wanted)


def _states(document: Document, pen: Pen) -> dict[str, StateProse]:
    """The states in the RFC's order. A name that is no state's is reported."""
    written = {}
    known = {state.value.lower() for state in State}
    for directive in document.walk():
        if directive.name != "state":
            continue
        if directive.id not in known:
            document.source.report(directive.line, f"there is no state “{directive.id}”")
        piles = [token for inner in directive.directives for token in inner.tokens]
        if not directive.tokens or not piles:
            document.source.report(
                directive.line, "a state says what it means, and in a pile-up what thousands of it mean"
            )
        written[directive.id] = StateProse(directive.id, pen.blocks(directive.tokens), pen.blocks(piles))
    return {state.value.lower(): written[state.value.lower()] for state in State if state.value.lower() in written}


def _terms(document: Document, pen: Pen) -> tuple[Term, ...]:
    terms = []
    for directive in document.walk():
        tokens = directive.tokens
        if len(tokens) < 4 or tokens[0].type != "heading_open" or tokens[0].tag != "h3":
            document.source.report(directive.line, "a term begins with its name (### …) and goes on with what it means")
            continue
        terms.append(Term(directive.id, plain(tokens[1]), directive.attributes.get("aka", ""), pen.blocks(tokens[3:])))
    return tuple(terms)


def _ask_generators(manuscript: Manuscript) -> None:
    """A generator with a wrong answer that stands for no misconception of its own, or without an honest one."""
    skills = manuscript.folder.read("skills.toml")
    for id in GENERATORS:
        try:
            question(id, 0)
        except ValueError as refusal:
            skills.report(1, str(refusal))


def _only_entries(manuscript: Manuscript) -> None:
    """Report words between the entries of what is no lesson: nobody would see them."""
    alone = (manuscript.states, manuscript.glossary, manuscript.timers, manuscript.misconceptions)
    for versions in (*alone, *manuscript.questions.values()):
        for document in versions.values():
            for child in document.children:
                if isinstance(child, Run):
                    document.source.report(child.line, "words outside of an entry are shown nowhere")
