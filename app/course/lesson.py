"""The compiled course: what the site shows, in each language. Everything is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.course.blocks import Answer, Block, Choice, Player
from app.course.citations import Citations, Cited
from app.course.corpus import Asked
from app.course.skills import Skill
from app.course.timers import Timer
from app.quiz.pool import Pool


@dataclass(frozen=True, slots=True)
class StepRef:
    """A step of a lesson: its number there, its id, the id of its player, the moment that it shows."""

    number: int
    id: str
    player: str
    moment: int
    kind: str  # "step" or "predict"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson in one language. `number` of `total` is its place in the course, `part` the name of its part."""

    slug: str
    lang: str
    title: str
    description: str
    question: str
    part: str
    number: int
    total: int
    body: tuple[Block, ...]
    steps: tuple[StepRef, ...]
    skills: tuple[Skill, ...]
    requires: tuple[str, ...]  # the lessons whose skills its own build on, in the order of the course
    terms: tuple[str, ...]  # of the glossary, as it links to them

    @property
    def players(self) -> tuple[Player, ...]:
        """Its players, in order."""
        return players(self.body)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What to say in an interview."""
        return tuple(block for block in self.body if isinstance(block, Answer))


def players(body: tuple[Block, ...]) -> tuple[Player, ...]:
    """The players of a lesson's body, those of a choice too, in order."""
    groups = (block.players if isinstance(block, Choice) else (block,) for block in body)
    return tuple(block for group in groups for block in group if isinstance(block, Player))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the course in one language."""

    id: str
    name: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class StateProse:
    """What is written about one of the eleven states. `id` is its anchor, such as `syn-sent`."""

    id: str
    html: str
    pile_up_html: str


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of the glossary. `aka` is its name in the other language."""

    id: str
    name: str
    aka: str
    html: str


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong idea: as it is held, what it amounts to, what is true, and an authority."""

    id: str
    title: str
    assumed_html: str
    truth_html: str
    source: Cited


@dataclass(frozen=True, slots=True)
class Edition:
    """The course in one language. Lessons, in their order, by slug; states by id, in the RFC's order."""

    lang: str
    parts: tuple[Part, ...]
    lessons: Mapping[str, Lesson]
    states: Mapping[str, StateProse]
    glossary: tuple[Term, ...]
    timers: tuple[Timer, ...]
    misconceptions: Mapping[str, Misconception]


@dataclass(frozen=True, slots=True)
class Course:
    """The course in all its languages, and what it may cite."""

    editions: Mapping[str, Edition]
    skills: tuple[Skill, ...]
    citations: Citations
    captures: Mapping[str, bytes]  # files, by name
    pool: Pool
    corpus: tuple[Asked, ...]
