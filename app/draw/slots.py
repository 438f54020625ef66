"""The two queues of a listener, as slots."""

from typing import NamedTuple

from app.draw.columns import hosts
from app.draw.focus import ordinal
from app.sim.trace import Queued, Trace

MOST = 12  # slots that are shown of a long queue
FEWEST = 4  # …and of one without a bound


class SlotView(NamedTuple):
    """One place in a queue; `conn` is the connection's number on its host, where there are several."""

    filled: bool
    conn: int | None
    changed: bool


class QueueView(NamedTuple):
    """A queue of a listener after a moment. Linux holds one more than `limit`; None: no bound."""

    host: str
    name: str  # syn | accept
    limit: int | None
    slots: tuple[SlotView, ...]
    used: int


def queues(trace: Trace, moment: int) -> tuple[QueueView, ...]:
    """Both queues of every host that has listened by then."""
    views = []
    for host in hosts(trace):
        now = trace.queues(moment, host)
        if now is not None:
            before = trace.queues(moment - 1, host) or Queued(0, host, (), (), None)
            views.append(_view(trace, now, "syn", now.syn, before.syn))
            views.append(_view(trace, now, "accept", now.accept, before.accept))
    return tuple(views)


def _view(trace: Trace, queue: Queued, name: str, now: tuple[int, ...], before: tuple[int, ...]) -> QueueView:
    count = FEWEST if queue.limit is None else min(queue.limit + 1, FEWEST if queue.limit >= MOST else MOST)
    count = max(count, min(len(now), MOST))
    slots = tuple(
        SlotView(
            place < len(now),
            ordinal(trace, (queue.host, now[place])) if place < len(now) else None,
            now[place : place + 1] != before[place : place + 1],
        )
        for place in range(count)
    )
    return QueueView(queue.host, name, queue.limit, slots, len(now))
