"""The world as it is and as somebody believes it to be: one scenario, run under a misconception's dialect."""

from functools import lru_cache
from typing import NamedTuple

from app.sim.program import Setting
from app.sim.scenario import Scenario
from app.sim.trace import Arrived, Event, Trace
from app.sim.world import run
from app.tcp.dialect import BELIEFS


class Divergence(NamedTuple):
    """Where two runs of a scenario part: the moment in each at which they first differ; None where a run is over."""

    believed: int | None
    real: int | None


def is_machine(belief: str) -> bool:
    """Whether the misconception is a dialect, so that its world can be run."""
    return belief in BELIEFS


def believing(scenario: Scenario, belief: str) -> Scenario:
    """The scenario with all hosts holding the misconception, before anything else is set."""
    return scenario._replace(settings=(Setting(None, "belief", belief), *scenario.settings))


@lru_cache(maxsize=128)
def imagined(scenario: Scenario, belief: str) -> Trace:
    """What would happen if the misconception, which must be a dialect, were the truth."""
    return run(believing(scenario, belief))


def parts(trace: Trace, belief: str) -> bool:
    """Whether the misconception, which must be a dialect, changes anything in that run."""
    return divergence(imagined(trace.scenario, belief), trace) is not None


def until(trace: Trace, moment: int) -> Trace:
    """The same run, stopped after that moment: nothing of what comes later is in it."""
    return run(trace.scenario._replace(end=trace.moments[moment].at))


def divergence(believed: Trace, real: Trace) -> Divergence | None:
    """The first difference of the two runs, in what happens and when; None where there is none."""
    for index in range(max(len(believed.moments), len(real.moments))):
        here = believed.moments[index] if index < len(believed.moments) else None
        there = real.moments[index] if index < len(real.moments) else None
        if here is None or there is None:
            return Divergence(here.index if here else None, there.index if there else None)
        if _told(believed, here.events) != _told(real, there.events):
            return Divergence(here.index, there.index)
    return None


def _told(trace: Trace, events: tuple[Event, ...]) -> list[object]:
    """Events as they can be compared between runs: of a segment what it says, of an arrival not the rules that ran."""
    told: list[object] = []
    for event in events:
        name = getattr(event, "name", None)
        sent = trace.segments.get(name) if name else None
        comparable = event._replace(checks=()) if isinstance(event, Arrived) else event
        told.append((type(event).__name__, comparable, sent and (sent.segment, sent.fate)))
    return told
