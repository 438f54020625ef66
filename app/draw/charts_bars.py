"""Bars over a row of days."""

from collections.abc import Sequence
from typing import NamedTuple

from app.draw.charts import chart, hint, line, words
from app.draw.svg import Drawing

EDGE, WIDTH, PLOT, TOP, FOOT = 4, 25, 92, 38, 36
LEAST = 3  # the height of the smallest bar


class Bar(NamedTuple):
    """One day: two words below it, what a pointer is told, and a class and a sign for a day unlike the others."""

    value: int
    label: str
    below: str
    hint: str
    kind: str = ""
    sign: str = ""


def bars(label: str, days: Sequence[Bar]) -> Drawing:
    """The days from the first to the last, each number above its bar."""
    width, floor = 2 * EDGE + len(days) * WIDTH, TOP + PLOT
    most = max((day.value for day in days), default=0) or 1
    parts = [line(0, floor + 0.5, width, floor + 0.5, "axis")]
    for place, day in enumerate(days):
        left = EDGE + place * WIDTH
        middle = left + WIDTH / 2
        height = max(LEAST, round(PLOT * day.value / most)) if day.value else 0
        inside = [hint(day.hint)]
        if height:
            inside.append(
                f'<rect class="bar" x="{left + 3}" y="{floor - height}" width="{WIDTH - 6}" height="{height}" rx="3"/>'
            )
            inside.append(words(str(day.value), middle, floor - height - 5, "value"))
        if day.sign:
            inside.append(words(day.sign, middle, 14, "sign"))
            inside.append(line(middle, 18, middle, floor - height - (18 if height else 2), "stem"))
        inside.append(words(day.label, middle, floor + 15, "label"))
        inside.append(words(day.below, middle, floor + 29, "below"))
        parts.append(f'<g class="day {day.kind}">{"".join(inside)}</g>')
    return chart("bars", label, width, floor + FOOT, parts)
