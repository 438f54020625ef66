"""Which form of its label each arrow gets, and where: every choice keeps clear of what was chosen before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, degrees, sin
from typing import NamedTuple

from app.draw.arrows import Arrow
from app.draw.labels import Form, forms, short_forms
from app.draw.metrics import ASCENT, DESCENT, LINE
from app.draw.placement import CROSS, HEAD, LIFT, Band, above, below, blocked, spot
from app.words import Words

EDGE = 5  # from a rail to a label
APART = 4  # between two labels in a row, besides what keeps them clear of lines
FLOOD = 2  # so many like it nearby, and a label that would have to cross a line is left out
REACH = 60  # further up or down than this nothing touches an arrow's label


@dataclass(slots=True)
class Writing:
    """A label and where it stands: the middle of its block of text, and its slope in degrees."""

    form: Form
    x: float
    y: float
    angle: float
    band: Band
    clear: bool  # no line runs through it

    @property
    def flawed(self) -> bool:
        """Whether a bigger scale might show it better."""
        return not (self.clear and self.form.complete)


class _Stand(NamedTuple):
    """A place beside an arrow: a band along its ray between two x. Its heights are measured straight down."""

    left: float
    right: float
    top: float
    bottom: float


def written(
    arrows: list[Arrow],
    bands: list[tuple[Band, Band]],
    full: Mapping[str, Form],
    obstacles: list[Band],
    words: Words,
) -> list[Writing | None]:
    """A label for each arrow, in the same order; None for further copies and where there is no room at all.

    A segment that died has but half a line for its label: where the labels before it left it none, it chooses first.
    `bands`: what each arrow takes up. `full`: each segment's label on one line. `obstacles`: text that stands already.
    """
    near = _neighbours(arrows)

    def chosen(order: Iterable[int]) -> list[Writing | None]:
        labels: list[Writing | None] = [None] * len(arrows)
        for index in order:
            arrow = arrows[index]
            if arrow.again:
                continue
            lines, solid, beside = list[Band](), [*obstacles], list[Writing]()
            for other in near[index]:
                line, end = bands[other]
                lines.append(line)
                solid.append(end)
                if label := labels[other]:
                    beside.append(label)
                    solid.append(label.band)
            place = _Place(arrow, bands[index][0], lines, solid)
            label = place.best(forms(full[arrow.sent.name], arrow.sent)) or place.best(short_forms(arrow.sent, words))
            if label and not label.clear and sum(_alike(label, other) for other in beside) >= FLOOD:
                continue  # what stands beside the others says it, too
            labels[index] = label
        return labels

    labels = chosen(range(len(arrows)))
    if not (mute := nameless(arrows, labels)):
        return labels
    return chosen(sorted(range(len(arrows)), key=lambda index: index not in mute))


def nameless(arrows: list[Arrow], labels: list[Writing | None]) -> set[int]:
    """The segments that died and have no label."""
    return {index for index, arrow in enumerate(arrows) if arrow.lost and not arrow.again and labels[index] is None}


def _alike(label: Writing, other: Writing) -> bool:
    """Whether the other one says the same."""
    return (label.form.flags, label.form.numbers) == (other.form.flags, other.form.numbers)


class _Place:
    """The surroundings of one arrow: lines, which text may cross if it must, and what it may never touch."""

    def __init__(self, arrow: Arrow, line: Band, lines: list[Band], solid: list[Band]) -> None:
        self.arrow, self.line, self.solid, self.all = arrow, line, solid, lines + solid
        self.middle = (arrow.gap[0] + arrow.gap[1]) / 2
        self.slope = atan2(line.rise, 1)
        self.across, self.down = cos(self.slope), abs(sin(self.slope))
        self.stands: dict[int, tuple[_Stand, _Stand]] = {}
        # By `clear`, lines, and which stand of those: where something runs through it; with `clear`, lines count too.
        self.taken: dict[tuple[bool, int, int], list[tuple[float, float]]] = {}

    def best(self, ways: Iterable[Form]) -> Writing | None:
        """The best form that stands clear; else one that crosses a line, but neither head nor text."""
        tried = []
        for form in ways:
            tried.append(form)
            if (writing := self.placed(form, clear=True)) is not None:
                return writing
        placed = (self.placed(form, clear=False) for form in tried)
        return next((writing for writing in placed if writing is not None), None)

    def placed(self, form: Form, *, clear: bool) -> Writing | None:
        """That form in the first stand that has room."""
        count = form.lines
        width = form.width * self.across + (ASCENT + DESCENT + LINE * (count - 1)) * self.down + 1
        if (stands := self.stands.get(count)) is None:
            arrow = self.arrow
            stands = self.stands[count] = _stands(arrow.gap, arrow.x1, arrow.x2, arrow.lost, count, self.across)
        for index, (left, right, top, bottom) in enumerate(stands):
            if right - left < width:
                continue
            key = (clear, count, index)
            if (taken := self.taken.get(key)) is None:
                taken = self.taken[key] = blocked(self.line, top, bottom, self.all if clear else self.solid)
            if (x := spot(left, right, width, self.middle, taken)) is not None:
                band = self.line.beside(x - width / 2 - APART, x + width / 2 + APART, top, bottom)
                y = self.line.at(x) + (top + bottom) / 2
                return Writing(form, x, y, degrees(self.slope), band, clear)
        return None


@lru_cache(maxsize=4096)
def _stands(
    gap: tuple[float, float], x1: float, x2: float, lost: bool, lines: int, across: float
) -> tuple[_Stand, _Stand]:
    """Above the line, and where else a label of so many lines may stand: below it, or above and beyond the ✕.

    `across` is the cosine of the slope: a band of text is higher, straight down, than its letters.
    """
    left, right = gap[0] + EDGE, gap[1] - EDGE
    rightward = x2 > x1
    if lost:
        ends = (left, x2 - CROSS) if rightward else (x2 + CROSS, right)
        other = (left, right, above(lines, LIFT + CROSS - 1))
    else:
        ends = (left, right - HEAD) if rightward else (left + HEAD, right)
        other = (*ends, below(lines))
    return _stand(*ends, above(lines), across), _stand(*other, across)


def _stand(left: float, right: float, band: tuple[float, float], across: float) -> _Stand:
    return _Stand(left, right, band[0] / across, band[1] / across)


def _neighbours(arrows: list[Arrow]) -> list[list[int]]:
    """For each arrow, the others that come near it down the page."""
    order = sorted(range(len(arrows)), key=lambda index: arrows[index].y1)
    near: list[list[int]] = [[] for _ in arrows]
    for place, index in enumerate(order):
        bottom = arrows[index].y2 + REACH
        for other in order[place + 1 :]:
            if arrows[other].y1 > bottom:
                break
            near[index].append(other)
            near[other].append(index)
    return near
