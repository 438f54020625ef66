"""How long, how often, and when it is enough: RFC 6298, §3.8.3, and what Linux makes of them."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tcp import calls
from app.tcp.acknowledgments import measured
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.dialect import LINUX, RFC, Dialect
from app.tcp.segment import Options, Segment
from app.tcp.states import State
from app.tcp.timeouts import expire, next_expiry

SECOND, MS = 1_000_000, 1_000


def lived(block: Block, dialect: Dialect) -> Iterator[tuple[int, str]]:
    """What an endpoint does when nothing ever comes any more: (µs, segment letters or the state that it ends in)."""
    while (expiry := next_expiry(block)) is not None:
        outcome = expire(block, expiry.timer, expiry.at, dialect)
        yield from ((expiry.at, segment.letters) for segment in outcome.segments)
        yield from ((expiry.at, change.after.value) for change in outcome.changes)
        block = outcome.block


OFFER = Options(mss=1460, sack_permitted=True, timestamps=(1, 0))


def seconds(*times: float) -> list[int]:
    return [round(time * SECOND) for time in times]


def syn_sent(dialect: Dialect) -> Block:
    return calls.open_active(300, 0, dialect).block


def syn_received(dialect: Dialect) -> Block:
    return segment_arrives(
        calls.open_passive(300, 0, dialect).block, Segment(100, syn=True, options=OFFER), 0, dialect
    ).block


def established(dialect: Dialect, round_trip: int) -> Block:
    return segment_arrives(syn_sent(dialect), Segment(100, 301, syn=True, options=OFFER), round_trip, dialect).block


@pytest.mark.parametrize(
    ("dialect", "opened", "letters", "times", "end"),
    [
        (LINUX, syn_sent, "S", (1, 2, 3, 4, 5, 7, 11, 19, 35, 67), (131, "CLOSED")),
        (LINUX._replace(syn_linear_timeouts=0), syn_sent, "S", (1, 3, 7, 15, 31, 63), (127, "CLOSED")),
        (RFC, syn_sent, "S", (1, 3, 7, 15, 31, 63, 123), (183, "CLOSED")),  # RTO at most 60 s, R2 at least 180 s
        (LINUX, syn_received, "S.", (1, 3, 7, 15, 31), (63, "CLOSED")),
        (RFC, syn_received, "S.", (1, 3, 7, 15, 31, 63, 123), (183, "CLOSED")),
    ],
    ids=["linux SYN", "linux SYN, no linear time-outs", "rfc SYN", "linux SYN-ACK", "rfc SYN-ACK"],
)
def test_the_handshake_is_repeated_and_given_up(
    dialect: Dialect,
    opened: Callable[[Dialect], Block],
    letters: str,
    times: tuple[int, ...],
    end: tuple[int, str],
) -> None:
    told = list(lived(opened(dialect), dialect))
    assert told[:-1] == [(time, letters) for time in seconds(*times)]
    assert told[-1] == (end[0] * SECOND, end[1])


@pytest.mark.parametrize(("retries", "times"), [(0, ()), (1, (1,)), (2, (1, 3)), (3, (1, 3, 7))])
def test_tcp_synack_retries_counts(retries: int, times: tuple[int, ...]) -> None:
    dialect = LINUX._replace(syn_ack_retries=retries)
    assert [time for time, what in lived(syn_received(dialect), dialect) if what == "S."] == seconds(*times)


def test_text_by_the_rfc() -> None:
    block = calls.send(established(RFC, 100 * MS), 100, 0, RFC).block
    assert list(lived(block, RFC)) == [
        *((time, "P.") for time in seconds(1, 3, 7, 15, 31, 63)),
        (123 * SECOND, "CLOSED"),  # R2: at least 100 s, looked at when a timer expires
    ]


def test_text_on_linux() -> None:
    """The probe after 300 ms, then 15 time-outs that double up to 120 s; 924.6 s after the first it is enough."""
    block = calls.send(established(LINUX, 100 * MS), 100, 0, LINUX).block
    told = list(lived(block, LINUX))
    gaps = [later - earlier for (earlier, _), (later, _) in zip([(0, ""), *told], told, strict=False)]
    assert gaps[:11] == [300 * MS, *(300 * MS * 2**n for n in range(9)), 120 * SECOND]
    assert set(gaps[10:]) == {120 * SECOND}
    first_retry, ended = told[1][0], told[-1][0]
    assert told[-1][1] == "CLOSED"
    assert 924.6 * SECOND <= ended - first_retry < (924.6 + 120) * SECOND


def test_the_orphan_of_linux_gives_up_after_eight() -> None:
    block = calls.close(established(LINUX, 100 * MS), 0, LINUX, reading=False).block
    told = list(lived(block, LINUX))
    assert [what for _, what in told] == ["F."] * 9 + ["CLOSED"]  # a probe and eight time-outs
    assert 140 * SECOND < told[-1][0] < 165 * SECOND  # measured: 162 s, with timers that are late


def test_rto_of_the_first_measurement() -> None:
    """RFC 6298 2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4·RTTVAR, but no less than a second (2.4)."""
    block = established(RFC, 500 * MS)
    assert (block.srtt, block.rttvar, block.rto) == (500 * MS, 250 * MS, 1500 * MS)
    assert established(RFC, 100 * MS).rto == SECOND


def test_rto_of_a_later_measurement() -> None:
    """RFC 6298 2.3, with numbers: R' = 900 ms after R = 500 ms."""
    srtt, rttvar, rto = measured(established(RFC, 500 * MS), 900 * MS, RFC)
    assert rttvar == (3 * 250 + 400) * MS // 4
    assert srtt == (7 * 500 + 900) * MS // 8
    assert rto == srtt + 4 * rttvar


