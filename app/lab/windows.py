"""Where the window that a segment offers came from: the receive buffer, and what lies in it unread (§3.8.6)."""

from app.lab.circumstances import Circumstance, ends
from app.lab.origin import Origin, Scale, origin
from app.tcp.block import Block
from app.tcp.segment import add, distance

SCALE = Scale(0)


def window(at: Circumstance) -> Origin:
    """Of the window that is offered."""
    segment = at.sent.segment
    if segment.rst and at.answers is not None:
        return origin("window.reset", "linux tcp_v4_send_reset", SCALE, 0)
    blocks = [block for block in (at.after, at.before) if block is not None]
    for block in blocks:
        if block.rcv_wnd == segment.window:
            buffer = _buffer(at, block)
            room = buffer - block.unread
            if block.rcv_wnd < room < min(buffer // 2, at.dialect.mss):
                return origin("window.kept", "3.8.6.2.2", SCALE, block.rcv_wnd, room=room)
            if room < block.rcv_wnd:
                return origin("window.offered", "3.8.6", SCALE, block.rcv_wnd, room=max(room, 0))
            return _said("unread", buffer, buffer - block.rcv_wnd)
    unread = _taken(at)
    buffers = {
        _buffer(at, block) for block in blocks or (None,)
    }  # None: it came and went now, or a cookie stands for it
    for buffer in sorted(buffers):
        if max(buffer - unread, 0) == segment.window:
            return _said("taken", buffer, unread)
    return origin("window.room", "3.8.6", SCALE, None)


def _said(kind: str, buffer: int, unread: int) -> Origin:
    """The buffer less what is unread; a shrunken buffer may hold more than it has room for."""
    if unread <= 0:
        return origin("window.empty", "3.8.6", SCALE, buffer - unread, buffer=buffer - unread)
    return origin(f"window.{kind}", "3.8.6", SCALE, max(buffer - unread, 0), buffer=buffer, unread=unread)


def _buffer(at: Circumstance, block: Block | None) -> int:
    wished = None if block is None else block.wishes.receive_buffer
    return at.dialect.receive_buffer if wished is None else wished


def _taken(at: Circumstance) -> int:
    """What lay unread when the segment left, if nobody read since the instant began: what ACK took in is new."""
    ack, before = at.sent.segment.ack, at.before
    syns = [at.trace.segments[arrived.name].segment for arrived in at.heard]
    syn = next((segment for segment in reversed(syns) if segment.syn), None)
    if ack is None or syn is None:
        return 0
    ack = add(ack, -at.dialect.written_ack)
    kept = before if before is not None and before.irs is not None else None
    start = add(syn.seq, at.dialect.syn_length) if kept is None else kept.rcv_nxt
    fin = not (kept and kept.fin_received) and any(
        ends(at, at.trace.segments[arrived.name]).get(ack, "").startswith("fin") for arrived in at.heard
    )
    return (kept.unread if kept else 0) + distance(start, ack) - fin * at.dialect.fin_length
