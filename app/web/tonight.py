"""The evening before the interview, as a list in minutes: what to read, what to drill, what to leave."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.progress import tonight as evening
from app.progress.tonight import Item
from app.web.amounts import day, minutes
from app.web.answering import whole
from app.web.home import lesson_url
from app.web.learners import known
from app.web.not_here import Link
from app.web.progress import newcomer
from app.web.world import World, world
from app.words import Words

USUAL, SHORTEST, LONGEST = 90, 10, 600
OFFERED = (30, 60, 90, 120, 180)
TOGETHER = ("answer", "read")  # kinds of which one follows the other
QUIZ = 10  # questions of a quiz at most: a long round is several


class Piece(NamedTuple):
    """One thing to do, how long it takes, and what it is about where its link does not say so."""

    link: Link
    minutes: str
    about: tuple[str, ...]


class Section(NamedTuple):
    """A stretch of the evening: what is done, from which minute to which, and the pieces; `kind` as in `Item`."""

    kind: str
    title: str
    why: str
    span: str
    pieces: tuple[Piece, ...]


class Left(NamedTuple):
    """What there is no time for of a lesson."""

    lesson: Link
    skills: tuple[str, ...]


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
    left: tuple[Left, ...]


async def tonight(request: Request, lang: str) -> Response:
    """`/{lang}/progress/tonight?minutes=90`: for everybody, whether or not anything was answered."""
    here = world(request)
    words = here.speak(lang)
    count = whole(request.query_params.get("minutes"), SHORTEST, LONGEST, USUAL)
    learner = known(here, request)
    study = learner.study if learner else newcomer(here)
    items = evening.tonight(study, count)
    url = f"/{lang}/progress/tonight"
    view = TonightView(
        count,
        minutes(words, count),
        tuple(Choice(minutes(words, n), f"{url}?minutes={n}", n == count) for n in OFFERED),
        SHORTEST,
        LONGEST,
        day(words, study.interview) if study.interview and study.days_left is not None else "",
        study.days_left == 0,
        _sections(here, words, [item for item in items if item.kind != "leave"]),
        tuple(_left(here, words, item) for item in items if item.kind == "leave"),
    )
    page = here.page(request, words, "progress", f"?minutes={count}")
    return here.answer(request, words, here.renderer.render(page, view))


def _sections(here: World, words: Words, items: list[Item]) -> tuple[Section, ...]:
    """The items in their order, each with its minutes of the evening; what is read is read in one stretch."""
    sections: list[Section] = []
    begin, place, rounds = 0, 0, 0
    while place < len(items):
        kind, same = items[place].kind, place
        while same < len(items) and items[same].kind == kind and (same == place or kind in TOGETHER):
            same += 1
        stretch = items[place:same]
        end = begin + sum(item.minutes for item in stretch)
        rounds += kind == "drill"
        name: str = kind
        if kind == "drill" and rounds > 1:
            name = "drill.again"
        elif kind == "rest" and same == len(items):
            name = "rest.last"
        sections.append(
            Section(
                kind,
                words(f"tonight.{name}"),
                words(f"tonight.{name}.why"),
                words("tonight.span", begin=begin, end=end),
                tuple(piece for item in stretch for piece in _pieces(here, words, item)),
            )
        )
        begin, place = end, same
    return tuple(sections)


def _pieces(here: World, words: Words, item: Item) -> list[Piece]:
    if item.kind == "drill":
        return _rounds(here, words, item)
    if item.kind == "rest":
        return []
    lesson = here.course.editions[words.lang].lessons[item.lesson]
    place = "#answers" if item.kind == "answer" else ""
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


def _left(here: World, words: Words, item: Item) -> Left:
    lesson = here.course.editions[words.lang].lessons[item.lesson]
    return Left(Link(lesson.title, lesson_url(lesson)), _names(here, words, item.skills))


def _names(here: World, words: Words, skills: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(here.skills[id].names[words.lang] for id in skills)
