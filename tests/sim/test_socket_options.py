"""setsockopt, non-blocking connect, poll: what each changes."""

import pytest

from app.folders import folder
from app.sim.trace import Arrived, Returned, TimedOut
from tests.sim.telling import exchange, returns, says, tell, walk


def test_a_nonblocking_connect_returns_at_once_and_poll_waits() -> None:
    trace = tell("server: listen; accept\nclient: connect(nonblock); poll(timeout=0s); poll; getsockopt(SO_ERROR)")
    assert returns(trace, "client") == [
        ("connect", "EINPROGRESS"),
        ("poll", "none"),
        ("poll", "OUT"),
        ("getsockopt", 0),
    ]


def test_a_refused_connect_is_told_once() -> None:
    trace = tell("server:\nclient: a=connect(nonblock); poll; getsockopt(SO_ERROR); getsockopt(SO_ERROR); a.connect")
    assert returns(trace, "client") == [
        ("connect", "EINPROGRESS"),
        ("poll", "IN|OUT|ERR|HUP|RDHUP"),
        ("getsockopt", "ECONNREFUSED"),
        ("getsockopt", 0),
        ("connect", "ECONNABORTED"),
    ]


def test_nagle_holds_a_small_segment_and_nodelay_does_not() -> None:
    story = "server: listen; accept; recv(200)\nclient: {}connect; send(100); send(50); send(50)\n"
    held = exchange(tell(story.format("")))
    assert held[2:] == [
        "100 c2 . 1:1(0) ack 1",
        "100 c3 P. 1:101(100) ack 1",
        "150 s2 . 1:1(0) ack 101",
        "200 c4 P. 101:201(100) ack 1",
        "250 s3 . 1:1(0) ack 201",
    ]
    at_once = exchange(tell(story.format("setsockopt(TCP_NODELAY=1); ")))
    assert [line for line in at_once if " P. " in line] == [
        "100 c3 P. 1:101(100) ack 1",
        "100 c4 P. 101:151(50) ack 1",
        "100 c5 P. 151:201(50) ack 1",
    ]


def test_close_pushes_what_nagle_holds() -> None:
    trace = tell("server: listen; accept; recv(eof); close\nclient: connect; send(100); send(50); close")
    assert "100 c4 FP. 101:151(50) ack 1" in exchange(trace)


def test_linger_zero_resets_and_leaves_no_time_wait() -> None:
    trace = tell("server: listen; accept; recv\nclient: connect; setsockopt(SO_LINGER=0); close")
    assert exchange(trace)[-1] == "100 c3 R. 1:1(0) ack 1"
    assert walk(trace, "client")[-1] == "100 CLOSED"
    assert returns(trace, "server")[-1] == ("recv", "ECONNRESET")


@pytest.mark.parametrize(("wire", "ends"), [("", 240_000), ("\nwire: drop c[F.]", 2_100_000)])
def test_linger_waits_for_the_acknowledgment_of_the_fin(wire: str, ends: int) -> None:
    trace = tell("server: listen; accept; recv; close\nclient: connect; setsockopt(SO_LINGER=2); close" + wire)
    (closed,) = (e for e in trace.events if isinstance(e, Returned) and (e.host, e.call) == ("client", "close"))
    assert closed.at <= ends
    assert closed.at > 100_000


KEEPALIVE = (
    "server: listen; accept; sleep(900s)\n"
    "client: setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=10); setsockopt(TCP_KEEPINTVL=3); "
    "setsockopt(TCP_KEEPCNT=4); connect; recv\n"
)


def test_keepalive_gives_a_dead_peer_up() -> None:
    """Idle 10, interval 3, count 4: probes at 10, 13, 16, 19 s after the connection stood; RST at 22."""
    trace = tell(KEEPALIVE + "wire: cut 1s..99s")
    assert exchange(trace)[3:] == [
        "10100 c3 . 0:0(0) ack 1 lost",
        "13100 c4 . 0:0(0) ack 1 lost",
        "16100 c5 . 0:0(0) ack 1 lost",
        "19100 c6 . 0:0(0) ack 1 lost",
        "22100 c7 R. 1:1(0) ack 1 lost",
    ]
    assert returns(trace, "client")[-1] == ("recv", "ETIMEDOUT")


