"""The user calls OPEN, SEND, RECEIVE, CLOSE, ABORT (RFC 9293 §3.10.1–5), with the errors that sockets give for them.

Each takes the block, the time (µs) and the dialect, and returns an Outcome; SEND and RECEIVE never block here: a full
window or an empty buffer is for the caller to wait on. STATUS (§3.10.6) is reading the block.
"""

from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.output import acknowledge, flush, open_with_syn, receive_window, reset, stop_timers
from app.tcp.states import ARCS, Cause, State
from app.tcp.turn import Outcome, Turn


class CallError(Exception):
    """A call that the state forbids: `errno` is what a socket would say, the message what RFC 9293 says."""

    def __init__(self, errno: str, message: str) -> None:
        super().__init__(message)
        self.errno = errno


def open_active(iss: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.1, active: a new block with ISS `iss`, in SYN-SENT; <SEQ=ISS><CTL=SYN> leaves."""
    turn = Turn(Block(State.CLOSED, iss=iss), now, dialect)
    turn.become(Cause.ACTIVE_OPEN)
    open_with_syn(turn)
    return turn.outcome()


def open_passive(iss: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.1, passive: a new block in LISTEN; `iss` is for the connection that it will become."""
    turn = Turn(Block(State.CLOSED, passive=True, iss=iss), now, dialect)
    turn.become(Cause.PASSIVE_OPEN)
    return turn.outcome()


def send(block: Block, length: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.2: `length` bytes to send, now or when ESTABLISHED. Raises CallError once the sending side is closed."""
    if block.state in (State.CLOSED, State.LISTEN):
        raise CallError("ENOTCONN", "connection does not exist")
    if block.fin_wanted or block.state is State.TIME_WAIT:
        raise CallError("EPIPE", "connection closing")
    turn = Turn(block._replace(unsent=block.unsent + length), now, dialect)
    flush(turn)
    return turn.outcome()


def receive(block: Block, limit: int, now: int, dialect: Dialect) -> Outcome:
    """§3.10.3: the user takes up to `limit` unread bytes; a window that was shut is announced open again."""
    turn = Turn(block._replace(unread=block.unread - min(limit, block.unread)), now, dialect)
    receive_window(turn)
    if not block.rcv_wnd and turn.block.rcv_wnd and block.state is not State.CLOSED:
        acknowledge(turn)
    return turn.outcome()


def close(block: Block, now: int, dialect: Dialect, *, reading: bool) -> Outcome:
    """§3.10.4: no more to send; FIN follows what was queued. `reading`: the user may still RECEIVE (`shutdown(wr)`).

    Without it (`close()`, the half-duplex close of §3.6.1) unread text is answered with a reset. Raises CallError.
    """
    if block.state is State.CLOSED:
        raise CallError("ENOTCONN", "connection does not exist")
    turn = Turn(block._replace(orphan=block.orphan or not reading), now, dialect)
    if not reading and block.unread and dialect.half_duplex_close and (block.state, Cause.UNREAD_DATA) in ARCS:
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
    elif block.state is State.FIN_WAIT_2 and not reading and dialect.orphan_fin_wait_2 is not None:
        turn.block = turn.block._replace(orphan_at=now + dialect.orphan_fin_wait_2)
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


def forget(block: Block, now: int, dialect: Dialect) -> Outcome:
    """A half-open connection goes without a word when its listener has closed (as Linux does it)."""
    turn = Turn(block, now, dialect)
    stop_timers(turn)
    turn.become(Cause.LISTENER_CLOSED)
    return turn.outcome()


ABORT_RESETS = (State.SYN_RECEIVED, State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT)
