"""The rails: each connection's states as coloured lengths of its rail, and the names of the states beside it."""

from collections.abc import Iterator
from typing import NamedTuple

from app.draw.columns import LEFT, Columns, Rail
from app.draw.look import Look
from app.draw.metrics import ASCENT, DESCENT, LINE
from app.draw.names import GROUP
from app.draw.rows import Rows
from app.sim.trace import Changed
from app.tcp.states import State

BELOW = 10  # from the row of a change to the baseline of the name


class Stay(NamedTuple):
    """A rail's state from one height and moment to another."""

    state: State
    top: int
    bottom: int
    since: int
    until: int


class Name(NamedTuple):
    """A state's name beside the rails, at this baseline."""

    text: str
    state: State
    side: int
    y: int
    since: int
    until: int

    @property
    def top(self) -> int:
        """The upper edge of its letters."""
        return self.y - ASCENT

    @property
    def bottom(self) -> int:
        """The lower edge of its letters."""
        return self.y + DESCENT


class Page(NamedTuple):
    """Heights: of each row, of the rails' upper and lower ends."""

    ys: list[int]
    top: int
    bottom: int


def stays(rail: Rail, rows: Rows, page: Page) -> list[Stay]:
    """Every state of that connection in turn; before its own first, that of the listener on its host."""
    found: list[Stay] = []
    state, top, since, own = State.CLOSED, page.top, 0, False
    for change, place in rows.changes:
        if change.host != rail.host or not (change.conn == rail.conn or (change.conn is None and not own)):
            continue
        own = own or change.conn is not None
        y = page.ys[place.row]
        if place.moment == 0 and change.conn is None:
            y = page.top  # what listens from the start has always listened, for all that is shown
        if y > top:
            found.append(Stay(state, top, y, since, place.moment))
        state, top, since = change.after, y, place.moment
    found.append(Stay(state, top, page.bottom, since, len(rows.first)))
    return found


def pieces(stay: Stay, rows: Rows, ys: list[int]) -> Iterator[tuple[int, int, int]]:
    """A stay cut at every moment, so that what is still hidden can stay so: (top, bottom, moment)."""
    if not rows.first:
        return
    top = stay.top
    for moment in range(stay.since, min(stay.until, len(rows.first) - 1)):
        bottom = min(ys[rows.first[moment + 1]], stay.bottom)
        if bottom > top:
            yield top, bottom, moment
            top = bottom
    if stay.bottom > top:
        yield top, stay.bottom, min(stay.until, len(rows.first) - 1)


def rail_svg(rail: Rail, rows: Rows, page: Page, look: Look) -> list[str]:
    """The track, and the coloured pieces on it."""
    x, width = f"{rail.left:.1f}", f"{rail.right - rail.left:.0f}"
    parts = [f'<rect class="track" x="{x}" y="{page.top}" width="{width}" height="{page.bottom - page.top}"/>']
    length = look.lengths(rail)
    for stay in stays(rail, rows, page):
        fill = f'<rect class="rail fill-{GROUP[stay.state]}'
        for top, bottom, moment in pieces(stay, rows, page.ys):
            lasts, height = look.lasting(moment, moment + 1), bottom - top
            drawn = f'{fill}{lasts} x="{x}" y="{top}" width="{width}" height="{height}"/>'
            parts.append(length(moment, top, height, drawn))
    return parts


def names(columns: Columns, rows: Rows, page: Page) -> list[Name]:
    """The names of all states where they begin: first those from before the first moment, then every change."""
    found: list[Name] = []
    firsts = {rail.host: rail for rail in reversed(columns.rails)}
    lines = [0, 0]
    for rail in reversed(firsts.values()):
        stay = stays(rail, rows, page)[0]
        y = page.top + BELOW + LINE * lines[rail.side]
        lines[rail.side] += 1
        who = rail.mark.removesuffix(f"{rail.number} ") if rail.number else rail.mark
        found.append(Name(who + stay.state.value, stay.state, rail.side, y, stay.since, stay.until))
    ends: dict[tuple[str, int | None], int] = {}
    later: list[Name] = []
    for change, place in reversed(rows.changes):
        key = (change.host, change.conn)
        until = ends.get(key, len(rows.first))
        ends[key] = place.moment
        if change.conn is None and place.moment == 0:
            continue
        later.append(_name(columns, change, page.ys[place.row], place.moment, until))
    return found + later[::-1]


def _name(columns: Columns, change: Changed, y: int, since: int, until: int) -> Name:
    rail = columns.rail(change.host, change.conn)
    mark = rail.mark if change.conn is not None or not rail.number else ""
    return Name(mark + change.after.value, change.after, rail.side, y + BELOW, since, until)


def name_svg(name: Name, columns: Columns, look: Look) -> str:
    """The name, in the ink of its group, outside the rails."""
    anchor = "end" if name.side == LEFT else "start"
    return (
        f'<text class="state ink-{GROUP[name.state]}{look.lasting(name.since, name.until)} '
        f'x="{columns.aside[name.side]:.1f}" y="{name.y}" text-anchor="{anchor}">{name.text}</text>'
    )
