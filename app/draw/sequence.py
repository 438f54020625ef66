"""The sequence diagram: time runs down, a rail for each connection of a host, a slanted arrow for each segment.

It is drawn once for the whole trace. Whatever belongs to a moment says from when until when it is current, and a page
or a script gives it the classes past, now, future or veiled for the moment that is shown (`phase`). The picture has no
colours of its own, only classes.
"""

from itertools import chain

from app.draw.columns import WIDTH, Columns, columns
from app.draw.layout import layout
from app.draw.look import PLAIN, Look
from app.draw.metrics import ASCENT, DESCENT, LINE
from app.draw.rails import Page, name_svg, names, rail_svg
from app.draw.scale import clocks, ticks
from app.draw.segments import segment_svg
from app.draw.svg import Drawing, escaped, phase
from app.draw.waits import wait_svg
from app.sim.trace import Trace
from app.words import Words

HEADS = 26  # the height of the hosts' boxes

__all__ = ["Drawing", "phase", "sequence"]


def sequence(trace: Trace, words: Words, *, id: str, look: Look = PLAIN) -> Drawing:
    """The diagram of the whole trace; `id` begins the ids of its elements."""
    across = columns(trace, words)
    top = HEADS + 10 + (LINE if across.bundled else 0)
    sides = list(across.sides.values())
    laid = layout(trace, words, across, top + 10 + LINE * max(map(sides.count, sides)))
    page = Page(laid.ys, top, max([laid.ys[-1] + 32, *(round(label.y) + 30 for label in laid.labels if label)]))
    breaks = list(zip(laid.breaks, laid.places, strict=True))
    beside = names(across, laid.rows, page)
    taken = [(wait.y - ASCENT, wait.y + DESCENT) for wait, place in breaks if place is None]
    heads = _heads(across, top)
    parts = [
        ticks(trace, laid.rows, page, across, look),
        *chain.from_iterable(rail_svg(rail, laid.rows, page, look) for rail in across.rails),
        *heads,
        *(name_svg(name, across, look) for name in beside),
        *clocks(trace, laid.rows, page, across, beside, taken, look),
        *(wait_svg(wait, across, place, look) for wait, place in breaks),
        *(segment_svg(line, label, look) for line, label in zip(laid.lines, laid.labels, strict=True)),
    ]
    width, height = across.width, page.bottom + 2
    wide = " wide" if width > WIDTH else ""
    title, about = words("diagram.title"), words("diagram.desc", hosts=" · ".join(head.name for head in across.heads))
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sequence{wide}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="{look.role}" aria-labelledby="{id}-title {id}-desc">'
        f'<title id="{id}-title">{escaped(title)}</title><desc id="{id}-desc">{escaped(about)}</desc>'
    )
    fixed = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sequence heads{wide}" viewBox="0 0 {width} {top}" '
        f'width="{width}" height="{top}" aria-hidden="true">{"".join(heads)}</svg>'
    )
    return Drawing("".join((opening, *parts, "</svg>")), width, height, fixed)


def _heads(across: Columns, top: int) -> list[str]:
    """The hosts' names, and the numbers of their rails."""
    parts = []
    for head in across.heads:
        left = min(max(head.middle - head.width / 2, 1), across.width - head.width - 1)
        parts.append(
            f'<g class="host"><rect class="host-box" x="{left:.1f}" y="1" width="{head.width:.1f}" '
            f'height="{HEADS - 2}" rx="{HEADS // 2 - 1}"/><text class="host-name" x="{left + head.width / 2:.1f}" '
            f'y="{HEADS / 2 + 4:.0f}" text-anchor="middle">{escaped(head.name)}</text></g>'
        )
    for rail in across.rails:
        if rail.number:
            x = (rail.left + rail.right) / 2
            parts.append(f'<text class="mark" x="{x:.1f}" y="{top - 4}" text-anchor="middle">{rail.number}</text>')
    return parts
