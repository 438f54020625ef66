"""What leaves an endpoint: acknowledgments, text, FIN and RST, and the timers that sending sets (§3.8, RFC 6298)."""

from app.tcp.block import Block, Flight
from app.tcp.dialect import MILLISECOND, Dialect
from app.tcp.options import carried, offered
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.turn import Turn

SENDING = (State.ESTABLISHED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)
TIMER_TICK = 8 * MILLISECOND  # RFC 8985 §7.2's probe time-out when more than one segment is under way, as on Linux


def acknowledge(turn: Turn, repeated: tuple[int, int] | None = None) -> None:
    """<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, at once; `repeated` is text that has come twice (RFC 2883)."""
    block = turn.block
    options = carried(block, turn.now, repeated)
    turn.segments.append(Segment(block.snd_nxt, block.rcv_nxt, window=block.rcv_wnd, options=options))
    if block.acknowledge_at is not None:
        turn.block = block._replace(acknowledge_at=None)
    if block.ack_repeats < turn.dialect.ack_repeats and block.retransmit_at is None and _is_last_word(turn):
        again = turn.now + (block.rto << block.ack_repeats)
        turn.block = turn.block._replace(
            ack_repeats=block.ack_repeats + 1, retransmit_at=again, retransmit_timer="retransmission"
        )


def _is_last_word(turn: Turn) -> bool:
    """Whether an acknowledgment is that of a SYN,ACK or a FIN, which nothing answers; or of one that is repeated."""
    opened = any(change.cause is Cause.SYN_ACK for change in turn.changes)
    return opened or turn.block.ack_repeats > 0 or turn.block.state in (State.CLOSE_WAIT, State.TIME_WAIT)


def acknowledge_soon(turn: Turn) -> None:
    """Owe the peer an acknowledgment of text or FIN: now, or delayed for company as the dialect has it (§3.8.6.3)."""
    block, dialect = turn.block, turn.dialect
    # Linux acknowledges the text of a young connection at once, a FIN before any text a tick later (measured, 6.18).
    wait = dialect.ack_delay
    if dialect.quick_ack and block.fin_received and block.heard_at is None:
        wait = dialect.tick
    elif dialect.quick_ack and not block.fin_received and not block.dialogue:
        wait = 0
    if not wait or block.acknowledge_at is not None:
        acknowledge(turn)
    else:
        turn.block = block._replace(acknowledge_at=turn.now + wait)


def receive_from(turn: Turn, number: int) -> None:
    """RCV.NXT, and the window that is offered from there."""
    window = receive_window(turn.block, number, turn.block.unread, turn.dialect)
    turn.block = turn.block._replace(rcv_nxt=number, rcv_wnd=window)


