"""The user calls OPEN, SEND, RECEIVE, CLOSE, ABORT (RFC 9293 §3.10.1–5), with the errors that sockets give for them.

Each takes the block, the time (µs) and the dialect, and returns an Outcome; SEND and RECEIVE never block here: a full
window or an empty buffer is for the caller to wait on. STATUS (§3.10.6) is reading the block.
"""

from app.tcp.block import NO_WISHES, Block, Wishes
from app.tcp.dialect import Dialect
from app.tcp.keepalive import keepalive_of, kept_alive, start_keepalive
from app.tcp.output import (
    acknowledge,
    flush,
    is_shut,
    open_with_syn,
    receive_window,
    reset,
    start_orphan_timer,
    stop_timers,
)
from app.tcp.states import ARCS, Cause, State
from app.tcp.turn import Outcome, Turn


class CallError(Exception):
    """A call that the state forbids: `errno` is what a socket would say, the message what RFC 9293 says."""

    def __init__(self, errno: str, message: str) -> None:
        super().__init__(message)
        self.errno = errno


def open_active(
    iss: int, now: int, dialect: Dialect, *, wishes: Wishes = NO_WISHES, riding: int = 0, cookie: int | None = None
) -> Outcome:
    """§3.10.1, active: a new block with ISS `iss`, in SYN-SENT; <SEQ=ISS><CTL=SYN> leaves.

    For Fast Open (RFC 7413 §4.2) it takes `riding` bytes along, and shows `cookie`, or asks for one with 0.
    """
    turn = Turn(Block(State.CLOSED, iss=iss, wishes=wishes, cookie=cookie), now, dialect)
    turn.become(Cause.ACTIVE_OPEN)
    open_with_syn(turn, riding)
    return turn.outcome()


