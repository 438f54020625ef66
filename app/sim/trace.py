"""Everything that happened, in order: the one record that diagrams, texts, questions and exports are drawn from.

Times are integer microseconds of virtual time. A connection is named by the client's port (`conn`).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeVar

from app.sim.scenario import Scenario
from app.tcp.block import Block
from app.tcp.segment import Segment
from app.tcp.states import Cause, State
from app.tcp.turn import Check

T = TypeVar("T")


class Sent(NamedTuple):
    """One segment on the wire. `seq` and `ack` are relative to the ISN of the side that counts them.

    They are None where no such ISN is known (a reset from a closed port has an absolute 0) or, for `ack`, where the
    bit is off; `segment` always has the absolute numbers.
    """

    name: str  # c1, s2: the n-th segment that this host put on the wire; x1: the n-th forged one
    conn: int
    at: int
    source: str
    target: str
    segment: Segment
    seq: int | None
    ack: int | None
    arrivals: tuple[int, ...]  # when each copy arrives; empty if it was lost
    lost_at: int | None = None  # when it died on the wire
    forged: bool = False
    retransmits: str | None = None  # the name of the first transmission that this repeats
    ports: tuple[int, int] = (0, 0)  # the sender's and the receiver's

    @property
    def fate(self) -> str:
        """`delivered`, `dropped` or `duplicated`."""
        return "duplicated" if len(self.arrivals) > 1 else "delivered" if self.arrivals else "dropped"

    def seen(self, host: str | None) -> tuple[int, ...]:
        """When a capture on that host sees it, µs; None: on the wire, where every segment is seen as it leaves.

        A host sees its own segments when they leave, the others' when they arrive, a duplicate twice, a lost one never.
        """
        if host is None or (host == self.source and not self.forged):
            return (self.at,)
        return self.arrivals if host == self.target else ()


class Called(NamedTuple):
    """A program made a socket call."""

    at: int
    host: str
    conn: int | None
    call: str
    args: str


class Returned(NamedTuple):
    """A socket call returned: `result` is a value (`ok`, a number of bytes) or an errno name."""

    at: int
    host: str
    conn: int | None
    call: str
    result: str | int
    called_at: int
    args: str = ""


class Departed(NamedTuple):
    """A segment was put on the wire."""

    at: int
    host: str
    conn: int
    name: str


class Arrived(NamedTuple):
    """A segment arrived and was handled: the checks that ran, the last of them the one that decided."""

    at: int
    host: str
    conn: int
    name: str
    checks: tuple[Check, ...]


class Lost(NamedTuple):
    """A segment died on the wire."""

    at: int
    host: str
    conn: int
    name: str


class TimedOut(NamedTuple):
    """A timer of an endpoint expired: `retransmission`, `tail-loss-probe`, `delayed-ack`, `time-wait`, `fin-wait-2`."""

    at: int
    host: str
    conn: int
    timer: str


class Changed(NamedTuple):
    """An endpoint walked an arc. `conn` is None for a listener."""

    at: int
    host: str
    conn: int | None
    before: State
    after: State
    cause: Cause


class Queued(NamedTuple):
    """A listener's queues after a change: how many wait in each, and the limit of each (None: no bound).

    On Linux each queue holds one more than `limit`.
    """

    at: int
    host: str
    syn: tuple[int, ...]
    accept: tuple[int, ...]
    limit: int | None


class Befell(NamedTuple):
    """Something was done to a host from outside: a sysctl changed, a crash."""

    at: int
    host: str
    what: str


class Holding(NamedTuple):
    """What a program calls a socket (`name`; None: the latest), from what `at:` does at the instant `since` on.

    `conn` is None where the socket is of no connection, or where there is none yet; `iss` tells its incarnations apart.
    """

    since: int
    host: str
    number: int
    name: str | None
    conn: int | None
    closed: bool
    iss: int | None


Event = Called | Returned | Departed | Arrived | Lost | TimedOut | Changed | Queued | Befell
Key = tuple[str, int]  # (host, conn)


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the player: the events of one instant, and the blocks that they left changed (None: deleted)."""

    index: int
    at: int
    events: tuple[Event, ...]
    blocks: Mapping[Key, Block | None]


