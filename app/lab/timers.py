"""The timers that run at an instant, with what is left of each: the countdown view. Times are µs."""

from typing import NamedTuple

from app.sim.trace import Trace
from app.tcp.block import Block, Flight
from app.tcp.timeouts import Expiry, running

QUEUE = ("retransmission", "tail-loss-probe", "reordering")  # those that send again what is not acknowledged


class Timer(NamedTuple):
    """A timer of an endpoint. `name` as in the trace's TimedOut; it was last set at `since`, expires at `expires`.

    `repeats` is what would be sent again then: `syn`, `syn-ack`, `text` or `fin`; None where nothing would. `tries` is
    how many times the timer has expired for it already.
    """

    host: str
    conn: int
    name: str
    since: int
    expires: int
    left: int
    repeats: str | None
    tries: int

    @property
    def total(self) -> int:
        """How long it runs in all."""
        return self.expires - self.since


def timers(trace: Trace, at: int) -> tuple[Timer, ...]:
    """Every timer that runs at the instant `at`, after what happens then; endpoints as the trace lists them."""
    if not trace.moments or at < trace.moments[0].at:
        return ()
    moment = trace.moment_at(at).index
    found = []
    for host, conn in trace.connections:
        block = trace.block(moment, host, conn)
        if block is None:
            continue
        for expiry in sorted(running(block)):
            repeats, tries = _repeats(block, expiry)
            since = _since(trace, moment, (host, conn), expiry)
            left = max(expiry.at - at, 0)
            found.append(Timer(host, conn, expiry.timer, since, expiry.at, left, repeats, tries))
    return tuple(found)


def _since(trace: Trace, moment: int, key: tuple[str, int], expiry: Expiry) -> int:
    """When it was last set: since then the block has said that it would expire just then."""
    since = trace.moments[moment].at
    for step in reversed(trace.moments[: moment + 1]):
        if key in step.blocks:
            block = step.blocks[key]
            if block is None or expiry not in running(block):
                break
            since = step.at
    return since


def _repeats(block: Block, expiry: Expiry) -> tuple[str | None, int]:
    """What would be sent again, and how many times it has been."""
    if expiry.timer == "keepalive":
        return None, block.probes
    if expiry.timer == "window-probe":
        return None, block.retries
    if expiry.timer not in QUEUE or not block.flight:
        return None, 0
    flight = block.flight[-1 if expiry.timer == "tail-loss-probe" else 0]
    return _kind(block, flight), block.retries if expiry.timer == "retransmission" else 0


def _kind(block: Block, flight: Flight) -> str:
    if flight.syn:
        return "syn" if block.irs is None else "syn-ack"
    return "text" if flight.length else "fin"
