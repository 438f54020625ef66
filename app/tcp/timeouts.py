"""TIMEOUTS (RFC 9293 §3.10.8, §3.8.3, §3.8.4; RFC 6298): what is due when, and what happens then."""

from collections.abc import Callable
from typing import NamedTuple

from app.tcp.acknowledgments import probe_interval
from app.tcp.block import Block, Flight
from app.tcp.dialect import Dialect
from app.tcp.keepalive import give_up, keepalive_expires, probe
from app.tcp.output import acknowledge, launch, stop_timers
from app.tcp.recovery import begin_recovery, reorder_timeout, transmit_again
from app.tcp.states import Cause, State
from app.tcp.turn import Outcome, Turn


class Expiry(NamedTuple):
    """A timer that runs: when it expires (µs), and its name."""

    at: int
    timer: str


def next_expiry(block: Block) -> Expiry | None:
    """The first timer to expire; None when none runs."""
    first: tuple[int, str] | None = None
    for at, name in _timers(block):
        if at is not None and (first is None or at < first[0]):
            first = at, name
    return None if first is None else Expiry(*first)


def running(block: Block) -> list[Expiry]:
    """Every timer that runs."""
    return [Expiry(at, name) for at, name in _timers(block) if at is not None]


def _timers(block: Block) -> tuple[tuple[int | None, str], ...]:
    """Every timer; when it expires, if it runs."""
    return (
        (block.retransmit_at, block.retransmit_timer),
        (block.acknowledge_at, "delayed-ack"),
        (block.time_wait_at, "time-wait"),
        (block.orphan_at, "fin-wait-2"),
        (block.user_timeout_at, "user-timeout"),
        (block.close_wait_at if block.state is State.CLOSE_WAIT else None, "user-timeout"),
        (block.keepalive_at, "keepalive"),
    )


def expire(block: Block, timer: str, now: int, dialect: Dialect) -> Outcome:
    """Handle the expiry of `timer`, a name that `next_expiry` gave."""
    turn = Turn(block, now, dialect)
    ON_EXPIRY[timer](turn)
    return turn.outcome()


def _retransmission(turn: Turn) -> None:
    """Send the first segment of the queue again, back the timer off (RFC 6298 5.4–5.6), or give up (§3.8.3 R2)."""
    block, dialect = turn.block, turn.dialect
    opening = block.state in (State.SYN_SENT, State.SYN_RECEIVED)
    if not block.flight:
        if block.ack_repeats:
            turn.block = block._replace(retransmit_at=None)
            acknowledge(turn)
        return
    if opening and block.user_timeout_at is not None and turn.now >= block.user_timeout_at:
        give_up(turn, Cause.USER_TIMEOUT)
        return
    if gives_up(block, turn.now, dialect):
        give_up(turn, Cause.RETRIES_EXHAUSTED)
        return
    retries = block.retries + 1
    linear = block.state is State.SYN_SENT and retries <= dialect.syn_linear_timeouts
    rto = block.rto if linear else min(2 * block.rto, dialect.rto_max)
    quiet = block.third_seen and retries < block.deferred  # TCP_DEFER_ACCEPT: the peer has answered
    if not (quiet or (block.passive_opening and not dialect.syn_ack_repeats)):
        if not opening:
            begin_recovery(turn, all_lost=True)
        transmit_again(turn, 0)
    first = dialect.patience_from_first_retry and retries == 1
    turn.block = turn.block._replace(
        retries=retries,
        rto=rto,
        retransmit_at=turn.now + rto,
        retransmit_timer="retransmission",
        waiting_since=turn.now if first and not opening else block.waiting_since,
    )
    if first and block.wishes.user_timeout is not None:
        since = block.waiting_since if opening else turn.now  # Linux, `tcp_retransmit_stamp`: a SYN has its own
        turn.block = turn.block._replace(user_timeout_at=since + block.wishes.user_timeout)


def _tail_loss_probe(turn: Turn) -> None:
    """Send the last segment of the queue again before the timer is backed off (RFC 8985 §7.3)."""
    transmit_again(turn, len(turn.block.flight) - 1)
    turn.block = turn.block._replace(retransmit_timer="retransmission", retransmit_at=turn.now + turn.block.rto)


def _window_probe(turn: Turn) -> None:
    """Ask whether a closed window has opened (§3.8.6.1): with new text, or (Linux) with an old number."""
    block, dialect = turn.block, turn.dialect
    if dialect.window_probe:
        launch(turn, Flight(block.snd_nxt, 1, False, False, False, turn.now, 1))
        return
    most = dialect.orphan_retries if block.orphan else None  # Linux, `tcp_probe_timer`
    patient = turn.now - block.waiting_since < dialect.data_patience if most is None else block.probes < most
    if block.probes and not patient:
        give_up(turn, Cause.RETRIES_EXHAUSTED)
        return
    probe(turn)
    turn.block = turn.block._replace(retries=block.retries + 1)
    turn.block = turn.block._replace(retransmit_at=turn.now + probe_interval(turn.block, dialect))


def gives_up(block: Block, now: int, dialect: Dialect) -> bool:
    """Whether R2 has been reached: a time for SYN, SYN,ACK and text; a count for what close() left behind."""
    half_open = block.state is State.SYN_RECEIVED
    retries = dialect.orphan_retries if block.orphan else dialect.syn_ack_retries if half_open else None
    if retries is not None:
        return block.retries >= retries
    opening = block.state in (State.SYN_SENT, State.SYN_RECEIVED)
    if dialect.patience_from_first_retry and not block.retries and not opening:
        return False
    return now - block.waiting_since >= patience(block.state, dialect)


def patience(state: State, dialect: Dialect) -> int:
    """R2 as a time (µs)."""
    opening = {State.SYN_SENT: dialect.syn_patience, State.SYN_RECEIVED: dialect.syn_ack_patience}
    return opening.get(state, dialect.data_patience)


def _time_wait(turn: Turn) -> None:
    stop_timers(turn)
    turn.become(Cause.TIME_WAIT_TIMEOUT)


def _fin_wait_2(turn: Turn) -> None:
    stop_timers(turn)
    turn.become(Cause.ORPHAN_TIMEOUT)


ON_EXPIRY: dict[str, Callable[[Turn], None]] = {
    "retransmission": _retransmission,
    "tail-loss-probe": _tail_loss_probe,
    "reordering": reorder_timeout,
    "window-probe": _window_probe,
    "delayed-ack": acknowledge,
    "time-wait": _time_wait,
    "fin-wait-2": _fin_wait_2,
    "user-timeout": lambda turn: give_up(turn, Cause.USER_TIMEOUT),
    "keepalive": keepalive_expires,
}
