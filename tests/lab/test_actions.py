"""What can be done at a moment: the calls that make sense, the blows, and what can be done to a segment."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.actions import Action, Possible, in_flight, instant, on_segment, possible
from app.lab.sockets import handles
from app.sim.program import Call, Deed
from app.sim.scenario import Scenario, from_query, parse, to_query, written
from app.sim.trace import Called, Trace
from app.sim.world import run
from app.tcp.states import State
from tests.lab.test_forks import STORY, WORDS
from tests.sim.scenarios import busy_scenarios

MS = 1_000


def calls(found: Possible, host: str, conn: int | None = 40000) -> list[str]:
    ends = [end for end in found.ends if (end.host, end.conn) == (host, conn)]
    return [str(action.what.params["call"]) for end in ends for action in end.calls]


def blows(found: Possible, host: str) -> list[str]:
    return [a.what.message.removeprefix("lab.do.") for one in found.hosts if one.host == host for a in one.blows]


def told(actions: tuple[Action, ...]) -> list[str]:
    return [action.what.message.removeprefix("lab.do.") for action in actions]


def at(text: str) -> str:
    return next((line for line in text.splitlines() if line.startswith("at: ")), "")


# On one story


def test_while_a_syn_is_under_way() -> None:
    found = possible(run(STORY), 10 * MS)
    assert calls(found, "client") == ["send(100)", "close", "abort"]
    assert calls(found, "server", None) == ["close"]
    assert blows(found, "server") == ["kill", "crash", "reboot"]
    assert blows(found, "client") == ["kill", "crash", "reboot", "destroy"]
    assert [(one.name, told(one.actions)) for one in found.in_flight] == [("c1", ["lose", "duplicate", "delay"])]


def test_on_a_connection_that_stands() -> None:
    found = possible(run(STORY), 300 * MS)
    assert calls(found, "client") == calls(found, "server") == ["send(100)", "shutdown(wr)", "close", "abort"]
    assert found.in_flight == ()
    end = next(end for end in found.ends if end.host == "client")
    close = next(action for action in end.calls if action.what.params["call"] == "close")
    assert at(written(close.scenario)) == "at: 300ms client.close"
    assert close.scenario._replace(deeds=()) == STORY


def test_who_has_closed_may_not_send() -> None:
    trace = run(STORY)
    assert calls(possible(trace, 700 * MS), "client") == []  # the socket is closed
    assert calls(possible(trace, 700 * MS), "server") == ["send(100)", "shutdown(wr)", "close", "abort"]  # CLOSE-WAIT
    half = run(parse("server: listen; accept; recv(eof)\nclient: connect; shutdown(wr)+100ms"))
    assert calls(possible(half, 500 * MS), "client") == ["close", "abort"]  # FIN-WAIT-2, still held


def test_what_lies_unread_can_be_read_and_what_waits_can_be_accepted() -> None:
    unread = possible(run(parse("server: listen; accept; sleep(1s)\nclient: connect; send(9)")), 300 * MS)
    assert calls(unread, "server") == [
        "send(100)", "recv", "shutdown(wr)", "close", "abort",
    ]  # fmt: skip
    waiting = possible(run(parse("server: listen\nclient: connect")), 300 * MS)
    assert calls(waiting, "server", None) == ["accept", "close"]


def test_where_nothing_is_open_something_can_be_opened() -> None:
    over = possible(run(STORY), 70_000 * MS)
    assert calls(over, "client", None) == ["connect"]
    connect = next(end for end in over.ends if end.host == "client").calls[0].scenario
    assert "client/2: connect@70s" in written(connect)
    assert run(connect).connections[-1] != run(STORY).connections[-1]
    idle = possible(run(parse("server:\nclient: connect")), 300 * MS)
    assert calls(idle, "server", None) == ["connect"]
    closed = possible(run(parse("server: l=listen; l.close+100ms\nclient: connect@1s")), 300 * MS)
    assert calls(closed, "server", None) == ["listen"]


def test_a_machine_that_is_down_can_only_be_started() -> None:
    trace = run(parse(written(STORY) + "at: 400ms server!crash"))
    found = possible(trace, 450 * MS)
    assert blows(found, "server") == ["reboot"]
    assert not any(end.host == "server" for end in found.ends)


def test_a_segment_offers_the_way_back() -> None:
    trace = run(parse(written(STORY) + "wire: drop c1; dup c3+1ms; late c4+5ms\nforge: c R 5:5(0) @2s"))
    assert told(on_segment(trace, "c1")) == ["deliver"]
    assert told(on_segment(trace, "c3")) == ["lose", "delay", "undo-dup"]
    assert told(on_segment(trace, "c4")) == ["lose", "duplicate", "undo-late"]
    assert told(on_segment(trace, "x1")) == ["unforge"]
    assert told(on_segment(trace, "s1", 3_000 * MS)) == ["lose", "duplicate", "delay", "replay"]
    assert told(on_segment(trace, "s1", 3 * MS)) == ["lose", "duplicate", "delay"]  # not sent yet


def test_a_deed_is_done_just_after_what_is_seen() -> None:
    trace = run(STORY)
    assert instant(trace, 100 * MS) == 101 * MS  # the SYN-ACK has arrived by then
    assert instant(trace, 120 * MS) == 120 * MS
    close = run(parse("server: listen; accept\nclient: connect; close+500us"))
    assert instant(close, 100 * MS) == 100 * MS + 100


def test_a_socket_is_read_from_the_record_of_the_run() -> None:
    scenario = parse("server: listen; a=accept; b=accept\nclient: connect\nclient/2: connect@200ms; close")
    held = {(one.host, one.number, one.name): (one.conn, one.closed) for one in handles(run(scenario), 500 * MS)}
    assert held == {
        ("server", 1, None): (40001, False),
        ("server", 1, "a"): (40000, False),
        ("server", 1, "b"): (40001, False),
        ("client", 1, None): (40000, False),
        ("client", 2, None): (40001, True),
    }
    first = next(end for end in possible(run(scenario), 500 * MS).ends if end[:2] == ("server", 40000))
    assert at(written(first.calls[-1].scenario)) == "at: 500ms server.a.abort"


def test_a_dead_socket_is_not_of_the_next_connection_between_the_same_addresses() -> None:
    scenario = parse(
        "server: listen; accept; recv; recv\n"
        "client: connect(from=40000); send(100); connect(from=40000)@2s\nat: 1s client!reboot"
    )
    trace = run(scenario)
    assert calls(possible(trace, 900 * MS), "server") == ["send(100)", "shutdown(wr)", "close", "abort"]
    for now in (2_158 * MS, 2_258 * MS):
        moment = trace.moment_at(now).index
        assert trace.state(moment, "server", 40000) in (State.SYN_RECEIVED, State.ESTABLISHED)
        assert calls(possible(trace, now), "server") == []
        assert calls(possible(trace, now), "client")  # its socket is the new one


# On any


def everything(found: Possible) -> list[Action]:
    groups = [end.calls for end in found.ends] + [host.blows for host in found.hosts]
    return [action for group in (*groups, *(one.actions for one in found.in_flight)) for action in group]


@settings(max_examples=40)
@given(busy_scenarios(), st.data())
def test_whatever_is_offered_is_another_scenario_with_the_same_past(scenario: Scenario, data: st.DataObject) -> None:
    trace = run(scenario)
    if not trace.moments:
        return
    now = data.draw(st.sampled_from([moment.at for moment in trace.moments])) + data.draw(st.integers(0, 3_000))
    found = possible(trace, now)
    assert found.at >= now
    for action in everything(found):
        assert action.scenario != scenario
        assert all(words(action.what.message, **action.what.params) for words in WORDS.values())
        assert from_query(to_query(action.scenario)) == action.scenario
    # A probe of a peer that lives is left out where nothing else comes; something idle comes here, too.
    idle = Deed(found.at, "client", 1, Call("sleep", timeout=0))
    base = run(scenario._replace(deeds=(*scenario.deeds, idle)))
    groups = [end.calls for end in found.ends] + [host.blows for host in found.hosts]
    for action in data.draw(st.permutations([action for group in groups for action in group]))[:4]:
        if base.stopped_by is None:
            assert past(run(action.scenario), found.at) == past(base, found.at)


def past(trace: Trace, now: int) -> list[object]:
    return [event for event in trace.events if event.at < now]


@settings(max_examples=40)
@given(busy_scenarios(), st.data())
def test_a_call_is_made_then_and_on_that_connection(scenario: Scenario, data: st.DataObject) -> None:
    trace = run(scenario)
    if not trace.moments or trace.stopped_by:
        return
    now = data.draw(st.sampled_from([moment.at for moment in trace.moments])) + data.draw(st.integers(0, 3_000))
    found = possible(trace, now)
    for end in found.ends:
        if end.conn is None:
            continue
        assert end.state is not State.CLOSED
        for action in end.calls:
            name = str(action.what.params["call"]).partition("(")[0]
            made = made_then(run(action.scenario), found.at, end.host, end.conn, name)
            assert made > made_then(trace, found.at, end.host, end.conn, name)


def made_then(trace: Trace, at: int, host: str, conn: int, name: str) -> int:
    return sum(isinstance(e, Called) and e[:4] == (at, host, conn, name) for e in trace.events)


def test_what_is_on_the_wire_is_neither_gone_nor_there() -> None:
    trace = run(parse(written(STORY) + "wire: drop c1; dup s1+40ms"))
    assert in_flight(trace, 10 * MS) == ("c1",)
    assert in_flight(trace, 30 * MS) == ()
    assert in_flight(trace, 1_110 * MS) == ("s1", "c3", "c4")
