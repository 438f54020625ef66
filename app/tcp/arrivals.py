"""SEGMENT ARRIVES (RFC 9293 §3.10.7), in the RFC's own order.

Each step is named as the RFC numbers it, records the rules that it asks, and returns what is left of the segment for
the next step; None ends the processing. `PROCEDURE` says which steps each state runs. The third check (security and
compartment) and the sixth (URG) are left out: nothing here carries either.
"""

from collections.abc import Callable

from app.tcp.acceptance import acceptable, acknowledges_something, segment_length
from app.tcp.acknowledgments import accept_acknowledgment, update_window
from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.output import (
    acknowledge,
    challenge,
    flush,
    open_with_syn,
    receive_from,
    reset_against,
    start_time_wait,
    stop_timers,
    transmit,
)
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.text import eighth_check_fin, hold, seventh_process_text
from app.tcp.turn import OPEN_DOORS, Doors, Outcome, Turn

Step = Callable[[Turn, Segment], Segment | None]


def segment_arrives(block: Block, segment: Segment, now: int, dialect: Dialect, doors: Doors = OPEN_DOORS) -> Outcome:
    """Handle one segment, now (µs). `doors` says what the listener has room for, where one is concerned."""
    turn = Turn(block, now, dialect, doors)
    run(turn, segment, PROCEDURE[block.state])
    stays = block.state is turn.block.state is State.TIME_WAIT
    if stays and dialect.time_wait_restarts_always and segment.ack is not None and not segment.rst:
        start_time_wait(turn)
    flush(turn)
    return turn.outcome()


def run(turn: Turn, segment: Segment, steps: tuple[Step, ...]) -> None:
    """Take the steps in order until one of them ends the processing."""
    for step in steps:
        rest = step(turn, segment)
        if rest is None:
            return
        segment = rest


# §3.10.7.1 CLOSED


def closed_discard(turn: Turn, segment: Segment) -> Segment | None:
    """All data is discarded; whatever is not a RST is answered with one."""
    if turn.check("closed.rst", segment.rst):
        return None
    turn.check("closed.reset" if segment.ack is not None else "closed.reset-with-ack", True)
    turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
    return None


# §3.10.7.2 LISTEN


def listen_first_check_rst(turn: Turn, segment: Segment) -> Segment | None:
    """An incoming RST is ignored."""
    return None if turn.check("listen.rst", segment.rst) else segment


def listen_second_check_ack(turn: Turn, segment: Segment) -> Segment | None:
    """Any acknowledgment is bad here, except of a SYN cookie."""
    if segment.ack is None:
        turn.check("listen.ack", False)
        return segment
    cookie = turn.doors.cookie
    if turn.doors.cookies and segment.ack == add(cookie, turn.dialect.syn_length) and not segment.syn:
        turn.check("listen.cookie-ack", True)
        if turn.doors.accept is not None and turn.check("ack.accept-queue-full", not turn.doors.accept):
            return None
        irs = add(segment.seq, -turn.dialect.syn_length)
        turn.block = turn.block._replace(
            iss=cookie, irs=irs, snd_una=cookie, snd_nxt=segment.ack, snd_wl1=irs, rto=turn.dialect.rto_initial
        )
        receive_from(turn, segment.seq)
        turn.become(Cause.SYN)
        run(turn, segment, PROCEDURE[State.SYN_RECEIVED])
        return None
    turn.check("listen.ack", True)
    turn.segments.append(reset_against(segment, 0))
    return None


def listen_third_check_syn(turn: Turn, segment: Segment) -> Segment | None:
    """A SYN makes an embryonic endpoint in SYN-RECEIVED and is answered <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>."""
    if not segment.syn or (segment.fin and not turn.dialect.data_on_syn):
        turn.check("listen.syn", False)
        return segment
    if turn.doors.accept is not None and turn.check("listen.accept-queue-full", not turn.doors.accept):
        return None
    crowded = turn.doors.syn is False or turn.dialect.syn_cookies == 2
    if crowded and turn.check("listen.syn-cookie", turn.dialect.syn_cookies > 0):
        expected = add(segment.seq, turn.dialect.syn_length)
        turn.segments.append(Segment(turn.doors.cookie, expected, syn=True, window=turn.dialect.receive_buffer))
        return None
    if turn.doors.syn is not None and turn.check("listen.syn-queue-full", crowded):
        return None
    turn.check("listen.syn", True)
    turn.block = turn.block._replace(irs=segment.seq, snd_wnd=segment.window, snd_wl1=segment.seq)
    receive_from(turn, add(segment.seq, turn.dialect.syn_length))
    turn.become(Cause.SYN)
    open_with_syn(turn)
    if turn.dialect.data_on_syn:
        hold(turn, segment._replace(seq=turn.block.rcv_nxt))  # until ESTABLISHED
    return None


