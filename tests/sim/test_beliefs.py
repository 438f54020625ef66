"""Each misconception, run for real: a story with it and without, the same up to the one difference that matters.

`beliefs/NAME.story`: what is believed in a sentence, a scenario, what happens from where the two runs part, and what
would happen if one host (or all) held the belief. An event is a line; those that follow the last line are left out.
"""

from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.folders import folder
from app.sim.network import MAX_SEGMENTS
from app.sim.program import Setting
from app.sim.scenario import Scenario
from app.sim.settings import applied
from app.sim.trace import Arrived, Befell, Called, Changed, Departed, Event, Lost, Queued, Returned, TimedOut, Trace
from app.sim.world import MAX_EVENTS, run
from app.tcp.dialect import BELIEFS, LINUX, RFC
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios
from tests.sim.telling import exchange, queues, returns, tell, walk
from tests.sim.test_laws import lawful

STORIES = sorted((Path(__file__).parent / "beliefs").glob("*.story"))
SCENARIOS = sorted((folder("content") / "scenarios").glob("*.scenario"))

CLOSE = "server: listen; accept; recv(eof); close{}\nclient: connect; send(100); close+300ms\n"
EMPTY_CLOSE = "server: listen; accept; recv(eof); close\nclient: connect; close\n"
ASK = "server: listen; accept; recv\nclient: connect; send(100)\n"


class Story(NamedTuple):
    """A scenario, who holds the belief (None: all), and how it goes on where the runs part."""

    text: str
    host: str | None
    truth: list[str]
    believed: list[str]


def read(path: Path) -> Story:
    text, truth, believed = path.read_text(encoding="utf-8").split("\n--- ")
    holder, *lines = believed.splitlines()
    host, verb = holder.split()
    assert verb == ("believe" if host == "all" else "believes")
    return Story(text, None if host == "all" else host, truth.splitlines()[1:], lines)


def told(trace: Trace, event: Event) -> str:
    """An event in a line."""
    match event:
        case Departed(name=name):
            sent = trace.segments[name]
            segment, seq = sent.segment, sent.seq
            place = "" if seq is None else f" {seq}:{seq + segment.length}({segment.length})"
            what = f"sends {segment.letters}{place}" + ("" if segment.ack is None else f" ack {sent.ack}")
        case Changed():
            what = f"{event.before.value} > {event.after.value}"
        case Called():
            what = f"calls {event.call}({event.args})"
        case Returned():
            what = f"{event.call} returns {event.result}"
        case Arrived():
            what = f"receives {event.name}"
        case Lost():
            what = f"lost {event.name}"
        case TimedOut():
            what = f"timer {event.timer}"
        case Queued():
            what = f"queues {len(event.syn)} {len(event.accept)}"
        case Befell():
            what = event.what
    return f"{event.at / 1000:.10g} {event.host} {what}"


def believing(text: str, belief: str, host: str | None = None) -> Trace:
    return tell(f"{text}\nset: {host + '.' if host else ''}belief={belief}")


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_a_belief_makes_one_difference(path: Path) -> None:
    story = read(path)
    truth, believed = tell(story.text), believing(story.text, path.stem, story.host)
    one, two = ([told(trace, event) for event in trace.events] for trace in (truth, believed))
    place = next(i for i, (a, b) in enumerate(zip_longest(one, two)) if a != b)
    assert place > 0
    judged = [event for event, other in zip(truth.events[:place], believed.events, strict=False) if event != other]
    assert len(judged) <= 1  # an arrival may be judged otherwise
    assert all(isinstance(event, Arrived) for event in judged)
    assert one[place : place + len(story.truth)] == story.truth
    assert two[place : place + len(story.believed)] == story.believed


def test_every_belief_has_its_story() -> None:
    assert [path.stem for path in STORIES] == sorted(BELIEFS)


@pytest.mark.parametrize("belief", BELIEFS)
def test_a_belief_is_a_decision_of_the_dialect(belief: str) -> None:
    """One field, which Linux has otherwise."""
    assert len(BELIEFS[belief]) == 1
    assert BELIEFS[belief].keys() <= set(RFC._fields)
    assert LINUX._replace(**BELIEFS[belief]) != LINUX


