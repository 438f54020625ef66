"""Goals: what a level asks for, seen on a trace. And how much somebody did for it."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lab import forks
from app.lab.effort import Effort, effort
from app.lab.goals import judge, parse_goal
from app.sim.scenario import Scenario, parse, written
from app.sim.when import Nonsense
from app.sim.world import run
from tests.lab.test_forks import NAMES, STORY
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios


def met(text: str, goal: str) -> bool:
    return judge(run(parse(text)), parse_goal(goal)).met


HALF = "server: listen; accept; recv(eof); close+2s\nclient: connect; close"


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        ("ever: client.state = FIN-WAIT-2", True),
        ("ever: client.state = FIN-WAIT-2 and server.state = CLOSE-WAIT", True),
        ("ever: client.state = FIN-WAIT-1 and server.state = LAST-ACK", False),
        ("never: client.state = CLOSING", True),
        ("never: client.state = FIN-WAIT-2", False),
        ("for 1900ms: server.state = CLOSE-WAIT", True),
        ("for 2001ms: server.state = CLOSE-WAIT", False),
        ("for 60s: client.state = TIME-WAIT", True),
        ("for 61s: client.state = TIME-WAIT", False),
        ("for 3600s: client.state = CLOSED and server.state = CLOSED", True),  # nothing is left to happen
        ("end: client.state = CLOSED", True),
        ("client.state = CLOSED", True),
        ("after s1 arrives: client.state = FIN-WAIT-1", True),
        ("before s1 arrives: client.state = SYN-SENT", True),
        ("s9 arrives: client.state = CLOSED", False),  # there is no such segment
        ("ever: client.recv[any].result = 0", False),  # no such call
        ("never: client.recv[any].result = 0", True),
        ("ever: server.recv[any].result = 0; ever: client.state = TIME-WAIT", True),
        ("ever: server.recv[any].result = 0; ever: client.state = CLOSING", False),
        ("ever: peer.state = CLOSED", False),  # no such host
    ],
)
def test_clauses(goal: str, is_met: bool) -> None:
    assert met(HALF, goal) is is_met


def test_what_lasts_to_the_end_of_a_run_that_was_cut_short_has_not_lasted_longer() -> None:
    cut = "server: listen; accept\nclient: connect\nset: end=2s"
    assert met(cut, "for 1900ms: client.state = ESTABLISHED")
    assert not met(cut, "for 2s: client.state = ESTABLISHED")


def test_a_goal_speaks_of_one_connection() -> None:
    two = "server: listen; accept*{recv(eof); close}\nclient: connect; close\nclient/2: connect@1s; abort+1s"
    assert met(two, "ever: client.state = TIME-WAIT; ever: server.state = LAST-ACK")
    assert met(two, "ever: client.state = ESTABLISHED; never: client.state = TIME-WAIT")
    assert not met(two, "ever: client.state = TIME-WAIT; ever: server.cause = rst")
    assert met(two, "ever: client:40001.state = ESTABLISHED; ever: client:40000.state = TIME-WAIT")


def test_a_verdict_says_which_clauses_hold_and_when_all_of_it_was_reached() -> None:
    trace = run(parse(HALF))
    verdict = judge(trace, parse_goal("ever: client.state = TIME-WAIT; for 1s: server.state = CLOSE-WAIT"))
    assert verdict.clauses == (True, True)
    assert verdict.moment is not None
    assert trace.state(verdict.moment, "client", 40000).value == "TIME-WAIT"
    assert judge(trace, parse_goal("ever: client.state = CLOSING; end: c.count = 4")).clauses == (False, True)
    assert judge(trace, parse_goal("ever: client.state = CLOSING")).moment is None


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("", "is no comparison"),
        ("ever:", "is no comparison"),
        ("ever: client.state", "is no comparison"),
        ("for ever: client.state = CLOSED", "says no duration"),
        ("for 0s: client.state = CLOSED", "says no duration"),
        ("ever: client.state = ESTAB", "there is no state ESTAB"),
        ("ever: client.cause = luck", "there is no cause luck"),
    ],
)
def test_what_is_no_goal(goal: str, said: str) -> None:
    with pytest.raises(Nonsense, match=said):
        parse_goal(goal)


WORDS = st.sampled_from(("ever:", "never:", "for", "2s:", "end:", ";", "and", "client.state", "=", "CLOSED", "1"))


@given(st.text() | st.lists(WORDS, max_size=12).map(" ".join))
def test_junk_is_nonsense_and_nothing_worse(goal: str) -> None:
    with suppress(Nonsense):
        judge(run(STORY), parse_goal(goal))


@settings(max_examples=60)
@given(busy_scenarios())
def test_any_run_can_be_judged(scenario: Scenario) -> None:
    closed, stood = "ever: client.state = TIME-WAIT and server.state = LAST-ACK", "for 1s: client.state = ESTABLISHED"
    judge(run(scenario), parse_goal(f"{closed}; {stood}; never: server.resets > 0"))


def test_a_flood_does_not_hold_the_judge_up() -> None:
    flood = "forge: flood 900 every 1ms @0s\nset: server.tcp_syncookies=0"
    trace = run(parse(f"server: listen(1000)\nclient: connect\n{flood}"))
    begun = time.process_time()
    judge(trace, parse_goal("for 9s: client.state = CLOSING; ever: server.recv[any].result = EPIPE"))
    assert time.process_time() - begun < 2


# Effort


def done(change: str) -> Effort:
    return effort(STORY, parse(change))


def test_nothing_done_is_no_effort() -> None:
    assert effort(STORY, STORY).total == 0
    assert effort(STORY, forks.end(STORY, 5_000_000)).total == 0  # when a run ends is nobody's doing


def test_each_kind_is_counted_for_itself() -> None:
    fork = forks.call(forks.lose(forks.lose(STORY, "c1"), "s1"), 0, "client", "close")
    fork = forks.choose(forks.choose(fork, "tcp_sack", 0), "belief", "closed-port-is-silent", "server")
    assert effort(STORY, fork) == Effort(wire=2, at=1, settings=1, beliefs=1)
    assert effort(fork, STORY) == effort(STORY, fork)
    assert effort(STORY, forks.speak(STORY, "rfc")) == Effort(dialect=1)
    assert effort(STORY, fork).kinds == ("wire", "at", "settings", "beliefs")


def test_what_takes_the_place_of_another_is_one_change() -> None:
    one, other = forks.slow(STORY, 10_000), forks.slow(STORY, 20_000)
    assert effort(one, other) == Effort(wire=1)


@pytest.mark.parametrize(
    ("server", "number"),
    [
        ("listen(8); accept; recv; send(200); recv(eof); close+300ms", 0),
        ("listen(8); accept; recv; send(200); recv(eof)", 1),
        ("listen(8); accept; recv; send(201); recv(eof); close+300ms", 1),
        ("setsockopt(SO_REUSEADDR=1); listen(8); accept; recv; send(200); recv(eof); close+300ms", 1),
        ("listen(8); accept; send(200); close+300ms", 2),
        ("", 6),
    ],
)
def test_programs_are_compared_call_by_call(server: str, number: int) -> None:
    assert done(f"server: {server}\n{written(STORY).splitlines()[1]}") == Effort(calls=number)


def test_a_call_in_a_block_is_one_call() -> None:
    old, new = (parse(f"server: listen; accept*{{recv; {call}}}\nclient: connect") for call in ("close", "abort"))
    assert effort(old, new) == Effort(calls=1)


def test_a_program_that_comes_is_all_its_calls() -> None:
    assert effort(STORY, forks.add_program(STORY, "client", "connect; close")) == Effort(calls=2)
    assert effort(STORY, forks.add_program(STORY, "client2", "")) == Effort(calls=1)


@given(scenarios(SHORT_WHILE), NAMES)
def test_one_action_is_an_effort_of_one(scenario: Scenario, name: str) -> None:
    assert effort(scenario, scenario).total == 0
    for act in (
        lambda: forks.lose(scenario, name),
        lambda: forks.duplicate(scenario, name, 5),
        lambda: forks.befall(scenario, 5, "client", "crash"),
        lambda: forks.insert_call(scenario, "client", 1, (0,), "sleep(1us)"),
    ):
        with suppress(forks.ForkError):
            fork = act()
            assert effort(scenario, fork).total == (fork != scenario)
