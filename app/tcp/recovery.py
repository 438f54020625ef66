"""Losses: how duplicate acknowledgments tell of one, and what is then sent again.

RFC 5681 §3.2 (three duplicates), RFC 6582 (partial acknowledgments), RFC 2018 and 6675 (what the peer holds already),
RFC 8985 §6 (a quarter of the round trip will do instead of three). Congestion control is left out: all that is lost is
sent again at once, but after a time-out two segments for each acknowledgment, as slow start would have it.
"""

from app.tcp.acknowledgments import end_of
from app.tcp.block import Block, Flight
from app.tcp.output import transmit
from app.tcp.segment import Segment, distance
from app.tcp.turn import Turn

SLOW_START = 2  # segments


def learn_of_losses(turn: Turn, segment: Segment, *, new: bool) -> None:
    """Look at an acknowledgment for news of a loss; `new` says that it moved SND.UNA."""
    block, dialect = turn.block, turn.dialect
    if not block.flight or (not segment.window and not new):
        return
    if segment.options.sack:
        _mark_held(turn, segment.options.sack)
        block = turn.block
    if new:
        if block.recover is not None:
            _repair(turn, SLOW_START if block.all_lost or not block.sack else len(block.flight))
        return
    bare = not (segment.length or segment.fin) and segment.ack == block.snd_una
    if bare and segment.window == block.snd_wnd:
        turn.block = block = block._replace(duplicates=block.duplicates + 1)
    held = sum(flight.sacked for flight in block.flight)
    if block.recover is not None or not (held or block.duplicates):
        return
    if turn.check("ack.duplicates", max(held, block.duplicates) >= dialect.duplicates):
        begin_recovery(turn)
        _repair(turn, len(block.flight) if block.sack else 1)
    elif dialect.reordering and block.srtt is not None and held and not block.flight[0].sacked:
        turn.block = block._replace(retransmit_at=turn.now + block.srtt // 4, retransmit_timer="reordering")


def begin_recovery(turn: Turn, *, all_lost: bool = False) -> None:
    """Until all that has been sent is acknowledged, what is found lost is repaired (RFC 6582 §3.2)."""
    turn.block = turn.block._replace(recover=turn.block.snd_nxt, recovery_at=turn.now, all_lost=all_lost)


def reorder_timeout(turn: Turn) -> None:
    """What was sent before something that has arrived is lost by now (RFC 8985 §6.3)."""
    begin_recovery(turn)
    _repair(turn, len(turn.block.flight))


def _mark_held(turn: Turn, sack: tuple[tuple[int, int], ...]) -> None:
    """Remember which segments the peer holds; a duplicate that it reports lies below SND.UNA (RFC 2883)."""
    block = turn.block
    news = [edge for edge in sack if distance(block.snd_una, edge[1]) > 0]
    if news:
        held = (flight.sacked or any(_covers(edge, flight, turn) for edge in news) for flight in block.flight)
        marked = zip(block.flight, held, strict=True)
        flight = tuple(one if one.sacked is is_held else one._replace(sacked=is_held) for one, is_held in marked)
        turn.block = block._replace(flight=flight)


def _covers(edge: tuple[int, int], flight: Flight, turn: Turn) -> bool:
    left, right = edge
    return distance(left, flight.seq) >= 0 and distance(end_of(flight, turn.dialect), right) >= 0


def _repair(turn: Turn, most: int) -> None:
    """Send again what is lost and has not been sent again yet: below what the peer holds, after a time-out all."""
    block = turn.block
    last = max((i for i, flight in enumerate(block.flight) if flight.sacked), default=0)
    for _ in range(most):
        queue = enumerate(turn.block.flight)
        index = next((i for i, flight in queue if (block.all_lost or i <= last) and _lost(block, flight)), None)
        if index is None:
            return
        transmit_again(turn, index)
        turn.block = turn.block._replace(retransmit_at=turn.now + block.rto, retransmit_timer="retransmission")


def _lost(block: Block, flight: Flight) -> bool:
    """Whether the peer lacks that segment, and it has not been sent again since the loss was found."""
    return not flight.sacked and flight.sent_at < block.recovery_at


def transmit_again(turn: Turn, index: int) -> None:
    """Retransmit that segment of the queue, and count it; it takes its small neighbours along where they merge."""
    queue = list(turn.block.flight)
    first = queue[index]
    if first.syn and first.length:  # RFC 7413 §4.2.1: the text waits for the handshake; an ordinary SYN is tried
        unsent, first = turn.block.unsent + first.length, first._replace(length=0)
        turn.block = turn.block._replace(unsent=unsent, snd_nxt=end_of(first, turn.dialect), cookie=None)
    after = index + 1
    while turn.dialect.merges and not first.syn and not first.fin and after < len(queue):
        extra = queue[after]
        if extra.sacked or first.length + extra.length > turn.block.snd_mss:
            break
        first = first._replace(length=first.length + extra.length, fin=extra.fin, psh=extra.psh)
        after += 1
    first = first._replace(sent_at=turn.now, tries=first.tries + 1)
    turn.block = turn.block._replace(flight=(*queue[:index], first, *queue[after:]))
    transmit(turn, first)
