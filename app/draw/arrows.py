"""The arrows: from where to where each segment is drawn, and during which moments it is on its way."""

from dataclasses import dataclass
from math import hypot

from app.draw.columns import LEFT, Columns
from app.draw.placement import CLEAR, HEAD, Band
from app.draw.rows import FALL, Place, Rows
from app.sim.trace import Sent, Trace

REST = 2  # an arrow stops this short of a rail
STRAY = 0.55  # a segment that nobody sent comes out of this much of the gap


@dataclass(slots=True)
class Arrow:
    """One copy of a segment under way, from (x1, y1) to (x2, y2), where it arrives or dies."""

    sent: Sent
    x1: float
    y1: float
    x2: float
    y2: float
    since: int
    until: int
    lost: bool = False
    pending: bool = False  # still on its way when the run ended
    again: bool = False  # a further copy of one that is drawn already
    gap: tuple[float, float] = (0, 0)

    @property
    def bands(self) -> tuple[Band, Band]:
        """What text must keep clear of: the line as far as it runs in the gap, and its head or ✕."""
        x1, x2, (low, high) = self.x1, self.x2, self.gap
        left, right = (x1, x2) if x1 < x2 else (x2, x1)
        rise = (self.y2 - self.y1) / ((x2 - x1) or 1)
        line = Band(self.y1 - rise * x1, rise, max(left, low) - CLEAR, min(right, high) + CLEAR, -1, 1)
        if self.lost:
            return line, line.beside(x2 - 5, x2 + 5, -6, 6)
        ends = (x2 - HEAD, x2) if x2 > x1 else (x2, x2 + HEAD)
        return line, line.beside(*ends, -5, 5)

    def head(self) -> str:
        """The outline of the arrow head."""
        x, y = self.x2, self.y2
        dx, dy = x - self.x1, y - self.y1
        length = hypot(dx, dy) or 1
        ux, uy = dx / length, dy / length
        bx, by = x - 9 * ux, y - 9 * uy
        wx, wy = -4.5 * uy, 4.5 * ux
        return f"M{x:.1f} {y:.1f}L{bx + wx:.1f} {by + wy:.1f}L{bx - wx:.1f} {by - wy:.1f}Z"


def arrows(trace: Trace, rows: Rows, ys: list[int], columns: Columns, pace: float) -> list[Arrow]:
    """An arrow for every copy of every segment, in the order in which they were sent.

    `pace`: what the axis gives a µs under way. A segment that dies falls no faster, even where rows were moved apart;
    but it overtakes none that left with it.
    """
    found: list[Arrow] = []
    latest: dict[tuple[str, int], Arrow] = {}  # of each end, what it last sent that arrives
    answered = {start.moment for start in rows.departures.values()}

    def until(end: Place) -> int:
        """A segment is current while it is under way, and at its end if nothing answers it there."""
        return end.moment if end.moment in answered else end.moment + 1

    for sent in trace.sent:
        source, target = columns.rail(sent.source, sent.conn), columns.rail(sent.target, sent.conn)
        rightward = source.side == LEFT if source.side != target.side else source.left <= target.left
        x1 = source.right + REST if rightward else source.left - REST
        x2 = target.left - REST if rightward else target.right + REST
        gap = columns.gap
        if source.side == target.side:
            gap = (min(x1, x2), max(x1, x2))
        ends = rows.arrivals.get(sent.name, [])
        for index, end in enumerate(ends):
            start = rows.departures.get(sent.name)
            if start is None:
                origin = x2 - STRAY * (gap[1] - gap[0]) * (1 if rightward else -1)
                found.append(_stray(sent, origin, x2, ys[end.row], end, gap))
            else:
                y1, y2 = ys[start.row], ys[end.row]
                found.append(Arrow(sent, x1, y1, x2, y2, start.moment, until(end), again=index > 0, gap=gap))
                latest[sent.source, sent.conn] = found[-1]
        if not ends and sent.name not in rows.losses and sent.name in rows.departures:
            start = rows.departures[sent.name]
            y1, last = ys[start.row], len(rows.first)
            found.append(Arrow(sent, x1, y1, (x1 + x2) / 2, y1 + FALL / 2, start.moment, last, pending=True, gap=gap))
        if sent.name in rows.losses:
            start, end = rows.departures[sent.name], rows.losses[sent.name]
            y1 = ys[start.row]
            y2 = min(ys[end.row], y1 + round(pace * (rows.times[end.row] - sent.at)))
            if (other := latest.get((sent.source, sent.conn))) and other.sent.at == sent.at:
                y2 = max(y2, _beside(other, x1, y1, (x1 + x2) / 2))
            found.append(Arrow(sent, x1, y1, (x1 + x2) / 2, y2, start.moment, until(end), lost=True, gap=gap))
    return found


def _beside(other: Arrow, x1: float, y1: float, x2: float) -> int:
    """The height at `x2` of a line from (x1, y1) that runs along with the other arrow."""
    return round(y1 + (other.y2 - other.y1) * (x2 - x1) / ((other.x2 - other.x1) or 1))


def _stray(sent: Sent, x1: float, x2: float, y: int, end: Place, gap: tuple[float, float]) -> Arrow:
    """A forged segment: it comes from nowhere and is there at once."""
    return Arrow(sent, x1, y - 28, x2, y, end.moment, end.moment + 1, gap=gap)
