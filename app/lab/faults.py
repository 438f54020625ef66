"""What the wire does to a segment that somebody has clicked on: its fault in `wire:`, by the segment's name.

Forks are pure: each returns another scenario, or raises ForkError. Times are µs.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from app.lab.sound import ForkError, bounded, fitting, known, sound
from app.sim.cursor import LONG
from app.sim.faults import Cut, Delay, Fault, Ref, Wire
from app.sim.forging import forgeries
from app.sim.scenario import Scenario
from app.sim.trace import Sent, Trace
from app.sim.wire import plain

KINDS = ("drop", "dup", "late")
_NAME = re.compile(r"(?:(?P<short>[cs])|(?P<host>[a-z][a-z0-9]*)\.)(?P<number>[1-9][0-9]{0,4})")


def ref(name: str) -> Ref:
    """The reference to one segment by the name that a trace gives it: `c3`, `s1`, `client2.1`."""
    found = _NAME.fullmatch(name)
    if found is None:
        forged = re.fullmatch(r"x[1-9][0-9]*", name)
        raise ForkError("lab.fork.forged-segment" if forged else "lab.fork.no-segment", name=name[:40])
    number = int(found["number"])
    return Ref(LONG[found["short"]] if found["short"] else found["host"], number, number)


def lose(scenario: Scenario, name: str) -> Scenario:
    """That segment dies on the wire: `drop c3`."""
    return _with(scenario, Fault("drop", ref(name)))


def duplicate(scenario: Scenario, name: str, after: int) -> Scenario:
    """A copy of it arrives `after` µs behind it: `dup c3+30ms`."""
    return _with(scenario, Fault("dup", ref(name), after))


def delay(scenario: Scenario, name: str, by: int) -> Scenario:
    """It arrives `by` µs later than it would: `late c3+200ms`. 0 takes such a fault away."""
    if by:
        return _with(scenario, Fault("late", ref(name), by))
    delayed = any(isinstance(item, Fault) and item[:2] == ("late", ref(name)) for item in scenario.wire)
    return undo(scenario, "late", name) if delayed else sound(scenario)


def undo(scenario: Scenario, kind: str, name: str) -> Scenario:
    """Without the fault of that kind that names this segment, and no other. Raises ForkError where there is none."""
    about = ref(name)
    wire = tuple(item for item in scenario.wire if not (isinstance(item, Fault) and item[:2] == (kind, about)))
    if wire == scenario.wire:
        raise ForkError("lab.fork.no-fault", name=name)
    return sound(scenario._replace(wire=wire))


def deliver(trace: Trace, name: str) -> Scenario:
    """That segment, lost in this run, is not lost: what says so is taken away, or no longer says it of this one.

    A range (`c4..7`, `s[S.]`) is split around the segment, a cut around the instant at which it was sent.
    """
    about = ref(name)
    sent = trace.segments.get(name)
    if sent is None:
        raise ForkError("lab.fork.no-segment", name=name)
    if sent.arrivals:
        raise ForkError("lab.fork.not-lost", name=name)
    spoofed = {forgery.conn for forgery in forgeries(trace.scenario.forged) if forgery.spoofed}
    if sent.conn in spoofed and sent.ports[1] == sent.conn:
        raise ForkError("lab.fork.nobody-there", name=name)
    place = _place(trace, sent, about.first)
    wire: list[Wire] = []
    for item in trace.scenario.wire:
        match item:
            case Fault("drop", whom) if _names(whom, sent, place):
                wire += [Fault("drop", left) for left in _around(whom, place)]
            case Cut(start, end, host) if host in (None, sent.source) and start <= sent.at < end:
                parts = ((start, sent.at), (sent.at + 1, end))
                wire += [Cut(first, last, host) for first, last in parts if first < last]
            case _:
                wire.append(item)
    return sound(trace.scenario._replace(wire=tuple(wire)))


def unforge(scenario: Scenario, name: str) -> Scenario:
    """Without that forged segment (`x2`); one of a flood takes the flood along."""
    for index, item in enumerate(scenario.forged):
        before = sum(1 for _ in forgeries(scenario.forged[:index]))
        names = [f"x{before + k + 1}" for k in range(sum(1 for _ in forgeries((item,))))]
        if name in names:
            return sound(scenario._replace(forged=(*scenario.forged[:index], *scenario.forged[index + 1 :])))
    raise ForkError("lab.fork.no-segment", name=name[:40])


def slow(scenario: Scenario, us: int, host: str | None = None, since: int = 0) -> Scenario:
    """The wire's one-way delay is `us`, for what that host (None: everybody) sends from `since` on.

    What is more particular (a host's, a later one) goes on to override what is less.
    """
    new = Delay(us, host, since)
    same = [item for item in scenario.wire if isinstance(item, Delay) and item[1:] == new[1:]]
    if same:
        wire = list(scenario.wire)
        wire[wire.index(same[-1])] = new
        return sound(scenario._replace(wire=tuple(item for item in wire if item is new or item not in same)))
    rank = (since, host is not None)
    later = (
        index
        for index, item in enumerate(scenario.wire)
        if isinstance(item, Delay) and (item.since, item.host is not None) > rank
    )
    index = next(later, 0 if rank == (0, False) else len(scenario.wire))
    return sound(scenario._replace(wire=(*scenario.wire[:index], new, *scenario.wire[index:])))


def cut(scenario: Scenario, start: int, end: int, host: str | None = None) -> Scenario:
    """Nothing that the host (None: anybody) sends from `start` until `end` arrives."""
    return sound(scenario._replace(wire=(*scenario.wire, Cut(start, end, host))))


def _with(scenario: Scenario, fault: Fault) -> Scenario:
    """With that fault; where the segment has one of its kind, in its place."""
    known(scenario, fault.ref.host)
    bounded(fault.us)
    same = [i for i, item in enumerate(scenario.wire) if isinstance(item, Fault) and item[:2] == fault[:2]]
    if not same:
        return fitting(scenario._replace(wire=(*scenario.wire, fault)))
    rest = [fault if i == same[0] else item for i, item in enumerate(scenario.wire) if i not in same[1:]]
    return fitting(scenario._replace(wire=tuple(rest)))


class Place(NamedTuple):
    """The number of a segment: among all of its host, on its connection, among those with its flags."""

    number: int
    on_conn: int
    with_flags: int

    def by(self, whom: Ref) -> int:
        """The one that the reference counts by."""
        return self.with_flags if whom.flags is not None else self.number if whom.conn is None else self.on_conn


def _place(trace: Trace, sent: Sent, number: int) -> Place:
    flags = plain(sent.segment)
    counts: Counter[str] = Counter()
    for other in trace.sent:
        if other.source == sent.source and not other.forged:
            counts["conn"] += other.conn == sent.conn
            counts["flags"] += plain(other.segment) == flags
        if other is sent:
            break
    return Place(number, counts["conn"], counts["flags"])


def _names(whom: Ref, sent: Sent, place: Place) -> bool:
    """Whether the reference names this segment (as `app.sim.wire.named` has it)."""
    if whom.host != sent.source or whom.conn not in (None, sent.conn):
        return False
    if whom.flags not in (None, plain(sent.segment)):
        return False
    number = place.by(whom)
    return whom.first <= number and (whom.last is None or number <= whom.last)


def _around(whom: Ref, place: Place) -> Iterator[Ref]:
    """The reference without that number."""
    number = place.by(whom)
    if whom.first < number:
        yield whom._replace(last=number - 1)
    if whom.last is None or number < whom.last:
        yield whom._replace(first=number + 1)
