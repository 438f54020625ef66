"""The stories of the lessons, told in full, and what can be done to them."""

from collections import Counter

from app.sim.trace import Arrived, Changed, Lost, Queued, Returned
from app.tcp.states import State
from tests.sim.telling import REQUEST, exchange, queues, returns, says, tell, walk

# ① The three-way handshake


def test_handshake() -> None:
    trace = tell("server: listen; accept\nclient: connect")
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        50 s1 S. 0:0(0) ack 1
        100 c2 . 1:1(0) ack 1
        """,
    )
    assert walk(trace, "client") == ["0 SYN-SENT", "100 ESTABLISHED"]
    assert walk(trace, "server") == ["50 SYN-RECEIVED", "150 ESTABLISHED"]
    assert returns(trace, "client") == [("connect", "ok")]
    assert returns(trace, "server") == [("listen", "ok"), ("accept", "ok")]


def test_numbers_wrap_around() -> None:
    trace = tell("server: listen; accept; recv\nclient: connect; send(100)\nset: client.isn=4294967295")
    assert trace.segments["c1"].segment.seq == 4294967295
    assert trace.segments["s1"].segment.ack == 0
    assert trace.segments["c3"].segment.seq == 0
    assert exchange(trace)[3:] == ["100 c3 P. 1:101(100) ack 1", "150 s2 . 1:1(0) ack 101"]


def test_refused() -> None:
    trace = tell("server:\nclient: connect")
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        50 s1 R. 0:0(0) ack 1
        """,
    )
    assert trace.segments["s1"].seq is None  # an absolute 0: this side has no ISN
    assert returns(trace, "client") == [("connect", "ECONNREFUSED")]
    assert walk(trace, "client") == ["0 SYN-SENT", "100 CLOSED"]


def test_syn_lost() -> None:
    assert says(
        tell("server: listen; accept\nclient: connect\nwire: drop c1"),
        """
        0 c1 S 0:0(0) lost
        1000 c2 S 0:0(0)
        1050 s1 S. 0:0(0) ack 1
        1100 c3 . 1:1(0) ack 1
        """,
    )


