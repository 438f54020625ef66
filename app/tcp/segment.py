"""A TCP segment, and arithmetic on the 32-bit circle of sequence numbers (RFC 9293 §3.1, §3.4)."""

from functools import cache
from typing import NamedTuple

CIRCLE = 1 << 32
HALF = 1 << 31


class Options(NamedTuple):
    """What follows the fixed header. Sequence numbers are absolute; what is None, False or empty is not there."""

    mss: int | None = None  # §3.7.1: the largest segment that its sender takes, bytes of text
    wscale: int | None = None  # RFC 7323 §2: the windows that its sender offers are shifted left by this
    sack_permitted: bool = False  # RFC 2018 §2
    timestamps: tuple[int, int] | None = None  # RFC 7323 §3: TSval and TSecr, ticks of 1 ms
    sack: tuple[tuple[int, int], ...] = ()  # RFC 2018 §3: left and right edges; RFC 2883: a duplicate comes first
    cookie: int | None = None  # RFC 7413 §4.1.1: a Fast Open cookie; 0 asks for one


NO_OPTIONS = Options()


class Segment(NamedTuple):
    """The header fields that connection management looks at, and the payload's length in bytes.

    `seq` and `ack` are absolute (0 … 2³²-1). The ACK bit is set exactly when `ack` is not None. `window` is in bytes,
    already scaled.
    """

    seq: int
    ack: int | None = None
    syn: bool = False
    fin: bool = False
    rst: bool = False
    psh: bool = False
    length: int = 0
    window: int = 65535
    ece: bool = False
    cwr: bool = False
    options: Options = NO_OPTIONS

    @property
    def flags(self) -> tuple[str, ...]:
        """The control bits that are set, by name, in the order in which they are usually read."""
        return _names(self.syn, self.fin, self.rst, self.psh, self.ack is not None, self.ece, self.cwr)

    @property
    def letters(self) -> str:
        """The control bits as packetdrill writes them: `S`, `S.`, `.`, `P.`, `F.`, `R`, `SEW`; `-` for none."""
        return _letters(self.syn, self.fin, self.rst, self.psh, self.ece, self.cwr, self.ack is not None)


@cache
def _letters(*bits: bool) -> str:
    return "".join(letter for letter, bit in zip("SFRPEW.", bits, strict=True) if bit) or "-"


@cache
def _names(*bits: bool) -> tuple[str, ...]:
    return tuple(name for name, bit in zip(("SYN", "FIN", "RST", "PSH", "ACK", "ECE", "CWR"), bits, strict=True) if bit)


def add(number: int, step: int) -> int:
    """`number + step` modulo 2³²; `step` may be negative."""
    return (number + step) % CIRCLE


def distance(start: int, end: int) -> int:
    """The signed way from `start` to `end`, -2³¹ … 2³¹-1."""
    return (end - start + HALF) % CIRCLE - HALF


def before(a: int, b: int) -> bool:
    """`a < b` on the circle: the signed 32-bit difference is negative."""
    return (a - b) % CIRCLE >= HALF


def within(low: int, number: int, high: int) -> bool:
    """`low =< number < high` on the circle."""
    return (number - low) % CIRCLE < (high - low) % CIRCLE