@pytest.mark.parametrize("later", ["TCP_NODELAY=1", "SO_KEEPALIVE=1", "TCP_KEEPCNT=4", "TCP_KEEPIDLE=10"])
def test_an_option_does_not_start_the_idle_time_anew(later: str) -> None:
    """`tcp_sock_set_keepidle_locked`: what has passed counts; other options leave the timer alone."""
    idle = 99 if "KEEPIDLE" in later else 10
    options = f"setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE={idle}); connect; setsockopt({later})@5s"
    trace = tell(f"server: listen; accept\nclient: {options}; recv\nset: end=30s")
    assert next(e.at for e in trace.events if isinstance(e, TimedOut) and e.timer == "keepalive") == 10_100_000


def test_keepalive_of_the_rfc_sends_no_rst() -> None:
    trace = tell(KEEPALIVE + "wire: cut 1s..99s\nset: rfc")
    assert not any(sent.segment.rst for sent in trace.sent)
    assert returns(trace, "client")[-1] == ("recv", "ETIMEDOUT")


def test_a_live_peer_is_not_asked_for_ever() -> None:
    trace = tell(KEEPALIVE.replace("; sleep(900s)", ""))
    assert exchange(trace)[3:5] == ["10100 c3 . 0:0(0) ack 1", "10150 s2 . 1:1(0) ack 1"]
    assert len([sent for sent in trace.sent if sent.at > 10_000_000]) == 6
    assert walk(trace, "client")[-1] == "100 ESTABLISHED"


def test_user_timeout_on_linux_counts_from_the_first_time_out() -> None:
    """The probe after 300 ms is none; 3 s after the time-out at 600 ms it is over."""
    trace = tell(
        "server: listen; accept; recv\n"
        "client: connect; setsockopt(TCP_USER_TIMEOUT=3000); send(100)@1s; recv\nwire: drop c3..\n"
    )
    assert walk(trace, "client")[-1] == "4600 CLOSED"
    assert returns(trace, "client")[-1] == ("recv", "ETIMEDOUT")
    assert [e.timer for e in trace.events if isinstance(e, TimedOut)][-1] == "user-timeout"


def test_user_timeout_of_the_rfc_counts_from_the_sending() -> None:
    trace = tell(
        "server: listen; accept; recv\n"
        "client: connect; setsockopt(TCP_USER_TIMEOUT=3000); send(100)@1s; recv\nwire: drop c3..\nset: rfc"
    )
    assert walk(trace, "client")[-1] == "4000 CLOSED"


def test_a_closed_window_is_probed_and_opens_again() -> None:
    trace = tell(
        "server: setsockopt(SO_RCVBUF=1000); listen; accept; recv(1000)@3s; recv\nclient: connect; send(1500); recv\n"
        "set: end=5s"
    )
    told = exchange(trace)
    assert "300 c5 . 1000:1000(0) ack 1" not in told
    probes = [line for line in told if " . 1000:1000(0)" in line]
    assert len(probes) >= 2
    gaps = [float(line.split()[0]) for line in probes]
    assert gaps[1] - gaps[0] > 0.3
    assert returns(trace, "server")[-2:] == [("recv", 1000), ("recv", 500)]


def test_a_closed_window_of_the_rfc_is_probed_with_a_byte() -> None:
    trace = tell(
        "server: setsockopt(SO_RCVBUF=1000); listen; accept; recv(1000)@9s; recv(eof)\n"
        "client: connect; send(1500); close\nset: rfc"
    )
    assert any(sent.segment.length == 1 and sent.seq == 1001 for sent in trace.sent)
    assert returns(trace, "server")[-1] == ("recv", 500)


def test_defer_accept_waits_for_data() -> None:
    trace = tell(
        "server: setsockopt(TCP_DEFER_ACCEPT=3); listen; accept; recv\nclient: connect; send(100)@1s\nset: end=2s"
    )
    assert walk(trace, "server") == ["50 SYN-RECEIVED", "1050 ESTABLISHED"]


