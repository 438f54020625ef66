"""Ten days of study by the plan: before an interview in ten days, before one tomorrow, and with no date at all."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.progress.mastery import SITTING
from app.progress.schedule import AGAIN
from app.progress.tonight import tonight
from tests.progress.learner import BY_ID, DAY, LESSONS, SKILLS, START, Learner, Page

SEEDS = range(5)
STEPS = sum(len(lesson.steps) for lesson in LESSONS)


def study_days(learner: Learner, minutes: int | None) -> None:
    """Ten evenings, each at about eight."""
    for n in range(10):
        learner.now = START + n * DAY + timedelta(minutes=learner.dice.randint(-60, 60))
        learner.begun = min(learner.begun, learner.now)
        learner.day(minutes)
        sensible(learner)


def sensible(learner: Learner) -> None:
    """What must hold of any day on which the plan was followed."""
    page, told = learner.diary[-1], learner.told()
    assert page.end is not None
    read_before = learner.read - set(page.read)
    assert len(page.read) == len(set(page.read)), told
    assert not set(page.read) & read_before, told
    for one in page.asked:
        skill = BY_ID[one.skill]
        if one.kind == "learn":
            assert one.before is None, told
            assert (skill.lesson, skill.step) in learner.read, told
            assert all(other in learner.memories for other in skill.requires), told
        else:
            assert one.before is not None, told
            assert one.at - one.before.last >= AGAIN, told
    for one, other in in_a_row(page):
        assert BY_ID[one].lesson != BY_ID[other].lesson, f"{one}, {other}\n{told}"
    if page.minutes < page.budget:
        assert page.end.next.kind == "rest", told
        assert not page.end.due, told
    assert sum(day.reviews for day in page.end.forecast) <= len(learner.memories), told


def in_a_row(page: Page) -> Iterator[tuple[str, str]]:
    """The reviews that followed another answer of the sitting, though they could have been of another lesson."""
    for one, other in pairwise(page.asked):
        if other.kind == "review" and other.others and other.at - one.at < SITTING:
            yield one.skill, other.skill


@pytest.mark.parametrize("seed", SEEDS)
def test_an_interview_in_ten_days(seed: int) -> None:
    """The minutes that the plan asks for, every day, are enough: all is read and known when the day comes."""
    interview = (START + 10 * DAY).date()
    learner = Learner(START, interview, seed)
    study_days(learner, minutes=None)
    told = learner.told()
    for n, page in enumerate(learner.diary):
        assert page.end is not None
        assert page.begin.days_left == 10 - n, told
        assert 10 <= page.budget <= 24 or n > 6, f"about as much on each day\n{told}"
        assert page.end.ready_on is not None, told
        assert page.end.ready_on <= interview, told
        assert not any(day.reviews for day in page.end.forecast if day.day > interview), told
    assert all(memory.due.date() <= interview for memory in learner.memories.values()), told
    mastered = [page.mastered for page in learner.diary]
    assert all(later >= earlier - 3 for earlier, later in pairwise(mastered)), told
    last = learner.diary[-1]
    assert last.end is not None
    assert len(learner.read) == STEPS, told
    assert len(learner.memories) == len(SKILLS), told
    assert last.read == [], f"on the last day nothing is new\n{told}"
    assert last.end.due == (), f"all that was at risk has been gone through\n{told}"
    assert last.mastered >= len(SKILLS) - 4, told
    assert last.truth > 0.93, told


@pytest.mark.parametrize("seed", SEEDS)
def test_an_interview_in_ten_days_and_more_time_than_needed(seed: int) -> None:
    """What is left to do becomes less from day to day, and the evenings short."""
    learner = Learner(START, (START + 10 * DAY).date(), seed)
    study_days(learner, minutes=40)
    told = learner.told()
    asked = [page.begin.minutes_a_day for page in learner.diary]
    assert asked[0] is not None
    assert all(minutes is not None and minutes <= asked[0] + 5 for minutes in asked), told
    for page in learner.diary[3:]:
        assert page.end is not None
        assert page.end.next.kind == "rest", told
        assert len(page.asked) <= 35, told
    assert learner.diary[-1].truth > 0.95, told


@pytest.mark.parametrize("seed", SEEDS)
def test_an_interview_tomorrow(seed: int) -> None:
    """An evening and a morning: the most asked first, everything once and then again, and no time for the rest."""
    learner = Learner(START, (START + DAY).date(), seed)
    evening = tonight(learner.study, 90)
    assert [item.lesson for item in evening if item.kind == "answer"] == [f"lesson-{n}" for n in (1, 3, 5, 0, 4, 2)]
    assert [item.lesson for item in evening if item.kind == "read"] == [f"lesson-{n}" for n in (1, 3, 5)]
    learner.evening(evening)
    told = learner.told()
    page = learner.diary[-1]
    assert page.end is not None
    assert len(page.asked) == 2 * len(SKILLS), told
    assert page.minutes <= 90 + 8, told
    assert page.mastered >= len(SKILLS) // 2, f"the second round was a sitting of its own\n{told}"
    assert page.truth > 0.9, told
    assert all(memory.due.date() <= date(2026, 12, 2) for memory in learner.memories.values()), told

    learner.now = START + 11 * 60 * timedelta(minutes=1)
    learner.day(minutes=30)
    sensible(learner)
    told = learner.told()
    morning = learner.diary[-1]
    assert morning.begin.days_left == 0, told
    weak = {one.skill for one in page.asked[-len(SKILLS) :] if not one.right}
    assert weak <= set(morning.begin.due), f"what was wrong last night is asked in the morning\n{told}"
    assert set(morning.begin.due[: len(weak)]) == weak or len(morning.begin.due) > len(weak), told
    assert morning.mastered >= page.mastered, told


@pytest.mark.parametrize("seed", SEEDS)
def test_no_date(seed: int) -> None:
    """Nothing presses: what is due is little and less, and what was learned is not forgotten."""
    learner = Learner(START, None, seed)
    study_days(learner, minutes=40)
    told = learner.told()
    for page in learner.diary:
        assert page.begin.days_left is None, told
        assert page.begin.minutes_a_day is None, told
        assert page.end is not None
        assert len(page.end.due) <= 3, told
    assert len(learner.read) == STEPS, told
    early, late = (sum(len(page.asked) for page in half) for half in (learner.diary[2:6], learner.diary[6:]))
    assert late < early, told
    assert all(page.truth > 0.78 for page in learner.diary[2:]), told
    assert learner.diary[-1].mastered >= len(SKILLS) - 4, told
    assert max(memory.due for memory in learner.memories.values()) > learner.now + 5 * DAY, told
