"""What leaves an endpoint: acknowledgments, text, FIN and RST, and the timers that sending sets (§3.8, RFC 6298)."""

from app.tcp.block import Block, Flight
from app.tcp.dialect import Dialect
from app.tcp.segment import Segment, add, distance
from app.tcp.states import State
from app.tcp.turn import Turn

SENDING = (State.ESTABLISHED, State.CLOSE_WAIT, State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)


def acknowledge(turn: Turn) -> None:
    """<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, at once."""
    block = turn.block
    turn.segments.append(Segment(block.snd_nxt, block.rcv_nxt, window=block.rcv_wnd))
    turn.block = block._replace(acknowledge_at=None)


def acknowledge_soon(turn: Turn) -> None:
    """Owe the peer an acknowledgment of text or FIN: now, or delayed for company as the dialect has it (§3.8.6.3)."""
    block, dialect = turn.block, turn.dialect
    # Linux acknowledges the text of a young connection at once, its FIN only while no text has come (measured, 6.18).
    at_once = dialect.quick_ack and not (block.heard_at is not None if block.fin_received else block.dialogue)
    if not dialect.ack_delay or at_once or block.acknowledge_at is not None:
        acknowledge(turn)
    else:
        turn.block = block._replace(acknowledge_at=turn.now + dialect.ack_delay)


def receive_from(turn: Turn, number: int) -> None:
    """RCV.NXT, and the window that is offered from there."""
    turn.block = turn.block._replace(rcv_nxt=number)
    receive_window(turn)


def receive_window(turn: Turn) -> None:
    """RCV.WND: the room for what the user has not read (§3.8.6)."""
    block = turn.block
    turn.block = block._replace(rcv_wnd=max(turn.dialect.receive_buffer - block.unread, 0))


def open_with_syn(turn: Turn) -> None:
    """Send our SYN, with an acknowledgment if the peer's has come (§3.10.1, §3.10.7.2)."""
    block = turn.block
    turn.block = block._replace(snd_una=block.iss, snd_nxt=block.iss, rto=turn.dialect.rto_initial)
    receive_window(turn)
    launch(turn, Flight(block.iss, 0, True, False, False, turn.now, 1))


def challenge(turn: Turn, segment: Segment) -> None:
    """Answer an unacceptable segment with an acknowledgment, no more often than the dialect allows (RFC 5961 §7).

    Text and FIN are always answered: their sender is waiting for an acknowledgment.
    """
    block = turn.block
    waits = segment.syn or not (segment.length or segment.fin)
    if waits and block.challenged_at is not None and turn.now - block.challenged_at < turn.dialect.challenge_interval:
        return
    acknowledge(turn)
    turn.block = turn.block._replace(challenged_at=turn.now if waits else block.challenged_at)


def started(block: Block, now: int, dialect: Dialect) -> Block:
    """With the retransmission timer running: for the tail loss probe where the dialect has one, else for the RTO."""
    if dialect.tail_loss_probe is None or block.srtt is None:
        return block._replace(retransmit_at=now + block.rto, probing=False)
    return block._replace(retransmit_at=now + min(2 * block.srtt + dialect.tail_loss_probe, block.rto), probing=True)


def launch(turn: Turn, flight: Flight) -> None:
    """Put a segment that occupies sequence space on the wire, and on the retransmission queue."""
    block, dialect = turn.block, turn.dialect
    transmit(turn, flight)
    size = flight.length + flight.syn * dialect.syn_length + flight.fin * dialect.fin_length
    turn.block = turn.block._replace(
        snd_nxt=add(flight.seq, size),
        flight=(*block.flight, flight),
        waiting_since=block.waiting_since if block.flight else turn.now,
    )
    if block.retransmit_at is None:
        turn.block = started(turn.block, turn.now, dialect)


def transmit(turn: Turn, flight: Flight) -> None:
    """Put a segment of the retransmission queue on the wire, with today's acknowledgment (§3.10.8: same SEQ)."""
    block = turn.block
    ack = None if block.irs is None else block.rcv_nxt
    turn.segments.append(
        Segment(
            flight.seq, ack, syn=flight.syn, fin=flight.fin, psh=flight.psh, length=flight.length, window=block.rcv_wnd
        )
    )
    turn.block = block._replace(acknowledge_at=None)


def flush(turn: Turn) -> None:
    """Send what the user gave, as far as the peer's window goes, and the FIN behind it (§3.10.2, §3.10.4)."""
    block, dialect = turn.block, turn.dialect
    if block.state not in SENDING:
        return
    while (room := min(dialect.mss, block.unsent, block.snd_wnd - distance(block.snd_una, block.snd_nxt))) > 0:
        rest = block.unsent - room
        fin = block.fin_wanted and not rest
        answers = block.heard_at is not None and turn.now - block.heard_at <= dialect.ack_delay
        turn.block = block._replace(
            unsent=rest,
            dialogue=block.dialogue or answers,
            fin_seq=add(block.snd_nxt, room) if fin else block.fin_seq,
        )
        launch(turn, Flight(block.snd_nxt, room, False, fin, not rest, turn.now, 1))
        block = turn.block
    if block.fin_wanted and block.fin_seq is None and not block.unsent:
        turn.block = block._replace(fin_seq=block.snd_nxt)
        launch(turn, Flight(block.snd_nxt, 0, False, True, False, turn.now, 1))


def reset(turn: Turn) -> None:
    """<SEQ=SND.NXT><CTL=RST>, the reset of an ABORT (§3.10.5); the dialect may add an acknowledgment."""
    block = turn.block
    ack = block.rcv_nxt if turn.dialect.abort_carries_ack and block.irs is not None else None
    turn.segments.append(Segment(block.snd_nxt, ack, rst=True, window=0))


def reset_against(segment: Segment, length: int) -> Segment:
    """The reset that answers `segment` where no connection stands (§3.5.2 group 1); `length` is its SEG.LEN."""
    if segment.ack is not None:
        return Segment(segment.ack, rst=True, window=0)
    return Segment(0, add(segment.seq, length), rst=True, window=0)


def stop_timers(turn: Turn) -> None:
    """Nothing is left to repeat or to acknowledge."""
    turn.block = turn.block._replace(
        flight=(), unsent=0, retransmit_at=None, acknowledge_at=None, time_wait_at=None, orphan_at=None
    )


def start_time_wait(turn: Turn) -> None:
    """Start the 2 MSL timer and turn off the others (§3.10.7.4 eighth)."""
    stop_timers(turn)
    turn.block = turn.block._replace(time_wait_at=turn.now + turn.dialect.time_wait)
