"""What a lesson is made of: frozen blocks, each with its `kind`. Fields named html or *_html are HTML."""

from dataclasses import dataclass
from typing import ClassVar

from app.draw.panels import GridView, MomentView, QueueView
from app.draw.sequence import Drawing


@dataclass(frozen=True, slots=True)
class Prose:
    """Words."""

    kind: ClassVar[str] = "prose"
    html: str


@dataclass(frozen=True, slots=True)
class ClaimBlock:
    """A sentence, and the check that the machine has made of it."""

    kind: ClassVar[str] = "claim"
    html: str
    check: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Article:
    """What the article says, and what is precisely true."""

    kind: ClassVar[str] = "article"
    said_html: str
    precise_html: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Often said, and wrong."""

    kind: ClassVar[str] = "warning"
    html: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say in an interview, in that many seconds."""

    kind: ClassVar[str] = "answer"
    seconds: int
    html: str


@dataclass(frozen=True, slots=True)
class GridColumn:
    """The grid of who has confirmed what after one moment, under that moment's name."""

    title: str
    grid: GridView


@dataclass(frozen=True, slots=True)
class GridBlock:
    """How the grid fills, moment by moment. `html` is its caption."""

    kind: ClassVar[str] = "grid"
    columns: tuple[GridColumn, ...]
    html: str


@dataclass(frozen=True, slots=True)
class QueuesBlock:
    """The listener's queues at one moment. `html` is the caption."""

    kind: ClassVar[str] = "queues"
    queues: tuple[QueueView, ...]
    html: str


@dataclass(frozen=True, slots=True)
class CaptureBlock:
    """What a real kernel sent and received, as tcpdump prints it. `html` is the caption; the file can be fetched."""

    kind: ClassVar[str] = "recording"
    file: str
    lines: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class AskBlock:
    """A question of the quiz, put where it comes up: a generator's or a written one, and the seed of its numbers."""

    kind: ClassVar[str] = "ask"
    id: str
    source: str
    seed: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a player: the index of the moment that it shows, and what to read there."""

    kind: ClassVar[str] = "step"
    number: int
    id: str
    moment: int
    title_html: str
    html: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `html` is inline, `reason_html` says why it is right or wrong."""

    number: int
    html: str
    right: bool
    reason_html: str


@dataclass(frozen=True, slots=True)
class Predict:
    """A question about what comes after its moment, which stays hidden until it is answered. `html` is the question."""

    kind: ClassVar[str] = "predict"
    number: int
    id: str
    moment: int
    html: str
    options: tuple[Option, ...]


Item = Prose | Step | Predict | ClaimBlock | Article | Caution


@dataclass(frozen=True, slots=True)
class Player:
    """A scenario that can be played, and the words beside it. `panels` are in the order in which they are shown.

    `label` is its name among those of a choice, `numbers` is relative or absolute.
    """

    kind: ClassVar[str] = "player"
    id: str
    scenario: str
    scenario_text: str
    drawing: Drawing
    moments: tuple[MomentView, ...]
    panels: tuple[str, ...]
    items: tuple[Item, ...]
    label: str = ""
    numbers: str = "relative"

    @property
    def steps(self) -> tuple[Step | Predict, ...]:
        """The items that are steps."""
        return tuple(item for item in self.items if isinstance(item, (Step, Predict)))


@dataclass(frozen=True, slots=True)
class Choice:
    """Players of which one is shown at a time: the one that the reader has chosen. `html` leads up to it."""

    kind: ClassVar[str] = "choice"
    id: str
    html: str
    players: tuple[Player, ...]


Block = (
    Prose
    | Player
    | Choice
    | ClaimBlock
    | Article
    | Caution
    | Answer
    | GridBlock
    | QueuesBlock
    | CaptureBlock
    | AskBlock
)
