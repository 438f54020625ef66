"""The card that a chat program shows for a link: what it is about, and the diagram there. 1200 by 630 units."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from app.draw.around import heads_of, part, top_of
from app.draw.metrics import bold
from app.draw.standalone import STATES, rules
from app.draw.svg import Drawing, escaped

WIDTH, HEIGHT = 1200, 630
LEFT, MIDDLE, EDGE = 64, 600, 40  # of the words; of the panel and its distance from the border
ROOM = MIDDLE - LEFT - 32  # for a line of words
NEVER_FIRST = "，。、；：？！”’）》〉】…,.;:?!)·"
_WORD = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]\s*")


class Card(NamedTuple):
    """The words of a card."""

    brand: str
    eyebrow: str
    title: str
    text: str = ""


def card(words: Card, drawing: Drawing | None, colours: Mapping[str, str]) -> str:
    """The picture as SVG. The drawing is shown where it is now, as large as fits."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">',
        f"<style>{rules(colours)}.word{{stroke:none}}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["paper"]}"/>',
        *_brand(words.brand, colours),
        *_written(words, colours),
        *_strip(colours),
    ]
    if drawing is not None:
        parts += _panel(drawing, colours)
    return "".join((*parts, "</svg>"))


def _brand(name: str, colours: Mapping[str, str]) -> list[str]:
    return [
        (
            f'<g transform="translate({LEFT} 60) scale(1.5)"><rect width="32" height="32" rx="7" fill="#0b6e69"/>'
            '<path d="M8 7v18M24 7v18" stroke="#fff" stroke-opacity="0.45" stroke-width="2.6" fill="none"/>'
            '<path d="m9.5 9 12.5 4-12.5 5.5 12.5 4.5" stroke="#fff" stroke-width="2.6" fill="none"/></g>'
        ),
        _line(name, LEFT + 64, 93, 28, colours["ink"], 700),
    ]


def _written(words: Card, colours: Mapping[str, str]) -> list[str]:
    """Eyebrow, title, text: the title as large as its length lets it be, the text as far as it goes."""
    size = next((size for size in (58, 50, 44) if len(wrapped(words.title, size, ROOM)) <= 3), 38)
    title = shortened(wrapped(words.title, size, ROOM), 4)
    y = 200
    parts = [_line(words.eyebrow, LEFT, y, 24, colours["accent"], 700)]
    y += 24 + size
    for line in title:
        parts.append(_line(line, LEFT, y, size, colours["ink"], 700))
        y += round(size * 1.25)
    y += 4
    lines = wrapped(words.text, 27, ROOM)
    for line in shortened(lines, max((HEIGHT - 92 - y) // 40 + 1, 0)):
        parts.append(_line(line, LEFT, y, 27, colours["muted"], 400))
        y += 40
    return parts


def _strip(colours: Mapping[str, str]) -> list[str]:
    """The states' colours, in the order of a connection's life."""
    width = ROOM / len(STATES)
    return [
        f'<rect x="{LEFT + n * width:.1f}" y="{HEIGHT - 52}" width="{width:.1f}" height="8" '
        f'fill="{colours[f"fill-{state}"]}"/>'
        for n, state in enumerate(STATES)
    ]


def _panel(drawing: Drawing, colours: Mapping[str, str]) -> list[str]:
    """The hosts' names on top, below them what fits of the drawing around its moment."""
    width, height, pad = WIDTH - MIDDLE - EDGE, HEIGHT - 2 * EDGE, 24
    scale = min((width - 2 * pad) / drawing.width, 1.6)
    tall = round((height - 2 * pad) / scale)
    top, heads = top_of(drawing, tall), heads_of(drawing)
    x, y = MIDDLE + (width - drawing.width * scale) / 2, EDGE + pad
    parts = [
        (
            f'<rect x="{MIDDLE}" y="{EDGE}" width="{width}" height="{height}" rx="20" fill="{colours["surface"]}" '
            f'stroke="{colours["hairline"]}"/>'
        ),
        _window(drawing.svg, x, y, drawing.width, tall, top, scale),
    ]
    if top and heads:
        ground = f'<rect width="{drawing.width}" height="{heads}" fill="{colours["surface"]}"/>'
        parts.append(_window(drawing.heads, x, y, drawing.width, heads, 0, scale, ground))
    return parts


def _window(svg: str, x: float, y: float, width: int, height: int, top: int, scale: float, ground: str = "") -> str:
    """A part of a drawing, at a place of the card."""
    place = f'x="{x:.1f}" y="{y}" width="{width * scale:.1f}" height="{height * scale:.1f}"'
    return part(svg, f'{place} viewBox="0 {top} {width} {height}"', ground)


def _line(text: str, x: int, y: int, size: int, colour: str, weight: int) -> str:
    return (
        f'<text class="word" x="{x}" y="{y}" style="font-size:{size}px;font-weight:{weight};fill:{colour}">'
        f"{escaped(text)}</text>"
    )


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines no wider than `room`: between words, between Chinese characters, never before a comma."""
    lines, line = [], ""
    for word in _WORD.findall(text):
        if line and bold((line + word).rstrip(), size) > room and word[0] not in NEVER_FIRST:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()] if line.strip() else lines


def shortened(lines: list[str], most: int) -> list[str]:
    """The first lines; an ellipsis where there were more."""
    return (
        lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip("，,。. ") + "…"] if most else []
    )