def listen_fourth_other(turn: Turn, _segment: Segment) -> Segment | None:
    """Neither RST nor ACK nor SYN: dropped."""
    turn.check("listen.other", True)
    return None


# §3.10.7.3 SYN-SENT


def syn_sent_first_check_ack(turn: Turn, segment: Segment) -> Segment | None:
    """An acknowledgment must be of our SYN; another one shows an old connection, which a RST ends."""
    bad = segment.ack is not None and not acknowledges_something(turn.block, segment.ack)
    if turn.check("syn-sent.bad-ack", bad):
        if not segment.rst:
            turn.segments.append(reset_against(segment, 0))
        if turn.dialect.syn_again_after_bad_ack is not None and not turn.block.retries:
            turn.block = turn.block._replace(retransmit_at=turn.now + turn.dialect.syn_again_after_bad_ack)
        return None
    return segment


def syn_sent_second_check_rst(turn: Turn, segment: Segment) -> Segment | None:
    """A RST that acknowledges our SYN is a refusal; one without an acknowledgment could be anybody's."""
    if not segment.rst:
        turn.check("syn-sent.rst", False)
    elif turn.check("syn-sent.rst", segment.ack is not None):
        turn.block = turn.block._replace(error="ECONNREFUSED")
        stop_timers(turn)
        turn.become(Cause.RST)
    else:
        turn.check("syn-sent.rst-without-ack", True)
    return None if segment.rst else segment


def syn_sent_fourth_check_syn(turn: Turn, segment: Segment) -> Segment | None:
    """SYN,ACK completes our open; a bare SYN is a simultaneous open (§3.5 figure 7)."""
    if not segment.syn:
        return segment
    turn.block = turn.block._replace(
        irs=segment.seq,
        snd_wnd=segment.window,
        snd_wl1=segment.seq,
        snd_wl2=turn.block.iss if segment.ack is None else segment.ack,
    )
    receive_from(turn, add(segment.seq, turn.dialect.syn_length))
    if turn.check("syn-sent.syn-ack", segment.ack is not None) and segment.ack is not None:
        accept_acknowledgment(turn, segment.ack)
        turn.become(Cause.SYN_ACK)
        flush(turn)
        if not turn.segments:
            acknowledge(turn)
        # "If there are other controls or text in the segment, then continue processing at the sixth step"
        text = segment._replace(seq=turn.block.rcv_nxt, syn=False)
        run(turn, text, (seventh_process_text, eighth_check_fin))
        return None
    turn.check("syn-sent.syn", True)
    turn.become(Cause.SYN)
    transmit(turn, turn.block.flight[0])
    hold(turn, segment._replace(seq=turn.block.rcv_nxt))  # until ESTABLISHED
    return None


def syn_sent_fifth_neither(turn: Turn, _segment: Segment) -> Segment | None:
    """Neither SYN nor RST: dropped. A FIN is not looked at, for its sequence number cannot be judged."""
    turn.check("syn-sent.neither", True)
    return None


# §3.10.7.4 all other states


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


PROCEDURE: dict[State, tuple[Step, ...]] = {
    State.CLOSED: (closed_discard,),
    State.LISTEN: (
        listen_first_check_rst,
        listen_second_check_ack,
        listen_third_check_syn,
        listen_fourth_other,
    ),
    State.SYN_SENT: (
        syn_sent_first_check_ack,
        syn_sent_second_check_rst,
        syn_sent_fourth_check_syn,
        syn_sent_fifth_neither,
    ),
    **dict.fromkeys(
        (
            State.SYN_RECEIVED,
            State.ESTABLISHED,
            State.FIN_WAIT_1,
            State.FIN_WAIT_2,
            State.CLOSE_WAIT,
            State.CLOSING,
            State.LAST_ACK,
            State.TIME_WAIT,
        ),
        (
            first_check_sequence,
            second_check_rst,
            fourth_check_syn,
            fifth_check_ack,
            seventh_process_text,
            eighth_check_fin,
        ),
    ),
}
