"""The wire of a scenario: delay, faults that name a segment, segments that nobody sent."""

from typing import NamedTuple


class Ref(NamedTuple):
    """Which segments a fault is about: those that `host` puts on the wire, retransmissions counted.

    `first`..`last` of all of them (`last` None: no end), or of one connection, or of those with `flags` (P ignored).
    """

    host: str
    first: int
    last: int | None
    flags: str | None = None
    conn: int | None = None


class Fault(NamedTuple):
    """`drop`; `dup`: a copy arrives `us` after the first; `late`: `us` on top of the delay."""

    kind: str
    ref: Ref
    us: int = 0


class Delay(NamedTuple):
    """The one-way delay `us` of what `host` sends (None: everybody), for segments sent from the instant `since` on."""

    us: int
    host: str | None = None
    since: int = 0


class Cut(NamedTuple):
    """Nothing that `host` sends (None: anybody) between two instants arrives."""

    start: int
    end: int
    host: str | None = None


class Forged(NamedTuple):
    """A segment that arrives at `at` as if `host` had sent it on connection `conn` (None: the first).

    `seq` and `ack` are relative to each direction's first ISN; None stands for `nxt`, what the receiver expects. With
    `ts` it carries timestamps, TSval that many ms after the last one that was sent that way.
    """

    host: str
    flags: str
    seq: int | None
    length: int
    ack: int | None
    has_ack: bool
    at: int
    conn: int | None = None
    ts: int | None = None


class Flood(NamedTuple):
    """`number` SYNs to the listener from as many addresses where nobody is, one `every` µs from the instant `at` on."""

    number: int
    every: int
    at: int


Wire = Delay | Fault | Cut
