"""How a loss is found and repaired: RFC 5681, 6582, 2018, 8985."""

import pytest

from app.sim.trace import TimedOut, Trace
from tests.sim.telling import exchange, returns, tell

TALK = "server: listen; accept; recv(eof); close\nclient: setsockopt(TCP_NODELAY=1); connect; {}; close\n"
FIVE = "; ".join(["send(100)"] * 5)


def repeated(trace: Trace) -> list[str]:
    return [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.retransmits]


def timers(trace: Trace) -> list[str]:
    return [event.timer for event in trace.events if isinstance(event, TimedOut)]


def received(trace: Trace) -> list[tuple[str, str | int]]:
    return [call for call in returns(trace, "server") if call[0] == "recv"]


def test_three_duplicates_repair_at_once() -> None:
    """The text behind the lost segment arrives a round trip later as duplicates; no timer is waited for."""
    for dialect in ("linux", "rfc"):
        trace = tell(TALK.format(FIVE) + f"wire: drop c3\nset: {dialect}")
        assert repeated(trace) == ["200 c9 P. 1:101(100) ack 1"]
        assert "retransmission" not in timers(trace)
        assert received(trace) == [("recv", 500)]


def test_two_losses_with_sack_are_repaired_together() -> None:
    trace = tell(TALK.format(FIVE) + "wire: drop c3; drop c5")
    assert repeated(trace) == ["200 c9 P. 1:101(100) ack 1", "200 c10 P. 201:301(100) ack 1"]
    assert received(trace) == [("recv", 500)]


def test_two_losses_without_sack_take_a_partial_acknowledgment() -> None:
    """RFC 6582: the second is known to be lost when the repair of the first is acknowledged only up to it."""
    trace = tell(TALK.format(FIVE) + "wire: drop c3; drop c5\nset: rfc")
    assert repeated(trace) == ["200 c9 P. 1:101(100) ack 1", "300 c10 P. 201:301(100) ack 1"]


def test_one_segment_behind_the_loss_and_a_quarter_of_the_round_trip() -> None:
    """RFC 8985: on Linux one selective acknowledgment will do, 25 ms later."""
    trace = tell(
        "server: listen; accept; recv(eof); close\nclient: setsockopt(TCP_NODELAY=1); connect; send(100); send(100)\n"
        "wire: drop c3"
    )
    assert repeated(trace) == ["225 c5 P. 1:101(100) ack 1"]
    assert timers(trace) == ["reordering"]


def test_reordering_alone_repairs_nothing() -> None:
    trace = tell(TALK.format("send(100); send(100)") + "wire: late c3+20ms")
    assert repeated(trace) == []


def test_the_tail_is_probed_sooner_when_more_is_under_way() -> None:
    """RFC 8985 §7.2, on Linux 2 SRTT + 200 ms for a lone segment (but no later than the RTO), + 8 ms for more."""
    alone = tell("server: listen; accept; recv(eof)\nclient: connect; send(100)\nwire: drop c3")
    assert repeated(alone) == ["400 c4 P. 1:101(100) ack 1"]
    more = tell(TALK.format("send(100); send(100)") + "wire: drop c3..5")
    assert repeated(more)[0] == "308 c6 F. 201:201(0) ack 1"
    assert timers(more)[0] == "tail-loss-probe"


def test_without_sack_nothing_is_probed() -> None:
    trace = tell("server: listen; accept; recv(eof)\nclient: connect; send(100)\nwire: drop c3\nset: tcp_sack=0")
    assert timers(trace)[0] == "retransmission"


def test_what_is_lost_goes_again_in_one_segment() -> None:
    """Linux merges small neighbours: three times 100 bytes are repeated as 300."""
    trace = tell(TALK.format("send(100); send(100); send(100)") + "wire: drop c3..5")
    assert "P. 1:301(300) ack 1" in repeated(trace)[0]
    assert received(trace) == [("recv", 300)]


def test_after_a_time_out_all_is_taken_for_lost() -> None:
    """RFC 9293 §3.8.1: the timer backs off once, and acknowledgments pull the rest along."""
    trace = tell(TALK.format("; ".join(["send(1460)"] * 4)) + "wire: drop c3..7\nset: rfc")
    assert [line.split()[0] for line in repeated(trace)] == ["1100", "1200", "1200", "1300", "1300"]
    assert received(trace) == [("recv", 5840)]


@pytest.mark.parametrize(("value", "first"), [(0, "retransmission"), (1, "retransmission"), (3, "tail-loss-probe")])
def test_the_tail_loss_probe_is_one_of_the_values_of_a_sysctl(value: int, first: str) -> None:
    """`tcp_schedule_loss_probe`: 3 and 4 let it, all others do not."""
    trace = tell(f"server: listen; accept\nclient: connect; send(100)\nwire: drop c3\nset: tcp_early_retrans={value}")
    assert next(e.timer for e in trace.events if isinstance(e, TimedOut)) == first
