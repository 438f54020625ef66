"""SEGMENT ARRIVES where a SYN has been exchanged (RFC 9293 §3.10.7.4): the first to the fifth check, in that order.

The seventh and eighth, text and FIN, are in `text.py`. The third check (security and compartment) and the sixth (URG)
are left out: nothing here carries either.
"""

from app.tcp.acceptance import acceptable, acknowledges_something, completes, segment_length
from app.tcp.acknowledgments import accept_acknowledgment, update_window
from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.keepalive import kept_alive, start_keepalive
from app.tcp.opening import reopen_time_wait, reopens
from app.tcp.options import edges, old_stamp, remember_stamp
from app.tcp.output import (
    acknowledge,
    answer_unacceptable,
    challenge,
    finish,
    reset_against,
    start_orphan_timer,
    start_time_wait,
)
from app.tcp.recovery import learn_of_losses
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.text import eighth_check_fin, seventh_process_text
from app.tcp.turn import Turn


def first_check_sequence(turn: Turn, segment: Segment) -> Segment | None:
    """Is it acceptable (§3.4 table 6)? If not, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, unless it is a RST; drop it."""
    block, dialect = turn.block, turn.dialect
    length = segment_length(segment, dialect)
    if _simultaneous(turn, segment):
        # §3.5 figure 7 needs what the letter of the check forbids (appendix A.2): SYN,ACK repeats the SYN's number.
        if dialect.repeats_acknowledge:
            _repeats(turn, segment._replace(syn=False), length)
            return None
        return segment._replace(syn=False, seq=block.rcv_nxt)
    if dialect.ackless_silent and not (segment.ack is not None or segment.syn or segment.rst or block.passive_opening):
        turn.check("ack.missing", True)
        return None
    if old_stamp(block, segment) and not segment.rst:
        turn.check("sequence.old-stamp", True)
        pure = segment.ack is not None and not length
        if not (pure and dialect.old_stamps_silent and distance(segment.seq, block.rcv_nxt) > 0):
            answer_unacceptable(turn, segment)
        return None
    counts = segment.syn and dialect.syn_resets and block.state not in (State.SYN_RECEIVED, State.TIME_WAIT)
    if turn.check("sequence.unacceptable", not (counts or acceptable(block, segment, length))):
        return _unacceptable(turn, segment, length)
    remember_stamp(turn, segment)
    return segment


def _simultaneous(turn: Turn, segment: Segment) -> bool:
    """Whether this SYN,ACK completes a simultaneous open."""
    block = turn.block
    if block.state is not State.SYN_RECEIVED or block.passive or segment.seq != block.irs:
        return False
    return segment.syn and not segment.rst and turn.check("sequence.simultaneous-open", segment.ack is not None)


def _unacceptable(turn: Turn, segment: Segment, length: int) -> Segment | None:
    """Answer what is not acceptable; some of it is not quite worthless."""
    block, dialect = turn.block, turn.dialect
    if segment.rst:
        return segment if turn.check("rst.where-fin-was", _stands_on_fin(block, segment, dialect)) else None
    if block.state is State.TIME_WAIT:
        if segment.syn and turn.check("time-wait.new-connection", reopens(turn, segment)):
            reopen_time_wait(turn, segment)
            return None
        # The fifth and eighth checks mean a repeated FIN to restart TIME-WAIT, but this one answers it first.
        if turn.check("sequence.repeated-fin", segment.fin and dialect.time_wait_restarts):
            start_time_wait(turn)
    repeats = length > 0 and not segment.syn and add(segment.seq, length) == block.rcv_nxt
    if dialect.repeats_acknowledge and repeats and block.state is not State.SYN_RECEIVED:
        _repeats(turn, segment, length)
    else:
        answer_unacceptable(turn, segment)
    return None


