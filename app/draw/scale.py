"""The faint scale of time: a line across the gap at each moment, and its time outside the left rails."""

from app.draw.clock import clock
from app.draw.columns import LEFT, Columns
from app.draw.look import Look
from app.draw.metrics import ASCENT, DESCENT, LINE
from app.draw.rails import BELOW, Name, Page
from app.draw.rows import Rows
from app.sim.trace import Trace


def ticks(trace: Trace, rows: Rows, page: Page, across: Columns, look: Look) -> str:
    """The lines."""
    left, right = (f"{x:.1f}" for x in across.gap)
    return "".join(
        f'<line class="tick{look.lasting(moment.index, moment.index + 1)} x1="{left}" x2="{right}" '
        f'y1="{page.ys[row]}" y2="{page.ys[row]}"/>'
        for moment, row in zip(trace.moments, rows.first, strict=True)
    )


def clocks(
    trace: Trace,
    rows: Rows,
    page: Page,
    across: Columns,
    names: list[Name],
    taken: list[tuple[int, int]],
    look: Look,
) -> list[str]:
    """The times, beside their moment or below a state that begins then, where that leaves room.

    `taken`: heights, from and to, where other text stands outside the left rails.
    """
    left = [name for name in names if name.side == LEFT]
    taken = taken + [(name.top, name.bottom) for name in left]
    beginning: dict[int, list[int]] = {}  # at each moment, the baselines of names
    for name in left:
        beginning.setdefault(name.since, []).append(name.y)
    parts, floor, x = [], page.top, f"{across.aside[LEFT]:.1f}"
    for moment, row in zip(trace.moments, rows.first, strict=True):
        y = page.ys[row]
        baselines = [baseline + LINE for baseline in beginning.get(moment.index, ()) if baseline >= y]
        if not baselines or baselines[0] > y + BELOW + LINE:
            baselines.insert(0, y + 4)
        for baseline in baselines:
            top, bottom = baseline - ASCENT, baseline + DESCENT
            if top >= floor and not any(top < low and high < bottom for high, low in taken):
                floor = bottom
                lasts = look.lasting(moment.index, moment.index + 1)
                drawn = f'<text class="clock{lasts} x="{x}" y="{baseline}" text-anchor="end">{clock(moment.at)}</text>'
                parts.append(look.time(moment.index, drawn))
                break
    return parts
