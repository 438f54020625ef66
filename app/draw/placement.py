"""Where along its arrow a label can stand: clear of rails, arrow heads, other arrows and other text.

All arrows cross the same gap, so each is a straight line over x, and so is the difference of two. A label occupies a
band beside its own line; another line, or another label's band, blocks the stretch of x in which it runs through it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.draw.metrics import ASCENT, DESCENT, LINE

CLEAR = 2  # between a label and whatever is beside it
LIFT = 4  # from the line to the baseline above it
HEAD = 10  # the length of an arrow head
CROSS = 9  # what a ✕ takes to either side


class Band(NamedTuple):
    """What runs from `top` to `bottom` of a straight line (negative: above it), between two x.

    The line is at height `y` where x is 0, and goes down by `rise` for each unit. `left` and `right` include what is
    kept clear on either side.
    """

    y: float
    rise: float
    left: float
    right: float
    top: float
    bottom: float

    def at(self, x: float) -> float:
        """The height of the line there."""
        return self.y + self.rise * x

    def beside(self, left: float, right: float, top: float, bottom: float) -> "Band":
        """The band of what stands along the same line between those x."""
        return Band(self.y, self.rise, left - CLEAR, right + CLEAR, top, bottom)


def above(lines: int, lift: float = LIFT) -> tuple[float, float]:
    """The band of a label above its line: its top and bottom, seen from the line."""
    return -lift - ASCENT - LINE * (lines - 1), -lift + DESCENT


def below(lines: int) -> tuple[float, float]:
    """The band of a label below its line."""
    return LIFT, LIFT + ASCENT + DESCENT + LINE * (lines - 1)


def blocked(own: Band, top: float, bottom: float, others: Iterable[Band]) -> list[tuple[float, float]]:
    """The stretches of x in which something runs through what is between `top` and `bottom` of the line of `own`.

    They are in order.
    """
    found = []
    y, rise, top, bottom = own.y, own.rise, top - CLEAR, bottom + CLEAR
    for other_y, other_rise, start, end, other_top, other_bottom in others:
        offset, slope = other_y - y, other_rise - rise
        first, last = offset + slope * start, offset + slope * end  # the difference of the two lines
        low = top - other_bottom
        if first <= low and last <= low:
            continue
        high = bottom - other_top
        if first >= high and last >= high:
            continue
        if low < first < high and low < last < high:
            found.append((start, end))
        else:
            begins, ends = (low, high) if slope > 0 else (high, low)
            found.append((max(start, (begins - offset) / slope), min(end, (ends - offset) / slope)))
    found.sort()
    return found


def spot(left: float, right: float, width: float, wanted: float, taken: Sequence[tuple[float, float]]) -> float | None:
    """The middle of a free stretch of that width between `left` and `right`, as near to `wanted` as can be; or None.

    What is `taken` is in order.
    """
    best = None
    start = left
    for low, high in (*taken, (right, right)):
        end = min(right, low)
        if end - start >= width:
            middle = min(max(wanted, start + width / 2), end - width / 2)
            if best is None or abs(middle - wanted) < abs(best - wanted):
                best = middle
        if high > start:
            start = high
            if start + width > right:
                break
    return best