def _repeats(turn: Turn, segment: Segment, length: int) -> None:
    """Linux believes the acknowledgment of a segment that only repeats what has come, and says what was repeated."""
    turn.check("sequence.repeats", True)
    before, answered = turn.block.state, len(turn.segments)
    remember_stamp(turn, segment)
    fifth_check_ack(turn, segment)
    # What waits for nothing but this acknowledgment, or becomes a mini socket by it, says no more.
    lasts = before is State.FIN_WAIT_1 and (segment.fin or not turn.block.orphan)
    ended = before in (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK) and turn.block.state is not before
    if (lasts or not ended) and len(turn.segments) == answered:
        turn.block = turn.block._replace(dialogue=turn.block.dialogue and not segment.length)
        acknowledge(turn, (segment.seq, add(segment.seq, length)))


def second_check_rst(turn: Turn, segment: Segment) -> Segment | None:
    """A RST ends the connection; with RFC 5961 only if it hits RCV.NXT exactly, else it is challenged."""
    if not segment.rst:
        return segment
    state, block = turn.block.state, turn.block
    held = edges(block.held) if block.sack else ()
    exact = segment.seq == block.rcv_nxt or _stands_on_fin(block, segment, turn.dialect)
    exact = exact or (bool(held) and segment.seq == held[-1][1])  # RFC 5961 §3.2, with SACK
    if not turn.check("rst.exact", exact):
        if turn.check("rst.challenge", turn.dialect.challenge_ack):
            challenge(turn)
            return None
        turn.check("rst.in-window", True)
    if state is State.TIME_WAIT and turn.check("time-wait.rfc1337", turn.dialect.rfc1337):
        return None
    if state is State.SYN_RECEIVED and turn.block.passive:
        return_to_listen(turn, Cause.RST_AFTER_PASSIVE_OPEN)
    else:
        turn.block = turn.block._replace(error=RESET_ERRORS.get(state))
        finish(turn, Cause.RST)
    return None


def _stands_on_fin(block: Block, segment: Segment, dialect: Dialect) -> bool:
    """Whether a RST has the number of the FIN that has come: some peers do not count theirs."""
    waits = block.state in (State.CLOSE_WAIT, State.LAST_ACK, State.CLOSING)
    return dialect.rst_may_miss_fin and waits and segment.seq == add(block.rcv_nxt, -dialect.fin_length)


RESET_ERRORS = {
    State.SYN_RECEIVED: "ECONNREFUSED",
    State.ESTABLISHED: "ECONNRESET",
    State.FIN_WAIT_1: "ECONNRESET",
    State.FIN_WAIT_2: "ECONNRESET",
    State.CLOSE_WAIT: "EPIPE",
}


def return_to_listen(turn: Turn, cause: Cause) -> None:
    """The embryonic endpoint goes; what listens is as if it had never been."""
    turn.become(cause)
    turn.block = Block(turn.block.state, passive=True, iss=turn.block.iss)


def fourth_check_syn(turn: Turn, segment: Segment) -> Segment | None:
    """A SYN where one has been: SYN-RECEIVED returns to LISTEN, the rest send a challenge ACK (RFC 5961 4.2)."""
    if not segment.syn:
        return segment
    returns = turn.block.state is State.SYN_RECEIVED and turn.block.passive
    if returns and turn.check("syn.in-syn-received", True):
        if turn.dialect.requests:
            turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
        return_to_listen(turn, Cause.SYN_AFTER_PASSIVE_OPEN)
    elif turn.block.state is State.TIME_WAIT and turn.check("time-wait.new-connection", reopens(turn, segment)):
        reopen_time_wait(turn, segment)
    elif turn.check("syn.challenge", turn.dialect.challenge_ack and not turn.dialect.syn_resets):
        challenge(turn)
    elif turn.check("syn.reset", True):
        turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
        turn.block = turn.block._replace(error="ECONNRESET")
        finish(turn, Cause.SYN_IN_WINDOW)
    return None