def test_an_address_in_use() -> None:
    """Without SO_REUSEADDR on both, the old socket and the new, nobody listens where an old connection lingers."""
    story = "server: {}a=listen; accept; {}recv; close; a.close; {}listen@2s\nclient: connect; send(10); recv; close"
    yes, no, none = "setsockopt(SO_REUSEADDR=1); ", "setsockopt(SO_REUSEADDR=0); ", ""
    results = {
        (none, none, none): "EADDRINUSE",
        (none, none, yes): "EADDRINUSE",
        (yes, none, none): "EADDRINUSE",
        (yes, none, yes): "ok",  # what is accepted has the option of its listener…
        (yes, no, yes): "EADDRINUSE",  # …until it is set otherwise
        (none, yes, yes): "ok",
    }
    for options, result in results.items():
        trace = tell(story.format(*options))
        assert walk(trace, "server")[-1].endswith("CLOSED")  # at the end; at 2 s it was in TIME-WAIT
        assert trace.state(trace.moment_at(2_000_000).index, "server", 40000).value == "TIME-WAIT"
        assert returns(trace, "server")[-1] == ("listen", result), options


def test_a_server_that_always_sets_reuseaddr_can_be_restarted() -> None:
    path = folder("content") / "scenarios" / "restart-in-use.scenario"
    trace = tell(path.read_text(encoding="utf-8"))
    listens = [result for call, result in returns(trace, "server") if call == "listen"]
    assert listens == ["ok", "EADDRINUSE", "ok"]
    assert [result for call, result in returns(trace, "client") if call == "connect"] == ["ok", "ok"]


def test_reuseaddr_does_not_let_two_listen() -> None:
    trace = tell("server: setsockopt(SO_REUSEADDR=1); a=listen; setsockopt(SO_REUSEADDR=1); listen\nclient:")
    assert returns(trace, "server")[-1] == ("listen", "EADDRINUSE")


def test_a_connection_that_was_opened_from_the_port_counts_too() -> None:
    """`bind()` looks at the local port alone, whoever opened the connection."""
    story = "client: {}bind(5000); connect\nclient/2: {}bind(5000)@1s; listen\nserver: listen; accept"
    yes = "setsockopt(SO_REUSEADDR=1); "
    for first, second, result in (("", yes, "EADDRINUSE"), (yes, "", "EADDRINUSE"), (yes, yes, "ok")):
        assert returns(tell(story.format(first, second)), "client")[-1] == ("listen", result)


