"""SVG as text: escaping, and the phases (past, now, future, veiled) that a moment gives to a drawing's elements."""

import re
from functools import lru_cache
from typing import NamedTuple


class Drawing(NamedTuple):
    """A finished picture and its natural size in user units."""

    svg: str
    width: int
    height: int
    heads: str = ""  # the hosts' names once more, to stay on top while the picture scrolls under them


def escaped(text: str) -> str:
    """Text for an element or a double-quoted attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def phase(svg: str, moment: int, horizon: int) -> str:
    """The drawing as it looks at a moment: each lasting element gets one of past, now, future and veiled as a class.

    Before `since` it is future, from `until` on past, between them now; beyond the horizon it is veiled.
    """
    pieces, spans = _pieces(svg)
    parts = [pieces[0]]
    for piece, (since, until) in zip(pieces[1:], spans, strict=True):
        parts.append(phased(since, until, moment, horizon))
        parts.append(piece)
    return "".join(parts)


def phased(since: int, until: int, moment: int, horizon: int) -> str:
    """The class that what exists from `since` until `until` gets at a moment, a space before it."""
    return " veiled" if since > horizon else " future" if moment < since else " now" if moment < until else " past"


_LASTING = re.compile(r'" data-since="([0-9]+)" data-until="([0-9]+)"')


@lru_cache(maxsize=256)
def _pieces(svg: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The drawing cut where a phase is to be written, and the span of moments at each cut."""
    pieces, spans, done = [], [], 0
    for match in _LASTING.finditer(svg):
        pieces.append(svg[done : match.start()])
        spans.append((int(match[1]), int(match[2])))
        done = match.start()
    return [*pieces, svg[done:]], spans
