"""The countdown: which timers run at an instant, and what is left of each."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.timers import Timer, timers
from app.sim.scenario import Scenario, parse
from app.sim.trace import TimedOut, Trace
from app.sim.world import run
from tests.sim.scenarios import busy_scenarios

MS = 1_000


def told(trace: Trace, at: int) -> list[tuple[object, ...]]:
    """(host, timer, ms left, ms in all, what would be sent again, tries)."""
    return [(t.host, t.name, t.left / MS, t.total / MS, t.repeats, t.tries) for t in timers(trace, at)]


def test_both_ends_of_a_handshake_count_down() -> None:
    trace = run(parse("server: listen; accept\nclient: connect\nwire: drop s1; drop s2"))
    assert told(trace, 300 * MS) == [
        ("client", "retransmission", 700, 1000, "syn", 0),
        ("server", "retransmission", 750, 1000, "syn-ack", 0),
    ]
    assert told(trace, 1_500 * MS)[0] == ("client", "retransmission", 500, 1000, "syn", 1)


def test_the_timers_of_a_close() -> None:
    trace = run(parse("server: listen; accept; recv; recv(eof)\nclient: connect; send(100); close+300ms"))
    assert told(trace, 410 * MS)[0] == ("client", "tail-loss-probe", 290, 300, "fin", 0)
    assert ("server", "delayed-ack", 30, 40, None, 0) in told(trace, 460 * MS)
    assert told(trace, 10_000 * MS) == [("client", "fin-wait-2", 50_540, 60_000, None, 0)]


def test_time_wait_that_begins_anew() -> None:
    trace = run(parse("server: listen; accept; recv(eof); close\nclient: connect; close+300ms\nwire: drop c4"))
    first, again = (told(trace, at * MS)[0] for at in (500, 1_000))
    assert (first[1], first[3]) == (again[1], again[3]) == ("time-wait", 60_000)
    assert first[2] == 60_000
    assert again[2] > 59_500


def test_a_watched_connection() -> None:
    calls = "setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=10); setsockopt(TCP_KEEPINTVL=5)"
    trace = run(parse(f"server: listen; accept\nclient: {calls}; connect\nat: 1s server!crash"))
    assert told(trace, 5_000 * MS) == [("client", "keepalive", 5_100, 10_000, None, 0)]
    assert told(trace, 11_000 * MS) == [("client", "keepalive", 4_100, 5_000, None, 1)]


def test_before_anything_happens_nothing_runs() -> None:
    assert timers(run(parse("server: listen@1s\nclient:")), 0) == ()


@settings(max_examples=60)
@given(busy_scenarios())
def test_whatever_expires_has_been_counting_down(scenario: Scenario) -> None:
    trace = run(scenario)
    for event in trace.events[:400]:
        if isinstance(event, TimedOut):
            running = [t for t in timers(trace, event.at - 1) if (t.host, t.conn, t.name) == event[1:4]]
            assert [(t.expires, t.left) for t in running] == [(event.at, 1)]


@settings(max_examples=60)
@given(busy_scenarios(), st.data())
def test_no_timer_has_less_than_nothing_left_or_more_than_all(scenario: Scenario, data: st.DataObject) -> None:
    trace = run(scenario)
    if not trace.moments:
        return
    at = data.draw(st.integers(0, trace.moments[-1].at))

    def sane(timer: Timer) -> bool:
        return timer.since <= at and 0 <= timer.left <= timer.total

    assert all(map(sane, timers(trace, at)))