# What follows from some of them, beyond the first difference


def test_who_is_established_with_the_syn_sends_before_the_third_segment() -> None:
    trace = believing("server: listen; accept; send(200)\nclient: connect; recv", "established-by-the-syn", "server")
    assert exchange(trace)[1:4] == ["50 s1 S. 0:0(0) ack 1", "50 s2 P. 1:201(200) ack 1", "100 c2 . 1:1(0) ack 1"]
    assert returns(trace, "client")[-1] == ("recv", 200)


def test_a_connection_out_of_time_wait_is_established_with_its_syn_as_well() -> None:
    story = """
    server: listen; accept; close; accept@1500ms; recv
    client: connect(from=40000); recv(eof); close; connect(from=40000)@1s; send(100)
    """
    trace = believing(story, "established-by-the-syn", "server")
    assert walk(trace, "server")[-2:] == ["150 TIME-WAIT", "1050 ESTABLISHED"]
    assert queues(trace)[-2:] == [(1050, 0, 1), (1500, 0, 0)]
    assert returns(trace, "server")[-1] == ("recv", 100)


def test_established_with_the_syn_a_listener_may_keep_its_connections_alive() -> None:
    keep = "setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=5); "
    story = f"server: {keep}listen; accept\nclient: connect\nset: end=6s"
    trace = believing(story, "established-by-the-syn", "server")
    assert exchange(trace)[-2:] == ["5150 s2 . 0:0(0) ack 1", "5200 c3 . 1:1(0) ack 1"]


def test_a_third_segment_with_text_is_no_use_to_a_cookie_either() -> None:
    story = ASK + "wire: drop c2\nset: server.tcp_syncookies=2; end=5s"
    assert walk(tell(story), "server") == ["150 SYN-RECEIVED", "150 ESTABLISHED"]
    trace = believing(story, "third-ack-must-be-pure", "server")
    assert walk(trace, "server") == []
    assert not any(sent.segment.rst for sent in trace.sent)


def test_a_handshake_that_wants_a_bare_ack_gets_it_when_the_syn_ack_is_repeated() -> None:
    trace = believing(ASK + "wire: drop c2", "third-ack-must-be-pure", "server")
    assert walk(trace, "server") == ["50 SYN-RECEIVED", "1150 ESTABLISHED"]
    assert returns(trace, "server")[-1] == ("recv", 100)


def test_a_repeated_syn_draws_a_syn_ack_where_the_timer_does_not() -> None:
    trace = believing("server: listen; accept\nclient: connect\nwire: drop s1", "syn-ack-is-not-repeated", "server")
    assert exchange(trace) == [
        "0 c1 S 0:0(0)",
        "50 s1 S. 0:0(0) ack 1 lost",
        "1000 c2 S 0:0(0)",
        "1050 s2 S. 0:0(0) ack 1",
        "1100 c3 . 1:1(0) ack 1",
    ]


def test_without_repetition_a_request_is_forgotten_as_late_as_with_it() -> None:
    story = "server: listen\nclient: connect\nwire: drop c2.."
    assert walk(tell(story), "server") == walk(believing(story, "syn-ack-is-not-repeated", "server"), "server")


@pytest.mark.parametrize("host", ["server", None])
def test_both_refuse_a_simultaneous_open_or_one_does(host: str | None) -> None:
    story = "client: connect(server:5000, from=5000)\nserver: connect(client:5000, from=5000)@20ms"
    for dialect in ("linux", "rfc"):
        trace = believing(f"{story}\nset: {dialect}", "simultaneous-open-fails", host)
        assert returns(trace, "server") == [("connect", "ECONNREFUSED")]
        assert returns(trace, "client") == [("connect", "ECONNREFUSED")]


