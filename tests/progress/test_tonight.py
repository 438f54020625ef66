"""One evening before the interview: it fills the time that there is, and begins with what counts most."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from app.progress.study import Study
from app.progress.tonight import Item, tonight
from tests.progress.histories import DAY, HOUR, LESSONS, SKILLS, START, studies
from tests.progress.test_plan import ALL_READ, all_known, known, study

TOMORROW = (START + DAY).date()


def kinds(evening: tuple[Item, ...]) -> list[tuple[str, int]]:
    return [(item.kind, item.minutes) for item in evening]


def test_a_newcomer_s_hour() -> None:
    """The answers of all four lessons, the most asked first; each skill; two lessons in full; each skill again."""
    evening = tonight(study(interview=TOMORROW), 42)
    assert kinds(evening) == [
        *[("answer", 2)] * 4,
        ("drill", 9),
        *[("read", 6)] * 2,
        ("rest", 4),
        ("drill", 9),
    ]
    assert [item.lesson for item in evening[:4]] == ["lesson-3", "lesson-2", "lesson-1", "lesson-0"]
    assert [item.lesson for item in evening[5:7]] == ["lesson-3", "lesson-2"]
    assert set(evening[4].skills) == {skill.id for skill in SKILLS}


def test_a_newcomer_s_ten_minutes() -> None:
    """Half of it for what is asked most, half for questions about it; the rest is left, and said to be."""
    assert tonight(study(interview=TOMORROW), 10) == (
        Item("answer", 2, "lesson-3"),
        Item("answer", 2, "lesson-2"),
        Item("drill", 5, skills=tuple(f"skill-{name}" for name in ("3.0", "2.0", "3.1", "2.1", "3.2", "2.2"))),
        Item("rest", 1),
        Item("leave", 0, "lesson-0", ("skill-0.0", "skill-0.1", "skill-0.2")),
        Item("leave", 0, "lesson-1", ("skill-1.0", "skill-1.1", "skill-1.2")),
    )


def test_who_has_read_everything_drills_what_is_at_risk_and_often_asked() -> None:
    memories = all_known(START - HOUR, times=4) | known(
        ("skill-0.0", START - HOUR, False), ("skill-3.0", START - HOUR, False), ("skill-2.0", START - 9 * DAY, True)
    )
    evening = tonight(study(interview=TOMORROW, memories=memories, read=ALL_READ), 30)
    assert kinds(evening) == [("drill", 3), ("rest", 24), ("drill", 3)]
    assert evening[0].skills == evening[2].skills == ("skill-3.0", "skill-0.0", "skill-2.0")


def test_who_knows_everything_rests() -> None:
    memories = all_known(START - HOUR, times=4)
    assert tonight(study(interview=TOMORROW, memories=memories), 60) == (Item("rest", 60),)


def test_what_nobody_has_read_about_is_not_drilled() -> None:
    evening = tonight(study(interview=TOMORROW, read={("lesson-0", "step-0")}), 1)
    assert kinds(evening)[0] == ("drill", 1)
    assert evening[0].skills == ("skill-0.0",)


@given(studies(), st.integers(0, 300))
def test_the_items_fill_the_evening_exactly(learner: Study, minutes: int) -> None:
    evening = tonight(learner, minutes)
    assert sum(item.minutes for item in evening) == minutes
    assert all((item.minutes > 0) == (item.kind != "leave") for item in evening)
    order = iter(("answer", "drill", "read", "rest", "drill", "rest", "leave"))
    assert all(kind in order for kind, _ in groupby(item.kind for item in evening))


@given(studies(), st.integers(0, 300))
def test_every_skill_is_drilled_or_left_or_safe_and_no_time_is_given_away(learner: Study, minutes: int) -> None:
    evening = tonight(learner, minutes)
    drills = [item.skills for item in evening if item.kind == "drill"]
    left = [skill for item in evening if item.kind == "leave" for skill in item.skills]
    drilled = drills[0] if drills else ()
    assert len(set(drilled)) == len(drilled)
    assert not set(drilled) & set(left)
    for skill in SKILLS:
        safe = learner.mastered(skill) and not learner.at_risk(skill)
        assert safe != (skill.id in drilled or skill.id in left)
    for again in drills[1:]:
        assert set(again) <= set(drilled)
    answered = [item.lesson for item in evening if item.kind == "answer"]
    assert {item.lesson for item in evening if item.kind == "read"} <= set(answered)
    assert all(learner.unread(lesson) for lesson in LESSONS if lesson.id in answered)
    unanswered = [lesson for lesson in LESSONS if learner.unread(lesson) and lesson.id not in answered]
    assert not unanswered or sum(item.minutes for item in evening if item.kind == "rest") < 2


@given(studies(), st.integers(0, 300))
def test_what_is_asked_more_is_read_first(learner: Study, minutes: int) -> None:
    lessons = {lesson.id: lesson for lesson in LESSONS}
    weights = [learner.weight(lessons[item.lesson]) for item in tonight(learner, minutes) if item.kind == "answer"]
    assert weights == sorted(weights, reverse=True)
