"""What must hold of every run, whatever is asked for and whatever befalls it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.folders import folder
from app.sim.cursor import ScenarioError
from app.sim.export import to_json
from app.sim.network import MAX_SEGMENTS
from app.sim.program import Setting
from app.sim.runner import Runner
from app.sim.scenario import Scenario, parse
from app.sim.trace import Arrived, Changed, Departed, Lost, Queued, Returned, Trace
from app.sim.world import MAX_EVENTS, run
from app.tcp.block import Block
from app.tcp.rules import RULES
from app.tcp.segment import distance
from app.tcp.states import ARCS, WRONG_ARCS, Cause, State
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios
from tests.sim.telling import REQUEST, returns, tell, walk

ROOT = Path(__file__).parent.parent.parent
LESSONS = sorted((folder("content") / "scenarios").glob("*.scenario"))
DIALECTS = ("linux", "rfc")

# Any fault on any segment


def outcome(trace: Trace) -> dict[str, list[tuple[str, str | int]]]:
    """What each host's calls returned; of programs that run side by side, who comes first does not matter."""
    return {host: sorted(returns(trace, host), key=str) for host in trace.scenario.hosts}


def survivors(trace: Trace) -> set[State]:
    """The states in which endpoints are left at the end."""
    last = len(trace.moments) - 1
    return {trace.state(last, *key) for key in trace.connections} - {State.CLOSED, State.LISTEN}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_applications_notice_no_fault_but_by_the_clock(dialect: str) -> None:
    """Lose, repeat or hold back any one segment, or lose any two: the calls return what they returned without."""
    base = tell(REQUEST + f"set: {dialect}")
    assert not survivors(base)
    faults = [f"{kind} {name}{us}" for name in base.segments for kind, us in FAULTS]
    faults += [f"drop {one}; drop {two}" for one, two in combinations(base.segments, 2)]
    for fault in faults:
        trace = tell(REQUEST + f"set: {dialect}\nwire: {fault}")
        assert outcome(trace) == outcome(base), fault
        assert not survivors(trace), fault
        assert trace.stopped_by is None, fault


STORIES = [
    REQUEST,
    """
    server: listen; accept; recv(5000); send(4000); recv(eof); close
    client: connect; send(5000); recv(4000); close
    """,
    """
    server: listen; accept; recv(300); send(200); recv(eof); close+2s
    client: connect; send(100); send(100)+1s; send(100); recv(200); shutdown(wr); recv(eof); close
    """,
    """
    server: listen; accept; send(200); shutdown(wr); recv(eof); close
    client: connect; recv(eof); send(3000); close
    """,
    """
    server: listen; accept*{recv(10); send(10); close}
    client: connect; send(10); recv(eof); close
    client/2: connect@40ms; send(10); recv(eof); close
    """,
]


@settings(max_examples=60)
@given(st.sampled_from(STORIES), st.sampled_from(DIALECTS), st.data())
def test_applications_notice_no_faults_at_all(story: str, dialect: str, data: st.DataObject) -> None:
    """Text arrives whole, once and in order, whatever befalls a handful of segments."""
    base = tell(story + f"set: {dialect}")
    fault = st.tuples(st.sampled_from(FAULTS), st.sampled_from("cs"), st.integers(1, 14))
    faults = [f"{kind} {host}{n}{us}" for (kind, us), host, n in data.draw(st.lists(fault, min_size=1, max_size=6))]
    trace = tell(story + f"set: {dialect}\nwire: {'; '.join(faults)}")
    assert outcome(trace) == outcome(base)
    assert not survivors(trace)
    lawful(trace)


FAULTS = [("drop", ""), ("dup", "+0s"), ("dup", "+20ms"), ("dup", "+2s"), ("late", "+20ms"), ("late", "+250ms")]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fault_changes_nothing_before_it(dialect: str) -> None:
    base = tell(REQUEST + f"set: {dialect}")
    for name, hit in base.segments.items():
        place = base.sent.index(hit)
        for kind, us in FAULTS:
            trace = tell(REQUEST + f"set: {dialect}\nwire: {kind} {name}{us}")
            assert trace.sent[:place] == base.sent[:place], (kind, name)
            struck = trace.sent[place]
            assert struck._replace(arrivals=(), lost_at=None) == hit._replace(arrivals=(), lost_at=None), (kind, name)
            assert struck.fate == {"drop": "dropped", "dup": "duplicated", "late": "delivered"}[kind]
            assert [event for event in trace.events if event.at < hit.at] == [
                event for event in base.events if event.at < hit.at
            ]


# Always the same, never for ever


