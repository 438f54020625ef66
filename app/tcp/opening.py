"""A SYN is taken: the embryonic endpoint that comes of it (§3.10.7.2 third), in LISTEN and in TIME-WAIT."""

from typing import Any

from app.tcp.acceptance import segment_length
from app.tcp.block import Block
from app.tcp.keepalive import start_keepalive
from app.tcp.options import agree
from app.tcp.output import open_with_syn, receive_from, reset_against
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.text import hold
from app.tcp.turn import Turn

WITHOUT_COOKIE = 0x200  # tcp_fastopen's bit: text on any SYN is believed
ISN_STEP = 65537  # how far beyond the old connection's numbers the new one's begin, as on Linux


def synchronize(turn: Turn, segment: Segment, **besides: Any) -> None:
    """Take the peer's ISN, first window and options from its SYN (§3.10.7.2 third, §3.10.7.3 fourth)."""
    number = add(segment.seq, turn.dialect.syn_length)
    turn.block = turn.block._replace(
        irs=segment.seq,
        rcv_nxt=number,
        snd_wnd=segment.window,
        max_snd_wnd=segment.window,
        snd_wl1=segment.seq,
        **besides,
    )
    agree(turn, segment)
    receive_from(turn, number)


def take_syn(turn: Turn, segment: Segment, cause: Cause) -> None:
    """Walk to SYN-RECEIVED and answer <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>."""
    synchronize(turn, segment, deferred=turn.doors.deferred)
    turn.become(cause)
    fast_open = turn.doors.fast_open
    if fast_open is not None:
        known = segment.options.cookie == fast_open or bool(turn.dialect.fast_open & WITHOUT_COOKIE)
        if segment.length and turn.check("listen.fast-open", known):
            turn.block = turn.block._replace(fast_open=True, unread=segment.length, heard_at=turn.now)
            receive_from(turn, add(turn.block.rcv_nxt, segment.length))
        elif segment.options.cookie is not None:
            turn.block = turn.block._replace(cookie=fast_open)
    open_with_syn(turn)
    if turn.dialect.data_on_syn and not turn.block.fast_open:
        hold(turn, segment._replace(seq=turn.block.rcv_nxt))  # until ESTABLISHED
    if turn.block.state is State.ESTABLISHED:  # as some believe it is already
        start_keepalive(turn)


def finds_queue_full(turn: Turn, segment: Segment) -> bool:
    """Whether the accept queue has no room for what this SYN asks for: it is dropped (Linux `tcp_conn_request`)."""
    full = turn.doors.accept is not None and turn.check("listen.accept-queue-full", not turn.doors.accept)
    refused = turn.dialect.refuse_on_overflow and (full or turn.doors.syn is False)
    if refused:
        turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
    return full or refused


def reopens(turn: Turn, segment: Segment) -> bool:
    """Whether a SYN in TIME-WAIT is a new connection's: beyond all old numbers, or newer (§3.6.1 MAY-2, RFC 6191)."""
    block, stamps = turn.block, segment.options.timestamps
    if not segment.syn or segment.ack is not None or segment.rst or not turn.doors.listening:
        return False
    newer = block.timestamps and stamps is not None and distance(block.ts_recent, stamps[0]) > 0
    return newer or distance(block.rcv_nxt, segment.seq) > 0


def reopen_time_wait(turn: Turn, segment: Segment) -> None:
    """TIME-WAIT gives way to a new connection, if its listener has room."""
    doors, old = turn.doors, turn.block
    if finds_queue_full(turn, segment):
        return
    if doors.syn is not None and turn.check("listen.syn-queue-full", not doors.syn):
        return
    turn.block = Block(turn.block.state, passive=True, iss=add(old.snd_nxt, ISN_STEP), wishes=old.wishes)
    take_syn(turn, segment, Cause.NEW_CONNECTION)
