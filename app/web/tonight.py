"""The evening before the interview, as a list in minutes: what to read, what to drill, what to leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.progress import past, settings
from app.progress import tonight as plan
from app.progress.study import ANSWERS, Study
from app.progress.tonight import Item
from app.web.amounts import day, minutes
from app.web.evening import LONGEST, SHORTEST, Evening, keep, planned
from app.web.home import lesson_url
from app.web.learners import Learner, known
from app.web.not_here import Link
from app.web.progress import newcomer
from app.web.world import World, world
from app.web.zones import USUAL as ZONES
from app.words import Words

OFFERED = (30, 60, 90, 120, 180)
LEAVING = ("leave", "skip")  # kinds that there is no time for
TOGETHER = ("answer", "read")  # kinds of which one follows the other
QUIZ = 10  # questions of a quiz at most: a long round is several
ANSWERED = 500  # answers, the latest, among which those of the evening are


class Piece(NamedTuple):
    """One thing to do, how long it takes, and what it is about where its link does not say so."""

    link: Link
    minutes: str
    about: tuple[str, ...]


class Section(NamedTuple):
    """A stretch of the evening: what is done, from which minute to which, and the pieces.

    `kind` as in `Item`; `done` for what has been done already.
    """

    kind: str
    title: str
    why: str
    span: str
    pieces: tuple[Piece, ...]


class Past(NamedTuple):
    """What was done of the evening, and how many of its answers were right."""

    items: tuple[Item, ...]
    right: int


class Left(NamedTuple):
    """A lesson that there is no time for, or the skills of it that there is no time to ask about."""

    lesson: Link
    skills: tuple[str, ...]


class Leaving(NamedTuple):
    """What there is no time for: lessons, or questions about what is read; and why."""

    title: str
    why: str
    lessons: tuple[Left, ...]


class Choice(NamedTuple):
    """A length that the evening can have."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class TonightView:
    """The evening."""

    template: ClassVar[str] = "progress/tonight.html"
    minutes: int
    length: str
    choices: tuple[Choice, ...]
    shortest: int
    longest: int
    when: str  # the interview, where it is known
    today: bool  # whether it is on this day
    sections: tuple[Section, ...]
    left: tuple[Leaving, ...]
    zone: str  # with which to say that the interview is tomorrow; "" where its date is known
    known: bool  # whether that zone is the learner's own choice


async def tonight(request: Request, lang: str) -> Response:
    """`/{lang}/progress/tonight?minutes=90`: for everybody, whether or not anything was answered."""
    here = world(request)
    words = here.speak(lang)
    evening = planned(request, here.now())
    learner = known(here, request)
    study = learner.study if learner else newcomer(here, words)
    zone = learner.settings.get(settings.ZONE, "") if learner else ""
    before = _past(here, learner, evening) if learner else Past((), 0)
    items = plan.tonight(study, evening.minutes, before.items)
    url = f"/{lang}/progress/tonight"
    view = TonightView(
        evening.minutes,
        minutes(words, evening.minutes),
        tuple(Choice(minutes(words, n), f"{url}?minutes={n}", n == evening.minutes) for n in OFFERED),
        SHORTEST,
        LONGEST,
        day(words, study.interview) if study.interview and study.days_left is not None else "",
        study.days_left == 0,
        _sections(here, words, before, [item for item in items if item.kind not in LEAVING]),
        tuple(_leaving(here, words, study, kind, items) for kind in LEAVING if any(one.kind == kind for one in items)),
        "" if study.days_left is not None else zone or ZONES[lang],
        bool(zone),
    )
    page = here.page(request, words, "progress", f"?minutes={evening.minutes}")
    response = here.answer(request, words, here.renderer.render(page, view))
    keep(response, evening)
    return response


def _past(here: World, learner: Learner, evening: Evening) -> Past:
    """What this learner has done since the evening began."""
    with here.store.reading() as connection:
        answers = past.of(connection, learner.id, ANSWERED)
    read = {(step.lesson, step.step) for step in learner.steps if step.last_at >= evening.began}
    given = [answer for answer in reversed(answers) if answer.at >= evening.began]
    items = plan.done(learner.study, read, [answer.skill for answer in given])
    return Past(items, past.score(given).right)