@pytest.mark.parametrize("path", LESSONS, ids=[path.stem for path in LESSONS])
def test_the_same_scenario_gives_the_same_trace(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert to_json(tell(text)) == to_json(tell(text))


def test_the_same_in_another_process() -> None:
    """…where strings hash otherwise."""
    script = (
        "import sys, json, pathlib; from app.sim.scenario import parse; from app.sim.world import run;"
        "from app.sim.export import to_json;"
        "print(json.dumps([to_json(run(parse(pathlib.Path(p).read_text('utf-8')))) for p in sys.argv[1:]]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script, *map(str, LESSONS)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert json.loads(answers.pop()) == json.loads(
        json.dumps([to_json(tell(path.read_text(encoding="utf-8"))) for path in LESSONS])
    )


@pytest.mark.parametrize(
    ("text", "stopped_by"),
    [
        ("server: listen; accept; recv(eof)\nclient: connect; " + "send(1000000); " * 4, "segments"),
        ("server: listen; accept; recv(eof)\nclient: connect\nforge: s P. 1:101(100) ack 1 @1s\nset: rfc", "segments"),
        (
            "server: listen; accept*{close}" + "".join(f"\nclient/{n}: {'connect; close; ' * 200}" for n in (1, 2)),
            "segments",
        ),
    ],
    ids=["much data", "an ACK storm", "many connections"],
)
def test_a_run_is_bounded(text: str, stopped_by: str) -> None:
    trace = tell(text)
    assert trace.stopped_by == stopped_by
    assert len(trace.sent) <= MAX_SEGMENTS
    assert len(trace.events) <= MAX_EVENTS + 100


def eagerly(scenario: Scenario) -> Trace:
    """The run, if every program is asked after every event whether it can go on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runner, "heard", property(lambda _: -1, lambda _self, _news: None), raising=False)
        return run(scenario)


@settings(max_examples=60, deadline=None)
@given(st.one_of(busy_scenarios(), scenarios(durations=SHORT_WHILE)))
def test_a_program_that_is_not_asked_could_not_go_on(scenario: Scenario) -> None:
    assert run(scenario).events == eagerly(scenario).events


@pytest.mark.parametrize(
    "text",
    ["client: connect; abort@1s\nat: 500ms client.recv", "client: connect; recv\nat: 1s client.shutdown(rd)"],
    ids=["the program's own call", "what is done to it"],
)
def test_what_one_call_does_to_a_socket_is_news_to_another(text: str) -> None:
    trace = tell(f"server: listen; accept\n{text}")
    read = [event for event in trace.events if isinstance(event, Returned) and event.call == "recv"]
    assert [(event.at, event.result) for event in read] == [(1_000_000, 0)]


def test_it_ends_when_told_to() -> None:
    trace = tell(REQUEST + "set: end=600ms")
    assert trace.events[-1].at <= 600_000
    assert walk(trace, "client")[-1] == "500 FIN-WAIT-1"


@settings(max_examples=150)
@given(st.one_of(busy_scenarios(), scenarios(durations=SHORT_WHILE)))
def test_whatever_is_asked_for_the_law_holds(scenario: Scenario) -> None:
    trace = run(scenario)
    assert to_json(run(scenario)) == to_json(trace)
    lawful(trace)


@given(st.sampled_from(LESSONS), st.data())
def test_lessons_with_faults_stay_lawful(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    names = list(tell(text).segments)
    faults = data.draw(st.lists(st.sampled_from([f"drop {name}" for name in names if name[0] != "x"]), max_size=4))
    lawful(tell(text + "\nwire: " + "; ".join(faults)))


def lawful(trace: Trace) -> None:
    """What must hold of every trace."""
    assert [event.at for event in trace.events] == sorted(event.at for event in trace.events)
    assert len(trace.sent) <= MAX_SEGMENTS
    state: dict[tuple[str, int | None], State] = {}
    for event in trace.events:
        match event:
            case Changed(_, host, conn, before, after, cause):
                known = state.get((host, conn), State.CLOSED)
                assert before is known or (known is State.CLOSED and before is State.LISTEN), event
                assert after in leads(trace.scenario, host, before, cause), event
                state[host, conn] = State.CLOSED if after is State.LISTEN and conn is not None else after
            case Arrived(at, host, _, name, checks):
                assert at in trace.segments[name].arrivals
                assert trace.segments[name].target == host
                assert checks
                assert all(check.rule in RULES for check in checks)
            case Departed(at, host, _, name):
                assert (trace.segments[name].at, trace.segments[name].source) == (at, host)
            case Lost(at, _, _, name):
                assert trace.segments[name].lost_at == at
            case Queued(_, _, syn, accept, bound):
                assert bound is None or len(accept) <= bound + 1
                own_bound = "max-syn-backlog-is-the-limit" in beliefs(trace.scenario, event.host)
                assert bound is None or own_bound or len(syn) <= bound + 1
                assert len(set(syn)) == len(syn)
    for moment in trace.moments:
        for host, conn in trace.connections:
            lawful_block(trace, moment.index, host, conn)


OUT_OF_SEQUENCE = {
    "syn-takes-no-number": "a SYN stands where the text behind it stands",
    "rst-leaves-time-wait": "TIME-WAIT comes while text is under way",
}


def beliefs(scenario: Scenario, host: str) -> set[str]:
    """The misconceptions that a host holds at some time."""
    changes = (deed.deed for deed in scenario.deeds if isinstance(deed.deed, Setting))
    said = [setting for setting in (*scenario.settings, *changes) if setting.name == "belief"]
    return {str(setting.value) for setting in said if setting.host in (None, host)}


def leads(scenario: Scenario, host: str, before: State, cause: Cause) -> set[State]:
    """Where the law leads from there, and nowhere else; but where a belief of that host leads instead."""
    wrong = (WRONG_ARCS.get(belief, {}).get((before, cause)) for belief in beliefs(scenario, host))
    return {ARCS[before, cause].to, *(state for state in wrong if state is not None)}


def lawful_block(trace: Trace, moment: int, host: str, conn: int | None) -> None:
    """What must hold of an endpoint at any moment."""
    block, state = trace.block(moment, host, conn), trace.state(moment, host, conn)
    if block is None:
        assert state in (State.CLOSED, State.LISTEN)
        return
    assert state is block.state
    if not beliefs(trace.scenario, host) & OUT_OF_SEQUENCE.keys():
        in_sequence(block)
    before = trace.block(moment - 1, host, conn) if moment else None
    if before is not None:
        grown(before, block)


def in_sequence(block: Block) -> None:
    """§3.3.1: SND.UNA ≤ SND.NXT, what is under way lies between, and what is held lies ahead of RCV.NXT."""
    assert distance(block.snd_una, block.snd_nxt) >= 0
    reached = block.snd_una
    for flight in block.flight:
        assert flight.seq == reached
        after = next((other.seq for other in block.flight if distance(flight.seq, other.seq) > 0), block.snd_nxt)
        assert 0 <= distance(flight.seq, after) - flight.length <= flight.syn + flight.fin
        reached = after
    assert reached == block.snd_nxt
    assert block.rcv_wnd >= 0
    for held in block.held:
        assert 0 <= distance(block.rcv_nxt, held.seq) <= block.rcv_wnd


def grown(before: Block, after: Block) -> None:
    """Within one incarnation no number ever goes back."""
    if before.iss == after.iss and before.state is not State.LISTEN:
        assert distance(before.snd_una, after.snd_una) >= 0
        # What a lost SYN carried goes back to what is unsent (RFC 7413 §4.2.1).
        carries = bool(before.flight) and before.flight[0].syn and before.flight[0].length > 0
        assert carries or distance(before.snd_nxt, after.snd_nxt) >= 0
        if before.irs is not None and before.irs == after.irs:
            assert distance(before.rcv_nxt, after.rcv_nxt) >= 0


HOSTILE = {
    "a flood": "server: listen(65535)\nclient:\nforge: flood 2000 every 1us @0s\nset: somaxconn=65535",
    "a crowded flood": "server: listen(1999)\nclient:\nforge: flood 2000 every 1us @0s\nset: somaxconn=65535",
    "copies of copies": "server: listen; accept; recv(eof)\nclient: connect; send(1000000)\nwire: "
    + "; ".join(["dup c1..+0s", "dup s1..+0s"] * 40),
    "a tiny window": "server: setsockopt(SO_RCVBUF=1); listen; accept\nclient: connect; send(1000000)",
    "calls without end": "server: listen; accept*{" + "sleep(0s); " * 400 + "}\nclient: " + "connect; " * 90,
    "an endless watch": "server: listen; accept\nclient: setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=0); "
    "setsockopt(TCP_KEEPINTVL=0); connect; recv\nset: end=86400s",
    "sixty programs": "server: listen; accept*{recv; send(1); recv; send(1)}\n"
    + "\n".join(f"client/{n}: " + "connect; send(1); recv; send(1); " * 2 for n in range(1, 60)),
}
PATIENCE = 0.5  # seconds


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_run_ends_soon(name: str) -> None:
    scenario = parse(HOSTILE[name])
    quickest = min(taken(lambda: run(scenario)) for _ in range(3))
    assert quickest < PATIENCE
    assert len(run(scenario).sent) <= MAX_SEGMENTS


@pytest.mark.parametrize(
    "text",
    [
        "server: listen\n" + "\n".join(f"h{n}: connect" for n in range(1000)),
        "server: listen\n" + "\n".join(f"h{n}: connect" for n in range(100)),
        "server: listen; accept\nclient: connect; " + "send(1); " * 1_000_000,
        "server: listen; accept\nclient: connect; " + "send(1); " * 2_000,
        "server: listen; accept\nclient: connect; send(1000000000)",
        "server: listen\nclient:\nforge: " + "; ".join(["flood 2000 every 0s @0s"] * 20),
        "server: " + "(" * 10_000,
    ],
    ids=["1000 hosts", "100 hosts", "a million sends", "2000 sends", "a gigabyte", "floods", "parentheses"],
)
def test_a_hostile_text_is_refused_at_once(text: str) -> None:
    def refused() -> None:
        with pytest.raises(ScenarioError):
            parse(text)

    assert min(taken(refused) for _ in range(3)) < 0.05


def taken(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
