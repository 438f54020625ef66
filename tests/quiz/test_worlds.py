"""Two worlds of one scenario: where they part, and a world that has been stopped."""

from pathlib import Path

import pytest

from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.worlds import Divergence, believing, divergence, imagined, is_machine, until
from app.sim.scenario import parse
from app.sim.trace import Arrived, Called, Changed, Event, Queued, Returned, Trace
from app.sim.world import run
from app.tcp.states import Cause, State
from app.tcp.turn import Check
from tests.sim.telling import REQUEST, tell
from tests.sim.test_beliefs import STORIES, read
from tests.sim.test_beliefs import believing as believing_story

assert LOADED

CAUSES = (Cause.FIN, Cause.RST)
STATES = (State.TIME_WAIT, State.CLOSED)
CHANGES = [
    (Changed(5, "client", 40000, State.FIN_WAIT_2, STATES[0], CAUSES[0]), {"after": STATES[1]}),
    (Changed(5, "client", 40000, State.FIN_WAIT_2, STATES[0], CAUSES[0]), {"cause": CAUSES[1]}),
    (Returned(5, "client", 40000, "recv", 100, 1, ""), {"result": "ECONNRESET"}),
    (Returned(5, "client", 40000, "recv", 100, 1, ""), {"called_at": 2}),
    (Called(5, "client", 40000, "send", "100"), {"args": "200"}),
    (Queued(5, "server", (), (40000,), 3), {"limit": 4}),
    (Arrived(5, "server", 40000, "c1", ()), {"name": "c2"}),
    (Arrived(5, "server", 40000, "c1", ()), {"at": 6}),
]


def lone(event: Event) -> Trace:
    """A trace in which only this happens, after something that is the same in all of them."""
    return Trace(parse(REQUEST), (), (Called(0, "server", None, "listen", ""), event), {})


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_a_belief_parts_from_the_truth_where_its_story_does(path: Path) -> None:
    story = read(path)
    scenario = parse(story.text)
    real, believed = run(scenario), believing_story(story.text, path.stem, story.host)
    parting = divergence(believed, real)
    assert parting
    times = [float(lines[0].split()[0]) for lines in (story.truth, story.believed) if lines]
    assert min(moments_at(parting, believed, real)) == 1000 * min(times)


def moments_at(parting: Divergence, believed: Trace, real: Trace) -> list[int]:
    moments = ((believed, parting.believed), (real, parting.real))
    return [trace.moments[moment].at for trace, moment in moments if moment is not None]


@pytest.mark.parametrize(("event", "change"), CHANGES, ids=[f"{type(e).__name__}.{'.'.join(c)}" for e, c in CHANGES])
def test_worlds_part_at_whatever_happens_otherwise(event: Event, change: dict[str, object]) -> None:
    other = event._replace(**change)
    assert divergence(lone(event), lone(event)) is None
    assert divergence(lone(event), lone(other)) == Divergence(1, 1)


def test_worlds_do_not_part_at_the_rules_that_an_arrival_ran_through() -> None:
    arrived = Arrived(5, "server", 40000, "c1", ())
    assert divergence(lone(arrived), lone(arrived._replace(checks=(Check("ack.new", fired=True),)))) is None


def test_worlds_part_where_one_of_them_is_over() -> None:
    whole = tell(REQUEST)
    assert divergence(whole, until(whole, 3)) == Divergence(4, None)
    assert divergence(until(whole, 3), whole) == Divergence(None, 4)


def test_worlds_part_where_a_segment_says_something_else() -> None:
    assert divergence(tell(REQUEST.replace("send(100)", "send(101)")), tell(REQUEST)) == Divergence(2, 2)


def test_a_change_of_state_parts_the_worlds_of_a_question() -> None:
    made = question("four-segment-states", 0)
    assert made.scenario
    assert made.trace
    believed = imagined(made.scenario, "time-wait-at-passive-closer")
    parting = divergence(believed, made.trace)
    assert parting
    assert moments_at(parting, believed, made.trace) == [1_109_000, 1_109_000]


@pytest.mark.parametrize("id", GENERATORS)
def test_nothing_of_what_comes_later_is_in_a_stopped_world(id: str) -> None:
    trace = question(id, 3).trace
    assert trace
    for moment in {0, len(trace.moments) // 2, len(trace.moments) - 1}:
        past, at = until(trace, moment), trace.moments[moment].at
        assert past.events == tuple(event for event in trace.events if event.at <= at)
        assert [sent.name for sent in past.sent] == [sent.name for sent in trace.sent if sent.at <= at]
        assert len(past.moments) == moment + 1


def test_what_is_believed_is_set_before_everything_else() -> None:
    scenario = parse(f"{REQUEST}set: client.isn=7; tcp_syn_retries=3")
    assert [setting.host for setting in believing(scenario, "keepalive-is-on").settings] == [
        None,
        *(setting.host for setting in scenario.settings),
    ]


def test_not_every_misconception_is_about_the_machine() -> None:
    assert is_machine("keepalive-is-on")
    assert not is_machine("reset-is-refused")


def test_who_takes_the_limit_to_be_exact_lets_in_the_syn_whose_ack_is_then_ignored() -> None:
    asked = [question("last-ack-meets-accept-queue", seed) for seed in range(12)]
    exact = [one for one in asked if "limit-is-exact" in dict(one.form.mistakes)]
    assert exact
    for one in exact:
        last = max(sent.conn for sent in one.trace.sent)
        states = [
            event.after
            for event in imagined(one.scenario, "limit-is-exact").events
            if isinstance(event, Changed) and (event.host, event.conn) == ("server", last)
        ]
        assert states == [State.SYN_RECEIVED]
