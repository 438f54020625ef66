"""The options of a segment: what a SYN offers, what both SYNs agree on, what every other segment then carries.

MSS §3.7.1, window scale and timestamps RFC 7323, SACK RFC 2018 and 2883, Fast Open RFC 7413, and the two ECN bits
(RFC 3168 §6.1.1), which are negotiated likewise.
"""

from collections.abc import Iterable

from app.tcp.block import Block, Flight, Held
from app.tcp.dialect import MILLISECOND, Dialect
from app.tcp.segment import NO_OPTIONS, Options, Segment, add, distance
from app.tcp.turn import Turn

TIMESTAMPS_LENGTH = 12  # bytes of every segment that text then cannot have
WINDOW_BITS, MOST_SHIFT = 16, 14  # RFC 7323 §2.3
MOST_WINDOW = (1 << WINDOW_BITS) - 1
DEFAULT_MSS = 536  # §3.7.1 MUST-15: of a peer whose SYN does not say


def offered(block: Block, now: int, dialect: Dialect) -> Options:
    """What our SYN offers; our SYN,ACK only what the peer's SYN has offered, too."""
    first = block.irs is None
    return Options(
        mss=dialect.mss,
        wscale=own_shift(block, dialect) if first else block.wscale,
        sack_permitted=dialect.sack if first else block.sack,
        timestamps=(_clock(now), block.ts_recent) if (dialect.timestamps if first else block.timestamps) else None,
        cookie=block.cookie,
    )


def carried(block: Block, now: int, repeated: tuple[int, int] | None = None) -> Options:
    """What any later segment carries; `repeated` is text that has come twice (RFC 2883)."""
    if not (block.timestamps or block.held or repeated):
        return NO_OPTIONS
    sack = (*((repeated,) if repeated else ()), *edges(block.held)) if block.sack else ()
    return Options(timestamps=(_clock(now), block.ts_recent) if block.timestamps else None, sack=sack)


def own_shift(block: Block, dialect: Dialect) -> int | None:
    """The window scale that we offer: SO_RCVBUF bounds it, as much as that buffer needs (Linux, RFC 7323 §2.3)."""
    buffer = block.wishes.receive_buffer
    if dialect.wscale is None or buffer is None:
        return dialect.wscale
    return min(max(buffer.bit_length() - WINDOW_BITS, 0), MOST_SHIFT)


def offered_window(block: Block, segment: Segment) -> int:
    """SEG.WND << Snd.Wind.Shift, bytes: what 16 bits can say of the peer's window; a SYN's is not shifted (§2.3)."""
    shift = 0 if segment.syn else block.snd_wscale
    return min(segment.window >> shift, MOST_WINDOW) << shift


def _clock(now: int) -> int:
    return now // MILLISECOND


def edges(held: Iterable[Held]) -> tuple[tuple[int, int], ...]:
    """The left and right edges of what is held ahead of RCV.NXT, neighbours joined (RFC 2018 §3)."""
    joined: list[tuple[int, int]] = []
    for part in held:
        end = add(part.seq, part.length + part.fin)
        if joined and distance(joined[-1][1], part.seq) <= 0:
            joined[-1] = (joined[-1][0], end if distance(joined[-1][1], end) > 0 else joined[-1][1])
        else:
            joined.append((part.seq, end))
    return tuple(joined)


def agree(turn: Turn, segment: Segment) -> None:
    """The peer's SYN has come: use what both sides want."""
    offer, dialect = segment.options, turn.dialect
    mss = DEFAULT_MSS if offer.mss is None else offer.mss
    timestamps = dialect.timestamps and offer.timestamps is not None
    wscale = None if offer.wscale is None else own_shift(turn.block, dialect)
    turn.block = turn.block._replace(
        snd_mss=min(mss, dialect.mss) - TIMESTAMPS_LENGTH * timestamps,
        wscale=wscale,
        snd_wscale=0 if wscale is None else offer.wscale or 0,
        sack=dialect.sack and offer.sack_permitted,
        timestamps=timestamps,
        ts_recent=offer.timestamps[0] if offer.timestamps is not None else 0,
        ecn=segment.ece and bool(dialect.ecn) and (segment.cwr or segment.ack is not None),
    )


def with_cookie(segment: Segment, now: int, dialect: Dialect) -> Options:
    """What a SYN,ACK offers whose number is a SYN cookie: without timestamps, little can be remembered."""
    stamps = segment.options.timestamps
    if stamps is None or not dialect.timestamps:
        return Options(mss=dialect.mss)
    sack = dialect.sack and segment.options.sack_permitted
    wscale = None if segment.options.wscale is None else dialect.wscale
    return Options(mss=dialect.mss, wscale=wscale, sack_permitted=sack, timestamps=(_clock(now), stamps[0]))


def remembered_by_cookie(segment: Segment, dialect: Dialect) -> Options:
    """What the SYN offered, from the acknowledgment of a cookie: the cookie holds its MSS, TSecr the rest."""
    stamps = segment.options.timestamps
    if stamps is None:
        return Options(mss=dialect.mss)
    return Options(mss=dialect.mss, wscale=dialect.wscale, sack_permitted=dialect.sack, timestamps=stamps)


def forgotten_answer(cookie: int, segment: Segment) -> Flight:
    """The SYN,ACK that this acknowledges; only TSecr can tell when it left, so without it no round trip is measured."""
    stamps = segment.options.timestamps
    sent_at = 0 if stamps is None else stamps[1] * MILLISECOND
    return Flight(cookie, length=0, syn=True, fin=False, psh=False, sent_at=sent_at, tries=2)


def old_stamp(block: Block, segment: Segment) -> bool:
    """PAWS: whether its timestamp is older than the last that was believed (RFC 7323 §5.2)."""
    stamps = segment.options.timestamps
    return block.timestamps and stamps is not None and distance(block.ts_recent, stamps[0]) < 0


def remember_stamp(turn: Turn, segment: Segment) -> None:
    """TS.Recent <- SEG.TSval of a segment that begins no later than what has been acknowledged (RFC 7323 §4.3)."""
    block, stamps = turn.block, segment.options.timestamps
    if stamps is not None and block.timestamps and distance(segment.seq, block.rcv_nxt) >= 0:
        turn.block = block._replace(ts_recent=stamps[0])
