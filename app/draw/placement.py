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


class Ray(NamedTuple):
    """A line of slope `rise` that is at height `y` where x is 0, drawn between `left` and `right`."""

    left: float
    right: float
    y: float
    rise: float

    def at(self, x: float) -> float:
        """Its height there."""
        return self.y + self.rise * x


class Band(NamedTuple):
    """What runs along a ray from `top` to `bottom` of it (negative: above), between two x."""

    ray: Ray
    left: float
    right: float
    top: float
    bottom: float


def above(lines: int, lift: float = LIFT) -> tuple[float, float]:
    """The band of a label above its line: its top and bottom, seen from the line."""
    return -lift - ASCENT - LINE * (lines - 1), -lift + DESCENT


def below(lines: int) -> tuple[float, float]:
    """The band of a label below its line."""
    return LIFT, LIFT + ASCENT + DESCENT + LINE * (lines - 1)


def blocked(own: Ray, top: float, bottom: float, others: Iterable[Band]) -> list[tuple[float, float]]:
    """The stretches of x in which something runs through the band of `own` between `top` and `bottom`."""
    found = []
    y, rise, top, bottom = own.y, own.rise, top - CLEAR, bottom + CLEAR
    for (_, _, other_y, other_rise), left, right, other_top, other_bottom in others:
        low, high = top - other_bottom, bottom - other_top  # of the difference of the two rays
        start, end = left - CLEAR, right + CLEAR
        offset, slope = other_y - y, other_rise - rise
        first, last = offset + slope * start, offset + slope * end
        if (first <= low and last <= low) or (first >= high and last >= high):
            continue
        if not (low < first < high and low < last < high):
            one, two = (low - offset) / slope, (high - offset) / slope
            start, end = max(start, min(one, two)), min(end, max(one, two))
        found.append((start, end))
    return found


def spot(left: float, right: float, width: float, wanted: float, taken: Sequence[tuple[float, float]]) -> float | None:
    """The middle of a free stretch of that width between `left` and `right`, as near to `wanted` as can be; or None."""
    best = None
    start = left
    for low, high in [*sorted(taken), (right, right)]:
        end = min(low, right)
        if end - start >= width:
            middle = min(max(wanted, start + width / 2), end - width / 2)
            if best is None or abs(middle - wanted) < abs(best - wanted):
                best = middle
        start = max(start, high)
        if start + width > right:
            break
    return best
