"""A calendar of weeks: a column a week, a square a day, larger and stronger the more was done."""

from collections.abc import Sequence
from typing import NamedTuple

from app.draw.charts import chart, hint, words
from app.draw.svg import Drawing

CELL, LEFT, TOP = 22, 38, 20
SIZES = (4, 9, 13, 17, 20)  # of the square, by level


class Day(NamedTuple):
    """A day that has been: how much was done on it (0 … 4), and what a pointer is told."""

    level: int
    hint: str
    today: bool = False


class Week(NamedTuple):
    """Seven days, None for those to come; `label` stands above where a month begins."""

    label: str
    days: tuple[Day | None, ...]


def days(label: str, names: Sequence[str], weeks: Sequence[Week]) -> Drawing:
    """The weeks from the first to the last; `names` are those of the seven days, empty for what needs none."""
    width = LEFT + len(weeks) * CELL + 2
    parts = [words(name, LEFT - 8, TOP + row * CELL + 15, "label", "end") for row, name in enumerate(names) if name]
    for column, week in enumerate(weeks):
        x = LEFT + column * CELL
        if week.label:
            parts.append(words(week.label, x + 1, TOP - 7, "label", "start"))
        parts += [_day(day, x + CELL / 2, TOP + row * CELL + CELL / 2) for row, day in enumerate(week.days) if day]
    return chart("days", label, width, TOP + len(names) * CELL + 2, parts)


def _day(day: Day, x: float, y: float) -> str:
    size = SIZES[day.level]
    square = (
        f'<rect class="level-{day.level}" x="{x - size / 2:g}" y="{y - size / 2:g}" '
        f'width="{size}" height="{size}" rx="{min(3, size / 4):g}"/>'
    )
    edge = CELL - 1
    ring = f'<rect class="ring" x="{x - edge / 2:g}" y="{y - edge / 2:g}" width="{edge}" height="{edge}" rx="4"/>'
    return f"<g>{hint(day.hint)}{square}{ring if day.today else ''}</g>"
