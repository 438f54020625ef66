"""Forks: a control of the lab leads to another scenario, which its link holds as a whole."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.folders import folder
from app.lab import forks
from app.lab.forks import ForkError
from app.sim.cursor import MAX_DURATION, ScenarioError
from app.sim.faults import Cut, Delay, Fault, Flood, Forged
from app.sim.program import BLOW_KINDS, Setting
from app.sim.reader import MAX_CALLS
from app.sim.scenario import Scenario, from_query, parse, to_query, written
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.words import load
from tests.sim.scenarios import HOSTS, SHORT_WHILE, busy_scenarios, forgeries, scenarios

WORDS = load(folder("content") / "locale")
STORY = parse("""
server: listen(8); accept; recv; send(200); recv(eof); close+300ms
client: connect; send(100); recv; close+300ms
""")
LONG = parse(f"server: listen\nclient: {'close; ' * MAX_CALLS}\nat: {'0s client.close; ' * MAX_CALLS}")
FULL = parse("server: listen(100)\nclient: connect\nwire: " + "; ".join(["drop c100"] * 1_814))
DEEDS = parse(f"server: listen\nclient:\nat: 0s server.accept*{{{'close; ' * 498}}}; 1s client.close")
CALLS = st.sampled_from(
    [
        "close",
        "x=connect(server:80)",
        "send(10)",
        "recv(eof)",
        "shutdown(wr)",
        "connect(server:80)",
        "abort@1s",
        "x.close",
        "fly",
        "send",
        "",
    ]
)
NAMES = st.one_of(
    st.tuples(st.sampled_from("cs"), st.integers(1, 12)).map(lambda pair: f"{pair[0]}{pair[1]}"),
    st.sampled_from(["x1", "c1.1", "c1.3", "c99999", "c100001", "peer.1", "nobody.1", "c0", "c", "", "s99999"]),
)
WHO = st.sampled_from((*HOSTS, "nobody"))
PLACES = st.lists(st.integers(-1, 6), max_size=2).map(tuple)
VALUES = st.sampled_from([("tcp_syn_retries", 2), ("isn", 7), ("belief", "closed-port-is-silent"), ("nothing", 1)])


@st.composite
def forked(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """What some control leads to from there; raises ForkError where it leads nowhere."""
    name, host, at, number = draw(NAMES), draw(WHO), draw(SHORT_WHILE), draw(st.sampled_from((1, 2, 3, 99)))
    call, place, (key, value) = draw(CALLS), draw(PLACES), draw(VALUES)
    controls: list[Callable[[], Scenario]] = [
        lambda: forks.lose(scenario, name),
        lambda: forks.duplicate(scenario, name, at),
        lambda: forks.delay(scenario, name, at),
        lambda: forks.undo(scenario, draw(st.sampled_from(("drop", "dup", "late"))), name),
        lambda: forks.unforge(scenario, name),
        lambda: forks.slow(scenario, at, draw(st.none() | WHO), draw(SHORT_WHILE)),
        lambda: forks.cut(scenario, at, at + draw(st.integers(0, 10_000)), draw(st.none() | WHO)),
        lambda: forks.call(scenario, at, host, call, number),
        lambda: forks.befall(scenario, at, host, draw(st.sampled_from((*BLOW_KINDS, "flood")))),
        lambda: forks.change(scenario, at, host, key, value),
        lambda: forks.forge(scenario, draw(forgeries(HOSTS))),
        lambda: forks.choose(scenario, key, value, draw(st.none() | WHO)),
        lambda: forks.default(scenario, key, host),
        lambda: forks.speak(scenario, draw(st.sampled_from(("rfc", "linux", "bsd")))),
        lambda: forks.end(scenario, draw(st.none() | SHORT_WHILE)),
        lambda: forks.insert_call(scenario, host, number, place, call),
        lambda: forks.change_call(scenario, host, number, place, call),
        lambda: forks.remove_call(scenario, host, number, place),
        lambda: forks.move_call(scenario, host, number, place, draw(st.integers(-2, 2))),
        lambda: forks.rewrite(scenario, host, number, call),
        lambda: forks.add_program(scenario, host, call),
        lambda: forks.add_program(scenario, forks.free_host(scenario, "client"), call),
        lambda: forks.remove_program(scenario, host, number),
        lambda: forks.backlog(scenario, host, draw(st.none() | st.integers(0, 9))),
        lambda: forks.remove(scenario, draw(st.sampled_from(("wire", "at", "forge", "set", "x"))), number - 1),
    ]
    return draw(st.sampled_from(controls))()


# What every fork keeps


@settings(max_examples=300)
@given(st.data())
def test_every_fork_is_read_back_from_its_text_and_from_its_link(data: st.DataObject) -> None:
    scenario = data.draw(scenarios(SHORT_WHILE))
    for _ in range(3):
        with suppress(ForkError):
            scenario = data.draw(forked(scenario))
        assert parse(written(scenario)) == scenario
        assert from_query(to_query(scenario)) == scenario


@settings(max_examples=100)
@given(scenarios(SHORT_WHILE), NAMES, SHORT_WHILE)
def test_what_was_written_stays(scenario: Scenario, name: str, at: int) -> None:
    """Acting adds an entry, also in the past; whatever was said before is said still."""
    for act in (
        lambda: forks.lose(scenario, name),
        lambda: forks.call(scenario, at, "client", "close"),
        lambda: forks.befall(scenario, at, "server", "reboot"),
        lambda: forks.forge(scenario, Flood(1, 0, at)),
    ):
        with suppress(ForkError):
            fork = act()
            assert fork.programs == scenario.programs
            assert fork.settings == scenario.settings
            for before, after in (
                (scenario.wire, fork.wire),
                (scenario.deeds, fork.deeds),
                (scenario.forged, fork.forged),
            ):
                assert not Counter(before) - Counter(after)


@given(scenarios(SHORT_WHILE), NAMES, SHORT_WHILE)
def test_undoing_removes_exactly_that_fault(scenario: Scenario, name: str, us: int) -> None:
    with suppress(ForkError):
        about = forks.ref(name)
        if any(isinstance(item, Fault) and item.ref == about for item in scenario.wire):
            return
        assert forks.undo(forks.lose(scenario, name), "drop", name) == scenario
        assert forks.undo(forks.duplicate(scenario, name, us), "dup", name) == scenario
        assert forks.delay(forks.delay(scenario, name, us), name, 0) == scenario


# What a fault does to a run


def before(trace: Trace, name: str) -> tuple[Sent, ...]:
    return trace.sent[: trace.sent.index(trace.segments[name])]


@settings(max_examples=60)
@given(busy_scenarios(), st.data())
def test_a_fault_strikes_its_segment_and_renumbers_nothing_before_it(scenario: Scenario, data: st.DataObject) -> None:
    trace = run(scenario)
    real = [sent.name for sent in trace.sent if not sent.forged]
    if not real:
        return
    name = data.draw(st.sampled_from(real))
    old, known = trace.segments[name], any(isinstance(f, Fault) and f.ref == forks.ref(name) for f in scenario.wire)
    kinds = [("drop", forks.lose(scenario, name))] if old.arrivals else [("deliver", None)]
    if old.arrivals and not known:
        kinds += [("dup", forks.duplicate(scenario, name, 700)), ("late", forks.delay(scenario, name, 700))]
    for kind, fork in kinds:
        if fork is None:
            if old.target == "client" and old.conn < 40_000:  # to an address of a flood
                with pytest.raises(ForkError, match="nobody-there"):
                    forks.deliver(trace, name)
                return
            fork = forks.deliver(trace, name)
        new = run(fork)
        assert before(new, name) == before(trace, name)
        struck = new.segments[name]
        assert struck.segment == old.segment
        first = old.arrivals[0] if old.arrivals else None
        match kind:
            case "drop":
                assert not struck.arrivals
            case "dup":
                assert struck.arrivals == (*old.arrivals, first + 700)
            case "late":
                assert struck.arrivals == tuple(at + 700 for at in old.arrivals)
            case "deliver":
                assert struck.arrivals


def wire(scenario: Scenario) -> str:
    lines = (line for line in written(scenario).splitlines() if line.startswith("wire: "))
    return next(lines, "wire: ").removeprefix("wire: ")


@pytest.mark.parametrize(
    ("faults", "name", "left"),
    [
        ("drop c5", "c5", ""),
        ("drop c5; dup c5+1ms", "c5", "dup c5+1ms"),
        ("drop c4..7", "c5", "drop c4; drop c6..7"),
        ("drop c4..5", "c5", "drop c4"),
        ("drop c5..", "c5", "drop c6.."),
        ("drop c:40000.5", "c5", ""),
        ("drop c[F.]", "c5", "drop c[F.]2.."),
        ("drop c[.]9; drop c[F.]1; drop s9", "c5", "drop c[.]9; drop s9"),
        ("cut 400ms..600ms", "c5", "cut 400ms..500ms; cut 500001us..600ms"),
        ("cut c 500ms..600ms; drop c5", "c5", "cut c 500001us..600ms"),
    ],
)
def test_delivering_takes_away_what_lost_it_and_no_more(faults: str, name: str, left: str) -> None:
    scenario = parse(written(STORY) + f"wire: {faults}")
    trace = run(scenario)
    assert trace.segments[name].fate == "dropped"
    assert wire(forks.deliver(trace, name)) == left


def test_the_delay_of_the_wire_is_the_most_general_one() -> None:
    slow = forks.slow(forks.slow(forks.slow(STORY, 80_000, "client"), 70_000, None, 600_000), 60_000)
    assert wire(slow) == "delay 60ms; delay c 80ms; delay 70ms@600ms"
    assert wire(forks.slow(slow, 65_000)) == "delay 65ms; delay c 80ms; delay 70ms@600ms"
    trace = run(slow)
    assert trace.segments["c1"].arrivals == (80_000,)
    assert trace.segments["s1"].arrivals == (140_000,)


# What else a control does, on one story


def text(scenario: Scenario, key: str) -> str:
    lines = (line for line in written(scenario).splitlines() if line.startswith(f"{key}:"))
    return next(lines, "").partition(":")[2].strip()


def test_what_is_done_at_an_instant_stands_in_order_of_time() -> None:
    fork = forks.call(forks.befall(STORY, 1_000_000, "server", "reboot"), 400_000, "client", "send(5)")
    fork = forks.change(fork, 400_000, "client", "tcp_tw_reuse", 1)
    assert text(fork, "at") == "400ms client.send(5); 400ms client.tcp_tw_reuse=1; 1s server!reboot"


def test_a_chip_is_inserted_changed_and_removed() -> None:
    server = parse("server: listen; accept*{recv; close}\nclient: connect")
    assert text(forks.insert_call(server, "server", 1, (1, 1), "send(5)"), "server") == (
        "listen; accept*{recv; send(5); close}"
    )
    assert text(forks.change_call(server, "server", 1, (1, 0), "recv(eof)"), "server") == (
        "listen; accept*{recv(eof); close}"
    )
    assert text(forks.remove_call(server, "server", 1, (0,)), "server") == "accept*{recv; close}"
    assert text(forks.insert_call(server, "client", 1, (1,), "close@1s"), "client") == "connect; close@1s"
    assert text(forks.rewrite(server, "client", 1, "connect; send(10)"), "client") == "connect; send(10)"


def test_a_client_comes_and_goes_with_all_that_is_said_of_it() -> None:
    two = forks.add_program(STORY, "client", "connect@100ms")
    assert text(two, "client/2") == "connect@100ms"
    three = forks.add_program(two, forks.free_host(two, "client"), "connect")
    assert three.hosts == ("client", "client2", "server")
    busy = forks.choose(forks.lose(forks.befall(three, 0, "client2", "crash"), "client2.1"), "isn", 5, "client2")
    busy = forks.slow(forks.forge(busy, Forged("client2", "R", None, 0, None, False, 5)), 9_000, "client2")
    assert forks.remove_program(busy, "client2") == two
    assert forks.remove_program(forks.call(two, 0, "client", "close", 2), "client", 2) == STORY


def test_settings_take_the_place_of_what_was_said_before() -> None:
    fork = forks.choose(forks.choose(STORY, "tcp_syn_retries", 2), "isn", 1000, "client")
    assert text(fork, "set") == "tcp_syn_retries=2; client.isn=1000"
    assert text(forks.choose(fork, "tcp_syn_retries", 3), "set") == "tcp_syn_retries=3; client.isn=1000"
    assert text(forks.default(fork, "tcp_syn_retries"), "set") == "client.isn=1000"
    assert text(forks.speak(fork, "rfc"), "set") == "rfc; client.isn=1000"
    assert text(forks.end(fork, 5_500_000), "set") == "tcp_syn_retries=2; client.isn=1000; end=5500ms"
    assert text(forks.backlog(STORY, "server", 0), "server").startswith("listen(0); accept;")


def test_an_entry_is_taken_away_by_its_place() -> None:
    scenario = parse(written(STORY) + "wire: drop c1; drop s1\nat: 1s client.close\nforge: c R nxt @1s\nset: end=3s")
    assert wire(forks.remove(scenario, "wire", 0)) == "drop s1"
    assert text(forks.remove(scenario, "at", 0), "at") == ""
    assert text(forks.remove(scenario, "forge", 0), "forge") == ""
    with pytest.raises(ForkError, match="no-entry"):
        forks.remove(scenario, "set", 0)


def test_the_whole_text_is_a_control_too() -> None:
    assert forks.text(written(STORY)) == STORY
    with pytest.raises(ScenarioError) as error:
        forks.text("server: listen\nclient: fly")
    assert (error.value.line, error.value.column) == (2, 9)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: forks.lose(STORY, "x1"), "lab.fork.forged-segment"),
        (lambda: forks.lose(STORY, "nonsense"), "lab.fork.no-segment"),
        (lambda: forks.lose(STORY, "peer.1"), "scenario.unknown-host"),
        (lambda: forks.undo(STORY, "drop", "c1"), "lab.fork.no-fault"),
        (lambda: forks.unforge(STORY, "x1"), "lab.fork.no-segment"),
        (lambda: forks.deliver(run(STORY), "c1"), "lab.fork.not-lost"),
        (lambda: forks.deliver(run(STORY), "c99"), "lab.fork.no-segment"),
        (lambda: forks.replay(run(STORY), "c2", 100_000), "lab.fork.not-sent"),
        (lambda: forks.call(STORY, 0, "client", "fly"), "scenario.unknown-call"),
        (lambda: forks.call(STORY, 0, "client", "close; close"), "lab.fork.one-call"),
        (lambda: forks.call(STORY, 0, "client", "close", 2), "scenario.unknown-host"),
        (lambda: forks.befall(STORY, 0, "client", "sleep"), "scenario.unknown-blow"),
        (lambda: forks.choose(STORY, "tcp_nothing", 1), "scenario.unknown-setting"),
        (lambda: forks.choose(STORY, "tcp_sack", 2), "scenario.number-too-large"),
        (lambda: forks.choose(forks.speak(STORY, "rfc"), "tcp_sack", 0), "scenario.sysctl-under-rfc"),
        (lambda: forks.remove_program(STORY, "client"), "scenario.two-hosts"),
        (lambda: forks.remove_program(STORY, "client", 2), "lab.fork.no-program"),
        (lambda: forks.remove_call(STORY, "client", 1, (9,)), "lab.fork.no-call"),
        (lambda: forks.change_call(STORY, "client", 1, (0, 0), "close"), "lab.fork.no-call"),
        (lambda: forks.insert_call(STORY, "client", 1, (), "close"), "lab.fork.no-call"),
        (lambda: forks.insert_call(STORY, "client", 1, (0,), "connect(client:80)"), "scenario.connects-to-itself"),
        (lambda: forks.insert_call(STORY, "client", 1, (0,), "connect(nobody:80)"), "scenario.unknown-host"),
        (
            lambda: forks.insert_call(STORY, "server", 1, (1,), "accept*{connect(server)}"),
            "scenario.connects-to-itself",
        ),
        (lambda: forks.insert_call(LONG, "client", 1, (0,), "close"), "scenario.too-many-calls"),
        (lambda: forks.call(LONG, 0, "client", "close"), "scenario.too-many-calls"),
        (lambda: forks.call(STORY, 0, "client", "connect(nobody:80)"), "scenario.unknown-host"),
        (lambda: forks.call(STORY, MAX_DURATION + 1, "client", "close"), "scenario.duration-too-long"),
        (lambda: forks.duplicate(STORY, "c1", MAX_DURATION + 1), "scenario.duration-too-long"),
        (lambda: forks.call(STORY, 0, "client", "x=connect(server:80)"), "lab.fork.one-call"),
        (lambda: forks.lose(FULL, "c1"), "scenario.too-long"),
        (lambda: forks.call(FULL, 0, "client", "close"), "scenario.too-long"),
        (lambda: forks.insert_call(FULL, "client", 1, (0,), "close"), "scenario.too-long"),
        (lambda: forks.call(DEEDS, 0, "client", "close"), "scenario.too-many-calls"),
        (lambda: forks.backlog(STORY, "client", 1), "lab.fork.no-listener"),
        (lambda: forks.add_program(STORY, "wire", ""), "scenario.expected-host"),
        (lambda: forks.cut(STORY, 5, 5), "scenario.empty-range"),
        (lambda: forks.forge(STORY, Forged("client", "AS", None, 0, None, False, 0)), "scenario.expected-flags"),
    ],
)
def test_what_cannot_be_done_is_said_by_a_message(act: Callable[[], Scenario], message: str) -> None:
    with pytest.raises(ForkError) as error:
        act()
    assert error.value.message == message
    assert all(words(message, **error.value.params) for words in WORDS.values())


def test_faults_and_delays_of_a_scenario_are_what_the_notation_has() -> None:
    """The three kinds of wire entries that forks put there."""
    fork = forks.cut(forks.slow(forks.lose(STORY, "c1"), 1_000), 1, 2)
    assert tuple(type(item) for item in fork.wire) == (Delay, Fault, Cut)
    assert forks.choose(STORY, "belief", "closed-port-is-silent").settings == (
        Setting(None, "belief", "closed-port-is-silent"),
    )


# Old duplicates


@settings(max_examples=60)
@given(busy_scenarios(), st.data())
def test_an_old_duplicate_says_what_the_segment_said(scenario: Scenario, data: st.DataObject) -> None:
    scenario = scenario._replace(forged=())
    trace = run(scenario)
    if not trace.sent:
        return
    sent = data.draw(st.sampled_from(trace.sent))
    at = sent.at + data.draw(st.integers(1, 500_000))
    new = run(forks.replay(trace, sent.name, at))
    copy = new.segments.get("x1")
    if copy is None:
        return  # the run was over by then, or full
    old = sent.segment
    assert (copy.at, copy.source, copy.target, copy.conn) == (at, sent.source, sent.target, sent.conn)
    assert (copy.segment.seq, copy.segment.length, copy.segment.flags) == (old.seq, old.length, old.flags)
    if not any(setting.name == "belief" for setting in scenario.settings):
        assert copy.segment.ack == old.ack
    stamps, repeated = old.options.timestamps, copy.segment.options.timestamps
    assert (stamps and stamps[0]) == (repeated and repeated[0])


def test_an_old_duplicate_of_the_only_connection_needs_no_name_for_it() -> None:
    assert text(forks.replay(run(STORY), "c1", 1_000_000), "forge") == "c S 0:0(0) ts -900 @1s"
