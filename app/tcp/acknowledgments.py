"""A new acknowledgment: what it takes off the retransmission queue, and what it says about the path (RFC 6298)."""

from app.tcp.block import Block, Flight
from app.tcp.dialect import Dialect
from app.tcp.options import offered_window
from app.tcp.output import started, usable_window
from app.tcp.segment import Segment, add, before, distance
from app.tcp.turn import Turn


def accept_acknowledgment(turn: Turn, ack: int) -> None:
    """SND.UNA <- SEG.ACK; take what it covers off the queue, measure the round trip, restart the timer (§3.10.7.4)."""
    block, dialect = turn.block, turn.dialect
    done = [flight for flight in block.flight if distance(end_of(flight, dialect), ack) >= 0]
    left = tuple(_trimmed(flight, ack) for flight in block.flight[len(done) :])
    timely = [flight.sent_at for flight in done if flight.tries == 1 or block.timestamps]
    timeout = block.wishes.user_timeout
    patient = timeout is None or dialect.patience_from_first_retry or not left
    srtt, rttvar, rto = block.srtt, block.rttvar, block.rto
    if timely:
        srtt, rttvar, rto = measured(block, turn.now - timely[-1], dialect)
    elif any(flight.syn for flight in done):
        rto = dialect.rto_after_syn_loss
    block = block._replace(
        snd_una=ack,
        flight=left,
        srtt=srtt,
        rttvar=rttvar,
        rto=rto,
        retries=0,
        probes=0,
        duplicates=0,
        recover=block.recover if block.recover is not None and before(ack, block.recover) else None,
        waiting_since=turn.now,
        user_timeout_at=None if patient or timeout is None else turn.now + timeout,
        retransmit_at=None,
    )
    turn.block = started(block, turn.now, dialect) if left else block


def update_window(turn: Turn, segment: Segment) -> None:
    """Take SND.WND from a segment that is not older than the one it was last taken from (§3.10.7.4 fifth)."""
    block, ack = turn.block, segment.ack
    if ack is None or distance(block.snd_una, ack) < 0:
        return
    if before(block.snd_wl1, segment.seq) or (block.snd_wl1 == segment.seq and distance(block.snd_wl2, ack) >= 0):
        window = offered_window(block, segment)
        turn.block = block._replace(
            snd_wnd=window,
            max_snd_wnd=max(block.max_snd_wnd, window),
            snd_wl1=segment.seq,
            snd_wl2=ack,
        )
    block = turn.block
    if block.retransmit_timer == "window-probe" and block.retransmit_at is not None:
        open_again = usable_window(block) > 0
        turn.block = block._replace(
            probes=0,
            retries=0 if open_again else block.retries,
            waiting_since=turn.now,
            retransmit_at=None if open_again else turn.now + probe_interval(block, turn.dialect),
        )
    elif not block.snd_wnd:
        turn.block = block._replace(waiting_since=turn.now)  # §3.8.6.1 MUST-37: who answers probes is not given up


def probe_interval(block: Block, dialect: Dialect) -> int:
    """How long to wait before the next probe of a closed window, µs (§3.8.6.1 SHLD-29, SHLD-30)."""
    return min(block.rto << block.retries, dialect.rto_max)


def end_of(flight: Flight, dialect: Dialect) -> int:
    """The number after the last one that this segment occupies."""
    return add(flight.seq, flight.length + flight.syn * dialect.syn_length + flight.fin * dialect.fin_length)


def _trimmed(flight: Flight, ack: int) -> Flight:
    """What is still to be acknowledged of a segment that `ack` covers in part."""
    covered = distance(flight.seq, ack)
    if covered <= 0:
        return flight
    return flight._replace(seq=ack, syn=False, length=flight.length - covered + flight.syn)


def measured(block: Block, round_trip: int, dialect: Dialect) -> tuple[int, int, int]:
    """SRTT, RTTVAR and RTO (µs) after one measurement of the round-trip time, in µs (RFC 6298 2.2 and 2.3)."""
    if block.srtt is None:
        srtt, rttvar = round_trip, round_trip // 2
    else:
        rttvar = (3 * block.rttvar + abs(block.srtt - round_trip)) // 4
        srtt = (7 * block.srtt + round_trip) // 8
    rto = srtt + max(dialect.rto_variance_min, 4 * rttvar)
    return srtt, rttvar, min(max(rto, dialect.rto_min), dialect.rto_max)
