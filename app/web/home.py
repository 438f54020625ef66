"""The course as a path; to a learner it shows where they are on it, and the one thing to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.lesson import Lesson, Part
from app.draw.svg import Drawing, phase
from app.progress.plan import to_read
from app.progress.reviews import waiting
from app.progress.study import Study
from app.progress.trouble import Trouble
from app.web import learners
from app.web.amounts import days
from app.web.suggestions import Suggestion, reading, suggestion
from app.web.world import World, world
from app.words import Words


@dataclass(frozen=True)
class LessonCard:
    """A lesson as a stop on the path. `skills` are what it teaches to answer, in the page's language."""

    number: int
    slug: str
    url: str
    title: str
    description: str
    question: str
    steps: int
    predictions: int
    skills: tuple[str, ...]

    @classmethod
    def of(cls, lesson: Lesson) -> "LessonCard":
        """The card of that lesson."""
        return cls(
            lesson.number,
            lesson.slug,
            lesson_url(lesson),
            lesson.title,
            lesson.description,
            lesson.question,
            len(lesson.steps),
            sum(step.kind == "predict" for step in lesson.steps),
            tuple(skill.names[lesson.lang] for skill in lesson.skills),
        )


@dataclass(frozen=True)
class PartView:
    """A part of the course with its lessons."""

    id: str
    name: str
    lessons: tuple[LessonCard, ...]


class Done(NamedTuple):
    """How far a learner is with a lesson: its steps, its skills, and what waits of them."""

    read: int
    steps: int
    mastered: int
    skills: int
    due: int

    @property
    def whole(self) -> bool:
        """Whether every skill of it is mastered."""
        return self.mastered == self.skills > 0

    @property
    def begun(self) -> bool:
        """Whether anything was read or mastered."""
        return bool(self.read or self.mastered)


class Today(NamedTuple):
    """What a learner is shown first. `besides` is where to read on, `left` is how far off the interview is."""

    next: Suggestion
    besides: Suggestion | None
    read: int
    steps: int
    mastered: int
    skills: int
    left: str  # "" without an interview


@dataclass(frozen=True)
class HomeView:
    """The path. For a visitor where to begin, and a picture: the first player of the course, played to its end.

    For a learner what comes next `today`, and what was `done` of each lesson.
    """

    template: ClassVar[str] = "home/index.html"
    parts: tuple[PartView, ...]
    picture: Drawing | None
    today: Today | None
    done: Mapping[str, Done]

    @property
    def first(self) -> LessonCard:
        """Where to begin."""
        return self.parts[0].lessons[0]


async def home(request: Request, lang: str) -> Response:
    """`/{lang}/`."""
    here = world(request)
    words = here.speak(lang)
    try:
        personal = _personal(here, request, words)
    except Trouble:  # the course is there all the same
        personal = None
    if personal is None:
        return here.show(request, words, view, section="course")
    return here.answer(request, words, here.renderer.render(here.page(request, words, "course"), personal))


def view(here: World, words: Words) -> HomeView:
    """The course in that language."""
    parts = here.course.editions[words.lang].parts
    player = next(player for part in parts for lesson in part.lessons for player in lesson.players)
    last = len(player.moments) - 1
    return HomeView(_parts(parts), player.drawing._replace(svg=phase(player.drawing.svg, last, last)), None, {})


def _parts(parts: tuple[Part, ...]) -> tuple[PartView, ...]:
    return tuple(PartView(part.id, part.name, tuple(map(LessonCard.of, part.lessons))) for part in parts)


def _personal(here: World, request: Request, words: Words) -> HomeView | None:
    """The page of a learner; None for a visitor. Raises Trouble."""
    learner = learners.known(here, request)
    if learner is None:
        return None
    study = learner.study
    onward = suggestion(here, words, study)
    done = _done(study)
    besides = None if onward.reads else to_read(study)
    today = Today(
        onward,
        reading(here, words, besides) if besides else None,
        sum(lesson.read for lesson in done.values()),
        sum(lesson.steps for lesson in done.values()),
        sum(study.mastered(skill) for skill in study.skills),
        len(study.skills),
        "" if study.days_left is None else days(words, study.days_left),
    )
    return HomeView(_parts(here.course.editions[words.lang].parts), None, today, done)


def _done(study: Study) -> dict[str, Done]:
    due = [skill.lesson for skill in waiting(study)]
    found = {}
    for lesson in study.lessons:
        skills = study.taught(lesson)
        read = sum((lesson.id, step) in study.read for step in lesson.steps)
        mastered = sum(study.mastered(skill) for skill in skills)
        found[lesson.id] = Done(read, len(lesson.steps), mastered, len(skills), due.count(lesson.id))
    return found


def lesson_url(lesson: Lesson) -> str:
    """Where that lesson begins."""
    return f"/{lesson.lang}/lessons/{lesson.slug}"
