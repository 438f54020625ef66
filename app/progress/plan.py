"""The plan: what is due, what comes next, and how the days until the interview look. Pure."""

from datetime import date, datetime
from typing import Literal, NamedTuple

from app.progress.readiness import minutes_a_day, ready_on
from app.progress.reviews import Day, due, forecast
from app.progress.study import Skill, Study


class NextStep(NamedTuple):
    """The one thing to do now.

    `review`: what is due, beginning with `skill`. `learn`: questions about `skill`, which is new. `read`: go on with
    `step` of `lesson`. `begin`: the same, of a lesson of which nothing was read. `rest`: there is nothing until
    `until`, when a review is due, if one will be. Where there is a skill, `lesson` and `step` are those that teach it.
    """

    kind: Literal["review", "learn", "read", "begin", "rest"]
    lesson: str = ""
    step: str = ""
    skill: str = ""
    until: datetime | None = None


class Plan(NamedTuple):
    """What a learner is shown; `minutes_a_day` and `days_left` are None without an interview to come."""

    due: tuple[str, ...]  # skills, in the order in which to ask about them
    forecast: tuple[Day, ...]  # today and the days after it
    next: NextStep
    days_left: int | None
    minutes_a_day: int | None
    ready_on: date | None  # None: not at this pace


def plan(study: Study) -> Plan:
    """The whole plan of the learner at that moment."""
    reviews = due(study)
    return Plan(
        due=tuple(skill.id for skill in reviews),
        forecast=forecast(study),
        next=_next(study, reviews),
        days_left=study.days_left,
        minutes_a_day=minutes_a_day(study),
        ready_on=ready_on(study),
    )


def next_step(study: Study) -> NextStep:
    """What to do now: review what is due, else ask about what was just read, else read on, else rest.

    In the order of the course; on the last day what interviewers ask most often comes first. A new skill waits until
    what it requires was right, but not longer than there is something to read.
    """
    return _next(study, due(study))


def _next(study: Study, reviews: tuple[Skill, ...]) -> NextStep:
    new = [skill for skill in study.skills if _new(study, skill)]
    prepared = [skill for skill in new if all(_known(study, other) for other in skill.requires)]
    onward = to_read(study)
    if reviews:
        return _about("review", reviews[0])
    if prepared:
        return _about("learn", _to_learn(study, prepared))
    if onward:
        return onward
    if new:
        return _about("learn", _to_learn(study, new))
    coming = (when for skill in study.skills if (when := study.coming(skill)))
    return NextStep("rest", until=min(coming, default=None))


def to_read(study: Study) -> NextStep | None:
    """Where to read: on where one left off, else in a lesson that was begun, else the next; None if all is read.

    On the last day the next is the one whose answer is worth most.
    """
    unread = [lesson for lesson in study.lessons if study.unread(lesson)]
    if not unread:
        return None
    begun = [lesson for lesson in unread if len(study.unread(lesson)) < len(lesson.steps)]
    if not begun:
        lesson = max(unread, key=study.gain) if study.last_day else unread[0]
        return NextStep("begin", lesson.id, lesson.steps[0])
    where, last = study.left or ("", "")
    lesson = next((lesson for lesson in begun if lesson.id == where), begun[0])
    behind = lesson.steps[lesson.steps.index(last) + 1 :] if lesson.id == where and last in lesson.steps else ()
    rest = study.unread(lesson)
    return NextStep("read", lesson.id, next((step for step in behind if step in rest), rest[0]))


def _about(kind: Literal["review", "learn"], skill: Skill) -> NextStep:
    return NextStep(kind, skill.lesson, skill.step, skill.id)


def _new(study: Study, skill: Skill) -> bool:
    """Whether it can be asked about for the first time."""
    return skill.id not in study.memories and (skill.lesson, skill.step) in study.read


def _known(study: Study, skill: str) -> bool:
    memory = study.memories.get(skill)
    return memory is not None and not memory.failed


def _to_learn(study: Study, new: list[Skill]) -> Skill:
    return max(new, key=lambda skill: skill.weight) if study.last_day else new[0]
