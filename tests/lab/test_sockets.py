"""What a run says that its programs hold, against the machine itself: let every program poll at that instant."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab.actions import instant
from app.lab.sockets import handles
from app.sim.program import BLOW_KINDS, Blow, Call, Deed, Program
from app.sim.scenario import Scenario, parse
from app.sim.trace import Called, Returned, Trace
from app.sim.world import run
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios

CONTENT = Path(__file__).parents[2] / "content"
FILES = sorted(CONTENT.glob("*/*.scenario"))
MOST = 8  # instants of a run that are asked about
ASKED = "asked"  # by which its polls are told from those of the scenario


class Told(NamedTuple):
    """As `Handle`, without the number that a call does not tell."""

    host: str
    number: int
    name: str | None
    conn: int | None
    closed: bool


def polled(scenario: Scenario, at: int) -> list[Told]:
    """What the machine answers when the scenario runs up to `at`, and every program polls there."""
    asked = [(program, name) for program in scenario.programs for name in (None, *names(program))]
    polls = [Deed(at, p.host, p.number, Call("poll", word=ASKED, on=name, timeout=0)) for p, name in asked]
    events = run(scenario._replace(deeds=(*scenario.deeds, *polls), end=at)).events
    calls = [event for event in events if isinstance(event, Called) and event.args == ASKED]
    returns = [event for event in events if isinstance(event, Returned) and event.args == ASKED]
    return [
        Told(program.host, program.number, name, called.conn, returned.result == "EBADF")
        for (program, name), called, returned in zip(asked, calls, returns, strict=True)
    ]


def names(program: Program) -> list[str]:
    return list(dict.fromkeys(call.binds for call in program.calls if call.binds and call.block is None))


def told(trace: Trace, at: int) -> tuple[Told, ...]:
    return tuple(Told(*handle[:5]) for handle in handles(trace, at))


def agrees(trace: Trace, instants: list[int]) -> None:
    for at in instants:
        assert list(told(trace, at)) == polled(trace.scenario, at), at


def instants(trace: Trace) -> list[int]:
    """Some at which something happens, some just after."""
    times = [moment.at for moment in trace.moments]
    some = times[:: 1 + len(times) // MOST]
    return sorted({0, *some, *(instant(trace, at) for at in some)})


@st.composite
def named_scenarios(draw: st.DrawFn) -> Scenario:
    """Connections that come about on sockets with names, which deeds and blows are about, too."""
    scenario = draw(busy_scenarios())
    name, times = st.sampled_from(("a", "b")), st.integers(0, 1_000_000)
    programs = []
    for program in scenario.programs:
        calls = [
            call._replace(binds=draw(st.none() | name)) if call.name in ("connect", "listen") else call
            for call in program.calls
        ]
        if program.host == "server":
            taken = Call("accept", binds=draw(name), when=calls[-1].when)
            calls = [*calls[: -draw(st.integers(0, 1)) or None], taken, Call("close", on=draw(st.none() | name))]
        programs.append(program._replace(calls=tuple(calls)))
    pairs = st.tuples(st.sampled_from(("close", "abort", "connect", "send", "listen")), st.none() | name)
    calls_on = pairs.map(lambda pair: Call(pair[0], on=pair[1]))
    whats = st.lists(calls_on | st.sampled_from(BLOW_KINDS).map(Blow), max_size=4)
    hosts = st.sampled_from(("client", "server"))
    deeds = [Deed(draw(times), draw(hosts), 1, what) for what in draw(whats)]
    return scenario._replace(programs=tuple(programs), deeds=tuple(deeds))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_held_in_the_course_and_in_the_gallery(path: Path) -> None:
    trace = run(parse(path.read_text()))
    agrees(trace, instants(trace))


@settings(max_examples=60, deadline=None)
@given(st.one_of(named_scenarios(), busy_scenarios(), scenarios(SHORT_WHILE)), st.lists(SHORT_WHILE, max_size=4))
def test_what_is_held_in_any_scenario(scenario: Scenario, more: list[int]) -> None:
    trace = run(scenario)
    if trace.stopped_by is None:
        agrees(trace, [*instants(trace), *more, *(deed.at for deed in scenario.deeds)])


def test_what_befalls_a_host_is_seen_in_its_order() -> None:
    scenario = parse("server: listen; a=accept\nclient: b=connect\nat: 200ms client.b.close; 200ms server!reboot")
    trace = run(scenario)
    assert told(trace, 199_999) == (
        ("server", 1, None, 40000, False),
        ("server", 1, "a", 40000, False),
        ("client", 1, None, 40000, False),
        ("client", 1, "b", 40000, False),
    )
    assert told(trace, 200_000) == (
        ("server", 1, None, None, False),
        ("server", 1, "a", None, False),
        ("client", 1, None, 40000, True),
        ("client", 1, "b", 40000, True),
    )


def test_where_a_bound_ended_the_run_nobody_holds_anything_after_it() -> None:
    trace = run(parse("server: listen; accept; recv(eof)\nclient: connect; " + "send(1000000); " * 4))
    assert trace.stopped_by == "segments"
    last = trace.moments[-1].at
    assert handles(trace, last)
    assert handles(trace, last + 1) == ()


def test_a_deed_after_the_end_lets_the_run_go_on_so_far() -> None:
    trace = run(parse("server: listen; accept\nclient: connect; close@2s\nset: end=1s"))
    assert told(trace, 1_000_000)[-1] == ("client", 1, None, 40000, False)
    assert told(trace, 3_000_000)[-1] == ("client", 1, None, 40000, True)


def test_where_probes_until_then_would_be_too_many_nobody_holds_anything() -> None:
    watched = "connect; setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=1)"
    trace = run(parse(f"server: listen; accept\nclient: {watched}"))
    assert trace.stopped_by is None
    assert handles(trace, trace.moments[-1].at + 1)
    assert handles(trace, 86_400_000_000) == ()