def _sections(here: World, words: Words, before: Past, items: list[Item]) -> tuple[Section, ...]:
    """The items in their order, each with its minutes of the evening; what is read is read in one stretch."""
    sections: list[Section] = []
    begin, place = 0, 0
    if before.items:
        begin = sum(item.minutes for item in before.items)
        pieces = tuple(_done(here, words, item, before.right) for item in before.items)
        sections.append(_section(words, "done", "done", (0, begin), pieces))
    while place < len(items):
        kind, same = items[place].kind, place
        while same < len(items) and items[same].kind == kind and (same == place or kind in TOGETHER):
            same += 1
        stretch = items[place:same]
        end = begin + sum(item.minutes for item in stretch)
        name = "rest.last" if kind == "rest" and same == len(items) else kind
        pieces = tuple(piece for item in stretch for piece in _pieces(here, words, item))
        sections.append(_section(words, kind, name, (begin, end), pieces))
        begin, place = end, same
    return tuple(sections)


def _section(words: Words, kind: str, name: str, span: tuple[int, int], pieces: tuple[Piece, ...]) -> Section:
    begin, end = span
    told = words("tonight.span", begin=begin, end=end)
    return Section(kind, words(f"tonight.{name}"), words(f"tonight.{name}.why"), told, pieces)


def _done(here: World, words: Words, item: Item, right: int) -> Piece:
    """What was done, and what it took by the plan."""
    took = minutes(words, item.minutes)
    if item.kind == "drill":
        told = words("tonight.done.drill", count=len(item.skills), right=right)
        return Piece(Link(told, f"/{words.lang}/progress#recent"), took, ())
    lesson = here.course.editions[words.lang].lessons[item.lesson]
    place = f"#{ANSWERS}" if item.kind == "answer" else ""
    return Piece(
        Link(words(f"tonight.done.{item.kind}", lesson=lesson.title), f"{lesson_url(lesson)}{place}"), took, ()
    )


def _pieces(here: World, words: Words, item: Item) -> list[Piece]:
    if item.kind in ("drill", "again"):
        return _rounds(here, words, item)
    if item.kind == "rest":
        return []
    lesson = here.course.editions[words.lang].lessons[item.lesson]
    place = f"?read={ANSWERS}#{ANSWERS}" if item.kind == "answer" else ""
    return [Piece(Link(lesson.title, f"{lesson_url(lesson)}{place}"), minutes(words, item.minutes), ())]


def _rounds(here: World, words: Words, item: Item) -> list[Piece]:
    """A question about each skill, in quizzes that are not too long and mix their own."""
    pieces, seconds = [], {skill.id: skill.seconds for skill in here.syllabus.skills}
    for first in range(0, len(item.skills), QUIZ):
        skills = item.skills[first : first + QUIZ]
        url = f"/{words.lang}/quiz/{','.join(skills)}?n={len(skills)}"
        length = max(1, round(sum(seconds[id] for id in skills) / 60))
        quiz = Link(words("tonight.quiz", count=len(skills)), url)
        pieces.append(Piece(quiz, minutes(words, length), _names(here, words, skills)))
    return pieces


def _leaving(here: World, words: Words, study: Study, kind: str, items: Iterable[Item]) -> Leaving:
    """Who has answers to show for it is told that the plan went by them, too."""
    left = [item for item in items if item.kind == kind]
    known = any(study.chance(skill, study.now) for skill in study.skills for item in left if skill.id in item.skills)
    why = words(f"tonight.{kind}.known" if known else f"tonight.{kind}.why")
    return Leaving(words(f"tonight.{kind}"), why, tuple(_left(here, words, item) for item in left))


def _left(here: World, words: Words, item: Item) -> Left:
    lesson = here.course.editions[words.lang].lessons[item.lesson]
    skills = _names(here, words, item.skills) if item.kind == "skip" else ()
    return Left(Link(lesson.title, lesson_url(lesson)), skills)


def _names(here: World, words: Words, skills: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(here.skills[id].names[words.lang] for id in skills)
