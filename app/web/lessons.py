"""A lesson at a step."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.blocks import AskBlock, Player, Predict
from app.course.lesson import Lesson, Term
from app.course.skills import Skill
from app.draw.svg import phase
from app.progress.study import ANSWERS
from app.web.asking import Asked, asked
from app.web.home import lesson_url
from app.web.not_here import Link, NotHere
from app.web.reading import NoSuchStep, Reading, controls, horizon, moment_of, open_prediction, read, shown
from app.web.reading_kept import Step, note
from app.web.world import World, world
from app.words import Words


class LessonLink(NamedTuple):
    """The way to another lesson."""

    url: str
    title: str
    number: int


@dataclass(frozen=True)
class Stage:
    """How a player stands before this reader: what it shows, how far may be seen, where its buttons lead."""

    moment: int
    horizon: int
    last: int
    svg: str
    visible: int  # that many items from the start may be seen
    open: str | None  # the prediction that hides the others
    previous: str | None
    next: str | None
    place: int
    of: int


@dataclass(frozen=True)
class LessonView:
    """A lesson as one reader sees it."""

    template: ClassVar[str] = "lessons/lesson.html"
    lesson: Lesson
    reading: Reading
    stages: Mapping[str, Stage]
    previous: LessonLink | None
    next: LessonLink | None
    shown: frozenset[str]  # the players that are not put aside for another choice
    requires: tuple[LessonLink, ...]
    terms: tuple[Term, ...]  # those that the lesson links to
    asks: Mapping[str, Asked]  # the questions that it puts, by the ids of their blocks

    @property
    def step(self) -> int:
        """The number of the step being read."""
        return self.reading.step

    @property
    def answers(self) -> Mapping[str, int]:
        """The option chosen, by prediction."""
        return dict(self.reading.answers)

    def step_url(self, number: int) -> str:
        """The address of a step, with the answers given so far."""
        return _url(self.lesson, self.reading, number) or ""

    def skill_url(self, skill: Skill) -> str:
        """Where the lesson teaches that skill."""
        return self.step_url(next(step.number for step in self.lesson.steps if step.id == skill.anchor))

    def form_fields(self, predict: Predict) -> tuple[tuple[str, str], ...]:
        """What the form of a prediction sends along: its step, and the other answers."""
        others = ((id, str(option)) for id, option in self.reading.answers if id != predict.id)
        return (("step", str(predict.number)), *others)


async def lesson(request: Request, lang: str, slug: str) -> Response:
    """`/{lang}/lessons/{slug}?step=3`; with `read=answers` it is the answers that are read."""
    here = world(request)
    words = here.speak(lang)
    lessons = here.course.editions[lang].lessons
    if slug not in lessons:
        raise _no_lesson(slug, lessons, words)
    try:
        reading = read(lessons[slug], request.query_params)
    except NoSuchStep as step:
        raise _no_step(step, lessons[slug], words) from None
    response = here.show(request, words, view, slug, reading, section="course", query=reading.query)
    if request.query_params.get("read") == ANSWERS:
        note(here, request, Step(slug, ANSWERS))
    elif steps := lessons[slug].steps:
        note(here, request, Step(slug, steps[reading.step - 1].id))
    return response


def view(here: World, words: Words, slug: str, reading: Reading) -> LessonView:
    """That lesson from the place of this reader."""
    edition = here.course.editions[words.lang]
    lessons, this = tuple(edition.lessons.values()), edition.lessons[slug]
    before, after = this.number - 2, this.number
    return LessonView(
        this,
        reading,
        {player.id: _stage(this, player, reading) for player in this.players},
        _link(lessons[before]) if before >= 0 else None,
        _link(lessons[after]) if after < len(lessons) else None,
        shown(this, reading.step),
        tuple(_link(edition.lessons[other]) for other in this.requires),
        tuple(term for term in edition.glossary if term.id in this.terms),
        {
            block.id: asked(here, words, here.course.pool.question(block.source, block.seed), {}, None)
            for block in this.body
            if isinstance(block, AskBlock)
        },
    )


def _stage(lesson: Lesson, player: Player, reading: Reading) -> Stage:
    moment, end, asked = moment_of(player, reading), horizon(player, reading), open_prediction(player, reading)
    buttons = controls(player, reading.step, len(lesson.steps))
    return Stage(
        moment,
        end,
        len(player.moments) - 1,
        phase(player.drawing.svg, moment, end),
        player.items.index(asked) + 1 if asked else len(player.items),
        asked.id if asked else None,
        _url(lesson, reading, buttons.previous),
        _url(lesson, reading, buttons.next),
        buttons.place,
        buttons.of,
    )


def _url(lesson: Lesson, reading: Reading, step: int | None) -> str | None:
    return f"{reading.at_step(step).query}#{lesson.steps[step - 1].id}" if step else None


def _link(lesson: Lesson) -> LessonLink:
    return LessonLink(lesson_url(lesson), lesson.title, lesson.number)


def _no_lesson(slug: str, lessons: Mapping[str, Lesson], words: Words) -> NotHere:
    """Offer the lesson whose name is nearest."""
    near = [lessons[name] for name in get_close_matches(slug, lessons, n=1)]
    return NotHere("error.no-lesson", *(_start(lesson, words) for lesson in near), slug=slug)


def _no_step(step: NoSuchStep, lesson: Lesson, words: Words) -> NotHere:
    last = len(lesson.steps)
    return NotHere("error.no-step", _start(lesson, words), step=step, last=last, title=lesson.title)


def _start(lesson: Lesson, words: Words) -> Link:
    return Link(words("error.link.lesson", title=lesson.title), lesson_url(lesson))