def test_bind_chooses_the_port() -> None:
    trace = tell("server: bind(8080); listen; accept\nclient: bind(50123); connect(server:8080)")
    assert trace.sent[0].ports == (50123, 8080)
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        50 s1 S. 0:0(0) ack 1
        100 c2 . 1:1(0) ack 1
        """,
    )


WIRE = "\nwire: delay 50ms\n"


def test_a_window_is_what_its_header_can_say() -> None:
    """RFC 7323 §2.3: SND.WND <- SEG.WND << Snd.Wind.Shift, so no byte goes beyond 63 << 10."""
    trace = tell(f"server: listen; accept; send(70000)\nclient: connect; sleep(2s)\nset: end=1s{WIRE}")
    isn = next(sent.segment.seq for sent in trace.sent if sent.source == "server")
    ends = [sent.segment.seq + sent.segment.length - isn - 1 for sent in trace.sent if sent.source == "server"]
    assert max(ends) == 63 << 10


@pytest.mark.parametrize("dialect", ["linux", "rfc"])
def test_a_shut_window_is_not_opened_for_a_few_bytes(dialect: str) -> None:
    """RFC 9293 §3.8.6.2.2, MUST-39: ten bytes of room are not offered, two thousand are."""
    reads = "recv(10)@3s; recv(2000)@4s"
    trace = tell(f"server: listen; accept; {reads}\nclient: connect; send(66000)\nset: {dialect}; end=5s{WIRE}")
    opened = [sent for sent in trace.sent if sent.source == "server" and sent.at in (3_000_000, 4_000_000)]
    assert [(sent.at, sent.segment.window) for sent in opened] == [(4_000_000, 2010)]


@pytest.mark.parametrize("dialect", ["linux", "rfc"])
def test_a_window_that_has_been_offered_is_not_taken_back(dialect: str) -> None:
    """RFC 9293 §3.8.6, SHLD-14; Linux `tcp_select_window`: the right edge stays where it was."""
    client = "client: connect; send(100); setsockopt(SO_RCVBUF=2000); recv(1)@9s"
    trace = tell(f"{client}\nserver: listen; accept; recv; send(5000); recv\nset: {dialect}; end=5s{WIRE}")
    checks = [check for event in trace.events if isinstance(event, Arrived) for check in event.checks]
    assert not any(check.fired for check in checks if check.rule == "sequence.unacceptable")
    said = [sent for sent in trace.sent if sent.source == "client"]
    assert said[-1].ack == 5001
    edges = [sent.ack + sent.segment.window for sent in said if sent.ack is not None]
    assert edges == sorted(edges)


def test_what_was_wished_of_a_listener_holds_for_its_connections() -> None:
    trace = tell("server: setsockopt(SO_LINGER=0); listen; accept; close+500ms\nclient: connect; recv" + WIRE)
    assert returns(trace, "client")[-1] == ("recv", "ECONNRESET")
    options = "setsockopt(SO_KEEPALIVE=1); listen; accept; setsockopt(TCP_KEEPIDLE=5); recv"
    trace = tell(f"server: {options}\nclient: connect\nset: end=6s{WIRE}")
    assert [e.at for e in trace.events if isinstance(e, TimedOut) and e.timer == "keepalive"] == [5_150_000]


def test_an_option_that_a_listener_is_given_later_holds_from_then_on() -> None:
    """Linux asks the listener itself (`rskq_defer_accept`), and copies it when the handshake is complete."""
    deferred = "server: listen; setsockopt(TCP_DEFER_ACCEPT={})@{}; accept\nclient: connect; send(10)@2s\nset: end=3s"
    assert walk(tell(deferred.format(3, "0s") + WIRE), "server")[-1] == "2050 ESTABLISHED"
    assert walk(tell(deferred.format(3, "70ms") + WIRE), "server")[-1] == "2050 ESTABLISHED"  # half-open by then
    assert walk(tell(deferred.format(3, "1s") + WIRE), "server")[-1] == "150 ESTABLISHED"
    watched = "server: listen; setsockopt(SO_KEEPALIVE=1)@{}; setsockopt(TCP_KEEPIDLE=5); accept; recv\nclient: connect"
    for at, expiries in (("0s", [5_150_000]), ("70ms", [5_150_000]), ("1s", [])):
        trace = tell(watched.format(at) + "\nset: end=6s" + WIRE)
        assert [e.at for e in trace.events if isinstance(e, TimedOut) and e.timer == "keepalive"] == expiries
    trace = tell("server: listen; setsockopt(SO_RCVBUF=3000); accept\nclient: connect; send(9000)\nset: end=1s" + WIRE)
    assert max(sent.seq + sent.segment.length for sent in trace.sent if sent.source == "client") == 3001


def test_probes_of_what_close_left_behind_are_counted() -> None:
    """Linux `tcp_probe_timer`: eight that nobody answers, not the patience of a socket that somebody holds."""
    story = "server: setsockopt(SO_RCVBUF=2000); listen; accept; recv@3000s\nclient: connect; send(3000); {}\n"
    crash = "at: 1s server!crash" + WIRE
    orphan, held = (tell(story.format(call) + crash) for call in ("close", "recv"))
    assert orphan.moments[-1].at < 300_000_000
    assert held.moments[-1].at > 900_000_000


def test_the_user_timeout_of_a_syn_counts_from_the_first_sending() -> None:
    trace = tell("client: setsockopt(TCP_USER_TIMEOUT=3000); connect\nserver: listen; accept\nwire: drop c1..")
    assert [sent.at // 1000 for sent in trace.sent] == [0, 1000, 2000]
    assert returns(trace, "client")[-1] == ("connect", "ETIMEDOUT")
    assert trace.moments[-1].at == 3_000_000
