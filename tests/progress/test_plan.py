"""The plan: what is due and in which order, the forecast, the next step, the pace. And that no moment upsets it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timezone
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.progress.memory import Memory, after, replay, retrievability
from app.progress.plan import NextStep, next_step, plan, to_read
from app.progress.readiness import minutes_a_day, ready_on, work_left
from app.progress.reviews import DAYS_AHEAD, due, forecast, mixed, waiting
from app.progress.schedule import EVENING, begins
from app.progress.study import ANSWERS, Skill, Study
from tests.progress.histories import DAY, HOUR, LESSONS, MINUTE, SKILLS, START, review, studies

ALL_READ = {(lesson.id, step) for lesson in LESSONS for step in lesson.steps}


def study(now: datetime = START, **rest: Any) -> Study:
    """A learner on the first evening, who has read and answered nothing yet."""
    usual: dict[str, Any] = {"memories": {}, "read": set()}
    return Study(LESSONS, SKILLS, now=now, **{**usual, **rest})


def known(*answers: tuple[str, datetime, bool]) -> dict[str, Memory]:
    """Memories of skills that were answered at those times."""
    return replay((review(at, right, skill=skill) for skill, at, right in answers), interview=None)


def all_known(at: datetime, times: int = 1) -> dict[str, Memory]:
    """Every skill answered rightly on that many days, the last time at `at`."""
    return known(*((skill.id, at - n * DAY, True) for skill in SKILLS for n in range(times)))


def days_before(times: int) -> list[datetime]:
    """Noon of the first day and of as many four-day steps before it."""
    return [START - 8 * HOUR - n * 4 * DAY for n in range(times)]


def names(skills: tuple[Skill, ...]) -> list[str]:
    return [skill.id.removeprefix("skill-") for skill in skills]


# What is due


def test_what_was_wrong_comes_first_then_what_is_remembered_least() -> None:
    memories = known(
        ("skill-0.0", START - 9 * DAY, True),
        ("skill-1.0", START - 30 * DAY, True),
        ("skill-2.0", START - HOUR, False),
        ("skill-3.0", START - 1 * DAY, True),
        ("skill-3.1", START - 5 * MINUTE, False),
    )
    assert names(due(study(memories=memories))) == ["2.0", "1.0", "0.0"]
    assert names(due(study(START + 6 * MINUTE, memories=memories))) == ["2.0", "3.1", "1.0", "0.0"]
    assert names(waiting(study(memories=memories))) == ["0.0", "1.0", "2.0"]


def test_lessons_are_mixed() -> None:
    at_risk_first = [SKILLS[n] for n in (0, 1, 2, 3, 6)]
    assert names(mixed(at_risk_first)) == ["0.0", "1.0", "0.1", "2.0", "0.2"]
    assert names(mixed(at_risk_first, before="lesson-0")) == ["1.0", "0.0", "2.0", "0.1", "0.2"]
    assert names(mixed(SKILLS[:3])) == ["0.0", "0.1", "0.2"]


def test_the_first_is_of_another_lesson_than_what_was_asked_a_moment_ago() -> None:
    memories = known(
        ("skill-0.0", START - 9 * DAY, True), ("skill-1.0", START - 8 * DAY, True), ("skill-0.1", START, True)
    )
    assert names(due(study(START + MINUTE, memories=memories))) == ["1.0", "0.0"]
    assert names(due(study(START + HOUR, memories=memories))) == ["0.0", "1.0"]


@given(st.lists(st.sampled_from(SKILLS), unique=True), st.sampled_from(["", *(lesson.id for lesson in LESSONS)]))
def test_no_two_of_one_lesson_in_a_row_where_it_can_be_avoided(skills: list[Skill], before: str) -> None:
    order = mixed(skills, before)
    assert Counter(order) == Counter(skills)
    row = [before, *(skill.lesson for skill in order)]
    met = sum(one == other for one, other in pairwise(row))
    size = Counter(skill.lesson for skill in skills)
    places = {lesson: len(skills) - size[lesson] + (lesson != before) for lesson in size}  # between the others
    assert met == max([0, *(size[lesson] - places[lesson] for lesson in size)])


def test_on_the_day_before_all_that_is_at_risk_is_gone_through_once() -> None:
    tomorrow = (START + DAY).date()
    memories = known(
        ("skill-0.0", START - 2 * DAY, True),  # will have faded to under 0.95 by then
        ("skill-1.0", START - 9 * HOUR, True),  # this morning: the evening is for it
        ("skill-1.1", START - HOUR, True),
        ("skill-2.0", START - 9 * HOUR, False),
        *(("skill-3.0", START - n * 4 * DAY, True) for n in (1, 2, 3)),  # safe
    )
    assert names(due(study(memories=memories, interview=tomorrow))) == ["2.0", "0.0", "1.0"]
    assert names(due(study(memories=memories))) == ["2.0", "0.0"]
    answered = {**memories, "skill-0.0": after(memories["skill-0.0"], review(), interview=tomorrow)}
    assert names(due(study(memories=answered, interview=tomorrow))) == ["2.0", "1.0"]


def test_on_the_morning_of_the_interview_what_was_learned_last_night_may_rest() -> None:
    memories = replay([review()], interview=(START + DAY).date())
    morning = study(START + 11 * HOUR, memories=memories, read=ALL_READ, interview=(START + DAY).date())
    assert memories["skill-0.0"].due < morning.now
    assert due(morning) == ()


def test_an_interview_that_is_over_plays_no_part() -> None:
    memories = replay([review()], interview=(START + DAY).date())
    later = study(START + 36 * HOUR, memories=memories, interview=(START + DAY).date())
    assert due(later) == ()
    assert plan(later) == plan(replace(later, interview=None))


@given(studies())
def test_what_is_due_is_due(learner: Study) -> None:
    asked = due(learner)
    assert sorted(skill.id for skill in asked) == sorted(skill.id for skill in waiting(learner))
    for skill in asked:
        memory = learner.memories[skill.id]
        if learner.last_day:
            assert memory.failed or retrievability(memory, learner.horizon) < 0.95
        else:
            assert learner.due(memory) <= learner.now


@given(studies())
def test_a_stored_due_date_says_the_same_until_the_last_day(learner: Study) -> None:
    if learner.interview is None or (learner.days_left or 0) > 1:
        stored = [skill for skill in SKILLS if (m := learner.memories.get(skill.id)) and m.due <= learner.now]
        assert waiting(learner) == tuple(stored)


# The coming days


def test_the_forecast_counts_by_the_learner_s_days() -> None:
    memories = known(("skill-0.0", START - 9 * DAY, True), ("skill-1.0", START - 10 * HOUR, True))
    assert [day.reviews for day in forecast(study(memories=memories))] == [1, 0, 1] + [0] * (DAYS_AHEAD - 3)
    assert forecast(study(memories=memories))[2].day == date(2026, 12, 3)
    east = study(memories=memories, zone=timezone(20 * HOUR))  # 16:00 on the day after
    assert [day.reviews for day in forecast(east)] == [1, 0, 1] + [0] * (DAYS_AHEAD - 3)
    assert forecast(east)[0].day == date(2026, 12, 2)


def test_before_the_interview_only_what_will_be_at_risk_is_counted_and_a_day_ahead() -> None:
    day = (START + 5 * DAY).date()
    memories = replay(
        (review(at, skill=skill.id) for skill, times in ((SKILLS[0], 1), (SKILLS[3], 5)) for at in days_before(times)),
        interview=day,
    )
    assert memories["skill-1.0"].due == begins(day, UTC) - EVENING
    assert [one.reviews for one in forecast(study(memories=memories, interview=day))][:6] == [0, 1, 0, 0, 0, 0]
    late = study(START + 3 * DAY, memories=memories, interview=day)
    assert [one.reviews for one in forecast(late)][:3] == [1, 0, 0]


@given(studies())
def test_the_forecast_forgets_nobody_who_is_due_in_time(learner: Study) -> None:
    counts = forecast(learner)
    assert [day.day for day in counts] == [learner.today + n * DAY for n in range(DAYS_AHEAD)]
    assert counts[0].reviews >= len(waiting(learner))
    end = begins(learner.today + DAYS_AHEAD * DAY, learner.zone)
    in_time = [skill for skill in SKILLS if (m := learner.memories.get(skill.id)) and learner.due(m) < end]
    total = sum(day.reviews for day in counts)
    if learner.days_left is None:
        assert total == len(in_time)
    else:
        assert sum(learner.at_risk(skill) for skill in in_time) <= total <= len(in_time)


# The next step


def test_a_newcomer_reads() -> None:
    assert next_step(study()) == NextStep("begin", "lesson-0", "step-0")


def test_what_was_read_is_asked_about_before_reading_on() -> None:
    read = {("lesson-0", "step-0")}
    assert next_step(study(read=read)) == NextStep("learn", "lesson-0", "step-0", "skill-0.0")
    memories = known(("skill-0.0", START, True))
    assert next_step(study(read=read, memories=memories)) == NextStep("read", "lesson-0", "step-1")


def test_what_comes_before_a_skill_must_be_known_first() -> None:
    read = {("lesson-0", "step-0"), ("lesson-0", "step-1")}
    wrong = known(("skill-0.0", START, False))
    assert next_step(study(read=read, memories=wrong)).kind == "read"
    right = known(("skill-0.0", START, True))
    assert next_step(study(read=read, memories=right)).skill == "skill-0.1"
    assert next_step(study(read=ALL_READ, memories=wrong)).skill == "skill-1.0"
    rest = {skill: memory for skill, memory in all_known(START).items() if skill not in ("skill-0.0", "skill-0.1")}
    assert next_step(study(read=ALL_READ, memories=rest | wrong)).skill == "skill-0.1", "…unless nothing else is left"


def test_what_is_due_comes_first() -> None:
    memories = known(("skill-0.0", START - 9 * DAY, True))
    step = next_step(study(memories=memories, read={("lesson-1", "step-0")}))
    assert step == NextStep("review", "lesson-0", "step-0", "skill-0.0")


def test_a_lesson_that_was_begun_is_finished_first() -> None:
    read = {("lesson-2", "step-0")}
    memories = known(("skill-2.0", START, True))
    assert next_step(study(read=read, memories=memories)) == NextStep("read", "lesson-2", "step-1")


def test_the_lesson_that_was_left_is_gone_on_with_on_the_last_day_too() -> None:
    read = {("lesson-0", "step-0"), ("lesson-1", "step-0"), ("lesson-1", "step-2")}
    tomorrow = (START + DAY).date()
    for left, onward in (
        (("lesson-1", "step-2"), ("lesson-1", "step-3")),
        (("lesson-1", "step-0"), ("lesson-1", "step-1")),
        (("lesson-0", "step-0"), ("lesson-0", "step-1")),
        (("gone", "step-0"), ("lesson-0", "step-1")),
    ):
        assert to_read(study(interview=tomorrow, read=read, left=left)) == NextStep("read", *onward)
    assert to_read(study(read=ALL_READ, left=("lesson-1", "step-2"))) is None


def test_to_have_read_the_answers_is_not_to_have_begun_the_lesson() -> None:
    assert next_step(study(read={("lesson-2", ANSWERS)})) == NextStep("begin", "lesson-0", "step-0")


def test_nobody_is_sent_to_read_what_is_mastered() -> None:
    memories = all_known(START, times=2)
    part = {skill: memory for skill, memory in memories.items() if not skill.startswith("skill-1")}
    assert next_step(study(memories=part)) == NextStep("begin", "lesson-1", "step-0")


def test_who_has_done_everything_rests_until_the_next_review() -> None:
    memories = all_known(START, times=2)
    first = min(memory.due for memory in memories.values())
    assert next_step(study(read=ALL_READ, memories=memories)) == NextStep("rest", until=first)
    assert next_step(Study((), (), {}, set(), START)) == NextStep("rest")


def test_nobody_waits_for_a_review_that_is_not_needed_before_the_interview() -> None:
    memories = known(*((skill.id, START, True) for skill in SKILLS))
    rested = study(START + MINUTE, memories=memories, read=ALL_READ)
    assert next_step(rested).until == memories["skill-0.0"].due
    assert next_step(replace(rested, interview=(START + DAY).date())) == NextStep("rest")
    noon = known(*((skill.id, START - 8 * HOUR, True) for skill in SKILLS))
    faded = study(START - 7 * HOUR, memories=noon, read=ALL_READ, interview=(START + DAY).date())
    assert next_step(faded).until == START, "what will have faded is gone through in the evening"


def test_on_the_last_day_what_is_asked_most_is_read_first() -> None:
    tomorrow = (START + DAY).date()
    assert next_step(study(interview=tomorrow)) == NextStep("begin", "lesson-3", "step-0")
    read = {("lesson-0", "step-0"), ("lesson-2", "step-0")}
    assert next_step(study(interview=tomorrow, read=read)).skill == "skill-2.0"


# Getting ready


def test_the_days_are_counted_where_the_learner_is() -> None:
    here = study(datetime(2026, 12, 1, 23, tzinfo=timezone(8 * HOUR)), interview=date(2026, 12, 3))
    assert here.days_left == 2
    assert replace(here, zone=timezone(9 * HOUR)).days_left == 1
    assert study(interview=date(2026, 12, 1)).days_left == 0
    assert study(interview=date(2026, 11, 30)).days_left is None
    assert study().days_left is None


def test_the_work_is_shared_out_to_the_days_left() -> None:
    minutes = [minutes_a_day(study(interview=(START + n * DAY).date())) for n in (0, 1, 2, 3, 11)]
    assert minutes == [
        58,
        58,
        58,
        29,
        6,
    ]  # 16 steps of 90 s; 12 skills, 3 answers of 45 s each, of which one in five fails
    assert minutes_a_day(study()) is None
    safe = all_known(START, times=4)
    assert minutes_a_day(study(interview=(START + DAY).date(), memories=safe)) == 0


def test_the_date_at_which_one_is_ready_follows_from_the_pace() -> None:
    half_way = all_known(START)
    learner = study(memories=half_way, read=ALL_READ, begun=START - DAY)
    assert work_left(learner) == 12 * 45 / 0.8
    assert ready_on(learner) == (START + DAY).date()
    assert ready_on(replace(learner, begun=START - 20 * DAY)) == (START + 8 * DAY).date()
    assert ready_on(replace(learner, begun=None)) is None
    assert ready_on(study(memories=all_known(START, times=2), begun=START)) == START.date()
    assert ready_on(study(begun=START)) is None


@given(studies())
def test_every_answer_and_every_step_read_leaves_less_to_do(learner: Study) -> None:
    """…as long as it is right: a right answer never makes the day longer."""
    for skill in SKILLS[:3]:
        right = review(learner.now, skill=skill.id)
        memories = {**learner.memories, skill.id: after(learner.memories.get(skill.id), right, interview=None)}
        assert work_left(replace(learner, memories=memories)) <= work_left(learner)
    assert work_left(replace(learner, read=ALL_READ)) <= work_left(learner)


# Any moment


@given(studies(), st.integers(0, 10**5))
def test_a_clock_that_goes_back_loses_nothing(learner: Study, minutes: int) -> None:
    there = plan(learner)
    back = plan(replace(learner, now=learner.now - minutes * MINUTE))
    again = plan(learner)
    assert again == there
    assert set(back.due) <= set(learner.memories)
    assert sum(day.reviews for day in back.forecast) <= len(learner.memories)


@given(studies())
def test_a_plan_agrees_with_itself(learner: Study) -> None:
    whole = plan(learner)
    assert whole.next == next_step(learner)
    assert whole.due == tuple(skill.id for skill in due(learner))
    assert (whole.next.kind == "review") == bool(whole.due)
    assert (whole.minutes_a_day is None) == (whole.days_left is None)
    assert whole.ready_on is None or whole.ready_on >= learner.today
    match whole.next:
        case NextStep("review", skill=skill):
            assert skill == whole.due[0]
        case NextStep("learn", lesson, step, skill):
            assert skill not in learner.memories
            assert (lesson, step) in learner.read
        case NextStep("read" | "begin", lesson, step):
            assert (lesson, step) not in learner.read
        case rest:
            assert rest.until is None or rest.until > learner.now
