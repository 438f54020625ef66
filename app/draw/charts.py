"""The frame of every chart: numbers and words in, a picture out. The page says the same in a table beside it."""

from collections.abc import Iterable

from app.draw.svg import Drawing, escaped


def chart(kind: str, label: str, width: int, height: int, parts: Iterable[str]) -> Drawing:
    """A chart of that natural size; `kind` is its class, `label` what it is called where it cannot be seen."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {kind}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escaped(label)}">{"".join(parts)}</svg>'
    )
    return Drawing(svg, width, height)


def words(text: str, x: float, y: float, name: str = "", anchor: str = "middle") -> str:
    """Words on a baseline."""
    return f'<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escaped(text)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    """A straight line."""
    return f'<line class="{name}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def hint(text: str) -> str:
    """What a pointer is told."""
    return f"<title>{escaped(text)}</title>"
