"""One evening before the interview: it fills the time that there is, and begins with what counts most."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from app.progress.study import ANSWERS, Lesson, Skill, Study
from app.progress.tonight import Item, done, tonight
from tests.progress.histories import DAY, HOUR, LESSONS, MINUTE, SKILLS, START, studies
from tests.progress.test_plan import ALL_READ, all_known, known, study

TOMORROW = (START + DAY).date()
LEFT = ("leave", "skip")


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
        ("again", 9),
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
    assert kinds(evening) == [("drill", 3), ("rest", 24), ("again", 3)]
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
    assert all((item.minutes > 0) == (item.kind not in LEFT) for item in evening)
    order = iter(("answer", "drill", "read", "rest", "again", "rest"))
    assert all(kind in order for kind, _ in groupby(item.kind for item in evening if item.kind not in LEFT))


@given(studies(), st.integers(0, 300))
def test_every_skill_is_drilled_or_left_or_safe_and_no_time_is_given_away(learner: Study, minutes: int) -> None:
    evening = tonight(learner, minutes)
    drills = [item.skills for item in evening if item.kind in ("drill", "again")]
    left = [skill for item in evening if item.kind in LEFT for skill in item.skills]
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


def test_what_was_done_counts_and_what_was_right_is_not_asked_before_the_others() -> None:
    """The evening of 42 minutes after two answers and four questions, one of them wrong."""
    heard = {("lesson-3", ANSWERS), ("lesson-2", ANSWERS)}
    asked = ("skill-3.0", "skill-3.1", "skill-3.2", "skill-2.0")
    memories = known(*((skill, START, skill != "skill-3.1") for skill in asked))
    learner = study(START + MINUTE, interview=TOMORROW, memories=memories, read=heard)
    before = done(learner, heard, asked)
    assert before == (Item("answer", 2, "lesson-2"), Item("answer", 2, "lesson-3"), Item("drill", 3, skills=asked))
    evening = tonight(learner, 42, before)
    assert sum(item.minutes for item in evening) == 42 - 7
    assert [item.lesson for item in evening if item.kind == "answer"] == ["lesson-1", "lesson-0"]
    drill = next(item for item in evening if item.kind == "drill")
    assert set(drill.skills) == {skill.id for skill in SKILLS} - {"skill-3.0", "skill-3.2", "skill-2.0"}
    assert {item.lesson for item in evening if item.kind == "read"} <= {lesson.id for lesson in LESSONS}
    again = next(item for item in evening if item.kind == "again")
    assert {"skill-3.0", "skill-3.2", "skill-2.0"} <= set(again.skills), "…but in a sitting of its own"


def test_an_evening_that_is_used_up_is_over() -> None:
    learner = study(interview=TOMORROW)
    before = (Item("read", 50, "lesson-0"),)
    assert all(item.kind in LEFT for item in tonight(learner, 42, before))


def test_steps_that_were_read_are_done_by_lesson() -> None:
    learner = study(interview=TOMORROW)
    read = {("lesson-1", "step-0"), ("lesson-1", "step-1"), ("gone", "step-0"), ("lesson-0", "step-9")}
    assert done(learner, read, ["gone"]) == (Item("read", 3, "lesson-1"),)


def test_what_is_required_is_read_first_however_little_it_is_asked_for() -> None:
    first, middle, last = (Lesson(name, ("step",), weight) for name, weight in (("a", 1), ("b", 0.1), ("c", 9)))
    skills = tuple(
        Skill(f"skill-{one}", one, "step", tuple(f"skill-{other}" for other in before))
        for one, before in (("a", ""), ("b", "a"), ("c", "b"))
    )
    evening = tonight(Study((first, middle, last), skills, {}, set(), START), 6)
    assert [item.lesson for item in evening if item.kind == "answer"] == ["a", "c"]


def test_what_the_learner_is_sure_of_waits_for_what_is_asked_less() -> None:
    memories = all_known(START - HOUR)
    unsure = {skill: memory for skill, memory in memories.items() if not skill.startswith("skill-0")}
    evening = tonight(study(interview=TOMORROW, memories=unsure), 4)
    assert [item.lesson for item in evening if item.kind == "answer"] == ["lesson-0"]


@given(studies(), st.integers(0, 300))
def test_what_is_asked_more_is_read_first(learner: Study, minutes: int) -> None:
    lessons = {lesson.id: lesson for lesson in LESSONS}
    weights = [learner.gain(lessons[item.lesson]) for item in tonight(learner, minutes) if item.kind == "answer"]
    assert weights == sorted(weights, reverse=True)
