"""What a question shows, before the answer and after it: pictures and text, drawn from its trace."""

from dataclasses import dataclass
from typing import NamedTuple

from app.draw.capture import captured
from app.draw.sequence import sequence
from app.draw.sockets import ss
from app.draw.svg import phase
from app.quiz.question import Capture, Diagram, Programs, Question, Shown, Sockets
from app.quiz.worlds import divergence, imagined, is_machine, until
from app.sim.scenario import written
from app.sim.trace import Trace
from app.words import Words


class Exhibit(NamedTuple):
    """A picture (`svg`), or text that a tool prints, with a heading."""

    kind: str  # picture, text
    title: str
    body: str


class Lane(NamedTuple):
    """One of two worlds side by side, at the moment at which they part."""

    kind: str  # believed, real
    svg: str


@dataclass(frozen=True)
class Counterfactual:
    """The world as the learner believes it to be and the world as it is; `at` is when they part, µs."""

    lanes: tuple[Lane, Lane]
    at: int


def exhibit(shown: Shown, words: Words, id: str) -> Exhibit:
    """One block of a question. Of a diagram only what has happened is drawn: the rest is not even in the page."""
    match shown:
        case Diagram():
            past = until(shown.trace, shown.upto)
            last = len(past.moments) - 1
            return Exhibit("picture", words("quiz.shown.diagram"), picture(past, words, id, last, shown.absolute))
        case Sockets():
            text = f"{shown.host}$ ss -tan\n{ss(shown.trace, shown.moment, shown.host)}"
            return Exhibit("text", words("quiz.shown.sockets", host=words(f"host.{shown.host}")), text)
        case Capture():
            at = shown.trace.moments[shown.upto].at
            lines = captured(shown.trace, at, shown.at, absolute=shown.absolute)
            where = words(f"host.{shown.at}") if shown.at else words("quiz.shown.wire")
            return Exhibit("text", words("quiz.shown.capture", where=where), "\n".join(lines))
        case Programs():
            return Exhibit("text", words("quiz.shown.programs"), written(shown.scenario))


def picture(trace: Trace, words: Words, id: str, moment: int, absolute: bool) -> str:
    """The diagram of a run at one of its moments."""
    told = trace.in_absolute_numbers() if absolute else trace
    return phase(sequence(told, words, id=id).svg, moment, len(trace.moments) - 1)


def counterfactual(question: Question, belief: str, words: Words) -> Counterfactual | None:
    """Both worlds where they part; None where the two can't be compared.

    They can't where the misconception is no dialect, where it changes nothing here, and where another segment is lost
    in its world, because that sends a different number of segments before it.
    """
    if question.scenario is None or question.trace is None or not is_machine(belief):
        return None
    real = question.trace
    believed = imagined(question.scenario, belief)
    parting = divergence(believed, real)
    if parting is None or not _lose_the_same(believed, real):
        return None
    return Counterfactual(
        (
            _lane("believed", believed, parting.believed, words, question.absolute),
            _lane("real", real, parting.real, words, question.absolute),
        ),
        min(
            trace.moments[moment].at
            for trace, moment in ((believed, parting.believed), (real, parting.real))
            if moment is not None
        ),
    )


def _lane(kind: str, trace: Trace, moment: int | None, words: Words, absolute: bool) -> Lane:
    """A world up to the moment at which it parts from the other; all of it where it is over by then."""
    past = trace if moment is None else until(trace, moment)
    return Lane(kind, picture(past, words, f"lane-{kind}", len(past.moments) - 1, absolute))


def _lose_the_same(believed: Trace, real: Trace) -> bool:
    first = [
        next(((sent.source, sent.segment.letters.replace("P", "")) for sent in trace.sent if not sent.arrivals), None)
        for trace in (believed, real)
    ]
    return first[0] == first[1] or None in first
