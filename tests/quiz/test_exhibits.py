"""What a question shows: nothing of what comes after the moment that it asks about."""

import re

import pytest

from app.draw.capture import captured
from app.folders import folder
from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.question import Capture, Diagram, Question
from app.quiz.worlds import divergence, imagined, is_machine
from app.sim.trace import Trace
from app.web.showing import Counterfactual, counterfactual, exhibit
from app.words import load

WORDS = load(folder("content") / "locale")["en"]
SEEDS = range(2)

assert LOADED


def drawn(svg: str) -> set[str]:
    """The segments in a picture."""
    return set(re.findall(r'<g class="segment [^>]*data-name="(\w+)"', svg))


def by(trace: Trace, moment: int | None) -> set[str]:
    """The segments that have left by a moment; all of them by none."""
    at = trace.moments[-1 if moment is None else moment].at
    return {sent.name for sent in trace.sent if sent.at <= at}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", GENERATORS)
def test_a_diagram_holds_no_segment_that_leaves_later(id: str, seed: int) -> None:
    for shown in question(id, seed).shown:
        if isinstance(shown, Diagram):
            assert drawn(exhibit(shown, WORDS, "shown").body) == by(shown.trace, shown.upto)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", GENERATORS)
def test_a_capture_holds_no_line_of_what_comes_later(id: str, seed: int) -> None:
    for shown in question(id, seed).shown:
        if isinstance(shown, Capture):
            at = shown.trace.moments[shown.upto].at
            seen = [moment for sent in shown.trace.sent for moment in sent.seen(shown.at) if moment <= at]
            lines = exhibit(shown, WORDS, "shown").body.splitlines()
            assert len(lines) == len(seen)
            whole = captured(shown.trace, shown.trace.moments[-1].at, shown.at, absolute=shown.absolute)
            assert lines == whole[: len(lines)]


def parted(made: Question, belief: str) -> Counterfactual:
    worlds = counterfactual(made, belief, WORDS)
    assert worlds
    assert [lane.kind for lane in worlds.lanes] == ["believed", "real"]
    return worlds


def test_two_worlds_are_drawn_up_to_where_they_part() -> None:
    compared = 0
    for id in GENERATORS:
        made = question(id, 0)
        belief = next((belief for belief, _ in made.form.mistakes if is_machine(belief)), None)
        if belief is None or counterfactual(made, belief, WORDS) is None:
            continue
        worlds = parted(made, belief)
        assert made.scenario
        assert made.trace
        believed = imagined(made.scenario, belief)
        parting = divergence(believed, made.trace)
        assert parting
        assert drawn(worlds.lanes[0].svg) == by(believed, parting.believed)
        assert drawn(worlds.lanes[1].svg) == by(made.trace, parting.real)
        times = ((believed, parting.believed), (made.trace, parting.real))
        assert worlds.at == min(trace.moments[moment].at for trace, moment in times if moment is not None)
        compared += 1
    assert compared > 10


def test_a_change_of_state_is_a_difference_that_is_shown() -> None:
    assert parted(question("four-segment-states", 0), "time-wait-at-passive-closer").at == 1_109_000


def test_there_is_no_other_world_for_a_misconception_that_is_no_dialect() -> None:
    assert counterfactual(question("four-segment-states", 0), "reset-is-refused", WORDS) is None