def fifth_check_ack(turn: Turn, segment: Segment) -> Segment | None:
    """Is there an acknowledgment, is it a good one, does it acknowledge our SYN, our text, our FIN."""
    ack = segment.ack
    if ack is None:
        turn.check("ack.missing", True)
        return None
    if turn.block.state is State.SYN_RECEIVED:
        if not _acknowledge_syn(turn, segment, ack):
            return None
    elif not _acknowledge_text(turn, segment, ack):
        return None
    update_window(turn, segment)
    if kept_alive(turn.block, turn.dialect):
        turn.block = turn.block._replace(last_heard=turn.now, probes=0)
    return _acknowledge_fin(turn, segment)


def _acknowledge_syn(turn: Turn, segment: Segment, ack: int) -> bool:
    """SYN-RECEIVED: SND.UNA < SEG.ACK =< SND.NXT makes it ESTABLISHED; anything else is answered with a reset."""
    if turn.check("ack.bad-in-syn-received", not acknowledges_something(turn.block, ack)):
        turn.segments.append(reset_against(segment, 0))
        return False
    if not completes(segment, turn.dialect):
        return False
    bare = not (segment.length or segment.fin)
    if bare and turn.block.deferred and turn.check("ack.deferred", turn.block.retries < turn.block.deferred):
        turn.block = turn.block._replace(third_seen=True)
        return False
    asks = turn.doors.accept is not None and not turn.block.fast_open
    if asks and turn.check("ack.accept-queue-full", not turn.doors.accept):
        refused = turn.dialect.abort_on_overflow or turn.dialect.refuse_on_overflow
        if turn.check("ack.accept-queue-full-reset", refused):
            turn.segments.append(reset_against(segment, 0))
            finish(turn, Cause.ACCEPT_QUEUE_FULL)
        return False
    turn.check("ack.of-syn", True)
    accept_acknowledgment(turn, ack)
    turn.become(Cause.ACK_OF_SYN)
    start_keepalive(turn)
    if turn.block.fin_wanted:
        turn.become(Cause.CLOSE)  # §3.10.4: a CLOSE behind queued text was waiting for this
    return True


def _acknowledge_text(turn: Turn, segment: Segment, ack: int) -> bool:
    """ESTABLISHED and later: a new acknowledgment, a duplicate, one too old, or one of what was never sent."""
    block, dialect = turn.block, turn.dialect
    if turn.check("ack.unsent", distance(block.snd_nxt, ack) > 0):
        challenge(turn)
        return False
    oldest = min(block.max_snd_wnd, block.acknowledged) if dialect.old_acks_bounded else block.max_snd_wnd
    if turn.check("ack.too-old", dialect.challenge_ack and distance(ack, block.snd_una) > oldest):
        challenge(turn)
        return False
    new = turn.check("ack.new", acknowledges_something(block, ack))
    if new:
        accept_acknowledgment(turn, ack)
    else:
        turn.check("ack.duplicate", ack == block.snd_una)
    learn_of_losses(turn, segment, new=new)
    return True


def _acknowledge_fin(turn: Turn, segment: Segment) -> Segment | None:
    """Has our FIN been acknowledged? FIN-WAIT-1, CLOSING and LAST-ACK wait for that."""
    state = turn.block.state
    if state not in (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK):
        return segment
    if not turn.check("ack.of-fin", turn.block.fin_acknowledged):
        return segment if state is State.FIN_WAIT_1 else None
    if state is State.FIN_WAIT_1 and segment.fin and segment.seq == turn.block.rcv_nxt and not segment.length:
        return segment  # figure 5, note 2: the eighth check takes both at once
    if state is not State.FIN_WAIT_1:
        finish(turn, Cause.ACK_OF_FIN)
        return None
    turn.become(Cause.ACK_OF_FIN)
    if turn.block.orphan:
        start_orphan_timer(turn)
    return segment


CHECKS = (
    first_check_sequence,
    second_check_rst,
    fourth_check_syn,
    fifth_check_ack,
    seventh_process_text,
    eighth_check_fin,
)
