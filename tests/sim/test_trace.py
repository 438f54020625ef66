"""Looking things up in a trace, and the trace as JSON."""

import json
from typing import Any

import pytest

from app.sim.export import to_json
from app.sim.scenario import parse, written
from app.sim.trace import Changed, Trace
from app.sim.world import run
from app.tcp.segment import distance
from app.tcp.states import State

STORY = """
server: listen(1); accept@500ms; recv; close
client: connect; send(100); recv; close
client/2: connect@200ms
wire: drop s1; dup c2+5ms
forge: c R nxt @30s
set: client.isn=4294967295
"""


@pytest.fixture(scope="module")
def trace() -> Trace:
    return run(parse(STORY))


@pytest.fixture(scope="module")
def exported(trace: Trace) -> dict[str, Any]:
    return json.loads(json.dumps(to_json(trace)))  # type: ignore[no-any-return]


def test_moments_are_the_instants_at_which_something_happens(trace: Trace) -> None:
    assert [moment.index for moment in trace.moments] == list(range(len(trace.moments)))
    times = [moment.at for moment in trace.moments]
    assert times == sorted(set(times))
    assert tuple(event for moment in trace.moments for event in moment.events) == trace.events
    assert all(moment.events for moment in trace.moments)
    assert all(event.at == moment.at for moment in trace.moments for event in moment.events)


def test_moment_at(trace: Trace) -> None:
    for moment in trace.moments:
        assert trace.moment_at(moment.at) is moment
        assert trace.moment_at(moment.at + 1) in (moment, *trace.moments[moment.index + 1 : moment.index + 2])
    assert trace.moment_at(-1) is trace.moments[0]
    assert trace.moment_at(0) is trace.moments[0]
    assert trace.moment_at(49_999) is trace.moments[0]
    assert trace.moment_at(10**12) is trace.moments[-1]


def test_block_after_a_moment(trace: Trace) -> None:
    """Each side's view, as it stood: before the SYN came there was none, after the end there is none again."""
    opened = trace.moment_at(0).index
    client = trace.block(opened, "client", 40000)
    assert client is not None
    assert (client.state, client.iss, client.irs) == (State.SYN_SENT, 4294967295, None)
    assert trace.block(opened, "server", 40000) is None
    arrived = trace.moment_at(50_000).index
    server = trace.block(arrived, "server", 40000)
    assert server is not None
    assert (server.state, server.irs, server.rcv_nxt) == (State.SYN_RECEIVED, 4294967295, 0)
    assert trace.block(arrived - 1, "server", 40000) is None
    assert trace.block(len(trace.moments) - 1, "server", 40000) is None
    assert trace.block(arrived, "nobody", 40000) is None


def test_blocks_agree_with_states_and_with_what_was_sent(trace: Trace) -> None:
    for moment in trace.moments:
        for host, conn in trace.connections:
            block = trace.block(moment.index, host, conn)
            if block is not None:
                assert block.state is trace.state(moment.index, host, conn)
                sent = [
                    s for s in trace.sent if (s.source, s.conn) == (host, conn) and s.at <= moment.at and not s.forged
                ]
                reached = max(
                    distance(block.iss, s.segment.seq) + s.segment.length + s.segment.syn + s.segment.fin for s in sent
                )
                assert distance(block.iss, block.snd_nxt) == reached


def test_state(trace: Trace) -> None:
    def states(at: int) -> tuple[str, str]:
        index = trace.moment_at(at).index
        return trace.state(index, "client", 40000).value, trace.state(index, "server", 40000).value

    assert states(0) == ("SYN-SENT", "LISTEN")
    assert states(50_000) == ("SYN-SENT", "SYN-RECEIVED")
    assert trace.state(0, "client", 40001) is State.CLOSED  # not yet
    assert trace.state(0, "server", 40001) is State.LISTEN
    assert states(10**9) == ("ESTABLISHED", "CLOSED")  # the forged RST reached one end only


def test_an_endpoint_goes_back_to_listening_and_the_listener_closes() -> None:
    trace = run(parse("server: listen; close@1s\nclient:\nforge: c S 0:0(0) @10ms"))
    at = [trace.state(trace.moment_at(ms * 1000).index, "server", 40000).value for ms in (0, 10, 110, 1000)]
    assert at == ["LISTEN", "SYN-RECEIVED", "LISTEN", "CLOSED"]


