"""Segments that nobody sent: what a forged one says, and a flood as the SYNs that it is made of."""

from collections.abc import Iterator
from typing import NamedTuple

from app.sim.faults import Flood, Forged
from app.tcp.segment import NO_OPTIONS, Options, Segment, add

FLOOD_PORT = 1_000  # the first SYN's source port
FLOOD_OPTIONS = Options(mss=1460)


class Forgery(NamedTuple):
    """One segment to be put before its receiver at the instant `at`; `name` is x1, x2 and so on.

    Of a flood (`spoofed`) only `conn` is known before it happens: its sender's port.
    """

    name: str
    at: int
    forged: Forged | None
    conn: int | None = None

    @property
    def spoofed(self) -> bool:
        """Whether it comes from an address where nobody is."""
        return self.forged is None


def forgeries(forged: tuple[Forged | Flood, ...]) -> Iterator[Forgery]:
    """Every single segment, in the order in which the scenario names them."""
    number, port = 0, FLOOD_PORT
    for item in forged:
        if isinstance(item, Forged):
            number += 1
            yield Forgery(f"x{number}", item.at, item, item.conn)
            continue
        for k in range(item.number):
            number += 1
            yield Forgery(f"x{number}", item.at + k * item.every, None, port)
            port += 1


class Relation(NamedTuple):
    """What the numbers of a forged segment are relative to, all absolute.

    Each side's first ISN, what the receiver expects (`nxt`), and the last timestamps that each side sent.
    """

    seq: int
    ack: int
    nxt_seq: int
    nxt_ack: int
    stamp: int
    echo: int


def made(forged: Forged, to: Relation) -> Segment:
    """The segment that arrives."""
    ack = to.nxt_ack if forged.ack is None else add(to.ack, forged.ack)
    return Segment(
        to.nxt_seq if forged.seq is None else add(to.seq, forged.seq),
        ack if forged.has_ack else None,
        syn="S" in forged.flags,
        fin="F" in forged.flags,
        rst="R" in forged.flags,
        psh="P" in forged.flags,
        ece="E" in forged.flags,
        cwr="W" in forged.flags,
        length=forged.length,
        options=NO_OPTIONS if forged.ts is None else Options(timestamps=(add(to.stamp, forged.ts), to.echo)),
    )
