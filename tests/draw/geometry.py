"""Where things are in a finished picture: read back from the SVG, with the metrics of a common font."""

from collections.abc import Iterator
from math import cos, radians, sin
from typing import NamedTuple
from xml.etree import ElementTree

from app.draw.metrics import ASCENT, DESCENT, TEXT, bold, mono

SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]


class Shape(NamedTuple):
    """A convex outline and what it is of."""

    what: str
    corners: tuple[Point, ...]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(root: ElementTree.Element) -> list[Shape]:
    """Every line of text as the rectangle that it fills, turned as it is turned."""
    return [shape for element in root.iter(f"{SVG}text") for shape in _lines(element)]


def rectangles(root: ElementTree.Element, name: str) -> list[Shape]:
    """The rectangles of that class."""
    found = []
    for element in root.iter(f"{SVG}rect"):
        if name in element.get("class", "").split():
            x, y, width, height = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
            found.append(Shape(name, _box(x, y, x + width, y + height)))
    return found


def paths(root: ElementTree.Element, name: str) -> list[Shape]:
    """The paths of that class as they are drawn, straight from corner to corner."""
    found = []
    for element in root.iter(f"{SVG}path"):
        if name in element.get("class", "").split():
            points = element.get("d", "").replace("Z", "").replace("M", "").split("L")
            if all(len(point.split()) == 2 for point in points):
                found.append(Shape(name, tuple((float(x), float(y)) for x, y in map(str.split, points))))
    return found


def crosses(root: ElementTree.Element) -> list[Shape]:
    """The ✕ of every segment that died."""
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "cross":
            x, y = map(float, group[0].get("d", "").split("l")[0].removeprefix("M").split())
            found.append(Shape("cross", _box(x, y, x + 10, y + 10)))
    return found


def overlap(one: Shape, other: Shape, slack: float = 0.5) -> bool:
    """Whether two outlines share more than a margin: no line parts them."""
    for shape in (one, other):
        for (x1, y1), (x2, y2) in zip(shape.corners, shape.corners[1:] + shape.corners[:1], strict=True):
            nx, ny = y2 - y1, x1 - x2
            size = (nx * nx + ny * ny) ** 0.5
            if not size:
                continue
            first = [(x * nx + y * ny) / size for x, y in one.corners]
            second = [(x * nx + y * ny) / size for x, y in other.corners]
            if max(first) <= min(second) + slack or max(second) <= min(first) + slack:
                return False
    return True


def _lines(element: ElementTree.Element) -> Iterator[Shape]:
    anchor, turn = element.get("text-anchor", "start"), element.get("transform")
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    rows: list[list[tuple[str, float, float]]] = [[]]
    if element.text:
        kind = element.get("class", "").split()[0]
        wide = mono if kind in ("state", "clock", "time", "mark", "why", "sends") else bold
        rows[0].append((element.text, wide(element.text), 0))
    for span in element:
        text = span.text or ""
        if span.get("dy"):
            rows.append([])
        width = (bold if span.get("class") == "flags" else mono)(text)
        rows[-1].append((text, width, float(span.get("dx", "0"))))
    step = next((float(span.get("dy", "0")) for span in element if span.get("dy")), 0.0)
    for index, row in enumerate(rows):
        width = sum(size + before for _, size, before in row)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        baseline = y + index * step
        corners = _box(left, baseline - ASCENT, left + width, baseline + DESCENT)
        yield Shape(" ".join(text for text, _, _ in row), _turned(corners, turn))


def _turned(corners: tuple[Point, ...], turn: str | None) -> tuple[Point, ...]:
    if not turn:
        return corners
    angle, cx, cy = map(float, turn.removeprefix("rotate(").removesuffix(")").split())
    a = radians(angle)
    return tuple(
        (cx + (x - cx) * cos(a) - (y - cy) * sin(a), cy + (x - cx) * sin(a) + (y - cy) * cos(a)) for x, y in corners
    )


def _box(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    return (left, top), (right, top), (right, bottom), (left, bottom)


__all__ = ["SVG", "TEXT", "Shape", "crosses", "overlap", "parsed", "paths", "rectangles", "texts"]
