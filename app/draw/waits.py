"""Long waits: a break in the rails with the duration beside it, named after the timer that ends it."""

from itertools import pairwise
from typing import NamedTuple

from app.draw.axis import is_long
from app.draw.clock import about, clock
from app.draw.columns import LEFT, Columns
from app.draw.look import Look
from app.draw.metrics import ASCENT, DESCENT, TEXT, mono
from app.draw.placement import Band, blocked, spot
from app.draw.rows import Rows
from app.draw.svg import escaped
from app.sim.trace import Moment, TimedOut, Trace
from app.words import Words


class Wait(NamedTuple):
    """A break mark at height `y`, seen once `moment`, which ends the wait, has come."""

    y: int
    moment: int
    text: str
    brief: str  # without the timer's name: for the narrow column outside the rails

    @property
    def width(self) -> float:
        """Of its text."""
        return mono(self.text)


def waits(trace: Trace, rows: Rows, ys: list[int], delay: int, words: Words) -> list[Wait]:
    """The breaks of the time axis, in order."""
    found = []
    for before, after in pairwise(trace.moments):
        if is_long(after.at - before.at, delay):
            low = rows.first[after.index]
            y = round(ys[low - 1] * 0.4 + ys[low] * 0.6)  # names of states hang below the rows that begin the wait
            found.append(Wait(y, after.index, *_told(trace, before, after, words)))
    return found


def _told(trace: Trace, before: Moment, after: Moment, words: Words) -> tuple[str, str]:
    """What is written at the break: `RTO 1 s`, `TIME-WAIT 60 s`, or just how long it lasts; and the brief form."""
    for event in after.events:
        if isinstance(event, TimedOut):
            since = _started(trace, event, after)
            if since is not None:
                time = clock(after.at - since)
                return words(f"wait.{event.timer}", time=time), time
    time = about(after.at - before.at)
    return time, time


_TIMERS = {
    "retransmission": "retransmit_at",
    "tail-loss-probe": "retransmit_at",
    "reordering": "retransmit_at",
    "window-probe": "retransmit_at",
    "keepalive": "keepalive_at",
    "user-timeout": "user_timeout_at",
    "delayed-ack": "acknowledge_at",
    "time-wait": "time_wait_at",
    "fin-wait-2": "orphan_at",
}


def _started(trace: Trace, expired: TimedOut, after: Moment) -> int | None:
    """When that timer was last set: since then the block has said that it would expire at this moment."""
    started = None
    for moment in reversed(trace.moments[: after.index]):
        block = moment.blocks.get((expired.host, expired.conn))
        if block is not None:
            if getattr(block, _TIMERS[expired.timer]) != after.at:
                break
            started = moment.at
    return started


def band(wait: Wait, columns: Columns, lines: list[Band]) -> Band | None:
    """Where its text stands between the rails; None if segments on their way leave no room."""
    top, bottom = -(ASCENT + DESCENT) / 2 - 1, (ASCENT + DESCENT) / 2 + 1
    left, right = columns.gap
    level = Band(wait.y, 0, left, right, top, bottom)
    middle = spot(left + 8, right - 8, wait.width, (left + right) / 2, blocked(level, top, bottom, lines))
    return None if middle is None else level.beside(middle - wait.width / 2, middle + wait.width / 2, top, bottom)


def wait_svg(wait: Wait, columns: Columns, place: Band | None, look: Look) -> str:
    """Every rail broken, and the text."""
    y = wait.y
    parts = [f'<g class="gap{look.lasting(wait.moment, wait.moment + 1)}>']
    for rail in columns.rails:
        left, right = rail.left - 3, rail.right + 3
        parts.append(
            f'<path class="cut" d="M{left:.1f} {y}L{right:.1f} {y - 5}V{y}L{left:.1f} {y + 5}Z"/>'
            f'<path class="edge" d="M{left:.1f} {y}L{right:.1f} {y - 5}M{left:.1f} {y + 5}L{right:.1f} {y}"/>'
        )
    x, anchor, text = columns.aside[LEFT], "end", wait.brief
    if place is not None:
        x, anchor, text = (place.left + place.right) / 2, "middle", wait.text
    baseline = y + TEXT // 3
    parts.append(f'<text class="time" x="{x:.1f}" y="{baseline}" text-anchor="{anchor}">{escaped(text)}</text></g>')
    return "".join(parts)
