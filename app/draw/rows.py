"""Down the page, before any y: each instant's events take one or more rows, and rows need room between them.

An instant usually has one row. It gets more where one side does several things at once: two segments that leave
together, an arrival and the reply to it, two states in a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.draw.axis import Need
from app.sim.trace import Arrived, Changed, Departed, Lost, Trace

REPLY = 7  # an answer leaves a little below what it answers
BESIDE = 18  # between two parallel arrows: a line of text
NAMES = 14  # between two names of states
FALL = 45  # how far an arrow falls that is as long under way as usual: not much less than the axis gives it…
STRAY = 84  # above where a segment arrives that nobody has sent: its arrow, its label, and a wait before it
LEAST = 26  # …and what every arrow falls, so that its direction in time is seen


@dataclass(slots=True)
class Place:
    """A row, and the moment that it belongs to."""

    moment: int
    row: int


@dataclass(slots=True)
class Rows:
    """Which row each event stands in."""

    times: list[int]  # of each row, µs
    first: list[int]  # the first row of each moment
    departures: dict[str, Place]
    arrivals: dict[str, list[Place]]
    losses: dict[str, Place]
    changes: list[tuple[Changed, Place]]
    needs: list[Need]


class _Side:
    """What one side of the page has done at the current instant, and last did in any row."""

    def __init__(self) -> None:
        self.row = 0
        self.done: set[type] = set()
        self.last: dict[type, int] = {}


def rows(trace: Trace, sides: dict[str, int], extra: Mapping[str, int], delay: int) -> Rows:
    """Give every event its row.

    `extra`: room that a segment needs below the one beside it, besides a line of text. `delay`: the usual one, in µs.
    """
    found = Rows([], [], {}, {}, {}, [], [])
    state = {side: _Side() for side in sides.values()}
    for moment in trace.moments:
        start = len(found.times)
        found.first.append(start)
        found.times.append(moment.at)
        for side in state.values():
            side.row, side.done = start, set()
        for event in moment.events:
            match event:
                case Departed() | Arrived() | Changed():
                    _stand(found, state[sides[event.host]], moment.index, moment.at, event, extra, delay)
                case Lost():
                    departure = found.departures[event.name].row
                    row = max(start, departure + 1)
                    if row == len(found.times):
                        found.times.append(moment.at)
                    found.losses[event.name] = Place(moment.index, row)
                    found.needs.append(Need(departure, row, FALL / 2))
    return found


def _stand(
    found: Rows,
    side: _Side,
    moment: int,
    at: int,
    event: Departed | Arrived | Changed,
    extra: Mapping[str, int],
    delay: int,
) -> None:
    """Put one event into its side's current row, or into the next one if it cannot share that."""
    kind = type(event)
    room = 0
    if kind in side.done or (kind is not Changed and Departed in side.done):
        room = NAMES if kind is Changed else BESIDE
    elif isinstance(event, Departed) and Arrived in side.done:
        room = REPLY + extra[event.name] // 2
    if room:
        _lower(found, side, side.row + 1, at)
        found.needs.append(Need(side.row - 1, side.row, room))
    if isinstance(event, Arrived):
        departure = found.departures.get(event.name)
        if departure and departure.moment == moment and side.row <= departure.row:
            _lower(found, side, departure.row + 1, at)
        if departure:
            share = min((at - found.times[departure.row]) / delay, 1)
            found.needs.append(Need(departure.row, side.row, max(LEAST, FALL * share)))
        elif side.row:
            found.needs.append(Need(side.row - 1, side.row, STRAY))
        found.arrivals.setdefault(event.name, []).append(Place(moment, side.row))
    elif isinstance(event, Departed):
        found.departures[event.name] = Place(moment, side.row)
    else:
        found.changes.append((event, Place(moment, side.row)))
    if kind in side.last:
        beside = NAMES if isinstance(event, Changed) else BESIDE + extra[event.name]
        found.needs.append(Need(side.last[kind], side.row, beside))
    side.last[kind] = side.row
    side.done.add(kind)


def _lower(found: Rows, side: _Side, row: int, at: int) -> None:
    """Go on in that row of the same instant, a new one if there is none yet."""
    while len(found.times) <= row:
        found.times.append(at)
    side.row, side.done = row, set()
