"""Two tables beside the diagram: the blocks of both ends, and who has confirmed what of the other."""

from typing import NamedTuple

from app.draw.focus import Bases, Focus, end_name
from app.sim.trace import Trace
from app.tcp.block import Block
from app.tcp.segment import distance
from app.words import Words

UNKNOWN = "—"


class TcbCell(NamedTuple):
    """One value; `changed`: this moment made it so."""

    text: str
    changed: bool


class TcbRow(NamedTuple):
    """A field of the block, a cell for each end."""

    name: str
    cells: tuple[TcbCell, ...]


class TcbView(NamedTuple):
    """The transmission control blocks of both ends after a moment; numbers are relative."""

    hosts: tuple[str, ...]
    rows: tuple[TcbRow, ...]


class GridRow(NamedTuple):
    """`i-send`, `i-receive`, `peer-sends`, `peer-receives`: which end knows that it works."""

    key: str
    cells: tuple[bool, ...]


class GridView(NamedTuple):
    """Who has confirmed what after a moment."""

    hosts: tuple[str, ...]
    rows: tuple[GridRow, ...]


def tcb(trace: Trace, words: Words, focus: Focus, moment: int, bases: Bases) -> TcbView:
    """The blocks, with what this moment has changed in them."""
    now = [_values(trace, focus, host, moment, bases) for host in focus.hosts]
    before = [_values(trace, focus, host, moment - 1, bases) for host in focus.hosts]
    names = (words("tcb.state"), "SND.UNA", "SND.NXT", "RCV.NXT")
    return TcbView(
        _names(trace, words, focus),
        tuple(
            TcbRow(name, tuple(TcbCell(new[row], new[row] != old[row]) for new, old in zip(now, before, strict=True)))
            for row, name in enumerate(names)
        ),
    )


def grid(trace: Trace, words: Words, focus: Focus, moment: int) -> GridView:
    """What the blocks prove: a segment of the peer has come; something of one's own has been acknowledged."""
    blocks = [_latest(trace, focus, host, moment) for host in focus.hosts]
    heard = tuple(block is not None and block.irs is not None for block in blocks)
    answered = tuple(block is not None and distance(block.iss, block.snd_una) > 0 for block in blocks)
    return GridView(
        _names(trace, words, focus),
        (
            GridRow("i-send", answered),
            GridRow("i-receive", heard),
            GridRow("peer-sends", heard),
            GridRow("peer-receives", answered),
        ),
    )


def _names(trace: Trace, words: Words, focus: Focus) -> tuple[str, ...]:
    return tuple(end_name(trace, words, (host, focus.conn)) for host in focus.hosts)


def _latest(trace: Trace, focus: Focus, host: str, moment: int) -> Block | None:
    """The block, or the last one before it was deleted: what was confirmed stays confirmed."""
    for index in range(moment, -1, -1):
        block = trace.moments[index].blocks.get((host, focus.conn))
        if block is not None:
            return block
    return None


def _values(trace: Trace, focus: Focus, host: str, moment: int, bases: Bases) -> tuple[str, str, str, str]:
    state = trace.state(moment, host, focus.conn).value
    block = trace.block(moment, host, focus.conn)
    if block is None:
        return state, UNKNOWN, UNKNOWN, UNKNOWN
    at = trace.moments[moment].at
    own = bases.of(host, focus.conn, at, block.iss)
    expected = UNKNOWN
    if block.irs is not None:
        peer = next(other for other in focus.hosts if other != host)
        expected = _shown(bases.of(peer, focus.conn, at, block.irs), block.rcv_nxt)
    return state, _shown(own, block.snd_una), _shown(own, block.snd_nxt), expected


def _shown(base: int, number: int) -> str:
    return str(distance(base, number) if base else number)
