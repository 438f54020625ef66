"""SEGMENT ARRIVES (RFC 9293 §3.10.7), in the RFC's own order.

Each step is named as the RFC numbers it, records the rules that it asks, and returns what is left of the segment for
the next step; None ends the processing. `PROCEDURE` says which steps each state runs: those of CLOSED, LISTEN and
SYN-SENT are here (§3.10.7.1–3), those of all other states in `checks.py` and `text.py` (§3.10.7.4).
"""

from collections.abc import Callable

from app.tcp.acceptance import acknowledges_something, completes, segment_length
from app.tcp.acknowledgments import accept_acknowledgment
from app.tcp.block import Block
from app.tcp.checks import CHECKS
from app.tcp.dialect import Dialect
from app.tcp.keepalive import start_keepalive
from app.tcp.minisockets import is_mini, mini_fin_wait_2, mini_time_wait
from app.tcp.opening import finds_queue_full, synchronize, take_syn
from app.tcp.options import agree, forgotten_answer, remembered_by_cookie, with_cookie
from app.tcp.output import acknowledge, flush, receive_from, reset_against, stop_timers, transmit
from app.tcp.requests import check_request
from app.tcp.segment import Segment, add
from app.tcp.states import Cause, State
from app.tcp.text import eighth_check_fin, hold, seventh_process_text
from app.tcp.turn import OPEN_DOORS, Doors, Outcome, Turn

Step = Callable[[Turn, Segment], Segment | None]


def segment_arrives(block: Block, segment: Segment, now: int, dialect: Dialect, doors: Doors = OPEN_DOORS) -> Outcome:
    """Handle one segment, now (µs). `doors` says what the listener has room for, where one is concerned."""
    if block.ack_repeats:  # the peer has spoken since
        block = block._replace(ack_repeats=0, retransmit_at=None)
    turn = Turn(block, now, dialect, doors)
    run(turn, segment, MINI[block.state] if is_mini(turn) else PROCEDURE[block.state])
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
    if turn.check("closed.rst", segment.rst) or not turn.dialect.closed_answers:
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
        if not turn.check("listen.cookie-ack", completes(segment, turn.dialect)):
            return None
        if turn.doors.accept is not None and turn.check("ack.accept-queue-full", not turn.doors.accept):
            return None
        irs, answered = add(segment.seq, -turn.dialect.syn_length), forgotten_answer(cookie, segment)
        turn.block = turn.block._replace(
            iss=cookie,
            irs=irs,
            rcv_nxt=segment.seq,
            snd_una=cookie,
            snd_nxt=segment.ack,
            snd_wl1=irs,
            flight=(answered,),
        )
        agree(turn, segment._replace(options=remembered_by_cookie(segment, turn.dialect)))
        receive_from(turn, segment.seq)
        turn.become(Cause.SYN)
        run(turn, segment, CHECKS)
        return None
    turn.check("listen.ack", True)
    turn.segments.append(reset_against(segment, 0))
    return None


def listen_third_check_syn(turn: Turn, segment: Segment) -> Segment | None:
    """A SYN makes an embryonic endpoint in SYN-RECEIVED and is answered <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>."""
    if not segment.syn or (segment.fin and not turn.dialect.data_on_syn):
        turn.check("listen.syn", False)
        return segment
    if finds_queue_full(turn, segment):
        return None
    crowded = turn.doors.syn is False or turn.dialect.syn_cookies == 2
    if crowded and turn.check("listen.syn-cookie", turn.dialect.syn_cookies > 0):
        expected = add(segment.seq, turn.dialect.syn_length)
        window, options = turn.dialect.receive_buffer, with_cookie(segment, turn.now, turn.dialect)
        turn.segments.append(Segment(turn.doors.cookie, expected, syn=True, window=window, options=options))
        return None
    if turn.doors.syn is not None and turn.check("listen.syn-queue-full", crowded):
        return None
    turn.check("listen.syn", True)
    take_syn(turn, segment, Cause.SYN)
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
    synchronize(turn, segment, snd_wl2=turn.block.iss if segment.ack is None else segment.ack)
    if turn.check("syn-sent.syn-ack", segment.ack is not None) and segment.ack is not None:
        if turn.block.unsent and turn.block.flight[0].tries == 1:
            turn.block = turn.block._replace(heard_at=turn.now)  # text that waits for the SYN,ACK answers it
        _text_of_syn_again(turn, segment.ack)
        accept_acknowledgment(turn, segment.ack)
        turn.become(Cause.SYN_ACK)
        start_keepalive(turn)
        flush(turn)
        if not turn.segments:
            acknowledge(turn)
        # "If there are other controls or text in the segment, then continue processing at the sixth step"
        text = segment._replace(seq=turn.block.rcv_nxt, syn=False)
        run(turn, text, (seventh_process_text, eighth_check_fin))
        return None
    turn.check("syn-sent.syn", True)
    turn.become(Cause.SYN)
    if turn.block.state is State.CLOSED:  # who believes that there is no simultaneous open refuses it
        turn.segments.append(Segment(turn.block.snd_nxt, turn.block.rcv_nxt, rst=True, window=0))
        turn.block = turn.block._replace(error="ECONNREFUSED")
        stop_timers(turn)
        return None
    transmit(turn, turn.block.flight[0])
    hold(turn, segment._replace(seq=turn.block.rcv_nxt))  # until ESTABLISHED
    return None


def _text_of_syn_again(turn: Turn, ack: int) -> None:
    """Text on our SYN that the SYN,ACK does not acknowledge is sent again at once (RFC 7413 §4.2.2)."""
    flight = turn.block.flight[0]
    if flight.length and ack == add(turn.block.iss, turn.dialect.syn_length):
        unsent = turn.block.unsent + flight.length
        turn.block = turn.block._replace(flight=(flight._replace(length=0),), snd_nxt=ack, unsent=unsent)


def syn_sent_fifth_neither(turn: Turn, _segment: Segment) -> Segment | None:
    """Neither SYN nor RST: dropped. A FIN is not looked at, for its sequence number cannot be judged."""
    turn.check("syn-sent.neither", True)
    return None


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
    State.SYN_RECEIVED: (check_request, *CHECKS),
    **dict.fromkeys(
        (
            State.ESTABLISHED,
            State.FIN_WAIT_1,
            State.FIN_WAIT_2,
            State.CLOSE_WAIT,
            State.CLOSING,
            State.LAST_ACK,
            State.TIME_WAIT,
        ),
        CHECKS,
    ),
}

# The mini sockets of Linux
MINI: dict[State, tuple[Step, ...]] = {State.FIN_WAIT_2: (mini_fin_wait_2,), State.TIME_WAIT: (mini_time_wait,)}