def open_passive(iss: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.1, passive: a new block in LISTEN; `iss` is for the connection that it will become."""
    turn = Turn(Block(State.CLOSED, passive=True, iss=iss), now, dialect)
    turn.become(Cause.PASSIVE_OPEN)
    return turn.outcome()


def reopen(block: Block, now: int, dialect: Dialect, *, active: bool, remote: bool) -> Outcome:
    """§3.10.1 where a block exists: LISTEN becomes active if a `remote` socket is given. Raises CallError else."""
    if block.state is State.CLOSED:
        if not active:
            return open_passive(block.iss, now, dialect)
        if not remote:
            raise CallError("EDESTADDRREQ", "remote socket unspecified")
        return open_active(block.iss, now, dialect)
    if block.state is not State.LISTEN:
        raise CallError("EISCONN", "connection already exists")
    if not active:
        raise CallError("EADDRINUSE", "connection already exists")
    if not remote:
        raise CallError("EDESTADDRREQ", "remote socket unspecified")
    turn = Turn(block._replace(passive=False), now, dialect)
    turn.become(Cause.SEND)
    open_with_syn(turn)
    return turn.outcome()


def send(block: Block, length: int, now: int, dialect: Dialect, *, remote: bool = False) -> Outcome:
    """§3.10.2: `length` bytes to send, now or when ESTABLISHED. Raises CallError once the sending side is closed.

    In LISTEN it opens actively if a `remote` socket is given; sockets offer no such thing.
    """
    if block.state is State.CLOSED:
        raise CallError("ENOTCONN", "connection does not exist")
    if block.state is State.LISTEN:
        if not remote:
            raise CallError("ENOTCONN", "remote socket unspecified")
        opened = reopen(block, now, dialect, active=True, remote=True)
        return opened._replace(block=opened.block._replace(unsent=length))
    closed = block.fin_wanted or block.state is State.TIME_WAIT
    if closed or (block.state is State.CLOSE_WAIT and not dialect.half_close):
        raise CallError("EPIPE", "connection closing")
    turn = Turn(block._replace(unsent=block.unsent + length), now, dialect)
    flush(turn)
    return turn.outcome()


def receive(block: Block, limit: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.3: the user takes up to `limit` unread bytes; a window that was shut is announced open again.

    Raises CallError where nothing is unread and nothing can come.
    """
    if block.state is State.CLOSED and not block.unread:
        raise CallError("ENOTCONN", "connection does not exist")
    if block.fin_received and not block.unread:
        raise CallError("EOF", "connection closing")  # a socket's recv() returns 0 instead
    unread = block.unread - min(limit, block.unread)
    window = receive_window(block, block.rcv_nxt, unread, dialect)
    turn = Turn(block._replace(unread=unread, rcv_wnd=window), now, dialect)
    if is_shut(block) and not is_shut(turn.block) and block.irs is not None and block.state is not State.CLOSED:
        acknowledge(turn)
    return turn.outcome()


def wish(block: Block, wishes: Wishes, now: int, dialect: Dialect) -> Outcome:
    """What setsockopt() sets: keepalive begins to run, text that Nagle's algorithm holds goes."""
    turn = Turn(block._replace(wishes=wishes), now, dialect)
    if not kept_alive(turn.block, dialect):
        turn.block = turn.block._replace(keepalive_at=None)
    elif block.state in KEPT_ALIVE and not kept_alive(block, dialect):
        start_keepalive(turn)
    elif block.keepalive_at is not None and wishes.keepalive_time != block.wishes.keepalive_time:
        idle, _, _ = keepalive_of(turn.block, dialect)  # less what has passed (`tcp_sock_set_keepidle_locked`)
        turn.block = turn.block._replace(keepalive_at=max(block.last_heard + idle, now))
    flush(turn)
    return turn.outcome()


def close(block: Block, now: int, dialect: Dialect, *, reading: bool) -> Outcome:
    """§3.10.4: no more to send; FIN follows what was queued. `reading`: the user may still RECEIVE (`shutdown(wr)`).

    Without it (`close()`, the half-duplex close of §3.6.1) unread text is answered with a reset. Raises CallError.
    """
    if block.state is State.CLOSED:
        raise CallError("ENOTCONN", "connection does not exist")
    if reading and block.fin_wanted:
        raise CallError("EALREADY", "connection closing")
    turn = Turn(block._replace(orphan=block.orphan or not reading), now, dialect)
    unread = block.unread and dialect.half_duplex_close and dialect.unread_resets
    if not reading and unread and (block.state, Cause.UNREAD_DATA) in ARCS:
        reset(turn)
        stop_timers(turn)
        turn.become(Cause.UNREAD_DATA)
        return turn.outcome()
    if block.state in (State.LISTEN, State.SYN_SENT):
        stop_timers(turn)
        turn.become(Cause.CLOSE)
    elif block.state in (State.ESTABLISHED, State.CLOSE_WAIT) and not block.fin_wanted:
        turn.block = turn.block._replace(fin_wanted=True)
        turn.become(Cause.CLOSE)
        flush(turn)
    elif block.state is State.SYN_RECEIVED and not block.fin_wanted:
        turn.block = turn.block._replace(fin_wanted=True)
        if not block.unsent:
            turn.become(Cause.CLOSE)
            flush(turn)
    elif block.state is State.FIN_WAIT_2 and not reading:
        start_orphan_timer(turn)
    return turn.outcome()


def abort(block: Block, now: int, dialect: Dialect, cause: Cause = Cause.ABORT) -> Outcome:
    """§3.10.5: the connection goes at once; a reset tells the peer where there is one to tell. Raises CallError."""
    if block.state is State.CLOSED:
        raise CallError("ENOTCONN", "connection does not exist")
    turn = Turn(block, now, dialect)
    if block.state in ABORT_RESETS:
        reset(turn)
    stop_timers(turn)
    turn.become(cause)
    return turn.outcome()


def forget(block: Block, now: int, dialect: Dialect, cause: Cause = Cause.LISTENER_CLOSED) -> Outcome:
    """The endpoint goes without a word: its listener has closed, its address is taken, its host went down."""
    turn = Turn(block, now, dialect)
    stop_timers(turn)
    turn.become(cause)
    return turn.outcome()


ABORT_RESETS = (State.SYN_RECEIVED, State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT)
KEPT_ALIVE = (State.ESTABLISHED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.LAST_ACK)
