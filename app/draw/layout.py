"""The whole page laid out: rows get heights, arrows their ends, labels their places. Tried at a few scales."""

from itertools import chain
from statistics import median_low
from typing import NamedTuple

from app.draw.arrows import Arrow, arrows
from app.draw.axis import UNIT, laid_out
from app.draw.columns import PITCH, Columns
from app.draw.labels import Form, in_one_line
from app.draw.metrics import LINE
from app.draw.placement import CROSS, HEAD, Band
from app.draw.rows import Rows, rows
from app.draw.waits import Wait, band, waits
from app.draw.writing import EDGE, Writing, nameless, written
from app.sim.trace import Trace
from app.words import Words

USUAL_DELAY = 50_000
UNITS = (UNIT, 1.3 * UNIT, 1.7 * UNIT)  # the scales that are tried until every label stands clear
PATIENT = 60  # segments; a longer trace gets the second scale at once


class Layout(NamedTuple):
    """One try; `flaws` counts the labels that are cut short, crossed by a line, or not there."""

    rows: Rows
    ys: list[int]  # of each row
    lines: list[Arrow]
    labels: list[Writing | None]  # of each line
    breaks: list[Wait]
    places: list[Band | None]  # of each break's text; None: outside the rails
    flaws: int


def layout(trace: Trace, words: Words, across: Columns, first: int) -> Layout:
    """The first try without flaws, or the best one; the first row stands at height `first`."""
    delay = usual_delay(trace)
    full = {sent.name: in_one_line(sent, words) for sent in trace.sent}
    found = rows(trace, across.sides, _extra(trace, full, across), delay)
    flights = [(sent.at, max(sent.arrivals, default=sent.lost_at or sent.at)) for sent in trace.sent]

    def attempt(unit: float) -> Layout:
        ys = laid_out(found.times, found.needs, flights, delay, first, unit)
        lines = arrows(trace, found, ys, across, unit / delay)
        breaks = waits(trace, found, ys, delay, words)
        bands = [line.bands for line in lines]
        places = [band(wait, across, [*chain.from_iterable(bands)]) for wait in breaks]
        labels = written(lines, bands, full, [place for place in places if place], words)
        flaws = sum(label is not None and label.flawed for label in labels) + len(nameless(lines, labels))
        return Layout(found, ys, lines, labels, breaks, places, flaws)

    if len(trace.sent) > PATIENT:
        return attempt(UNITS[1])
    best = attempt(UNITS[0])
    for unit in UNITS[1:]:
        if not best.flaws:
            break
        best = min(best, attempt(unit), key=lambda one: one.flaws)
    return best


def usual_delay(trace: Trace) -> int:
    """The one-way delay that most segments had, µs; never 0."""
    delays = [at - sent.at for sent in trace.sent for at in sent.arrivals[:1] if not sent.forged]
    return max(median_low(delays), 1) if delays else USUAL_DELAY


def _extra(trace: Trace, full: dict[str, Form], across: Columns) -> dict[str, int]:
    """The room that segments need besides that for a line of text.

    For a second line; for the ✕ of the one before; in a bundle, because arrows that begin and end a rail further to the
    right come closer to those above them.
    """
    room = across.gap[1] - across.gap[0] - 2 * EDGE - HEAD
    extra = dict.fromkeys(full, PITCH // 3 if across.bundled else 0)
    for before, sent in zip((None, *trace.sent), trace.sent, strict=False):
        if full[sent.name].width > room:
            extra[sent.name] += LINE
        if before is not None and before.lost_at is not None:
            extra[sent.name] += CROSS
    return extra
