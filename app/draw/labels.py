"""What is written along a segment's arrow: its forms, from the fullest to the shortest."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.draw.metrics import bold, mono
from app.sim.trace import Sent
from app.words import Words

SPACE = 4  # between flags and numbers


@dataclass(slots=True)
class Form:
    """One way to write a label, on one line or with the flags above the numbers; `width` in user units."""

    flags: str
    numbers: tuple[str, ...]  # a line each, if there is more than one line
    lines: int
    complete: bool
    width: float


@lru_cache(maxsize=256)
def _spelled(names: tuple[str, ...]) -> str:
    told = tuple(name for name in names if name != "PSH")
    return "SYN-ACK" if told == ("SYN", "ACK") else "·".join(told) or "—"


def flags(sent: Sent) -> str:
    """The control bits by name, spelled as everywhere on the site: `SYN-ACK`, `FIN·ACK`.

    PSH is left to the captures: it says nothing about the connection.
    """
    return _spelled(sent.segment.flags)


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
    """The label as text: `ACK seq=1 ack=1 len=100`."""
    return f"{flags(sent)} {numbers(sent)}"


def in_one_line(sent: Sent, words: Words) -> Form:
    """The best way to write it: all of it, on one line."""
    return _on_one_line(_mark(sent, words) + flags(sent), numbers(sent))


def forms(full: Form, sent: Sent) -> Iterator[Form]:
    """The complete ways to write it, best first: `full`, and what takes less of a line."""
    yield full
    name, first, length = full.flags, seq(sent), sent.segment.length
    acknowledged = "" if sent.segment.ack is None else f"ack={ack(sent)}"
    span = f"seq={first}:{first + length}" if length else f"seq={first}"
    yield _stacked(name, *full.numbers)
    if length:
        brief = f"{span} {acknowledged}".rstrip()
        yield _on_one_line(name, brief)
        yield _stacked(name, brief)
    if acknowledged:
        yield _stacked(name, span, acknowledged)


def short_forms(sent: Sent, words: Words) -> tuple[Form, ...]:
    """What is left to write where no complete form fits, best first."""
    brief, start = _mark(sent, words) + flags(sent), f"seq={seq(sent)}"
    length = f" len={sent.segment.length}" if sent.segment.length else ""
    return (
        _on_one_line(brief, start + length, complete=False),
        _stacked(brief, start, complete=False),
        _on_one_line(brief, "", complete=False),
    )


def _mark(sent: Sent, words: Words) -> str:
    return f"{words('segment.injected')} " if sent.forged else "↻ " if sent.retransmits else ""


def _on_one_line(flags: str, numbers: str, complete: bool = True) -> Form:
    return Form(flags, (numbers,), 1, complete, bold(flags) + (SPACE + mono(numbers) if numbers else 0))


def _stacked(flags: str, *numbers: str, complete: bool = True) -> Form:
    return Form(flags, numbers, 1 + len(numbers), complete, max(bold(flags), *map(mono, numbers)))


def numbers(sent: Sent) -> str:
    """`seq=1 ack=1 len=100`: what there is of it."""
    acknowledgment, length = ack(sent), sent.segment.length
    told = f"seq={seq(sent)}" if acknowledgment is None else f"seq={seq(sent)} ack={acknowledgment}"
    return f"{told} len={length}" if length else told