@pytest.mark.parametrize("host", ["client", "server", None])
def test_the_peer_knows_what_an_ack_is_meant_to_say(host: str | None) -> None:
    """Only the number that is written changes: the same segments, calls and states, at the same times."""
    story = CLOSE.format("+300ms")
    truth, believed = tell(story), believing(story, "ack-names-last-byte", host)
    assert believed.events == truth.events
    assert [moment.blocks for moment in believed.moments] == [moment.blocks for moment in truth.moments]
    for one, two in zip(truth.sent, believed.sent, strict=True):
        lower = host in (None, one.source) and one.ack is not None
        assert (two.seq, two.ack) == (one.seq, one.ack - 1 if lower and one.ack is not None else one.ack)


def test_the_ack_of_a_fin_is_repeated_in_close_wait_until_something_carries_it() -> None:
    trace = believing(CLOSE.format("+800ms"), "acks-are-retransmitted", "server")
    assert [line for line in exchange(trace) if " s" in line][2:] == [
        "490 s3 . 1:1(0) ack 102",
        "790 s4 . 1:1(0) ack 102",
        "1250 s5 F. 1:1(0) ack 102",
    ]


def test_the_last_ack_is_repeated_in_time_wait_though_the_peer_has_gone() -> None:
    trace = believing(CLOSE.format("+300ms"), "acks-are-retransmitted", "client")
    assert exchange(trace)[-2:] == ["1105 c6 . 102:102(0) ack 2", "1155 s5 R 2:2(0)"]