class Trace:
    """What `world.run` returns. Treat it as a value: nothing changes it after it is made."""

    def __init__(
        self,
        scenario: Scenario,
        sent: tuple[Sent, ...],
        events: tuple[Event, ...],
        blocks: Mapping[int, Mapping[Key, Block | None]],
        stopped_by: str | None = None,
        holdings: tuple[Holding, ...] = (),
        partial_from: int | None = None,
    ) -> None:
        """`events` are in order of time, as are `holdings`; `blocks` says for each instant which it left changed.

        `stopped_by` names the bound that ended the run (`segments`, `events`); None if it ended by itself. After the
        instant `partial_from` something was left out: what comes after the scenario's `end`, or probes of peers that
        live, when nothing else was left to happen.
        """
        self.scenario, self.stopped_by = scenario, stopped_by
        self.absolute = False  # whether numbers are told as they are on the wire
        self.sent = sent
        self.events = events
        self.holdings, self.partial_from = holdings, partial_from
        instants = groupby(events, key=attrgetter("at"))
        self.moments = tuple(Moment(i, at, tuple(group), blocks.get(at, {})) for i, (at, group) in enumerate(instants))

    def in_absolute_numbers(self) -> "Trace":
        """The same trace, told without any ISN: every number is the one on the wire."""
        told = Trace(self.scenario, tuple(sent._replace(seq=None, ack=None) for sent in self.sent), self.events, {})
        told.moments, told.stopped_by, told.absolute = self.moments, self.stopped_by, True
        told.holdings, told.partial_from = self.holdings, self.partial_from
        return told

    @cached_property
    def connections(self) -> tuple[Key, ...]:
        """Every endpoint that ever was, (host, conn), in order of appearance: hosts as the scenario names them."""
        order = {host: i for i, host in enumerate(self.scenario.hosts)}
        seen = dict.fromkeys((e.host, e.conn) for e in self.events if isinstance(e, Changed) and e.conn is not None)
        return tuple(sorted(seen, key=lambda key: order[key[0]]))

    @cached_property
    def segments(self) -> dict[str, Sent]:
        """The segments by name."""
        return {sent.name: sent for sent in self.sent}

    def moment_at(self, at: int) -> Moment:
        """The last moment at or before the instant `at`; the first one when there is none."""
        return self.moments[max(0, bisect_right(self.moments, at, key=lambda moment: moment.at) - 1)]

    def block(self, moment: int, host: str, conn: int) -> Block | None:
        """The block of that endpoint after that moment; None where none exists."""
        return self._latest(self._blocks.get((host, conn), ()), moment)

    def state(self, moment: int, host: str, conn: int) -> State:
        """The state of that endpoint after that moment: LISTEN before its SYN came if the host listens, else CLOSED."""
        own = self._latest(self._states.get((host, conn), ()), moment)
        listener = self._latest(self._states.get((host, None), ()), moment)
        if own is None or own is State.LISTEN:
            return listener or State.CLOSED
        return own

    def queues(self, moment: int, host: str) -> Queued | None:
        """The listener's queues on that host after that moment; None before it listens."""
        return self._latest(self._queues.get(host, ()), moment)

    @cached_property
    def _blocks(self) -> dict[Key, list[tuple[int, Block | None]]]:
        history: dict[Key, list[tuple[int, Block | None]]] = {}
        for moment in self.moments:
            for key, block in moment.blocks.items():
                history.setdefault(key, []).append((moment.index, block))
        return history

    @cached_property
    def _states(self) -> dict[tuple[str, int | None], list[tuple[int, State]]]:
        history: dict[tuple[str, int | None], list[tuple[int, State]]] = {}
        for moment in self.moments:
            for event in moment.events:
                if isinstance(event, Changed):
                    history.setdefault((event.host, event.conn), []).append((moment.index, event.after))
        return history

    @cached_property
    def _queues(self) -> dict[str, list[tuple[int, Queued]]]:
        history: dict[str, list[tuple[int, Queued]]] = {}
        for moment in self.moments:
            for event in moment.events:
                if isinstance(event, Queued):
                    history.setdefault(event.host, []).append((moment.index, event))
        return history

    @staticmethod
    def _latest(history: Sequence[tuple[int, T]], moment: int) -> T | None:
        """The last entry at or before `moment`."""
        position = bisect_right(history, moment, key=lambda entry: entry[0])
        return history[position - 1][1] if position else None
