"""How much is left to do before one is ready: minutes a day until the interview, the date at the present pace."""

from datetime import date, timedelta
from math import ceil

from app.progress.mastery import lacking
from app.progress.study import Skill, Study

EXPECTED = 0.8
"""The part of the answers that is taken to be right; the others have to be given again."""

FAR = 730
"""Days beyond which a date means nothing."""


def work_left(study: Study) -> float:
    """The seconds of reading and answering until each skill is mastered and none is at risk for the interview."""
    reading = sum(len(study.unread(lesson)) * lesson.step_seconds for lesson in study.lessons)
    return reading + sum(_answers(study, skill) * skill.seconds for skill in study.skills) / EXPECTED


def minutes_a_day(study: Study) -> int | None:
    """The minutes of each day, today included, that make one ready by the day before the interview; None without one.

    That day is kept free, as long as there is another, for going through what is at risk.
    """
    if study.days_left is None:
        return None
    return ceil(work_left(study) / 60 / max(1, study.days_left - 1))


def ready_on(study: Study) -> date | None:
    """The date on which one is ready at the pace since the beginning; None if there is no pace or it is too slow."""
    left, pace = work_left(study), _pace(study)
    if left > FAR * pace:
        return None
    return study.today + timedelta(days=ceil(left / pace) if left else 0)


def _answers(study: Study, skill: Skill) -> int:
    """The right answers that it still takes: for mastery, and once more before the interview where it would fade."""
    missing = lacking(study.memories.get(skill.id))
    return missing + (study.days_left is not None and study.at_risk(skill))


def _pace(study: Study) -> float:
    """The seconds of work done for each day since the beginning, the first and today included."""
    if study.begun is None:
        return 0.0
    done = sum(one.step_seconds for one in study.lessons for step in one.steps if (one.id, step) in study.read)
    done += sum(study.memories[one.id].reps * one.seconds for one in study.skills if one.id in study.memories)
    days = (study.today - study.begun.astimezone(study.zone).date()).days + 1
    return done / max(1, days)