def test_acks_are_repeated_three_times_and_not_once_the_peer_has_spoken() -> None:
    story = "server: listen; accept; send(200)@{}\nclient: connect; recv"
    silent = believing(story.format("20s"), "acks-are-retransmitted", "client")
    assert [sent.at // 1000 for sent in silent.sent if sent.source == "client"][1:] == [100, 400, 1000, 2200, 20050]
    spoken = believing(story.format("500ms"), "acks-are-retransmitted", "client")
    assert [sent.at // 1000 for sent in spoken.sent if sent.source == "client"][1:] == [100, 400, 550]


def test_text_behind_the_third_ack_has_a_timer_of_its_own() -> None:
    story = "server: listen; accept; recv\nclient: connect; send(100)@350ms\nwire: drop c3"
    trace = believing(story, "acks-are-retransmitted", "client")
    assert exchange(trace)[3:5] == ["350 c3 P. 1:101(100) ack 1 lost", "650 c4 P. 1:101(100) ack 1"]


def test_the_syn_queue_too_holds_exactly_its_limit() -> None:
    story = "server: listen(2)\nclient:\nforge: flood 6 every 10ms @100ms\nset: server.tcp_syncookies=0; end=500ms"
    assert max(syn for _, syn, _ in queues(tell(story))) == 3
    assert max(syn for _, syn, _ in queues(believing(story, "limit-is-exact", "server"))) == 2


@pytest.mark.parametrize(("cookies", "answers"), [(0, 0), (1, 2)])
def test_max_syn_backlog_alone_bounds_the_syn_queue(cookies: int, answers: int) -> None:
    story = f"server: listen(1)\nclient:\nforge: flood 6 every 10ms @100ms\nset: tcp_syncookies={cookies}; end=500ms"
    trace = believing(story + "; tcp_max_syn_backlog=4", "max-syn-backlog-is-the-limit")
    assert max(syn for _, syn, _ in queues(trace)) == 4
    assert len(trace.sent) == 6 + 4 + answers  # the SYNs, the SYN-ACKs, the cookies


def test_a_syn_in_time_wait_is_refused_by_a_full_queue_as_well() -> None:
    story = """
    server: listen(0); accept; close
    client: connect(from=40000); recv(eof); close; connect(from=40000)@2s
    client/2: connect(from=41000)@1s
    """
    trace = believing(story, "full-queue-refuses", "server")
    assert returns(trace, "client")[-1] == ("connect", "ECONNREFUSED")


def test_the_order_of_belief_and_sysctl_does_not_matter() -> None:
    for order in ("client.tcp_fin_timeout=2; client.belief={}", "client.belief={}; client.tcp_fin_timeout=2"):
        trace = tell(EMPTY_CLOSE + "set: " + order.format("fin-timeout-shortens-time-wait"))
        assert walk(trace, "client")[-1] == "2200 CLOSED"


def test_text_that_is_acknowledged_in_close_wait_does_not_stop_its_timer() -> None:
    story = "server: listen; accept; recv(eof); send(100)+1s; send(100)@70s\nclient: connect; shutdown(wr); recv(eof)"
    trace = believing(story, "close-wait-has-a-timer", "server")
    assert walk(trace, "server")[-1] == "60150 CLOSED"
    assert returns(trace, "server")[-1] == ("send", "ETIMEDOUT")


def test_who_closes_in_time_meets_no_timer_of_close_wait() -> None:
    story = CLOSE.format("+30s") + "wire: drop s4.."
    assert believing(story, "close-wait-has-a-timer", "server").events == tell(story).events


def test_data_after_close_is_reset_whatever_is_believed_of_unread_data() -> None:
    story = "server: listen; accept; close\nclient: connect; send(100)+300ms; recv"
    assert believing(story, "close-with-unread-data-sends-fin", "server").events == tell(story).events


def test_a_rst_while_the_connection_waits_for_accept() -> None:
    """The listener lets it go, in whatever state a belief has left it."""
    for belief, client in (("rst-leaves-time-wait", "abort+50ms"), ("close-wait-closes-itself", "close+50ms")):
        trace = believing(f"server: listen; close@400ms\nclient: connect; {client}\nwire: drop c4..", belief, "server")
        assert walk(trace, "server")[-1] == "400 CLOSED"


def test_a_connection_that_was_reset_before_accept_makes_way_for_a_new_one() -> None:
    story = """
    server: listen; accept@5s; recv; accept; recv
    client: connect(from=40000); abort+50ms; connect(from=40000)@1s; send(100)
    """
    trace = believing(story, "rst-leaves-time-wait", "server")
    assert returns(trace, "server")[1:] == [("accept", "ok"), ("recv", "ECONNRESET"), ("accept", "ok"), ("recv", 100)]


def test_beliefs_of_one_host_add_up() -> None:
    held = applied(applied(LINUX, "belief", "established-by-the-syn"), "belief", "both-ends-time-wait")
    arcs = [BELIEFS[name]["wrong_arcs"] for name in ("established-by-the-syn", "both-ends-time-wait")]
    assert held.wrong_arcs == (*arcs[0], *arcs[1])
    trace = believing(CLOSE.format("+300ms") + "set: server.belief=established-by-the-syn", "both-ends-time-wait")
    assert walk(trace, "server")[0] == "50 ESTABLISHED"
    assert walk(trace, "server")[-2] == "850 TIME-WAIT"


def test_a_belief_may_come_over_a_host_in_the_middle() -> None:
    trace = tell(CLOSE.format("+300ms") + "at: 500ms server.belief=both-ends-time-wait")
    assert walk(trace, "server")[-2] == "850 TIME-WAIT"


# Whatever is believed


@pytest.mark.parametrize("belief", BELIEFS)
def test_every_scenario_of_the_course_can_be_believed_otherwise(belief: str) -> None:
    for path in SCENARIOS:
        text = path.read_text(encoding="utf-8")
        trace = believing(text, belief)
        again = believing(text, belief)
        assert (trace.sent, trace.events) == (again.sent, again.events), path.stem
        assert len(trace.sent) <= MAX_SEGMENTS, path.stem
        assert len(trace.events) <= MAX_EVENTS, path.stem
        assert trace.stopped_by is None, path.stem
        lawful(trace)


HOLDERS = st.sampled_from((None, "client", "server"))


@settings(max_examples=150)
@given(
    st.one_of(busy_scenarios(), scenarios(durations=SHORT_WHILE)),
    st.lists(st.tuples(HOLDERS, st.sampled_from(tuple(BELIEFS))), min_size=1, max_size=2),
)
def test_whatever_happens_to_a_believer_it_ends(scenario: Scenario, held: list[tuple[str | None, str]]) -> None:
    beliefs = (Setting(host, "belief", belief) for host, belief in held)
    scenario = scenario._replace(settings=(*scenario.settings, *beliefs))
    trace, again = run(scenario), run(scenario)
    assert (trace.sent, trace.events) == (again.sent, again.events)
    lawful(trace)
