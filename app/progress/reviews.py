"""What is to be asked now, and in which order; what will be due in the coming days."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.progress.mastery import SITTING
from app.progress.schedule import DAY, begins
from app.progress.study import Skill, Study

DAYS_AHEAD = 14


class Day(NamedTuple):
    """How many reviews fall due on a day."""

    day: date
    reviews: int


def waiting(study: Study) -> tuple[Skill, ...]:
    """The skills that are due now, in the order of the course.

    On the day before the interview and on its own: those at risk that are due or were not asked about that day.
    """
    return tuple(skill for skill in study.skills if skill.id in study.memories and _waits(study, skill))


def due(study: Study) -> tuple[Skill, ...]:
    """The skills that are due now: what was wrong, then the least remembered first; mixed across lessons."""
    when = study.horizon if study.last_day else study.now
    return mixed(sorted(waiting(study), key=lambda skill: study.chance(skill, when)), _latest_lesson(study))


def mixed(skills: Iterable[Skill], before: str = "") -> tuple[Skill, ...]:
    """The same skills, the earlier ones as early as can be, with as few neighbours of one lesson as can be.

    `before` is the lesson of what precedes the first.
    """
    rest = list(skills)
    crowds = Counter(skill.lesson for skill in rest)
    order: list[Skill] = []
    while rest:
        lesson, size = max(crowds.items(), key=lambda crowd: crowd[1])
        # A lesson with more than half of what is left would meet itself later, if it had not every second place.
        crowded = size > len(rest) // 2 and lesson != before
        fits = (skill for skill in rest if (skill.lesson == lesson if crowded else skill.lesson != before))
        chosen = next(fits, rest[0])
        rest.remove(chosen)
        order.append(chosen)
        before = chosen.lesson
        crowds[before] -= 1
    return tuple(order)


def forecast(study: Study) -> tuple[Day, ...]:
    """The reviews of today, overdue ones too, and of each day after it, as if none was done till then."""
    days = [study.today + n * DAY for n in range(DAYS_AHEAD)]
    counts = Counter(_day(study, skill) for skill in study.skills if skill.id in study.memories)
    return tuple(Day(day, counts[day]) for day in days)


def _day(study: Study, skill: Skill) -> date | None:
    """The day on which it will be asked about; None if it will be safe when the last day comes."""
    memory = study.memories[skill.id]
    day = max(study.due(memory).astimezone(study.zone).date(), study.today)
    if study.interview is None or study.days_left is None:
        return day
    eve = study.interview - DAY
    if not eve <= day <= study.interview:
        return day
    if not study.at_risk(skill):
        return None
    return day if memory.last >= begins(eve, study.zone) else max(eve, study.today)


def _waits(study: Study, skill: Skill) -> bool:
    memory = study.memories[skill.id]
    is_due = study.due(memory) <= study.now
    if not study.last_day:
        return is_due
    return study.at_risk(skill) and (is_due or memory.last < begins(study.today, study.zone))


def _latest_lesson(study: Study) -> str:
    """The lesson of what was asked last in this sitting."""
    asked = [skill for skill in study.skills if skill.id in study.memories]
    latest = max(asked, key=lambda skill: study.memories[skill.id].last, default=None)
    return latest.lesson if latest and study.now - study.memories[latest.id].last < SITTING else ""
