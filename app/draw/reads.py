"""The read() calls behind a program's recv(): `recv(n)` and `recv(eof)` are loops, and each of their turns is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from app.sim.sockets import READ_SIZE
from app.sim.trace import Arrived, Called, Returned, Trace
from app.tcp.block import Block
from app.tcp.segment import distance


class Read(NamedTuple):
    """One read(): behind which event of the trace it is called, and when, and what came of it.

    `until` and `result` (bytes, or an errno's name) are None for one that has not returned when the trace ends.
    """

    behind: int
    at: int
    until: int | None
    size: int
    result: int | str | None


@dataclass
class _Loop:
    """A recv() that has not returned yet, and where its next read() is called."""

    call: Called
    behind: int
    at: int
    gathered: int = 0

    @property
    def size(self) -> int:
        return int(self.call.args) - self.gathered if self.call.args.isdecimal() else READ_SIZE

    @property
    def over(self) -> bool:
        """Whether it has what it came for; `recv(eof)` never has."""
        return self.size <= 0 if self.call.args.isdecimal() else bool(self.gathered) and not self.call.args

    def read(self, index: int, at: int, result: int | str | None) -> Read:
        """One turn, which ends at that event."""
        done = Read(self.behind, self.at, None if result is None else at, self.size, result)
        self.behind, self.at = index, at
        self.gathered += result if isinstance(result, int) else 0
        return done


class _Reader:
    """Those who read from one connection, and how much lies there unread."""

    def __init__(self) -> None:
        self.loops: list[_Loop] = []
        self.unread = 0

    def serve(self, index: int, at: int) -> Iterator[Read]:
        """Hand out what is there."""
        for loop in self.loops:
            while self.unread and not loop.over:
                taken = min(self.unread, loop.size)
                self.unread -= taken
                yield loop.read(index, at, taken)

    def end(self, index: int, event: Returned) -> Iterator[Read]:
        """The recv() is over: unless it has all that it came for, its last read() finds the end, or an error."""
        loop = next(one for one in self.loops if (one.call.at, one.call.args) == (event.called_at, event.args))
        self.loops.remove(loop)
        if isinstance(event.result, int) and event.result > loop.gathered:  # came with a reset: the block is gone
            yield loop.read(index, event.at, event.result - loop.gathered)
        if not (loop.over and loop.gathered):
            yield loop.read(index, event.at, event.result if isinstance(event.result, str) else 0)


def reads(trace: Trace, host: str, conn: int) -> Iterator[Read]:
    """All of that end, in the order in which they end: one for what was there, one for each instant that brought text.

    A program wakes when all that arrives at an instant has arrived, as everywhere in the trace.
    """
    reader, came = _Reader(), _came(trace, host, conn)
    instants = {place - 1 for place in accumulate(len(moment.events) for moment in trace.moments)}
    for index, event in enumerate(trace.events):
        reader.unread += came.get(index, 0)
        own = (event.host, getattr(event, "conn", None)) == (host, conn)
        if own and isinstance(event, Called) and event.call == "recv":
            reader.loops.append(_Loop(event, index, event.at))
        if index in instants or (own and isinstance(event, Called | Returned)):
            yield from reader.serve(index, event.at)
        if own and isinstance(event, Returned) and event.call == "recv":
            yield from reader.end(index, event)
    for loop in reader.loops:
        yield loop.read(len(trace.events), loop.at, None)


def _came(trace: Trace, host: str, conn: int) -> dict[int, int]:
    """How many bytes of text in order each instant brought, by the place of its last arrival among all events."""
    found: dict[int, int] = {}
    start = 0
    before: Block | None = None
    for moment in trace.moments:
        after = trace.block(moment.index, host, conn)
        places = [place for place, event in enumerate(moment.events, start) if _arrives(event, host, conn)]
        if places:
            found[places[-1]] = _fresh(before, after)
        start, before = start + len(moment.events), after
    return found


def _arrives(event: object, host: str, conn: int) -> bool:
    return isinstance(event, Arrived) and (event.host, event.conn) == (host, conn)


def _fresh(before: Block | None, after: Block | None) -> int:
    """How much text has come in order from one block to the next; of a new connection, all of it."""
    same = before is not None and after is not None and before.irs == after.irs
    return max(_taken(after) - (_taken(before) if same else 0), 0)


def _taken(block: Block | None) -> int:
    """How much text has come in order."""
    if block is None or block.irs is None:
        return 0
    return distance(block.irs, block.rcv_nxt) - 1 - block.fin_received
