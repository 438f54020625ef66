"""The course as a path."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import Request, Response

from app.course.lesson import Lesson
from app.draw.svg import Drawing, phase
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


@dataclass(frozen=True)
class HomeView:
    """The path, where to begin, and a picture: the first player of the course, played to its end."""

    template: ClassVar[str] = "home/index.html"
    parts: tuple[PartView, ...]
    picture: Drawing

    @property
    def first(self) -> LessonCard:
        """Where to begin."""
        return self.parts[0].lessons[0]


async def home(request: Request, lang: str) -> Response:
    """`/{lang}/`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="course")


def view(here: World, words: Words) -> HomeView:
    """The course in that language."""
    parts = here.course.editions[words.lang].parts
    player = next(player for part in parts for lesson in part.lessons for player in lesson.players)
    last = len(player.moments) - 1
    picture = player.drawing._replace(svg=phase(player.drawing.svg, last, last))
    return HomeView(
        tuple(PartView(part.id, part.name, tuple(map(LessonCard.of, part.lessons))) for part in parts), picture
    )


def lesson_url(lesson: Lesson) -> str:
    """Where that lesson begins."""
    return f"/{lesson.lang}/lessons/{lesson.slug}"
