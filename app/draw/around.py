"""A diagram cut to what fits: the hosts' names on top, and below them what surrounds its moment."""

import re

from app.draw.svg import Drawing

_NOW = re.compile(r'class="tick now"[^>]* y1="([0-9]+)"')
_HEADS = re.compile(r'viewBox="0 0 [0-9]+ ([0-9]+)"')
ABOVE = 0.55  # of the height that stands above the moment


def top_of(drawing: Drawing, tall: int) -> int:
    """Where a part that tall begins, so that its moment can be seen."""
    now = _NOW.search(drawing.svg)
    return max(0, min(round(int(now[1]) - tall * ABOVE), drawing.height - tall)) if now else 0


def heads_of(drawing: Drawing) -> int:
    """How high the hosts' names are."""
    found = _HEADS.search(drawing.heads)
    return int(found[1]) if found else 0


def around(drawing: Drawing, tall: int, label: str) -> str:
    """The part of the drawing around its moment, as a drawing of its own."""
    tall = min(tall, drawing.height)
    top, width = top_of(drawing, tall), drawing.width
    heads = ""
    if top and (high := heads_of(drawing)):
        ground = f'<rect class="cut" width="{width}" height="{high}"/>'
        heads = part(drawing.heads, f'width="{width}" height="{high}" viewBox="0 0 {width} {high}"', ground)
    whole = part(drawing.svg, f'width="{width}" height="{tall}" viewBox="0 {top} {width} {tall}"')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sequence" viewBox="0 0 {width} {tall}" role="img" '
        f'aria-labelledby="{label}-title {label}-desc">{whole}{heads}</svg>'
    )


def part(svg: str, attributes: str, ground: str = "") -> str:
    """What is inside a drawing, in a frame of other measures."""
    return f"<svg {attributes}>{ground}{svg.partition('>')[2]}"
