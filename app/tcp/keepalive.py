"""Is the peer still there? Keepalive (RFC 9293 §3.8.4) and the probe that asks."""

from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.options import carried
from app.tcp.output import reset, stop_timers
from app.tcp.segment import Segment, add
from app.tcp.states import Cause
from app.tcp.turn import Turn


def kept_alive(block: Block, dialect: Dialect) -> bool:
    """Whether the connection is watched: if the user wishes so (MUST-24)."""
    return block.wishes.keepalive or dialect.keepalive


def start_keepalive(turn: Turn) -> None:
    """The connection stands: begin to watch it, if it is to be watched."""
    if kept_alive(turn.block, turn.dialect):
        idle, _, _ = keepalive_of(turn.block, turn.dialect)
        turn.block = turn.block._replace(keepalive_at=turn.now + idle, last_heard=turn.block.last_heard or turn.now)


def keepalive_of(block: Block, dialect: Dialect) -> tuple[int, int, int]:
    """How long (µs) a peer may be silent, how long (µs) between probes, how many of them."""
    wishes = block.wishes
    return (
        dialect.keepalive_time if wishes.keepalive_time is None else wishes.keepalive_time,
        dialect.keepalive_interval if wishes.keepalive_interval is None else wishes.keepalive_interval,
        dialect.keepalive_probes if wishes.keepalive_probes is None else wishes.keepalive_probes,
    )


def probe(turn: Turn) -> None:
    """<SEQ=SND.NXT-1><ACK=RCV.NXT><CTL=ACK>: not acceptable, so a peer that lives answers it."""
    block = turn.block
    options = carried(block, turn.now)
    turn.segments.append(Segment(add(block.snd_nxt, -1), block.rcv_nxt, window=block.rcv_wnd, options=options))
    turn.block = block._replace(probes=block.probes + 1, acknowledge_at=None)


def keepalive_expires(turn: Turn) -> None:
    """Nothing has come for long: ask whether the peer is still there; after so many questions give up."""
    block, dialect = turn.block, turn.dialect
    idle, interval, most = keepalive_of(block, dialect)
    busy, silent = block.flight or block.unsent, turn.now - block.last_heard
    if busy or silent < idle:
        turn.block = block._replace(keepalive_at=turn.now + idle - (0 if busy else silent))
        return
    timeout = block.wishes.user_timeout
    if block.probes >= most if timeout is None else silent >= timeout and block.probes:
        if dialect.keepalive_resets:
            reset(turn)
        give_up(turn, Cause.KEEPALIVE_TIMEOUT)
        return
    probe(turn)
    turn.block = turn.block._replace(keepalive_at=turn.now + interval)


def give_up(turn: Turn, cause: Cause) -> None:
    """The peer has been silent for too long (§3.8.3 R2, §3.10.8)."""
    stop_timers(turn)
    turn.block = turn.block._replace(error="ETIMEDOUT")
    turn.become(cause)
