"""SEGMENT ARRIVES where a SYN has been exchanged (RFC 9293 §3.10.7.4): the first to the fifth check, in that order.

The seventh and eighth, text and FIN, are in `text.py`. The third check (security and compartment) and the sixth (URG)
are left out: nothing here carries either.
"""

from app.tcp.acceptance import acceptable, acknowledges_something, segment_length
from app.tcp.acknowledgments import accept_acknowledgment, update_window
from app.tcp.block import Block
from app.tcp.output import acknowledge, challenge, reset_against, start_time_wait, stop_timers, transmit
from app.tcp.segment import Segment, distance
from app.tcp.states import Cause, State
from app.tcp.text import eighth_check_fin, seventh_process_text
from app.tcp.turn import Turn


def first_check_sequence(turn: Turn, segment: Segment) -> Segment | None:
    """Is it acceptable (§3.4 table 6)? If not, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, unless it is a RST; drop it."""
    block, dialect = turn.block, turn.dialect
    if block.state is State.SYN_RECEIVED and segment.syn and segment.seq == block.irs and not segment.rst:
        # §3.5 figure 7 needs what the letter of the check forbids (appendix A.2): SYN,ACK repeats the SYN's number.
        if not block.passive and turn.check("sequence.simultaneous-open", segment.ack is not None):
            return segment._replace(syn=False, seq=block.rcv_nxt)
        again = block.passive and segment.ack is None and dialect.duplicate_syn_repeats_syn_ack
        if again and turn.check("sequence.repeated-syn", True):
            transmit(turn, block.flight[0])
            turn.block = turn.block._replace(retransmit_at=turn.now + block.rto)
            return None
    if not turn.check("sequence.unacceptable", not acceptable(block, segment, segment_length(segment, dialect))):
        return segment
    if not segment.rst:
        # The fifth and eighth checks mean a repeated FIN to restart TIME-WAIT, but this one answers it first.
        if turn.block.state is State.TIME_WAIT and turn.check("sequence.repeated-fin", segment.fin):
            start_time_wait(turn)
        challenge(turn, segment)
    return None


def second_check_rst(turn: Turn, segment: Segment) -> Segment | None:
    """A RST ends the connection; with RFC 5961 only if it hits RCV.NXT exactly, else it is challenged."""
    if not segment.rst:
        return segment
    state = turn.block.state
    exact = turn.check("rst.exact", segment.seq == turn.block.rcv_nxt)
    if not exact and turn.check("rst.challenge", turn.dialect.challenge_ack):
        if state is not State.TIME_WAIT or turn.dialect.challenge_in_time_wait:
            challenge(turn, segment)
        return None
    if not exact:
        turn.check("rst.in-window", True)
    stop_timers(turn)
    if state is State.SYN_RECEIVED and turn.block.passive:
        return_to_listen(turn, Cause.RST_AFTER_PASSIVE_OPEN)
    else:
        turn.block = turn.block._replace(error=RESET_ERRORS.get(state))
        turn.become(Cause.RST)
    return None


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
        if turn.dialect.syn_in_syn_received_resets:
            turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
        return_to_listen(turn, Cause.SYN_AFTER_PASSIVE_OPEN)
    elif turn.check("syn.challenge", turn.dialect.challenge_ack):
        challenge(turn, segment)
    elif turn.check("syn.reset", True):
        turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
        turn.block = turn.block._replace(error="ECONNRESET")
        stop_timers(turn)
        turn.become(Cause.SYN_IN_WINDOW)
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
    elif not _acknowledge_text(turn, ack):
        return None
    update_window(turn, segment)
    return _acknowledge_fin(turn, segment)


def _acknowledge_syn(turn: Turn, segment: Segment, ack: int) -> bool:
    """SYN-RECEIVED: SND.UNA < SEG.ACK =< SND.NXT makes it ESTABLISHED; anything else is answered with a reset."""
    if turn.check("ack.bad-in-syn-received", not acknowledges_something(turn.block, ack)):
        turn.segments.append(reset_against(segment, 0))
        return False
    if turn.doors.accept is not None and turn.check("ack.accept-queue-full", not turn.doors.accept):
        if turn.check("ack.accept-queue-full-reset", turn.dialect.abort_on_overflow):
            turn.segments.append(reset_against(segment, 0))
            stop_timers(turn)
            turn.become(Cause.ACCEPT_QUEUE_FULL)
        return False
    turn.check("ack.of-syn", True)
    accept_acknowledgment(turn, ack)
    turn.become(Cause.ACK_OF_SYN)
    if turn.block.fin_wanted:
        turn.become(Cause.CLOSE)  # §3.10.4: a CLOSE behind queued text was waiting for this
    return True


def _acknowledge_text(turn: Turn, ack: int) -> bool:
    """ESTABLISHED and later: a new acknowledgment, a duplicate, one too old, or one of what was never sent."""
    block = turn.block
    if turn.check("ack.unsent", distance(block.snd_nxt, ack) > 0):
        acknowledge(turn)
        return False
    too_old = distance(ack, block.snd_una) > block.snd_wnd
    if turn.dialect.challenge_ack and turn.check("ack.too-old", too_old):
        acknowledge(turn)
        return False
    if turn.check("ack.new", acknowledges_something(block, ack)):
        accept_acknowledgment(turn, ack)
    else:
        turn.check("ack.duplicate", ack == block.snd_una)
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
    turn.become(Cause.ACK_OF_FIN)
    if state is State.CLOSING:
        start_time_wait(turn)
    elif state is State.LAST_ACK:
        stop_timers(turn)
    elif turn.block.orphan and turn.dialect.orphan_fin_wait_2 is not None:
        turn.block = turn.block._replace(orphan_at=turn.now + turn.dialect.orphan_fin_wait_2)
    return segment if state is State.FIN_WAIT_1 else None


CHECKS = (
    first_check_sequence,
    second_check_rst,
    fourth_check_syn,
    fifth_check_ack,
    seventh_process_text,
    eighth_check_fin,
)
