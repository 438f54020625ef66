"""What the SYN offers and what comes of it: options, timestamps, ECN, Fast Open."""

import pytest

from app.sim.trace import Arrived, Trace
from app.tcp.segment import Options
from tests.sim.telling import exchange, returns, tell, walk

OPEN = "server: listen; accept; recv\nclient: connect; send(100)\n"


def offered(trace: Trace) -> tuple[Options, Options]:
    return trace.segments["c1"].segment.options, trace.segments["s1"].segment.options


def fired(trace: Trace, name: str) -> list[str]:
    return [
        check.rule
        for e in trace.events
        if isinstance(e, Arrived) and e.name == name
        for check in e.checks
        if check.fired
    ]


def test_linux_offers_all_and_the_rfc_its_mss() -> None:
    syn, syn_ack = offered(tell(OPEN))
    assert syn == Options(1460, 10, True, (0, 0))
    assert syn_ack == Options(1460, 10, True, (50, 0))
    assert offered(tell(OPEN + "set: rfc")) == (Options(1460), Options(1460))


@pytest.mark.parametrize(("buffer", "shift"), [(2304, 0), (65535, 0), (65536, 1), (1_000_000, 4)])
def test_a_buffer_that_is_set_says_how_far_windows_are_shifted(buffer: int, shift: int) -> None:
    """The first as recorded (29d); the others by `tcp_select_initial_window`."""
    syn, syn_ack = offered(tell(f"server: setsockopt(SO_RCVBUF={buffer}); listen; accept\nclient: connect\n"))
    assert (syn.wscale, syn_ack.wscale) == (10, shift)


@pytest.mark.parametrize(
    ("setting", "field", "absent"),
    [
        ("tcp_timestamps", "timestamps", None),
        ("tcp_sack", "sack_permitted", False),
        ("tcp_window_scaling", "wscale", None),
    ],
)
@pytest.mark.parametrize("host", ["client", "server"])
def test_an_option_is_used_only_if_both_offer_it(setting: str, field: str, absent: object, host: str) -> None:
    trace = tell(OPEN + f"set: {host}.{setting}=0")
    syn, syn_ack = offered(trace)
    assert getattr(syn_ack, field) == absent
    assert (getattr(syn, field) == absent) == (host == "client")
    assert (trace.segments["c2"].segment.options.timestamps is None) == (setting == "tcp_timestamps")


def test_timestamps_take_twelve_bytes_of_every_segment() -> None:
    story = "server: listen; accept; recv\nclient: connect; send(3000)\n"
    assert [s.segment.length for s in tell(story).sent if s.segment.length] == [1448, 1448, 104]
    assert [s.segment.length for s in tell(story + "set: tcp_timestamps=0").sent if s.segment.length][:2] == [
        1460,
        1460,
    ]


def test_an_old_timestamp_is_refused() -> None:
    """PAWS, RFC 7323 §5: the number fits, the timestamp is older than the last one."""
    trace = tell(OPEN + "forge: c P. 101:151(50) ack 1 ts -50 @1s; c P. 101:151(50) ack 1 ts 1 @2s")
    assert fired(trace, "x1") == ["sequence.old-stamp"]
    assert "2000 s4 . 1:1(0) ack 151" in exchange(trace)
    assert "1000 s3 . 1:1(0) ack 101" in exchange(trace)


def test_an_old_acknowledgment_with_an_old_timestamp_is_not_even_answered() -> None:
    trace = tell(OPEN + "forge: c . 1:1(0) ack 1 ts -50 @1s")
    assert fired(trace, "x1") == ["sequence.old-stamp"]
    assert [sent.name for sent in trace.sent if sent.at >= 1_000_000 and not sent.forged] == []


def test_a_repeated_segment_is_answered_with_a_duplicate_sack() -> None:
    """RFC 2883: the first block says what has come twice."""
    trace = tell(OPEN + "wire: dup c3+500ms")
    answer = trace.sent[-1]
    (edges,) = answer.segment.options.sack
    assert answer.segment.ack is not None
    assert [edge - answer.segment.ack for edge in edges] == [-100, 0]


def test_ecn_is_asked_for_and_agreed_to() -> None:
    trace = tell(OPEN + "set: client.tcp_ecn=1")
    assert [trace.segments[name].segment.letters for name in ("c1", "s1")] == ["SEW", "SE."]
    refused = tell(OPEN + "set: client.tcp_ecn=1; server.tcp_ecn=0")
    assert refused.segments["s1"].segment.letters == "S."
    again = tell(OPEN + "wire: drop c1\nset: client.tcp_ecn=1")
    assert [again.segments[name].segment.letters for name in ("c1", "c2")] == ["SEW", "S"]


FAST = (
    "server: setsockopt(TCP_FASTOPEN=8); listen; accept*{recv; send(50); recv(eof); close}\n"
    "client: connect(data=100); recv; close; connect(data=100)@2s; recv; close\n"
)
BOTH = "set: tcp_fastopen=3"


def test_fast_open_first_asks_for_a_cookie_then_sends_text() -> None:
    trace = tell(FAST + BOTH)
    asked, given = offered(trace)
    assert (asked.cookie, bool(given.cookie)) == (0, True)
    second = next(sent for sent in trace.sent if sent.segment.syn and sent.at >= 2_000_000)
    assert (second.segment.length, second.segment.options.cookie) == (100, given.cookie)
    conn = second.conn
    told = [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.conn == conn]
    assert told[:3] == [
        "2000 c5 S 0:100(100)",
        "2050 s5 S. 0:0(0) ack 101",
        "2050 s6 P. 1:51(50) ack 101",  # before the third segment: the program has the text already
    ]
    assert walk(trace, "server", conn)[:2] == ["2050 SYN-RECEIVED", "2150 ESTABLISHED"]
    assert fired(trace, second.name) == ["listen.syn", "listen.fast-open"]


def test_a_lost_fast_open_falls_back_to_an_ordinary_syn() -> None:
    trace = tell(FAST + "wire: drop c[S]2\n" + BOTH)
    syns = [sent for sent in trace.sent if sent.segment.syn and sent.source == "client" and sent.at >= 2_000_000]
    assert [sent.segment.length for sent in syns] == [100, 0]
    assert syns[1].segment.options.cookie is None
    assert [call for call in returns(trace, "server") if call[0] == "recv"][-2] == ("recv", 100)


def test_without_the_listener_fast_open_stays_out() -> None:
    trace = tell(FAST + "set: client.tcp_fastopen=3")
    assert all(not (sent.segment.syn and sent.segment.length) for sent in trace.sent)
    assert [call for call in returns(trace, "client") if call[0] == "connect"] == [("connect", 100), ("connect", 100)]


def test_a_kernel_that_does_not_know_the_cookie_takes_only_the_syn() -> None:
    """The text goes again with the third segment, at once."""
    trace = tell(FAST + "at: 1s server.tcp_fastopen=0\n" + BOTH)
    second = [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.at >= 2_000_000]
    assert second[:3] == ["2000 c5 S 0:100(100)", "2050 s5 S. 0:0(0) ack 1", "2100 c6 P. 1:101(100) ack 1"]