def test_queues(trace: Trace) -> None:
    def queues(at: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        queued = trace.queues(trace.moment_at(at).index, "server")
        assert queued is not None
        assert queued.limit == 1
        return queued.syn, queued.accept

    assert queues(0) == ((), ())
    assert queues(50_000) == ((40000,), ())
    assert queues(250_000) == ((40000, 40001), ())
    assert queues(350_000) == ((40000,), (40001,))
    assert queues(500_000) == ((40000,), ())
    assert trace.queues(0, "client") is None


def test_connections_in_the_order_in_which_they_are_drawn(trace: Trace) -> None:
    assert trace.connections == (("client", 40000), ("client", 40001), ("server", 40000), ("server", 40001))


def test_fates_and_names(trace: Trace) -> None:
    assert trace.segments["s1"].fate == "dropped"
    assert trace.segments["s1"].arrivals == ()
    assert trace.segments["c2"].fate == "duplicated"
    assert len(trace.segments["c2"].arrivals) == 2
    assert trace.segments["c1"].fate == "delivered"
    assert trace.segments["x1"].forged
    assert {name[0] for name, sent in trace.segments.items() if sent.forged} == {"x"}
    assert len(trace.segments) == len(trace.sent)
    for host, letter in (("client", "c"), ("server", "s")):
        names = [sent.name for sent in trace.sent if sent.source == host and not sent.forged]
        assert names == [f"{letter}{number}" for number in range(1, len(names) + 1)]


def test_retransmissions_name_what_they_repeat(trace: Trace) -> None:
    repeats = [sent for sent in trace.sent if sent.retransmits]
    assert repeats
    for sent in repeats:
        first = trace.segments[sent.retransmits or ""]
        assert first.retransmits is None
        assert first.at < sent.at
        assert (first.source, first.conn, first.segment.seq) == (sent.source, sent.conn, sent.segment.seq)


def test_json_has_the_keys_that_stay(exported: dict[str, Any]) -> None:
    assert exported["version"] == 1
    assert exported["dialect"] == "linux"
    assert exported.keys() >= {"version", "dialect", "scenario", "segments", "states", "calls", "queues"}
    shapes = {
        "segments": {"n", "conn", "at_us", "from", "to", "flags", "seq", "ack", "len", "fate", "forged", "arrives_us"},
        "states": {"at_us", "host", "conn", "state"},
        "calls": {"at_us", "host", "conn", "call", "returned_us", "result"},
        "queues": {"at_us", "host", "syn_queue", "accept_queue"},
    }
    for kind, keys in shapes.items():
        assert exported[kind], kind
        assert all(keys <= entry.keys() for entry in exported[kind]), kind


def test_json_types(exported: dict[str, Any]) -> None:
    for segment in exported["segments"]:
        assert isinstance(segment["at_us"], int)
        assert set(segment["flags"]) <= {"SYN", "FIN", "RST", "PSH", "ACK"}
        assert segment["fate"] in ("delivered", "dropped", "duplicated")
        assert isinstance(segment["forged"], bool)
        assert all(isinstance(at, int) for at in segment["arrives_us"])
        assert (segment["ack"] is None) == ("ACK" not in segment["flags"]) or "ack_abs" in segment
        assert segment["seq"] is not None or "seq_abs" in segment
    for call in exported["calls"]:
        assert isinstance(call["result"], int | str)
        assert (call["returned_us"] is None) == (call["result"] == "blocked")


def test_json_of_the_first_segments(exported: dict[str, Any]) -> None:
    syn, syn_ack = exported["segments"][:2]
    assert {key: syn[key] for key in ("n", "conn", "at_us", "from", "to", "flags", "seq", "ack", "len")} == {
        "n": "c1",
        "conn": 40000,
        "at_us": 0,
        "from": "client",
        "to": "server",
        "flags": ["SYN"],
        "seq": 0,
        "ack": None,
        "len": 0,
    }
    assert (syn["fate"], syn["arrives_us"], syn["forged"]) == ("delivered", [50000], False)
    assert (syn_ack["flags"], syn_ack["seq"], syn_ack["ack"], syn_ack["fate"]) == (["SYN", "ACK"], 0, 1, "dropped")
    assert syn_ack["arrives_us"] == []


def test_json_tells_what_the_trace_tells(trace: Trace, exported: dict[str, Any]) -> None:
    assert exported["scenario"] == written(trace.scenario)
    assert run(parse(exported["scenario"])).events == trace.events
    assert [segment["n"] for segment in exported["segments"]] == [sent.name for sent in trace.sent]
    changes = [event for event in trace.events if isinstance(event, Changed)]
    assert [(state["at_us"], state["host"], state["conn"], state["state"]) for state in exported["states"]] == [
        (event.at, event.host, event.conn, event.after.value) for event in changes
    ]


def test_json_of_calls() -> None:
    trace = run(parse("server: listen; accept; recv\nclient: connect; send(100); recv"))
    keys = ("host", "call", "conn", "at_us", "returned_us", "result")
    assert [tuple(call[key] for key in keys) for call in to_json(trace)["calls"]] == [
        ("server", "listen", None, 0, 0, "ok"),
        ("server", "accept", 40000, 0, 150_000, "ok"),
        ("client", "connect", 40000, 0, 100_000, "ok"),
        ("client", "send", 40000, 100_000, 100_000, 100),
        ("client", "recv", 40000, 100_000, None, "blocked"),
        ("server", "recv", 40000, 150_000, 150_000, 100),
    ]


def test_json_of_a_port_where_nobody_listens() -> None:
    reset = to_json(run(parse("server:\nclient: connect")))["segments"][1]
    assert (reset["flags"], reset["seq"], reset["seq_abs"], reset["ack"]) == (["RST", "ACK"], None, 0, 1)


def test_json_counts_the_edges_of_sack_as_it_counts_ack() -> None:
    text = "server: listen; accept; recv(eof)\nclient: connect; send(1400); send(300); close\nwire: drop c3"
    (segment,) = [one for one in to_json(run(parse(text)))["segments"] if "sack" in one["options"]]
    assert (segment["ack"], segment["options"]["sack"]) == (1, [1401, 1702])


def test_json_says_which_rules_ran(exported: dict[str, Any]) -> None:
    first = exported["rules"][0]
    assert (first["segment"], first["host"], first["at_us"]) == ("c1", "server", 50_000)
    assert {"rule": "listen.syn", "fired": True, "section": "3.10.7.2 third"} in first["checks"]
    arrivals = sum(len(segment["arrives_us"]) for segment in exported["segments"])
    assert len(exported["rules"]) == arrivals


def test_json_of_a_run_that_was_stopped() -> None:
    stopped = to_json(run(parse("server: listen; accept; recv(eof)\nclient: connect; " + "send(1000000); " * 4)))
    assert stopped["stopped_by"] == "segments"
    assert len(stopped["segments"]) == 2_000
