"""Claims: what holds, what does not, and what is said of what makes no sense."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sim.claims import parse, refute
from app.sim.scenario import parse as parse_scenario
from app.sim.trace import Trace
from app.sim.when import Nonsense
from app.sim.world import run

LOSSY = """server:   listen(1); accept@500ms
client:   connect; send(10)@200ms; send(20)
client/2: connect@20ms
wire:     delay 50ms; drop c1
"""


@pytest.mark.parametrize(
    "check",
    [
        "client.state = ESTABLISHED and server.state = ESTABLISHED",
        "start: client.state = SYN-SENT",
        "before c1 sent: client.state = CLOSED and server.state = CLOSED and server.limit = none",
        "after c1 sent: server.state = LISTEN and server.accept_queue = 0 and server.limit = 128",
        "after c1 arrives: server.state = SYN-RECEIVED and server.syn_queue = 1 and client.state = SYN-SENT",
        "before s1 arrives: client.state = SYN-SENT",
        "after s1 arrives: client.state = ESTABLISHED and server.state != ESTABLISHED",
        "after c1 sent: client.snd_una = 0 and client.snd_nxt = 1 and client.rcv_nxt = none",
        "after c3 sent: client.snd_nxt = 101 and client.snd_una < 101",
        "end: server.rcv_nxt = 101 and client.snd_una >= 101",
        "c1.flags = S and s1.flags = S. and c2.flags = .",
        "s1.seq = 0 and s1.ack = 1 and s1.len = 0 and c3.len = 100 and c1.ack = none",
        "c1.fate = delivered and c1.at = 0ms and c1.arrives = 50ms and c1.retransmits = none",
        "after c2 arrives: c.count = 2 and s.count = 1",
        "c.count = 3",
        "client.connect.result = ok and client.connect.returned = 100ms",
        "client.send.result = 100 and client:40000.send[1].returned <= 200ms",
        "server.recv.result = 100 and server.recv.returned > 0.2s",
        "after c2 arrives: server.recv.result = blocked and server.recv.returned = none",
        "before c3 sent: client.send.result = none",
    ],
)
def test_what_is_so_holds(handshake: Trace, check: str) -> None:
    assert refute(handshake, parse(check)) is None


@pytest.mark.parametrize(
    "check",
    [
        "c1.fate = dropped and c1.arrives = none and c4.retransmits = c1 and c4.at = 1s",
        "client:40001.state = ESTABLISHED and client:40001.connect.result = ok",
        "after 400ms: server.accept_queue = 1 and server.limit = 1",
        "client.send[2].result = 20",
    ],
)
def test_what_is_so_holds_among_losses_and_several_connections(traced: Callable[[str], Trace], check: str) -> None:
    assert refute(traced(LOSSY), parse(check)) is None


CLOSED = """server: listen; accept; recv; recv(eof); close+300ms
client: connect; send(100); close@400ms
client/2: connect@2s; send(9); recv
at: 2300ms server!reboot; 3s client/2.send(9)
wire: drop c[F.]1
"""


@pytest.mark.parametrize(
    "check",
    [
        "c[F.].count >= 2 and c[S].count = 2 and s[S.].count = 2 and s[R].count = 1",
        "after 1s: c[S].count = 1 and s[R].count = 0",
        "server.resets = 1 and client.resets = 0 and server:40001.resets = 1 and server:40000.resets = 0",
        "server.fired[listen.syn] = 2 and server.fired[closed.reset] = 1 and client.fired[listen.syn] = 0",
        "server:40000.fired[listen.syn] = 1",
        "client:40001.cause = rst",
        "start: client:40000.cause = active-open",
        "before start: client:40000.cause = none",
        "client.recv[any].result = ECONNRESET and client.connect[any].returned > 2s",
        "after 150ms: server:40000.unread = 0 and client:40000.snd_wnd = 65535 and server:40000.rcv_wnd > 65000",
    ],
)
def test_what_has_come_to_pass_by_then(traced: Callable[[str], Trace], check: str) -> None:
    assert refute(traced(CLOSED), parse(check)) is None


def test_a_time_wait_that_begins_anew_is_counted(traced: Callable[[str], Trace]) -> None:
    trace = traced("server: listen; accept; recv(eof); close\nclient: connect; close\nwire: drop c4")
    assert refute(trace, parse("client.time_wait_restarts = 1 and server.time_wait_restarts = 0")) is None
    assert refute(trace, parse("after 250ms: client.time_wait_restarts = 0")) is None


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            "after s1 arrives: server.state = ESTABLISHED",
            "expected server.state = ESTABLISHED, is SYN-RECEIVED at 100ms",
        ),
        ("c1.arrives = 60ms", "expected c1.arrives = 60ms, is 50ms at 300ms"),
        ("c1.ack = 0", "expected c1.ack = 0, is none at 300ms"),
        ("c1.ack > 0", "expected c1.ack > 0, is none at 300ms"),
        ("client.connect.result = 0", "expected client.connect.result = 0, is ok at 300ms"),
        (
            "before start: client.state = SYN-SENT",
            "expected client.state = SYN-SENT, is CLOSED before anything happens",
        ),
        (
            "after c1 arrives: c.count = 2 and s.count = 1 and server.syn_queue = 0",
            "expected c.count = 2, is 1; expected server.syn_queue = 0, is 1 at 50ms",
        ),
    ],
)
def test_what_is_not_so_says_what_was_seen(handshake: Trace, check: str, said: str) -> None:
    assert refute(handshake, parse(check)) == said


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("", "is no comparison"),
        ("client.state", "is no comparison"),
        ("client.state == ESTABLISHED", "is no comparison"),
        ("c1 arrives: ", "is no comparison"),
        (": client.state = CLOSED", "names a moment"),
        ("after : client.state = CLOSED", "names a moment"),
        ("client.state = ESTABLISHED and", "is no comparison"),
        ("client.state != SYN_SENT", "there is no state SYN_SENT"),
        ("c1.fate = lost", "a segment's fate is"),
        ("client.cause = luck", "there is no cause luck"),
    ],
)
def test_what_is_no_claim_is_a_mistake(check: str, said: str) -> None:
    with pytest.raises(Nonsense) as mistake:
        parse(check)
    assert said in str(mistake.value)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("klient.state = CLOSED", "klient is neither a host nor a segment"),
        ("client = CLOSED", "is no path"),
        ("client.stat = CLOSED", "a host has no stat"),
        ("client:40007.state = CLOSED", "there is no connection client:40007: the run has 40000"),
        ("c9.flags = S", "there is no segment c9"),
        ("d.count = 1", "there is no segment of d"),
        ("client.close.result = ok", "there is no client.close[1]: client never makes it"),
        ("client.send[2].result = 100", "there is no client.send[2]: client makes 1 such calls"),
        ("client.close[any].result = ok", "nothing in this run is a client.close[any].result"),
        ("client.fired[luck] = 1", "there is no rule luck"),
        ("client[S].state = CLOSED", "a host has no state"),
        ("c1.at = 0", "c1.at is a time: write it with its unit"),
        ("c1.seq = 0ms", "c1.seq is a number, not a time"),
        ("c1.flags > S", "only numbers and times can be compared"),
        ("c9 arrives: client.state = CLOSED", "there is no segment c9"),
        ("before 1 s: client.state = CLOSED", "names no moment"),
    ],
)
def test_what_makes_no_sense_in_this_run_is_a_mistake(handshake: Trace, check: str, said: str) -> None:
    with pytest.raises(Nonsense) as mistake:
        refute(handshake, parse(check))
    assert said in str(mistake.value)


def test_of_several_connections_one_must_be_named(traced: Callable[[str], Trace]) -> None:
    with pytest.raises(Nonsense, match="say client:40000 or client:40001"):
        refute(traced(LOSSY), parse("client.state = ESTABLISHED"))


HANDSHAKE = run(parse_scenario("server: listen; accept\nclient: connect\n"))
WORDS = st.sampled_from(
    [
        "after",
        "before",
        "c1",
        "arrives:",
        "end:",
        "and",
        "client.state",
        "c1.seq",
        "s.count",
        "server:9.limit",
        "x.y",
        "client.connect[1].result",
        "=",
        "<",
        "!=",
        "none",
        "5ms",
        "-1",
        "CLOSED",
        "ok",
        ".",
        ":",
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=9).map(" ".join)))
def test_junk_is_a_mistake_and_nothing_worse(check: str) -> None:
    with suppress(Nonsense):
        wrong = refute(HANDSHAKE, parse(check))
        assert wrong is None or wrong.startswith("expected ")
