"""What befalls a host, and how the other end learns of it."""

import pytest

from app.sim.trace import Changed
from app.tcp.states import Cause, State
from tests.sim.telling import exchange, returns, says, tell, walk

OPEN = """
server: listen; accept; recv; recv
client: connect; send(100); recv
"""


CLOSED = ("close", "ok")
SPEAKS = """
server: listen; accept; recv; send(10)@1s; recv
client: connect; send(100); recv
"""


def test_kill_closes_what_the_process_had() -> None:
    """The kernel sends the FIN that the program never asked for."""
    trace = tell(OPEN + "at: 500ms client!kill")
    assert exchange(trace)[5:] == ["500 c4 F. 101:101(0) ack 1", "590 s3 . 1:1(0) ack 102"]
    assert returns(trace, "client") == [("connect", "ok"), ("send", 100)]  # recv never returns: nobody is there
    assert walk(trace, "client")[-3:] == ["500 FIN-WAIT-1", "640 FIN-WAIT-2", "60640 CLOSED"]


def test_kill_with_unread_data_resets() -> None:
    trace = tell("server: listen; accept; send(50); recv\nclient: connect; sleep(9s)\nat: 500ms client!kill")
    assert exchange(trace)[-1] == "500 c4 R. 1:1(0) ack 51"
    assert returns(trace, "server")[-1] == ("recv", "ECONNRESET")


def test_kill_of_a_listener_resets_what_nobody_accepted() -> None:
    trace = tell("server: listen; sleep(9s)\nclient: connect; recv\nat: 500ms server!kill")
    assert exchange(trace)[-1] == "500 s2 R. 1:1(0) ack 1"
    assert returns(trace, "client")[-1] == ("recv", "ECONNRESET")


def test_a_crashed_host_says_nothing_and_hears_nothing() -> None:
    """The client only learns by giving up: 15 time-outs of what it sends."""
    trace = tell(SPEAKS + "at: 500ms client!crash")
    mine = [sent for sent in trace.sent if sent.at > 500_000]
    assert {sent.source for sent in mine} == {"server"}
    assert returns(trace, "server")[-1] == ("recv", "ETIMEDOUT")
    assert walk(trace, "client")[-1] == "500 CLOSED"


def test_a_rebooted_host_answers_with_rst() -> None:
    """RFC 9293 §3.5.1 figure 10: half-open, discovered by the active side."""
    trace = tell(SPEAKS + "at: 500ms client!reboot")
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        50 s1 S. 0:0(0) ack 1
        100 c2 . 1:1(0) ack 1
        100 c3 P. 1:101(100) ack 1
        150 s2 . 1:1(0) ack 101
        1000 s3 P. 1:11(10) ack 101
        1050 c4 R 101:101(0)
        """,
    )
    assert returns(trace, "server")[-1] == ("recv", "ECONNRESET")


def test_a_rebooted_host_begins_anew_with_the_next_connect() -> None:
    trace = tell(
        "server: listen; accept*{recv(eof)}\nclient: connect; send(10); recv; connect@2s; send(20); close\n"
        "at: 1s client!reboot"
    )
    assert returns(trace, "client") == [
        ("connect", "ok"),
        ("send", 10),
        ("connect", "ok"),
        ("send", 20),
        ("close", "ok"),
    ]
    assert [sent.conn for sent in trace.sent if sent.segment.letters == "S"] == [40000, 40001]


def test_a_crash_ends_with_a_reboot() -> None:
    trace = tell(
        "server: listen; accept; recv; listen@3s; accept\nclient: connect; connect@4s\n"
        "at: 1s server!crash; 2s server!reboot"
    )
    assert returns(trace, "client") == [("connect", "ok"), ("connect", "ok")]


def test_nobody_is_there_while_a_host_is_down() -> None:
    trace = tell("server: listen; accept\nclient: connect@1s\nat: 500ms server!crash\nset: end=5s")
    assert {sent.segment.letters for sent in trace.sent} == {"S"}


def test_destroy_tells_both_ends() -> None:
    """`ss -K`: RST to the peer, ECONNABORTED to whoever waits."""
    trace = tell(OPEN + "at: 500ms server!destroy")
    assert exchange(trace)[-1] == "500 s3 R. 1:1(0) ack 101"
    assert returns(trace, "server")[-1] == ("recv", "ECONNABORTED")
    assert returns(trace, "client")[-1] == ("recv", "ECONNRESET")


def test_an_address_leaves_time_wait_for_a_new_connection() -> None:
    trace = tell("server: listen; accept*{recv; close}\nclient: connect(from=50000); close; connect(from=50000)@1s")
    assert returns(trace, "client")[-1] == ("connect", "ok")
    reused = [e for e in trace.events if isinstance(e, Changed) and e.cause is Cause.ADDRESS_REUSED]
    assert [(e.host, e.before) for e in reused] == [("client", State.TIME_WAIT)]


@pytest.mark.parametrize("settings", ["rfc", "client.tcp_timestamps=0"])
def test_without_timestamps_it_does_not(settings: str) -> None:
    story = "server: listen; accept*{recv; close}\nclient: connect(from=50000); close; connect(from=50000)@1s\n"
    assert returns(tell(story + f"set: {settings}"), "client")[-1] == ("connect", "EADDRNOTAVAIL")


def test_ports_run_out() -> None:
    """A range of two ports is two connections to one server, and no third until TIME-WAIT is over."""
    trace = tell(
        "server: listen; accept*{recv; close}\n"
        "client: connect; close; connect; close; connect@1s; connect@63s\n"
        "set: client.ip_local_port_range=50000-50001; client.tcp_tw_reuse=0"
    )
    connects = [result for call, result in returns(trace, "client") if call == "connect"]
    assert connects == ["ok", "ok", "EADDRNOTAVAIL", "ok"]


AGAIN = """
server: l=listen; a=l.accept; a.recv; a.shutdown(wr); b=l.accept; b.recv; {}
client: connect(from=40000); send(100); recv(eof); close; connect(from=40000)@1s; send(100)
"""


def test_what_made_way_for_a_new_connection_is_gone() -> None:
    """The old endpoint's TIME-WAIT neither expires nor can be aborted any more: its name is the new one's now."""
    for call, result in (("a.abort", "ok"), ("a.send(10)", "EPIPE"), ("a.recv", 0), ("a.close", "ok")):
        trace = tell(AGAIN.format(call))
        assert walk(trace, "server")[-3:] == ["250 TIME-WAIT", "1050 SYN-RECEIVED", "1150 ESTABLISHED"], call
        assert returns(trace, "server")[-1][1] == result, call