def test_nobody_answers() -> None:
    trace = tell("server: listen\nclient: connect\nwire: drop c[S]")
    assert [sent.at // 1_000_000 for sent in trace.sent] == [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]
    assert walk(trace, "client")[-1] == "131000 CLOSED"
    assert returns(trace, "client") == [("connect", "ETIMEDOUT")]


# ② The two queues

BURST = """
server:   listen(1); accept@2s; accept; accept
client:   connect
client/2: connect@200ms
client/3: connect@220ms{}
"""


def test_queues_fill_and_empty() -> None:
    """A backlog of 1 holds two; accept() makes room, and a third connection passes straight through."""
    trace = tell(
        "server: listen(1); accept@300ms; accept@400ms; accept\n"
        "client: connect\nclient/2: connect@20ms\nclient/3: connect@450ms"
    )
    assert queues(trace) == [
        (0, 0, 0),
        (50, 1, 0),
        (70, 2, 0),
        (150, 1, 1),
        (170, 0, 2),
        (300, 0, 1),
        (400, 0, 0),
        (500, 1, 0),
        (600, 0, 1),
        (600, 0, 0),
    ]
    assert {event.limit for event in trace.events if isinstance(event, Queued)} == {1}


def test_final_ack_ignored() -> None:
    trace = tell(BURST.format(""))
    third = [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.conn == 40002]
    assert third == [
        "220 c4 S 0:0(0)",
        "270 s3 S. 0:0(0) ack 1",
        "320 c6 . 1:1(0) ack 1",  # ignored
        "1270 s4 S. 0:0(0) ack 1",
        "1320 c7 . 1:1(0) ack 1",  # ignored
        "3270 s5 S. 0:0(0) ack 1",
        "3320 c8 . 1:1(0) ack 1",
    ]
    assert walk(trace, "client", 40002) == ["220 SYN-SENT", "320 ESTABLISHED"]
    assert walk(trace, "server", 40002) == ["270 SYN-RECEIVED", "3370 ESTABLISHED"]
    assert queues(trace) == [
        (0, 0, 0),
        (50, 1, 0),
        (150, 0, 1),
        (250, 1, 1),
        (270, 2, 1),
        (350, 1, 2),
        (2000, 1, 1),
        (2000, 1, 0),
        (3370, 0, 1),
        (3370, 0, 0),
    ]


def test_final_ack_answered_by_rst() -> None:
    trace = tell(BURST.format("; recv") + "set: server.tcp_abort_on_overflow=1")
    third = [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.conn == 40002]
    assert third[-2:] == ["320 c6 . 1:1(0) ack 1", "370 s4 R 1:1(0)"]
    assert returns(trace, "client")[-2:] == [("connect", "ok"), ("recv", "ECONNRESET")]
    assert walk(trace, "server", 40002)[-1] == "370 CLOSED"


def test_syn_meets_a_full_accept_queue() -> None:
    trace = tell("server: listen(0); accept@800ms; accept\nclient: connect\nclient/2: connect@300ms")
    second = [line for line, sent in zip(exchange(trace), trace.sent, strict=True) if sent.conn == 40001]
    assert second == [
        "300 c3 S 0:0(0)",  # dropped, not refused
        "1300 c4 S 0:0(0)",
        "1350 s2 S. 0:0(0) ack 1",
        "1400 c5 . 1:1(0) ack 1",
    ]
    assert returns(trace, "client") == [("connect", "ok"), ("connect", "ok")]


def test_syn_cookie() -> None:
    """More SYNs than the SYN queue holds: the last is answered with a cookie, and its ACK makes the connection."""
    trace = tell("server: listen(1)\n" + "\n".join(f"client/{n}: connect@{n}ms" for n in range(1, 5)))
    assert max(syn for _, syn, _ in queues(trace)) == 2
    assert [
        event.conn for event in trace.events if isinstance(event, Changed) and event.after is State.SYN_RECEIVED
    ] == [
        40000,
        40001,
    ]
    fired = {
        check.rule for event in trace.events if isinstance(event, Arrived) for check in event.checks if check.fired
    }
    assert "listen.syn-cookie" in fired
    assert [name for name, sent in trace.segments.items() if sent.conn == 40003] == ["c4", "s4", "c8"]


def test_a_listener_that_closes() -> None:
    """What waits to be accepted is reset; what is half-open is forgotten without a word."""
    trace = tell("server: listen(8); close@1s\nclient: connect; recv\nclient/2: connect@300ms\nwire: drop c:40001.2")
    assert exchange(trace)[-1] == "1000 s3 R. 1:1(0) ack 1"
    assert walk(trace, "server", 40001) == ["350 SYN-RECEIVED", "1350 CLOSED"]
    assert returns(trace, "client")[-1] == ("recv", "ECONNRESET")


# ③ Why three


def test_old_duplicate_syn() -> None:
    """The client's machine knows nothing of it, so its SYN-ACK draws a RST (RFC 9293 figure 8)."""
    trace = tell("server: listen; accept\nclient:\nforge: c S -1000:-1000(0) @100ms")
    assert says(
        trace,
        """
        100 x1 S -1000:-1000(0)
        100 s1 S. 0:0(0) ack -999
        150 c1 R -999:-999(0)
        """,
    )
    assert walk(trace, "server") == ["100 SYN-RECEIVED", "200 LISTEN"]
    assert returns(trace, "server") == [("listen", "ok")]  # accept() never sees any of it


def test_old_duplicate_syn_just_before_the_new_one() -> None:
    trace = tell(
        "server: listen; accept\nclient: connect\nwire: late c1+100ms\nforge: c S -10:-10(0) @20ms\n"
        "set: rfc; client.isn=100"
    )
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        20 x1 S -10:-10(0)
        20 s1 S. 0:0(0) ack -9
        70 c2 R -9:-9(0)
        150 s2 S. 0:0(0) ack 1
        200 c3 . 1:1(0) ack 1
        """,
    )
    assert walk(trace, "server") == ["20 SYN-RECEIVED", "120 LISTEN", "150 SYN-RECEIVED", "250 ESTABLISHED"]
    assert trace.segments["s2"].retransmits is None  # another incarnation, with an ISN of its own
    assert trace.segments["s2"].segment.seq != trace.segments["s1"].segment.seq


# ④ Data on the third segment, and the third segment lost


def test_data_on_the_third_segment() -> None:
    trace = tell("server: listen; accept; recv\nclient: connect\nat: 20ms client.send(100)")
    assert says(
        trace,
        """
        0 c1 S 0:0(0)
        50 s1 S. 0:0(0) ack 1
        100 c2 P. 1:101(100) ack 1
        150 s2 . 1:1(0) ack 101
        """,
    )
    assert returns(trace, "server")[-1] == ("recv", 100)


def test_third_segment_lost_and_the_client_sends() -> None:
    trace = tell("server: listen; accept; recv; send(200)\nclient: connect; send(100); recv\nwire: drop c2")
    assert exchange(trace)[2:] == [
        "100 c2 . 1:1(0) ack 1 lost",
        "100 c3 P. 1:101(100) ack 1",
        "150 s2 . 1:1(0) ack 101",
        "150 s3 P. 1:201(200) ack 101",
        "200 c4 . 101:101(0) ack 201",
    ]
    assert walk(trace, "server") == ["50 SYN-RECEIVED", "150 ESTABLISHED"]


def test_third_segment_lost_and_the_client_is_silent() -> None:
    trace = tell("server: listen; accept; send(200)\nclient: connect; recv\nwire: drop c2")
    assert exchange(trace)[2:] == [
        "100 c2 . 1:1(0) ack 1 lost",
        "1050 s2 S. 0:0(0) ack 1",
        "1100 c3 . 1:1(0) ack 1",
        "1150 s3 P. 1:201(200) ack 1",
        "1200 c4 . 1:1(0) ack 201",
    ]
    assert returns(trace, "client") == [("connect", "ok"), ("recv", 200)]


def test_the_half_open_connection_is_forgotten() -> None:
    trace = tell("server: listen; accept\nclient: connect; send(100)@100s; recv\nwire: drop c2..7")
    assert [sent.at // 1_000_000 for sent in trace.sent if sent.source == "server"][:6] == [0, 1, 3, 7, 15, 31]
    assert walk(trace, "server") == ["50 SYN-RECEIVED", "63050 CLOSED"]
    assert exchange(trace)[-1] == "100050 s7 R 1:1(0)"
    assert returns(trace, "client") == [("connect", "ok"), ("send", 100), ("recv", "ECONNRESET")]


# ⑤ Four segments

FOUR = """
0 c1 S 0:0(0)
50 s1 S. 0:0(0) ack 1
100 c2 . 1:1(0) ack 1
100 c3 P. 1:101(100) ack 1
150 s2 . 1:1(0) ack 101
150 s3 P. 1:201(200) ack 101
200 c4 . 101:101(0) ack 201
500 c5 F. 101:101(0) ack 201
"""


def test_four_segment_close() -> None:
    trace = tell(REQUEST)
    assert says(trace, FOUR + "590 s4 . 201:201(0) ack 102\n850 s5 F. 201:201(0) ack 102\n900 c6 . 102:102(0) ack 202")
    assert walk(trace, "client")[2:] == ["500 FIN-WAIT-1", "640 FIN-WAIT-2", "900 TIME-WAIT", "60900 CLOSED"]
    assert walk(trace, "server")[2:] == ["550 CLOSE-WAIT", "850 LAST-ACK", "950 CLOSED"]


def test_three_segment_close() -> None:
    trace = tell(REQUEST.replace("recv(eof); close+300ms", "recv(eof); close"))
    assert says(trace, FOUR + "550 s4 F. 201:201(0) ack 102\n600 c6 . 102:102(0) ack 202")
    assert walk(trace, "client")[2:] == ["500 FIN-WAIT-1", "600 TIME-WAIT", "60600 CLOSED"]


def test_close_by_the_rfc() -> None:
    """No delayed ACK, and TIME-WAIT for 2 MSL of two minutes each."""
    trace = tell(REQUEST + "set: rfc")
    assert says(trace, FOUR + "550 s4 . 201:201(0) ack 102\n850 s5 F. 201:201(0) ack 102\n900 c6 . 102:102(0) ack 202")
    assert walk(trace, "client")[2:] == ["500 FIN-WAIT-1", "600 FIN-WAIT-2", "900 TIME-WAIT", "240900 CLOSED"]


def test_simultaneous_close() -> None:
    trace = tell("server: listen; accept; recv; send(200); close@500ms\nclient: connect; send(100); recv; close@500ms")
    assert exchange(trace)[7:] == [
        "500 s4 F. 201:201(0) ack 101",
        "500 c5 F. 101:101(0) ack 201",
        "550 c6 . 102:102(0) ack 202",
        "550 s5 . 202:202(0) ack 102",
    ]
    for host in ("client", "server"):
        assert walk(trace, host)[-4:] == ["500 FIN-WAIT-1", "550 CLOSING", "600 TIME-WAIT", "60600 CLOSED"]


def test_abort() -> None:
    trace = tell(REQUEST.replace("close+300ms\n", "abort+300ms\n", 2).replace("recv(eof); abort+300ms", "recv(eof)"))
    assert exchange(trace)[-1] == "500 c5 R. 101:101(0) ack 201"
    assert walk(trace, "client")[-1] == "500 CLOSED"
    assert returns(trace, "server")[-1] == ("recv", "ECONNRESET")


# ⑥ Half-close and TIME-WAIT


def test_half_close() -> None:
    trace = tell(
        "server: listen; accept; recv(eof); send(200)+150ms; send(200)+150ms; close+150ms\n"
        "client: connect; send(100); shutdown(wr)+100ms; send(100); recv(eof); close"
    )
    assert returns(trace, "client") == [
        ("connect", "ok"),
        ("send", 100),
        ("shutdown", "ok"),
        ("send", "EPIPE"),
        ("recv", 400),
        ("close", "ok"),
    ]
    assert walk(trace, "client")[2:5] == ["200 FIN-WAIT-1", "340 FIN-WAIT-2", "750 TIME-WAIT"]
    assert walk(trace, "server")[2:] == ["250 CLOSE-WAIT", "700 LAST-ACK", "800 CLOSED"]


def test_text_after_close_is_answered_by_rst() -> None:
    trace = tell(
        "server: listen; accept; recv(eof); send(200)+300ms; send(200)+300ms\nclient: connect; send(100); close+100ms"
    )
    assert exchange(trace)[-2:] == ["550 s4 P. 1:201(200) ack 102", "600 c5 R 102:102(0)"]
    assert returns(trace, "server")[-2:] == [("send", 200), ("send", "EPIPE")]


def test_last_ack_lost() -> None:
    """LAST-ACK repeats its FIN, TIME-WAIT answers it and begins anew."""
    trace = tell(REQUEST + "wire: drop c6")
    assert exchange(trace)[10:] == [
        "900 c6 . 102:102(0) ack 202 lost",
        "1150 s6 F. 201:201(0) ack 102",
        "1200 c7 . 102:102(0) ack 202",
    ]
    assert walk(trace, "client")[-2:] == ["900 TIME-WAIT", "61200 CLOSED"]
    assert trace.segments["s6"].retransmits == "s5"


def test_time_wait_killed_by_a_rst() -> None:
    trace = tell(REQUEST + "forge: s R nxt @10s")
    assert walk(trace, "client")[-1] == "10000 CLOSED"


# The wire


def test_a_cut_wire() -> None:
    trace = tell(REQUEST + "wire: cut c 500ms..1s")
    assert exchange(trace)[7:10] == [
        "500 c5 F. 101:101(0) ack 201 lost",
        "800 c6 F. 101:101(0) ack 201 lost",
        "1100 c7 F. 101:101(0) ack 201",
    ]


def test_a_cut_ends_before_its_end() -> None:
    assert tell(REQUEST + "wire: cut c 100ms..500ms").segments["c5"].fate == "delivered"
    assert tell(REQUEST + "wire: cut c 500ms..501ms").segments["c5"].fate == "dropped"


def test_a_lost_segment_dies_half_way() -> None:
    trace = tell(REQUEST + "wire: drop c1")
    assert trace.segments["c1"].lost_at == 25_000
    assert [event.name for event in trace.moment_at(25_000).events if isinstance(event, Lost)] == ["c1"]


def test_delay_each_way_and_from_a_time_on() -> None:
    trace = tell(REQUEST + "wire: delay s 10ms; delay c 200ms@400ms")
    assert trace.segments["c1"].arrivals == (50_000,)
    assert trace.segments["s1"].arrivals == (60_000,)
    fin = trace.segments["c5"]
    assert fin.arrivals == (fin.at + 200_000,)


# What `at:` does


def test_a_sysctl_changes_while_all_runs() -> None:
    trace = tell(BURST.format("; recv") + "at: 300ms server.tcp_abort_on_overflow=1")
    assert walk(trace, "server", 40002)[-1] == "370 CLOSED"


def test_a_call_out_of_the_blue() -> None:
    trace = tell("server: listen; accept\nclient: connect\nat: 20ms client.close")
    assert exchange(trace) == ["0 c1 S 0:0(0)", "50 s1 S. 0:0(0) ack 1", "100 c2 R 1:1(0)"]
    assert returns(trace, "client") == [("close", "ok"), ("connect", "ECONNABORTED")]


def test_a_socket_is_gone_when_it_is_closed() -> None:
    trace = tell("server: listen; accept\nclient: connect; close; send(1); recv; close")
    assert returns(trace, "client") == [
        ("connect", "ok"),
        ("close", "ok"),
        ("send", "EBADF"),
        ("recv", "EBADF"),
        ("close", "EBADF"),
    ]


def test_calls_that_have_waited_long_enough() -> None:
    trace = tell("server: listen; accept(timeout=1s); accept; recv(timeout=500ms)\nclient: connect@2s")
    assert returns(trace, "server") == [("listen", "ok"), ("accept", "EAGAIN"), ("accept", "ok"), ("recv", "EAGAIN")]
    assert [event.at for event in trace.events if isinstance(event, Returned) and event.result == "EAGAIN"] == [
        1_000_000,
        2_650_000,
    ]


def test_a_block_for_each_connection() -> None:
    trace = tell(
        "server: listen; accept*{recv; send(10); close}\n"
        "client: connect; send(1); recv(eof)\nclient2: connect; send(2); recv(eof)"
    )
    assert Counter(returns(trace, "server")) == {
        ("listen", "ok"): 1,
        ("accept", "ok"): 2,
        ("recv", 1): 1,
        ("recv", 2): 1,
        ("send", 10): 2,
        ("close", "ok"): 2,
    }
    assert returns(trace, "client")[-1] == returns(trace, "client2")[-1] == ("recv", 10)


def test_a_forged_segment_reaches_the_connection_that_it_names() -> None:
    story = "server: listen; accept*{recv}\nclient: connect; recv\nclient2: connect; recv\nforge: s:"
    assert returns(tell(story + "40000 R nxt @1s"), "client")[-1] == ("recv", "ECONNRESET")
    assert returns(tell(story + "41000 R nxt @1s"), "client2")[-1] == ("recv", "ECONNRESET")
