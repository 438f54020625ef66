"""The seventh and eighth checks of SEGMENT ARRIVES: the segment's text and its FIN (RFC 9293 §3.10.7.4)."""

from app.tcp.acceptance import segment_length
from app.tcp.block import Held
from app.tcp.output import acknowledge, acknowledge_soon, finish, receive_window, reset_against
from app.tcp.segment import Segment, add, distance
from app.tcp.states import Cause, State
from app.tcp.turn import Turn

RECEIVING = (State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2)


def seventh_process_text(turn: Turn, segment: Segment) -> Segment | None:
    """Text in order goes to the user, text ahead of RCV.NXT is held; either is acknowledged."""
    block = turn.block
    if block.state not in RECEIVING:
        return segment if not turn.check("text.ignored", segment.length > 0) else None
    ahead = distance(block.rcv_nxt, segment.seq)
    fresh = max(segment.length + min(ahead, 0), 0)  # what lies before RCV.NXT has been received before
    if block.orphan and turn.check("text.after-close", turn.dialect.half_duplex_close and fresh > 0):
        turn.segments.append(reset_against(segment, segment_length(segment, turn.dialect)))
        finish(turn, Cause.DATA_AFTER_CLOSE)
        return None
    if ahead > 0 and (segment.length or segment.fin):
        turn.check("text.ahead" if segment.length else "fin.ahead", True)
        hold(turn, segment)
        acknowledge(turn)
        return None
    gap = bool(block.held)
    fin = deliver(turn, fresh, segment.fin)
    turn.fills_gap = gap
    if turn.check("text.in-order", distance(block.rcv_nxt, turn.block.rcv_nxt) > 0) and not fin:
        acknowledge(turn) if gap else acknowledge_soon(turn)
    return segment._replace(seq=turn.block.rcv_nxt, length=0, fin=fin)


def hold(turn: Turn, segment: Segment) -> None:
    """Keep text, or a FIN, that cannot be delivered yet (SHLD-31)."""
    block = turn.block
    room = distance(segment.seq, add(block.rcv_nxt, block.rcv_wnd))
    if room > 0 and (segment.length or segment.fin):
        fits = segment.length < room or not segment.fin
        queue = {*block.held, Held(segment.seq, min(segment.length, room), segment.fin and fits)}
        turn.block = block._replace(held=tuple(sorted(queue, key=lambda held: distance(block.rcv_nxt, held.seq))))


def deliver(turn: Turn, length: int, fin: bool) -> bool:
    """Move RCV.NXT over `length` bytes and whatever held text now follows; say whether a FIN comes next."""
    block = turn.block
    fin = fin and length < max(block.rcv_wnd, 1)
    length = min(length, block.rcv_wnd)
    nxt, unread, held = add(block.rcv_nxt, length), block.unread + length, list(block.held)
    while held and distance(held[0].seq, nxt) >= 0:
        ready = held.pop(0)
        fresh = max(ready.length - distance(ready.seq, nxt), 0)
        nxt, unread, fin = add(nxt, fresh), unread + fresh, fin or ready.fin
    turn.block = block._replace(
        rcv_nxt=nxt,
        rcv_wnd=receive_window(block, nxt, unread, turn.dialect),
        unread=unread,
        held=tuple(held),
        heard_at=block.heard_at if nxt == block.rcv_nxt else turn.now,
    )
    return fin


def eighth_check_fin(turn: Turn, segment: Segment) -> Segment | None:
    """A FIN in order: RCV.NXT moves over it, the user reads end of file, the state changes."""
    if not turn.check("fin.in-order", segment.fin) or turn.block.fin_received:
        return None
    block = turn.block
    turn.block = block._replace(rcv_nxt=add(block.rcv_nxt, turn.dialect.fin_length), fin_received=True)
    if block.state is State.FIN_WAIT_2 or (block.state is State.FIN_WAIT_1 and block.fin_acknowledged):
        finish(turn, Cause.FIN if block.state is State.FIN_WAIT_2 else Cause.FIN_AND_ACK_OF_FIN)
        acknowledge(turn)
        return None
    turn.become(Cause.FIN)
    # Only a FIN that leaves us something to say may wait for company; Linux acknowledges the others at once, too.
    closing = turn.block.state is State.CLOSE_WAIT
    patient = closing and not turn.fills_gap and turn.dialect.fin_ack_waits
    acknowledge_soon(turn) if patient else acknowledge(turn)
    if closing:
        _wait_for_close(turn)
    return None


def _wait_for_close(turn: Turn) -> None:
    """CLOSE-WAIT lasts until the user closes; but some believe that the kernel closes, at once or after a while."""
    if turn.dialect.fin_answers_fin:
        turn.block = turn.block._replace(fin_wanted=True)
        turn.become(Cause.CLOSE)
    elif turn.dialect.close_wait is not None:
        turn.block = turn.block._replace(close_wait_at=turn.now + turn.dialect.close_wait)
