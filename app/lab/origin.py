"""A statement about where a number came from, and the scale on which its numbers are shown."""

from typing import NamedTuple

from app.lab.said import Said, said
from app.sim.trace import Sent
from app.tcp.segment import add, distance


class Origin(NamedTuple):
    """`said` is the statement, `section` the passage behind it, as `app.tcp.rules` writes them.

    `value` is the number that the statement comes to, as it is shown; None where it is about no number.
    """

    said: Said
    section: str
    value: int | None


class Scale(NamedTuple):
    """How numbers of one direction are shown: from `zero` on, or (None) as they are on the wire."""

    zero: int | None

    def shown(self, number: int) -> int:
        """The number as it is shown."""
        return number if self.zero is None else distance(self.zero, number)

    @classmethod
    def of_seq(cls, sent: Sent) -> "Scale":
        """That on which the segment's own number is shown."""
        return cls(None if sent.seq is None else add(sent.segment.seq, -sent.seq))

    @classmethod
    def of_ack(cls, sent: Sent) -> "Scale":
        """That on which its acknowledgment is shown."""
        known = sent.ack is not None and sent.segment.ack is not None
        return cls(add(sent.segment.ack or 0, -(sent.ack or 0)) if known else None)


def origin(message: str, section: str, scale: Scale, value: int | None, **params: str | int) -> Origin:
    """The statement `lab.origin.<message>`; `value` is a number on the wire, None if there is none."""
    shown = None if value is None else scale.shown(value)
    given = params if shown is None else {**params, "value": shown}
    return Origin(said(f"lab.origin.{message}", **given), section, shown)
