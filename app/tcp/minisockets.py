"""What Linux keeps of a connection that only waits: TIME-WAIT, and FIN-WAIT-2 after close().

The socket is gone, a "mini socket" answers in its place (`tcp_timewait_state_process` in net/ipv4/tcp_minisocks.c). Its
checks are those of §3.10.7.4, shortened; where they differ the comment says so.
"""

from app.tcp.acceptance import acceptable, segment_length
from app.tcp.opening import reopen_time_wait, reopens
from app.tcp.options import old_stamp, remember_stamp
from app.tcp.output import acknowledge, answer_unacceptable, finish, receive_from, reset_against, start_time_wait
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.turn import Turn


def mini_fin_wait_2(turn: Turn, segment: Segment) -> Segment | None:
    """FIN-WAIT-2 of a socket that was closed: only the peer's FIN is welcome."""
    block, dialect = turn.block, turn.dialect
    length = segment_length(segment, dialect)
    end = add(segment.seq, length)
    old = old_stamp(block, segment) and turn.check("sequence.old-stamp", True)
    if old or turn.check("sequence.unacceptable", not acceptable(block, segment, length)):
        answer_unacceptable(turn, segment)  # a RST, too
    elif turn.check("rst.in-window", segment.rst):
        finish(turn, Cause.RST)
    elif turn.check("syn.reset", segment.syn):
        turn.segments.append(reset_against(segment, length))
        finish(turn, Cause.SYN_IN_WINDOW)
    elif turn.check("mini.nothing-new", segment.ack is None or not length or distance(block.rcv_nxt, end) <= 0):
        return None
    elif turn.check("text.after-close", not segment.fin or end != add(block.rcv_nxt, dialect.fin_length)):
        turn.segments.append(reset_against(segment, length))
        finish(turn, Cause.DATA_AFTER_CLOSE)
    else:
        turn.check("fin.in-order", True)
        receive_from(turn, end)
        turn.block = turn.block._replace(fin_received=True)
        finish(turn, Cause.FIN)
        acknowledge(turn)
    return None


def mini_time_wait(turn: Turn, segment: Segment) -> Segment | None:
    """TIME-WAIT: whatever carries an ACK puts it back to 60 s; what is out of window is answered; SYNs may reopen."""
    block = turn.block
    old = old_stamp(block, segment) and turn.check("sequence.old-stamp", True)
    length = segment_length(segment, turn.dialect)
    if not old and segment.seq == block.rcv_nxt and (segment.rst or not length):
        remember_stamp(turn, segment)
        if not segment.rst:
            turn.check("time-wait.in-order", True)
            start_time_wait(turn)
        elif not turn.check("time-wait.rfc1337", turn.dialect.rfc1337):
            turn.check("rst.exact", True)
            finish(turn, Cause.RST)
        return None
    if not old and segment.syn and turn.check("time-wait.new-connection", reopens(turn, segment)):
        reopen_time_wait(turn, segment)
        return None
    if not old:
        turn.check("sequence.unacceptable", True)
    if not segment.rst:
        if old or segment.ack is not None:
            turn.check("sequence.repeated-fin", segment.fin and turn.dialect.time_wait_restarts)
            start_time_wait(turn)
        answer_unacceptable(turn, segment)
    return None


def is_mini(turn: Turn) -> bool:
    """Whether a mini socket stands in for this endpoint."""
    waits = turn.block.state is State.TIME_WAIT or (turn.block.state is State.FIN_WAIT_2 and turn.block.orphan)
    return waits and turn.dialect.mini_sockets
