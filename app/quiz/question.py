"""A question: what is asked and shown, how it is answered, and what is said afterwards."""

from dataclasses import dataclass
from typing import NamedTuple

from app.quiz.forms import Build, Choices, Number, Order, Table
from app.quiz.say import Text
from app.sim.scenario import Scenario
from app.sim.trace import Trace

Form = Choices | Number | Table | Order | Build

KINDS = ("single", "several", "number", "trace", "states", "order", "predict", "diagnose", "build")


class Diagram(NamedTuple):
    """The sequence diagram up to a moment; nothing of what comes after it is in the page before the answer."""

    trace: Trace
    upto: int
    absolute: bool = False


class Sockets(NamedTuple):
    """What `ss -tan` prints on a host after a moment."""

    trace: Trace
    moment: int
    host: str


class Capture(NamedTuple):
    """What tcpdump prints up to a moment; with `at`, as that host sees it. `absolute`: numbers as on the wire."""

    trace: Trace
    upto: int
    at: str | None = None
    absolute: bool = False


class Programs(NamedTuple):
    """The scenario's own text: what the programs call and what the wire does."""

    scenario: Scenario


Shown = Diagram | Sockets | Capture | Programs


@dataclass(frozen=True, eq=False)
class Question:
    """One question. `scenario`, `trace` and the moment to `see` are None where no machine can show it.

    `kind` is one of KINDS; `source` is a citation (`rfc:9293#3.4`); `why` explains the key, `tell` is one sentence to
    say in the interview.
    """

    generator: str
    seed: int
    skill: str
    kind: str
    level: int
    prompt: Text
    shown: tuple[Shown, ...]
    form: Form
    why: Text
    tell: Text
    source: str
    scenario: Scenario | None = None
    trace: Trace | None = None
    see: int | None = None
    absolute: bool = False  # whether its pictures show numbers as they are on the wire