@given(st.lists(st.integers(0, 200 * SECOND), min_size=1, max_size=20), st.sampled_from([RFC, LINUX]))
def test_rto_stays_within_its_bounds(round_trips: list[int], dialect: Dialect) -> None:
    block = Block(State.ESTABLISHED)
    for round_trip in round_trips:
        srtt, rttvar, rto = measured(block, round_trip, dialect)
        assert min(round_trips) - len(round_trips) <= srtt <= max(round_trips)
        assert dialect.rto_min <= rto <= dialect.rto_max
        assert rto >= min(srtt + dialect.rto_variance_min, dialect.rto_max)
        block = block._replace(srtt=srtt, rttvar=rttvar, rto=rto)


@given(st.integers(0, 10 * SECOND), st.sampled_from([RFC, LINUX]))
def test_rto_settles_on_a_steady_path(round_trip: int, dialect: Dialect) -> None:
    block = Block(State.ESTABLISHED)
    for _ in range(60):
        srtt, rttvar, rto = measured(block, round_trip, dialect)
        block = block._replace(srtt=srtt, rttvar=rttvar, rto=rto)
    assert block.rto <= max(dialect.rto_min, round_trip + max(dialect.rto_variance_min, 100))


def test_karn_measures_only_what_was_sent_once() -> None:
    """RFC 6298 §3; with timestamps (Linux) the last sending is measured."""
    for dialect, srtt in ((RFC, 100 * MS), (LINUX, None)):
        block = calls.send(established(dialect, 100 * MS), 100, SECOND, dialect).block
        expiry = next_expiry(block)
        assert expiry is not None
        block = expire(block, expiry.timer, expiry.at, dialect).block
        block = segment_arrives(block, Segment(101, 401), expiry.at + 20 * MS, dialect).block
        assert block.srtt == (srtt or (7 * 100 + 20) * MS // 8)


def test_three_seconds_after_a_syn_was_lost() -> None:
    """RFC 6298 5.7: data then begins with an RTO of 3 s."""
    block = expire(syn_sent(RFC), "retransmission", SECOND, RFC).block
    block = segment_arrives(block, Segment(100, 301, syn=True), SECOND + 100 * MS, RFC).block
    assert (block.rto, block.srtt) == (3 * SECOND, None)


@pytest.mark.parametrize(("dialect", "lasts"), [(RFC, 240), (LINUX, 60)], ids=["rfc", "linux"])
def test_time_wait(dialect: Dialect, lasts: int) -> None:
    block = calls.close(established(dialect, 100 * MS), 0, dialect, reading=False).block
    block = segment_arrives(block, Segment(101, 302, fin=True), 0, dialect).block
    assert block.state is State.TIME_WAIT
    assert list(lived(block, dialect)) == [(lasts * SECOND, "CLOSED")]


def test_nothing_runs_when_nothing_is_awaited() -> None:
    """An idle connection has no timer: ESTABLISHED, CLOSE-WAIT, and FIN-WAIT-2 of somebody who still reads."""
    for dialect in (RFC, LINUX):
        idle = established(dialect, 100 * MS)
        assert next_expiry(idle) is None
        closed_by_peer = segment_arrives(idle, Segment(101, 301, fin=True), 0, dialect).block
        assert closed_by_peer.state is State.CLOSE_WAIT
        if dialect is LINUX:  # its acknowledgment leaves with the next tick
            closed_by_peer = expire(closed_by_peer, "delayed-ack", LINUX.tick, LINUX).block
        assert next_expiry(closed_by_peer) is None
        half = calls.close(idle, 0, dialect, reading=True).block
        half = segment_arrives(half, Segment(101, 302), 0, dialect).block
        assert half.state is State.FIN_WAIT_2
        assert next_expiry(half) is None
