"""The time axis: virtual time → y. Compressed, monotone, and with room for what stands close together.

Time while segments are on their way is drawn to scale (`UNIT` for the usual one-way delay), so slopes can be compared.
Idle time takes little room, and a long wait no more than a break mark needs, whatever its length.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import log2
from typing import NamedTuple

UNIT = 52  # the height of the usual one-way delay, unless labels need more
IDLE = 30  # the height of the same time when nothing is on its way
LONG = 2.5  # a wait of this many delays gets a break mark
BREAK = 52  # the least height of a break mark


class Need(NamedTuple):
    """Row `lower` must stand at least `room` below row `upper`."""

    upper: int
    lower: int
    room: float


def is_long(wait: int, delay: int) -> bool:
    """Whether a wait (µs) is cut short by a break mark; `delay` is the usual one-way delay."""
    return wait > LONG * delay


def height(wait: int, delay: int, scale: float) -> float:
    """What a stretch of time without events takes, when the usual delay takes `scale`. Grows with the wait."""
    delays = wait / delay
    if delays <= 1:
        return scale * delays
    if delays <= LONG:
        return scale + 12 * (delays - 1)
    return max(scale + 18, BREAK) + 3 * log2(delays / LONG)


def laid_out(
    times: Sequence[int], needs: Iterable[Need], flights: Sequence[tuple[int, int]], delay: int, top: float, unit: float
) -> list[int]:
    """The y of each row. `times` (µs) never fall; rows of one instant share theirs. `flights`: when each began, ended.

    `unit` is the height of `delay` (µs) while something is on its way.
    """
    stretch = (1 + unit / UNIT) / 2  # steeper arrows need more room between them
    rooms: list[list[tuple[int, float]]] = [[] for _ in times]  # above each row
    for upper, lower, room in needs:
        rooms[lower].append((upper, room))
    starts, ends = sorted(start for start, _ in flights), sorted(end for _, end in flights)
    ys = [round(top)]
    instant = ys[0]  # the first row of the instant before
    for row in range(1, len(times)):
        wait, y = times[row] - times[row - 1], ys[-1] + 2
        if wait:
            busy = bisect_right(starts, times[row - 1]) > bisect_right(ends, times[row - 1])
            y = max(y, instant + round(height(wait, delay, unit if busy else IDLE)))
        for upper, room in rooms[row]:
            y = max(y, ys[upper] + round(room * stretch))
        ys.append(y)
        if wait:
            instant = y
    return ys
