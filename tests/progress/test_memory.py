"""FSRS over skills: the grade of an answer, what it does to the next date, and what holds of any history."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, State
from hypothesis import given
from hypothesis import strategies as st

from app.progress.grading import grade
from app.progress.memory import Review, after, replay, rescheduled, retrievability
from app.progress.schedule import AGAIN, EARLY, EVENING, FSRS, LONGEST, RETENTION, begins, interval, remembered
from tests.progress.histories import DAY, HOUR, MINUTE, START, dates, moments, review, reviews, told, zones

DIFFERENT = 31 * MINUTE  # enough for another sitting

# The grade


@pytest.mark.parametrize(
    ("answer", "rating"),
    [
        (review(right=False), Rating.Again),
        (review(right=False, seconds=3), Rating.Again),
        (review(), Rating.Good),
        (review(seconds=0), Rating.Good),  # nobody knows how long it took
        (review(seconds=3), Rating.Good),  # quick, but the first time
        (review(hinted=True), Rating.Hard),
        (review(unsure=True), Rating.Hard),
        (review(seconds=60), Rating.Hard),
        (review(seconds=60, slow=120), Rating.Good),
        (review(seconds=30, slow=20), Rating.Hard),
    ],
)
def test_the_grade_is_what_happened(answer: Review, rating: Rating) -> None:
    assert grade(None, answer) is rating


def test_easy_is_the_third_right_answer_in_a_row_and_quick() -> None:
    first, second, third = (review(START + n * DIFFERENT, seconds=15) for n in range(3))
    twice = told(first, second)
    assert grade(told(first), second) is Rating.Good
    assert grade(twice, third) is Rating.Easy
    assert grade(twice, third._replace(seconds=16)) is Rating.Good
    assert grade(twice, third._replace(seconds=0)) is Rating.Good
    assert grade(twice, third._replace(hinted=True)) is Rating.Hard
    assert grade(told(first, second._replace(right=False)), third) is Rating.Good


def test_easy_takes_a_fresh_variant_and_a_sitting_of_its_own_each_time() -> None:
    rights = [review(START + n * DIFFERENT, seconds=5) for n in range(3)]
    known = told(*rights)
    assert grade(known, review(rights[-1].at + MINUTE, seconds=5)) is Rating.Good
    assert grade(known, review(rights[-1].at + DIFFERENT, seconds=5, variant=rights[0].variant)) is Rating.Good
    assert grade(known, review(rights[-1].at + DIFFERENT, seconds=5)) is Rating.Easy


# One review


def test_what_was_right_comes_again_after_days_and_what_was_wrong_after_minutes() -> None:
    right, wrong = told(review()), told(review(right=False))
    assert right.due == START + 2 * DAY - EARLY  # FSRS: a stability of 2.3 days
    assert wrong.due == START + AGAIN
    assert right.stability > wrong.stability
    assert right.difficulty < wrong.difficulty


def test_intervals_grow_with_right_answers_and_fall_with_a_wrong_one() -> None:
    memory, intervals = told(review()), []
    for _ in range(4):
        memory = after(memory, review(memory.due), interview=None)
        intervals.append(memory.due - memory.last)
    assert intervals == sorted(set(intervals))
    assert intervals[-1] > 60 * DAY
    lapsed = after(memory, review(memory.due, right=False), interview=None)
    assert (lapsed.lapses, lapsed.failed, lapsed.reps) == (1, 1, 6)
    again = after(lapsed, review(lapsed.due), interview=None)
    assert (again.lapses, again.failed) == (1, 0)
    assert again.due - again.last < intervals[-1] / 2


def test_a_skill_that_was_never_right_has_not_lapsed() -> None:
    memory = told(*(review(START + n * HOUR, right=False) for n in range(3)))
    assert (memory.lapses, memory.failed) == (0, 3)


def test_an_evening_and_the_next_one_a_little_earlier_are_a_day_apart() -> None:
    """…though the library takes anything under 24 hours for the same day, in which little is learned."""
    first = told(review())

    def stability(hours: float) -> float:
        return after(first, review(START + hours * HOUR), interview=None).stability

    assert stability(18) == stability(23) == stability(25) == stability(36.1) > 2 * stability(1)
    assert stability(12.1) == stability(17.9) < stability(18), "half a day is none"
    assert stability(42) == stability(48) > stability(41.9)


# The interview


def test_no_review_reaches_into_the_day_of_the_interview() -> None:
    day = (START + DAY).date()
    midnight = begins(day, UTC)
    assert told(review(START - 8 * HOUR), interview=day).due == midnight - EVENING
    assert told(review(), interview=day).due == START + 30 * MINUTE, "it is the evening: in this sitting"
    assert told(review(midnight - MINUTE, right=False), interview=day).due < midnight


def test_the_last_week_asks_for_more() -> None:
    memory = told(review(), review(START + 2 * DAY))
    for days, sooner in ((60, False), (30, False), (6, True)):
        dated = rescheduled(memory, interview=(memory.last + days * DAY).date())
        assert (dated.due < memory.due) == sooner


def test_a_skill_that_the_last_week_finds_too_weak_is_due_when_it_begins() -> None:
    memory = told(review(), review(START + 2 * DAY))  # stable for eight days or so
    day = (memory.last + 12 * DAY).date()
    assert memory.due > begins(day, UTC) - 7 * DAY
    assert rescheduled(memory, interview=day).due == begins(day, UTC) - 7 * DAY


def test_the_interview_day_begins_where_the_learner_is() -> None:
    shanghai, day = ZoneInfo("Asia/Shanghai"), date(2026, 12, 2)
    afternoon = told(review(START - 6 * HOUR))
    assert rescheduled(afternoon, interview=day).due == datetime(2026, 12, 1, 20, tzinfo=UTC)
    noon = datetime(2026, 12, 1, 12, tzinfo=shanghai)
    memory = after(None, review(noon), interview=day, zone=shanghai)
    assert memory.due == datetime(2026, 12, 1, 20, tzinfo=shanghai)
    assert memory.last.tzinfo is UTC
    assert memory.due.tzinfo is UTC


@given(reviews(), dates(), zones())
def test_nothing_is_due_on_the_day_of_the_interview(
    history: list[Review], interview: date | None, zone: tzinfo
) -> None:
    for memory in replay(history, interview=interview, zone=zone).values():
        assert memory.due > memory.last
        usual = rescheduled(memory, interview=None).due
        if interview is None or memory.last >= begins(interview, zone):
            assert memory.due == usual
        else:
            assert memory.due <= usual
            assert memory.due < begins(interview, zone)


@given(reviews(), dates(), dates(), zones())
def test_another_date_needs_no_replay(history: list[Review], one: date, other: date, zone: tzinfo) -> None:
    before = replay(history, interview=one, zone=zone)
    moved = {skill: rescheduled(memory, interview=other, zone=zone) for skill, memory in before.items()}
    assert moved == replay(history, interview=other, zone=zone)


# Any history


@given(st.data(), reviews(), dates())
def test_any_order_of_the_same_reviews_gives_the_same_memory(
    data: st.DataObject, history: list[Review], interview: date | None
) -> None:
    other = data.draw(st.permutations(history))
    assert replay(history, interview=interview) == replay(other, interview=interview)


@given(reviews(), dates())
def test_replay_is_one_review_after_the_other(history: list[Review], interview: date | None) -> None:
    memories = replay(history, interview=interview)
    for skill, memory in memories.items():
        step = None
        mine = [one for one in history if one.skill == skill]
        for one in sorted(mine, key=lambda one: (one.at, one.variant, one.right, one.hinted, one.seconds, one.unsure)):
            step = after(step, one, interview=interview)
        assert step == memory
        assert memory.reps == len(mine)
        assert 0 <= memory.lapses <= memory.reps
        assert 1 <= memory.difficulty <= 10
        assert memory.stability > 0


@given(reviews(), moments(90), st.integers(0, 10**6))
def test_retrievability_is_a_chance_that_only_falls(history: list[Review], now: datetime, minutes: int) -> None:
    for memory in replay(history, interview=None).values():
        here, later = retrievability(memory, now), retrievability(memory, now + minutes * MINUTE)
        assert 0 < later <= here <= 1
        assert retrievability(memory, memory.last) == 1


@given(reviews(), dates(), st.integers(0, 10**5))
def test_a_clock_that_goes_back_raises_nothing_and_loses_no_review(
    history: list[Review], interview: date | None, minutes: int
) -> None:
    for memory in replay(history, interview=interview).values():
        old = review(memory.last - minutes * MINUTE, skill=memory.skill)
        for answer in (old, old._replace(right=False)):
            now = after(memory, answer, interview=interview)
            assert now.reps == memory.reps + 1
            assert now.last == memory.last
            assert now.due > now.last


# The library


@given(st.floats(0.01, 1000), st.integers(0, 1000))
def test_at_whole_days_the_curve_is_the_library_s(stability: float, days: int) -> None:
    card = Card(0, State.Review, None, stability, 5.0, START, START)
    assert remembered(stability, days * DAY) == pytest.approx(FSRS.get_card_retrievability(card, START + days * DAY))


@given(st.floats(2, 300), st.floats(1, 10), st.integers(1, 300))
def test_from_a_day_on_the_interval_is_the_library_s_less_some_hours(
    stability: float, difficulty: float, days: int
) -> None:
    card = Card(0, State.Review, None, stability, difficulty, START, START - days * DAY)
    card, _ = FSRS.review_card(card, Rating.Good, START)
    assert card.stability is not None
    assert interval(card.stability, RETENTION) == min(card.due - START, LONGEST) - EARLY


@given(st.floats(0.001, 1e9), st.floats(0.001, 1e9))
def test_who_remembers_better_is_asked_later(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for retention in (0.9, 0.95):
        assert timedelta(minutes=30) <= interval(low, retention) <= interval(high, retention) < LONGEST
    assert interval(low, 0.95) <= interval(low, 0.9)
