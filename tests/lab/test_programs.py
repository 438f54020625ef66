"""A program as chips: each call can be moved, changed and taken out, and what may follow can follow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab import forks
from app.lab.forks import ForkError
from app.lab.next_calls import SENSIBLE, next_calls
from app.lab.programs import Place
from app.sim.program import Call, Program
from app.sim.scenario import Scenario, from_query, parse, to_query
from app.sim.trace import Returned
from app.sim.world import run
from app.sim.writer import call_text
from tests.sim.scenarios import SHORT_WHILE, scenarios

SERVER = parse("server: l=listen; a=accept*{recv; a.close}+1s; l.close\nclient: x=connect; x.send(100)@1s; x.close")


def places(calls: tuple[Call, ...], around: Place = ()) -> list[Place]:
    """Every place of a program at which there is a call."""
    found = []
    for index, call in enumerate(calls):
        found += [(*around, index), *places(call.block or (), (*around, index))]
    return found


def text(scenario: Scenario, host: str) -> str:
    program = next(one for one in scenario.programs if one.host == host)
    return "; ".join(map(call_text, program.calls))


def siblings(program: Program, place: Place) -> tuple[Call, ...]:
    calls: tuple[Call, ...] = program.calls
    for index in place[:-1]:
        calls = calls[index].block or ()
    return calls


# What a chip does


def test_a_call_is_moved_among_those_around_it() -> None:
    assert text(forks.move_call(SERVER, "client", 1, (2,), -1), "client") == "x=connect; x.close; x.send(100)@1s"
    assert text(forks.move_call(SERVER, "client", 1, (0,), 2), "client") == "x.send(100)@1s; x.close; x=connect"
    assert "a=accept*{a.close; recv}+1s" in text(forks.move_call(SERVER, "server", 1, (1, 0), 1), "server")


@pytest.mark.parametrize(("place", "by"), [((0,), -1), ((2,), 1), ((1, 1), 1), ((9,), 1), ((), 1), ((0, 0), 1)])
def test_it_is_not_moved_beyond_them(place: Place, by: int) -> None:
    with pytest.raises(ForkError, match="no-call"):
        forks.move_call(SERVER, "server", 1, place, by)


@pytest.mark.parametrize(
    ("host", "place", "call", "becomes"),
    [
        ("client", (1,), "send(5)+2s", "x=connect; x.send(5)+2s; x.close"),
        ("client", (0,), "connect(server:80)", "x=connect(server:80); x.send(100)@1s; x.close"),
        ("client", (2,), "y.abort", "x=connect; x.send(100)@1s; y.abort"),
        ("server", (1,), "accept", "l=listen; a=accept*{recv; a.close}; l.close"),
        ("server", (1,), "accept*{close}", "l=listen; a=accept*{close}; l.close"),
        ("server", (1, 0), "recv(eof)", "l=listen; a=accept*{recv(eof); a.close}+1s; l.close"),
        ("server", (1,), "sleep(1s)", "l=listen; a=sleep(1s); l.close"),
    ],
)
def test_a_changed_call_stays_on_its_socket(host: str, place: Place, call: str, becomes: str) -> None:
    assert text(forks.change_call(SERVER, host, 1, place, call), host) == becomes


@settings(max_examples=60)
@given(scenarios(SHORT_WHILE), st.data())
def test_whatever_a_chip_does_can_be_undone(scenario: Scenario, data: st.DataObject) -> None:
    program = data.draw(st.sampled_from(scenario.programs))
    known = places(program.calls)
    if not known:
        return
    place, where = data.draw(st.sampled_from(known)), program[:2]
    around = siblings(program, place)
    call = around[place[-1]]
    assert forks.change_call(scenario, *where, place, call_text(call)) == scenario
    to = data.draw(st.integers(0, len(around) - 1))
    moved = forks.move_call(scenario, *where, place, to - place[-1])
    assert forks.move_call(moved, *where, (*place[:-1], to), place[-1] - to) == scenario
    assert from_query(to_query(moved)) == moved
    gone = forks.remove_call(scenario, *where, place)
    assert forks.insert_call(gone, *where, place, call_text(call)) == scenario


# What can follow


def offered(calls: str, others: str = "server: listen") -> tuple[str, ...]:
    scenario = parse(f"{others}\nclient: {calls}")
    return next_calls(scenario, next(one for one in scenario.programs if one.host == "client"))


@pytest.mark.parametrize(
    ("calls", "first"),
    [
        ("", "connect"),
        ("connect", "send(100)"),
        ("connect; shutdown(wr)", "recv"),
        ("connect; shutdown(rd)", "send(100)"),
        ("connect; close", "connect"),
        ("listen", "accept"),
        ("listen; accept; close", "accept"),
        ("bind(7)", "connect"),
    ],
)
def test_what_follows_is_what_makes_sense_on_the_latest_socket(calls: str, first: str) -> None:
    assert offered(calls)[0] == first


def test_nothing_follows_what_goes_on_for_ever() -> None:
    assert offered("listen; accept*{recv}") == ()
    assert next_calls(SERVER, SERVER.programs[0], SERVER.programs[0].calls[1].block) == ("sleep(100ms)",)


def test_whoever_listens_is_called_by_name() -> None:
    assert offered("", "peer: listen")[0] == "connect(peer:80)"
    assert offered("", "peer: listen\nserver: listen")[0] == "connect"


@settings(max_examples=60)
@given(scenarios(SHORT_WHILE))
def test_whatever_is_offered_can_be_added_and_taken_out_again(scenario: Scenario) -> None:
    for program in scenario.programs:
        end = (len(program.calls),)
        for call in next_calls(scenario, program):
            longer = forks.insert_call(scenario, *program[:2], end, call)
            assert from_query(to_query(longer)) == longer
            assert forks.remove_call(longer, *program[:2], end) == scenario


@pytest.mark.parametrize("state", SENSIBLE)
def test_a_connection_is_built_from_offers_that_succeed(state: str) -> None:
    """Each offer, made where it is made, is a call that does not fail on a wire without faults."""
    begins = {
        "none": "",
        "listening": "listen",
        "open": "connect",
        "half": "connect; shutdown(wr)",
        "over": "connect; close",
        "for ever": "listen; accept*{recv}",
    }[state]
    other = "server: listen; accept*{send(50); recv(eof); close}"
    if state in ("listening", "for ever"):
        other = "server: connect(client:80)@1s; send(50)"
    for call in offered(begins, other):
        scenario = parse(f"{other}\nclient: {'; '.join(filter(None, (begins, call)))}")
        returns = [event for event in run(scenario).events if isinstance(event, Returned) and event.host == "client"]
        assert not [str(event.result) for event in returns if str(event.result).startswith("E")], call
