"""Which connection a moment is about, and how its ends are called, where a host has several."""

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from app.draw.columns import host_name, hosts
from app.sim.trace import Key, Moment, Trace
from app.words import Words


class Focus(NamedTuple):
    """A connection and its two ends, in the order in which the hosts are drawn."""

    conn: int
    hosts: tuple[str, ...]


def focuses(trace: Trace) -> list[Focus]:
    """What each moment is about: the connection of its last event, or of the moment before."""
    ends = _ends(trace)
    order = hosts(trace)
    conn = next(iter(ends), 0)
    found = []
    for moment in trace.moments:
        conn = _last(moment) or conn
        found.append(Focus(conn, ends.get(conn, (order[0], order[-1]))))
    return found


def end_name(trace: Trace, words: Words, key: Key) -> str:
    """What one end of a connection is called: its host, and which of the host's connections if there are several."""
    number = ordinal(trace, key)
    name = host_name(words, key[0])
    return name if number is None else f"{name} #{number}"


def ordinal(trace: Trace, key: Key) -> int | None:
    """The number of a connection on its host, as its rail has it; None where it is the only one."""
    return _ordinals(trace).get(key)


@lru_cache(maxsize=4)
def _ordinals(trace: Trace) -> dict[Key, int]:
    """The numbers of all connections whose host has several: every moment of a trace asks for some."""
    own: dict[str, list[Key]] = {}
    for key in trace.connections:
        own.setdefault(key[0], []).append(key)
    return {key: number for keys in own.values() if len(keys) > 1 for number, key in enumerate(keys, 1)}


class Bases:
    """The ISN that each side's numbers are counted from, as the labels of the segments count them."""

    def __init__(self, trace: Trace) -> None:
        self._absolute = trace.absolute
        self._known: dict[Key, list[tuple[int, int]]] = {}
        for sent in trace.sent:
            if sent.seq is not None:
                base = (sent.segment.seq - sent.seq) % (1 << 32)
                self._known.setdefault((sent.source, sent.conn), []).append((sent.at, base))

    def of(self, host: str, conn: int, at: int, otherwise: int) -> int:
        """The ISN of that host on that connection at that instant (µs); `otherwise` if it has said nothing yet.

        0 where numbers are absolute.
        """
        if self._absolute:
            return 0
        known = self._known.get((host, conn), [])
        place = bisect_right(known, at, key=lambda entry: entry[0])
        return known[place - 1][1] if place else otherwise


def _ends(trace: Trace) -> dict[int, tuple[str, ...]]:
    order = hosts(trace).index
    ends: dict[int, tuple[str, ...]] = {}
    for sent in trace.sent:
        ends.setdefault(sent.conn, tuple(sorted((sent.source, sent.target), key=order)))
    return ends


def _last(moment: Moment) -> int | None:
    for event in reversed(moment.events):
        if (conn := getattr(event, "conn", None)) is not None:
            return int(conn)
    return None
