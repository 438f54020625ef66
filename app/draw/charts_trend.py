"""How a share went from week to week: a dot for each week that has one, a line from dot to dot."""

from collections.abc import Sequence
from typing import NamedTuple

from app.draw.charts import chart, hint, line
from app.draw.svg import Drawing

WIDTH, EDGE, HEIGHT, ROOM = 240, 7, 46, 7


class Point(NamedTuple):
    """A week: the share (0 … 1), None where there is nothing to say, how much it rests on, what a pointer is told."""

    share: float | None
    answers: int
    hint: str


def trend(label: str, weeks: Sequence[Point]) -> Drawing:
    """The weeks from the first to the last, between the lines of nothing and all."""
    step = (WIDTH - 2 * EDGE) / max(1, len(weeks) - 1)
    parts = [line(0, _y(share), WIDTH, _y(share), "grid") for share in (0.0, 0.5, 1.0)]
    dots = [(EDGE + place * step, _y(week.share), week) for place, week in enumerate(weeks) if week.share is not None]
    if len(dots) > 1:
        path = " ".join(f"{x:g},{y:g}" for x, y, _ in dots)
        parts.append(f'<polyline class="path" points="{path}"/>')
    parts += [
        f'<g>{hint(week.hint)}<circle class="dot" cx="{x:g}" cy="{y:g}" r="{_radius(week.answers):g}"/></g>'
        for x, y, week in dots
    ]
    return chart("trend", label, WIDTH, HEIGHT, parts)


def _y(share: float) -> float:
    return round(HEIGHT - ROOM - share * (HEIGHT - 2 * ROOM), 1)


def _radius(answers: int) -> float:
    """A few answers are a small dot."""
    return 3 if answers < 5 else 4.25 if answers < 20 else 5.5
