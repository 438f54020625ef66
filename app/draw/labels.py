"""What is written along a segment's arrow: its forms, from the fullest to the shortest."""

from typing import NamedTuple

from app.draw.metrics import bold, mono
from app.sim.trace import Sent
from app.words import Words

SPACE = 4  # between flags and numbers


class Form(NamedTuple):
    """One way to write a label, on one line or with the flags above the numbers; `width` in user units."""

    flags: str
    numbers: str
    lines: int
    complete: bool
    width: float


def flags(sent: Sent) -> str:
    """The control bits by name, spelled as everywhere on the site: `SYN-ACK`, `FIN·ACK`."""
    names = sent.segment.flags
    return "SYN-ACK" if names == ("SYN", "ACK") else "·".join(names) or "—"


def kind(sent: Sent) -> str:
    """What a segment is above all: the class by which it is coloured."""
    segment = sent.segment
    if segment.rst:
        return "rst"
    if segment.syn:
        return "syn" if segment.ack is None else "syn-ack"
    return "fin" if segment.fin else "data" if segment.length else "ack"


def seq(sent: Sent) -> int:
    """The sequence number as it is shown: relative where that side's ISN is known."""
    return sent.segment.seq if sent.seq is None else sent.seq


def ack(sent: Sent) -> int | None:
    """The acknowledgment number as it is shown; None where the bit is off."""
    return sent.segment.ack if sent.ack is None else sent.ack


def in_full(sent: Sent) -> str:
    """The label as text: `PSH·ACK seq=1 ack=1 len=100`."""
    return f"{flags(sent)} {numbers(sent)}"


def forms(sent: Sent, words: Words) -> tuple[Form, ...]:
    """The ways to write it, best first; the last are not complete."""
    segment = sent.segment
    mark = f"{words('segment.injected')} " if sent.forged else "↻ " if sent.retransmits else ""
    bits, values, start = flags(sent), numbers(sent), f"seq={seq(sent)}"
    name, brief = mark + bits, mark + bits.removeprefix("PSH·")
    ways = [_on_one_line(name, values)]
    if brief != name:
        ways.append(_on_one_line(brief, values))
    ways.append(_stacked(name, values))
    if segment.length:
        acknowledged = "" if segment.ack is None else f" ack={ack(sent)}"
        ways.append(_stacked(name, f"{start}:{seq(sent) + segment.length}{acknowledged}"))
        ways.append(_on_one_line(brief, f"{start} len={segment.length}", complete=False))
    if segment.ack is not None:
        ways.append(_stacked(brief, start, complete=False))
    ways.append(_on_one_line(brief, "", complete=False))
    return tuple(ways)


def _on_one_line(flags: str, numbers: str, complete: bool = True) -> Form:
    return Form(flags, numbers, 1, complete, bold(flags) + (SPACE + mono(numbers) if numbers else 0))


def _stacked(flags: str, numbers: str, complete: bool = True) -> Form:
    return Form(flags, numbers, 2, complete, max(bold(flags), mono(numbers)))


def is_tall(ways: tuple[Form, ...], room: float) -> bool:
    """Whether none of the complete forms fits on one line of `room` units."""
    return all(form.width > room for form in ways if form.complete and form.lines == 1)


def numbers(sent: Sent) -> str:
    """`seq=1 ack=1 len=100`: what there is of it."""
    acknowledgment = ack(sent)
    parts = [f"seq={seq(sent)}"]
    if acknowledgment is not None:
        parts.append(f"ack={acknowledgment}")
    if sent.segment.length:
        parts.append(f"len={sent.segment.length}")
    return " ".join(parts)
