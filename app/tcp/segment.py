"""A TCP segment, and arithmetic on the 32-bit circle of sequence numbers (RFC 9293 §3.1, §3.4)."""

from typing import NamedTuple

CIRCLE = 1 << 32
HALF = 1 << 31


class Segment(NamedTuple):
    """The header fields that connection management looks at, and the payload's length in bytes.

    `seq` and `ack` are absolute (0 … 2³²-1). The ACK bit is set exactly when `ack` is not None.
    """

    seq: int
    ack: int | None = None
    syn: bool = False
    fin: bool = False
    rst: bool = False
    psh: bool = False
    length: int = 0
    window: int = 65535

    @property
    def flags(self) -> tuple[str, ...]:
        """The control bits that are set, by name, in the order in which they are usually read."""
        bits = {"SYN": self.syn, "FIN": self.fin, "RST": self.rst, "PSH": self.psh, "ACK": self.ack is not None}
        return tuple(name for name, bit in bits.items() if bit)

    @property
    def letters(self) -> str:
        """The control bits as tcpdump and packetdrill write them: `S`, `S.`, `.`, `P.`, `F.`, `R`; `-` for none."""
        text = "S" * self.syn + "F" * self.fin + "R" * self.rst + "P" * self.psh
        return (text + "." * (self.ack is not None)) or "-"


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
