"""What stands beside the diagram at each moment: words, tables, queues, and what tcpdump and ss would print."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from app.draw.capture import tcpdump
from app.draw.clock import clock
from app.draw.columns import hosts
from app.draw.focus import Bases, focuses
from app.draw.rules import RulesView, RuleView, rules
from app.draw.sentences import sentences
from app.draw.slots import QueueView, SlotView, queues
from app.draw.sockets import ss
from app.draw.tables import GridRow, GridView, TcbCell, TcbRow, TcbView, grid, tcb
from app.sim.trace import Trace
from app.words import Words

__all__ = [
    "GridRow",
    "GridView",
    "MomentView",
    "QueueView",
    "RuleView",
    "RulesView",
    "SlotView",
    "TcbCell",
    "TcbRow",
    "TcbView",
    "moments",
    "stretches",
]


@dataclass(frozen=True, slots=True)
class MomentView:
    """Everything beside the diagram after one moment. `capture`: the lines of tcpdump up to now, the newest last."""

    index: int
    at: int  # µs
    clock: str
    sentences: tuple[str, ...]
    tcb: TcbView
    grid: GridView | None
    queues: tuple[QueueView, ...]
    capture: tuple[str, ...]
    ss: str
    rules: tuple[RulesView, ...]


def stretches(moments: Iterable[MomentView], panel: str) -> Iterator[tuple[MomentView, int]]:
    """Of moments in a row at which a panel (an attribute of theirs) shows the same: the first, and the last's index."""
    for _, alike in groupby(moments, attrgetter(panel)):
        first, *others = alike
        yield first, others[-1].index if others else first.index


def moments(trace: Trace, words: Words) -> tuple[MomentView, ...]:
    """A view of every moment of the trace."""
    bases = Bases(trace)
    lines = list(zip((sent.at for sent in trace.sent), tcpdump(trace), strict=True))
    return tuple(
        MomentView(
            moment.index,
            moment.at,
            clock(moment.at),
            sentences(trace, words, moment),
            tcb(trace, words, focus, moment.index, bases),
            grid(trace, words, focus, moment.index) if trace.connections else None,
            queues(trace, moment.index),
            tuple(line for at, line in lines if at <= moment.at),
            "\n\n".join(f"{host}$ ss -tan\n{ss(trace, moment.index, host)}" for host in hosts(trace)),
            rules(trace, words, moment),
        )
        for moment, focus in zip(trace.moments, focuses(trace), strict=True)
    )
