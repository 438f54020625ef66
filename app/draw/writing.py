"""Which form of its label each arrow gets, and where: every choice keeps clear of what was chosen before."""

from collections.abc import Mapping
from math import atan2, cos, degrees
from typing import NamedTuple

from app.draw.arrows import Arrow
from app.draw.labels import Form
from app.draw.metrics import ASCENT, LINE
from app.draw.placement import CROSS, HEAD, LIFT, Band, Ray, above, below, blocked, spot

EDGE = 5  # from a rail to a label
APART = 4  # between two labels in a row, besides what keeps them clear of lines
REACH = 45  # further up or down than this nothing touches an arrow's label


class Writing(NamedTuple):
    """A label and where it stands: the middle of its first baseline, and its slope in degrees."""

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
    """A place beside an arrow: a band along its ray, between two x, with the first baseline `lift` above the line."""

    left: float
    right: float
    top: float
    bottom: float
    lift: float


def written(arrows: list[Arrow], ways: Mapping[str, tuple[Form, ...]], obstacles: list[Band]) -> list[Writing | None]:
    """A label for each arrow, in the same order; None for further copies and where there is no room at all.

    `ways`: the forms of each segment's label. `obstacles`: text that stands already.
    """
    bands = [arrow.bands for arrow in arrows]
    near = _neighbours(arrows)
    labels: list[Writing | None] = []
    for index, arrow in enumerate(arrows):
        if arrow.again:
            labels.append(None)
            continue
        lines = [band for other in near[index] for band in bands[other]]
        text = [label.band for other in near[index] if other < index and (label := labels[other])]
        labels.append(_best(arrow, bands[index][0].ray, ways[arrow.sent.name], lines, text + obstacles))
    return labels


def _best(arrow: Arrow, ray: Ray, ways: tuple[Form, ...], lines: list[Band], text: list[Band]) -> Writing | None:
    """The fullest form that stands clear; else a complete one that crosses no text but a line; else what fits."""
    slope = atan2(ray.rise, 1)
    shrink, middle = cos(slope), (arrow.gap[0] + arrow.gap[1]) / 2
    stands: dict[int, tuple[_Stand, _Stand]] = {}
    taken: dict[tuple[bool, int, int], list[tuple[float, float]]] = {}
    for complete, clear in ((True, True), (True, False), (False, True), (False, False)):
        for form in ways:
            if form.complete is not complete:
                continue
            count = form.lines
            width = form.width * shrink + 2 + abs(ray.rise) * ASCENT * count / 2
            if count not in stands:
                stands[count] = _stands(arrow, count)
            for index, stand in enumerate(stands[count]):
                if stand.right - stand.left < width:
                    continue
                key = (clear, count, index)
                if key not in taken:
                    taken[key] = blocked(ray, stand.top, stand.bottom, lines + text if clear else text)
                x = spot(stand.left, stand.right, width, middle, taken[key])
                if x is not None:
                    band = Band(ray, x - width / 2 - APART, x + width / 2 + APART, stand.top, stand.bottom)
                    return Writing(form, x, ray.at(x) - stand.lift, degrees(slope), band, clear)
    return None


def _stands(arrow: Arrow, lines: int) -> tuple[_Stand, _Stand]:
    """Above the line, and where else a label of so many lines may stand: below it, or above and beyond the ✕."""
    left, right = arrow.gap[0] + EDGE, arrow.gap[1] - EDGE
    rightward, more = arrow.x2 > arrow.x1, LINE * (lines - 1)
    if arrow.lost:
        ends = (left, arrow.x2 - CROSS) if rightward else (arrow.x2 + CROSS, right)
        far = LIFT + CROSS - 4
        return _Stand(*ends, *above(lines), LIFT + more), _Stand(left, right, *above(lines, far), far + more)
    ends = (left, right - HEAD) if rightward else (left + HEAD, right)
    return _Stand(*ends, *above(lines), LIFT + more), _Stand(*ends, *below(lines), -LIFT - ASCENT)


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
