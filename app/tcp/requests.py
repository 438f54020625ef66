"""What Linux asks first of a segment for a half-open connection, which it keeps as a "request", not as a socket.

`tcp_check_req` in net/ipv4/tcp_minisocks.c; the rest is §3.10.7.4 as anywhere.
"""

from app.tcp.output import reset_against, transmit
from app.tcp.segment import Segment
from app.tcp.turn import Turn


def check_request(turn: Turn, segment: Segment) -> Segment | None:
    """A repeated SYN is answered as the first one was; an acknowledgment must be of our SYN, wherever it stands."""
    block, dialect = turn.block, turn.dialect
    if not (block.passive and dialect.requests) or block.fast_open:
        return segment
    if turn.check("sequence.repeated-syn", segment.seq == block.irs and segment.letters == "S"):
        if block.challenged_at is None or turn.now - block.challenged_at >= dialect.challenge_interval:
            transmit(turn, block.flight[0])
            turn.block = turn.block._replace(retransmit_at=turn.now + block.rto, challenged_at=turn.now)
        return None
    bad = segment.ack not in (None, block.snd_nxt) and not segment.rst
    if segment.ack is not None and turn.check("ack.bad-in-syn-received", bad):
        turn.segments.append(reset_against(segment, 0))
        return None
    return segment
