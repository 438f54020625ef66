"""What may be believed: SEG.LEN, the acceptability test of a segment and of an acknowledgment (RFC 9293 §3.4)."""

from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.segment import Segment, add, distance, within


def segment_length(segment: Segment, dialect: Dialect) -> int:
    """SEG.LEN: the sequence numbers that a segment occupies, its SYN and FIN included."""
    return segment.length + segment.syn * dialect.syn_length + segment.fin * dialect.fin_length


def acceptable(block: Block, segment: Segment, length: int) -> bool:
    """The four cases of table 6; `length` is SEG.LEN."""
    end = add(block.rcv_nxt, block.rcv_wnd)
    if not length:
        return segment.seq == block.rcv_nxt if not block.rcv_wnd else within(block.rcv_nxt, segment.seq, end)
    last = add(segment.seq, length - 1)
    return within(block.rcv_nxt, segment.seq, end) or within(block.rcv_nxt, last, end)


def completes(segment: Segment, dialect: Dialect) -> bool:
    """Whether a segment that acknowledges our SYN,ACK may complete the handshake."""
    return dialect.third_carries or not (segment.length or segment.fin)


def acknowledges_something(block: Block, ack: int) -> bool:
    """SND.UNA < SEG.ACK =< SND.NXT; where what is under way takes no number, SND.UNA itself acknowledges it."""
    nothing = bool(block.flight) and block.snd_una == block.snd_nxt
    return -nothing < distance(block.snd_una, ack) <= distance(block.snd_una, block.snd_nxt)
