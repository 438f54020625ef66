"""How a timer ran, on an axis of powers of ten: where it sent again, and where it was over."""

from math import log10
from typing import NamedTuple

from app.draw.clock import about

FIRST, LAST = 10_000, 10_000_000_000  # µs at both ends of the axis: 10 ms, 10,000 s
WIDTH, HEIGHT = 1000, 24
MINUTE, HOUR = 60_000_000, 3_600_000_000
GRADES = (10_000, 100_000, 1_000_000, 10_000_000, MINUTE, 10 * MINUTE, HOUR)


class Grade(NamedTuple):
    """A mark of the axis: what is written there, and how far along it stands, in per cent."""

    text: str
    at: float


def axis() -> tuple[Grade, ...]:
    """The marks that all spans share."""
    return tuple(Grade(span(us), round(_along(us) * 100, 1)) for us in GRADES)


def span(us: int) -> str:
    """A duration as it is spoken of: `40 ms`, `63 s`, `131 s`, `4 min`, `15.4 min`, `2 h 11 min`; 0 is `0`."""
    if us < 2 * MINUTE:
        return about(us) if us % 1000 else _whole(us)
    if us >= HOUR:
        hours, minutes = divmod(round(us / MINUTE), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if us < 10 * MINUTE and us % MINUTE:
        return f"{us / 1_000_000:.4g} s"
    return f"{us / MINUTE:.3g} min"


def bar(sent: tuple[int, ...], over: int) -> str:
    """The picture of one timer: a line from its start to its end, a mark for each time that something was sent."""
    grades = "".join(f'<path class="grade" d="M{_x(us)} 0v{HEIGHT}"/>' for us in GRADES)
    marks = "".join(f'<path class="mark" d="M{_x(us)} 5v14"/>' for us in sent if us < over)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="span" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true">{grades}<path class="run" d="M0 12H{_x(over)}"/>{marks}'
        f'<path class="over" d="M{_x(over)} 2v20"/></svg>'
    )


def _x(us: int) -> str:
    return f"{_along(us) * WIDTH:.1f}"


def _along(us: int) -> float:
    return max(0.0, log10(max(us, FIRST) / FIRST) / log10(LAST / FIRST))


def _whole(us: int) -> str:
    if us == 0:
        return "0"
    return f"{us / 1_000_000:.4g} s" if us >= 1_000_000 else f"{us // 1000} ms"