def receive_window(block: Block, number: int, unread: int, dialect: Dialect) -> int:
    """RCV.WND from `number` on: the room for what the user has not read (§3.8.6).

    What has been offered is not taken back, though the buffer be made smaller (§3.8.6, SHLD-14; `tcp_select_window`).
    No silly window is offered anew (§3.8.6.2.2, MUST-39): then it is what is left of the one that was.
    """
    buffer = dialect.receive_buffer if block.wishes.receive_buffer is None else block.wishes.receive_buffer
    room, left = buffer - unread, max(block.rcv_wnd - distance(block.rcv_nxt, number), 0)
    return max(room, left) if room >= min(buffer // 2, dialect.mss) else left


def is_shut(block: Block) -> bool:
    """Whether the window that is offered is 0 in the header, where it may be shifted (RFC 7323 §2.3)."""
    return not block.rcv_wnd >> (block.wscale or 0)


def open_with_syn(turn: Turn, text: int = 0) -> None:
    """Send our SYN, with an acknowledgment if the peer's has come, and with `text` bytes (§3.10.1, §3.10.7.2)."""
    block = turn.block
    window = receive_window(block, block.rcv_nxt, block.unread, turn.dialect)
    turn.block = block._replace(snd_una=block.iss, snd_nxt=block.iss, rto=turn.dialect.rto_initial, rcv_wnd=window)
    launch(turn, Flight(block.iss, text, True, False, False, turn.now, 1))


def challenge(turn: Turn) -> None:
    """A challenge ACK, no more often than the dialect allows (RFC 5961 §7)."""
    challenged_at = turn.block.challenged_at
    if challenged_at is None or turn.now - challenged_at >= turn.dialect.challenge_interval:
        acknowledge(turn)
        turn.block = turn.block._replace(challenged_at=turn.now)


def answer_unacceptable(turn: Turn, segment: Segment) -> None:
    """As a challenge; but text and FIN are always answered: their sender is waiting for an acknowledgment.

    Where old text comes again acknowledgments have been lost, so the next ones go at once (Linux, `tcp_send_dupack`).
    """
    turn.block = turn.block._replace(dialogue=turn.block.dialogue and not segment.length)
    if segment.syn or not (segment.length or segment.fin):
        challenge(turn)
    else:
        acknowledge(turn)


def started(block: Block, now: int, dialect: Dialect) -> Block:
    """With the retransmission timer running."""
    at, timer = first_timeout(block, len(block.flight), now, dialect)
    return block._replace(retransmit_at=at, retransmit_timer=timer)


def first_timeout(block: Block, under_way: int, now: int, dialect: Dialect) -> tuple[int, str]:
    """When so many segments are waited for no longer: for the tail loss probe where there is one, else for the RTO."""
    unprobed = block.recover is None and not block.retries
    if dialect.tail_loss_probe is None or block.srtt is None or not block.sack or not unprobed:
        return now + block.rto, "retransmission"
    wait = 2 * block.srtt + (dialect.tail_loss_probe if under_way == 1 else TIMER_TICK)
    return now + min(wait, block.rto), "tail-loss-probe"


def launch(turn: Turn, flight: Flight) -> None:
    """Put a segment that occupies sequence space on the wire, and on the retransmission queue.

    The text of a SYN was not among what is unsent; that of any other is so no longer.
    """
    block, now, dialect = turn.block, turn.now, turn.dialect
    turn.segments.append(_segment(block, flight, now, dialect))
    size = flight.length + flight.syn * dialect.syn_length + flight.fin * dialect.fin_length
    first = not block.flight
    at, timer = block.retransmit_at, block.retransmit_timer
    if first or at is None or timer in ("tail-loss-probe", "window-probe"):
        at, timer = first_timeout(block, len(block.flight) + 1, now, dialect)
    timeout = block.wishes.user_timeout
    patient = timeout is None or not first or dialect.patience_from_first_retry
    turn.block = block._replace(
        acknowledge_at=None,
        ack_repeats=0,
        snd_nxt=add(flight.seq, size),
        unsent=block.unsent if flight.syn else block.unsent - flight.length,
        fin_seq=add(flight.seq, flight.length) if flight.fin else block.fin_seq,
        flight=(*block.flight, flight),
        waiting_since=now if first else block.waiting_since,
        user_timeout_at=block.user_timeout_at if patient or timeout is None else now + timeout,
        retransmit_at=at,
        retransmit_timer=timer,
    )


def transmit(turn: Turn, flight: Flight) -> None:
    """Put a segment of the retransmission queue on the wire, with today's acknowledgment (§3.10.8: same SEQ)."""
    turn.segments.append(_segment(turn.block, flight, turn.now, turn.dialect))
    turn.block = turn.block._replace(acknowledge_at=None, ack_repeats=0)


def _segment(block: Block, flight: Flight, now: int, dialect: Dialect) -> Segment:
    ack = None if block.irs is None else block.rcv_nxt
    asks = flight.syn and ack is None and dialect.ecn == 1 and flight.tries == 1
    return Segment(
        flight.seq,
        ack,
        syn=flight.syn,
        fin=flight.fin,
        psh=flight.psh,
        length=flight.length,
        window=block.rcv_wnd,
        ece=asks or (flight.syn and block.ecn),
        cwr=asks,
        options=offered(block, now, dialect) if flight.syn else carried(block, now),
    )


def flush(turn: Turn) -> None:
    """Send what the user gave, as far as the peer's window goes, and the FIN behind it (§3.10.2, §3.10.4)."""
    block, dialect = turn.block, turn.dialect
    if block.state not in SENDING and not (block.state is State.SYN_RECEIVED and block.fast_open):
        return
    while block.unsent and (room := min(block.snd_mss, block.unsent, usable_window(block))) > 0:
        rest = block.unsent - room
        fin = block.fin_wanted and not rest
        if room < block.snd_mss and not fin and _nagle_holds(block, dialect):
            break
        answers = block.heard_at is not None and turn.now - block.heard_at <= dialect.ack_delay
        if answers and not block.dialogue:
            turn.block = block._replace(dialogue=True)
        launch(turn, Flight(block.snd_nxt, room, False, fin, not rest, turn.now, 1))
        block = turn.block
    if block.fin_wanted and block.fin_seq is None and not block.unsent:
        launch(turn, Flight(block.snd_nxt, 0, False, True, False, turn.now, 1))
    elif block.unsent and block.retransmit_at is None:
        turn.block = block._replace(retransmit_at=turn.now + block.rto, retransmit_timer="window-probe")


def usable_window(block: Block) -> int:
    """How much more the peer's window lets us send (§3.8.6.2.1: SND.UNA + SND.WND - SND.NXT)."""
    return block.snd_wnd - distance(block.snd_una, block.snd_nxt)


def _nagle_holds(block: Block, dialect: Dialect) -> bool:
    """Whether a small segment waits for one that is under way (§3.7.4)."""
    if not block.flight or not dialect.nagle or block.wishes.nodelay:
        return False
    return any(flight.length < block.snd_mss or not dialect.minshall for flight in block.flight if not flight.syn)


def reset(turn: Turn) -> None:
    """<SEQ=SND.NXT><CTL=RST>, the reset of an ABORT (§3.10.5); the dialect may add an acknowledgment.

    It carries window and timestamps like any other segment (measured on Linux; the standard says nothing of them).
    """
    block = turn.block
    ack = block.rcv_nxt if turn.dialect.abort_carries_ack and block.irs is not None else None
    options = carried(block, turn.now)
    turn.segments.append(Segment(block.snd_nxt, ack, rst=True, window=block.rcv_wnd, options=options))


def reset_against(segment: Segment, length: int) -> Segment:
    """The reset that answers `segment` where no connection stands (§3.5.2 group 1); `length` is its SEG.LEN."""
    if segment.ack is not None:
        return Segment(segment.ack, rst=True, window=0)
    return Segment(0, add(segment.seq, length), rst=True, window=0)


def stop_timers(turn: Turn) -> None:
    """Nothing is left to repeat or to acknowledge."""
    turn.block = turn.block._replace(
        flight=(),
        unsent=0,
        recover=None,
        retransmit_at=None,
        retransmit_timer="retransmission",
        acknowledge_at=None,
        time_wait_at=None,
        orphan_at=None,
        close_wait_at=None,
        keepalive_at=None,
        user_timeout_at=None,
    )


def start_time_wait(turn: Turn) -> None:
    """Start the 2 MSL timer, or restart it, and turn off the others (§3.10.7.4 eighth)."""
    running, dialect = turn.block.time_wait_at, turn.dialect
    stop_timers(turn)
    anew = running is None or dialect.time_wait_restarts
    turn.block = turn.block._replace(time_wait_at=turn.now + dialect.two_msl if anew else running)


def finish(turn: Turn, cause: Cause) -> None:
    """Walk an arc that ends the connection, to CLOSED or to TIME-WAIT."""
    turn.become(cause)
    if turn.block.state is State.TIME_WAIT:
        start_time_wait(turn)
    else:
        stop_timers(turn)


def start_orphan_timer(turn: Turn) -> None:
    """FIN-WAIT-2 after close() waits no longer than the dialect, or TCP_LINGER2, says."""
    block, dialect = turn.block, turn.dialect
    wait = dialect.orphan_fin_wait_2 if block.wishes.linger2 is None else block.wishes.linger2
    if dialect.orphan_fin_wait_2 is not None and wait is not None:
        turn.block = block._replace(orphan_at=turn.now + wait)
