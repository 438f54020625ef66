"""What a plan is made from: the course as far as planning goes, what is remembered and read, and the date."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from app.progress.mastery import mastered
from app.progress.records import Memory
from app.progress.schedule import DAY, LAST_WEEK_RETENTION, begins, due, remembered

NOON = timedelta(hours=12)

ANSWERS = "answers"
"""What the answers at the end of a lesson are called among what was read; it is none of the lesson's steps."""


class Lesson(NamedTuple):
    """A lesson: its steps, and about how many seconds a step and its answer in half a minute take to read.

    `weight` is how often interviewers ask for that answer, on any scale.
    """

    id: str
    steps: tuple[str, ...]
    weight: float = 1
    step_seconds: float = 90
    answer_seconds: float = 90


class Skill(NamedTuple):
    """A skill: the step that teaches it and the skills that come before it.

    `weight` is how often interviewers ask for it, on any scale; `seconds` is what a question takes.
    """

    id: str
    lesson: str
    step: str
    requires: tuple[str, ...] = ()
    weight: float = 1
    seconds: float = 45


@dataclass(frozen=True, slots=True)
class Study:
    """A learner at a moment. Lessons and skills are in the order of the course; each skill's lesson is among them.

    `memories` are by skill (others than the course's are not looked at), `read` has (lesson, step), the step may be
    ANSWERS; `left` is the step that was read last. `zone` is where the learner's days begin, `begun` is when the
    learner was first seen. An interview that is over plays no part, whatever
    date the memories' `due` was made for: here it is worked out anew.
    """

    lessons: tuple[Lesson, ...]
    skills: tuple[Skill, ...]
    memories: Mapping[str, Memory]
    read: Set[tuple[str, str]]
    now: datetime
    interview: date | None = None
    zone: tzinfo = UTC
    begun: datetime | None = None
    left: tuple[str, str] | None = None

    @property
    def today(self) -> date:
        """The date where the learner is."""
        return self.now.astimezone(self.zone).date()

    @property
    def days_left(self) -> int | None:
        """The days until the interview, 0 on its own; None if there is no date or it is over."""
        days = (self.interview - self.today).days if self.interview else -1
        return days if days >= 0 else None

    @property
    def last_day(self) -> bool:
        """Whether the interview is tomorrow or today."""
        return self.days_left is not None and self.days_left <= 1

    @property
    def horizon(self) -> datetime:
        """The time for which one learns: noon on the day of the interview, of tomorrow if there is none."""
        day = self.today + DAY if self.interview is None or self.days_left is None else self.interview
        return max(self.now, begins(day, self.zone) + NOON)

    def due(self, memory: Memory) -> datetime:
        """When that skill is due, in UTC."""
        interview = None if self.days_left is None else self.interview
        return due(memory.last, memory.stability, memory.failed, interview=interview, zone=self.zone)

    def coming(self, skill: Skill) -> datetime | None:
        """When it will be asked about again, in UTC; None where it waits already, was never asked about, or is safe.

        It is safe where the interview is tomorrow and enough of it will be left.
        """
        memory = self.memories.get(skill.id)
        if memory is None or (self.days_left == 1 and not self.at_risk(skill)):
            return None
        when = self.due(memory)
        return when if when > self.now else None

    def chance(self, skill: Skill, at: datetime) -> float:
        """The chance that the skill is remembered at that time, if nothing is done; 0 if it never was or was wrong."""
        memory = self.memories.get(skill.id)
        return 0.0 if memory is None or memory.failed else remembered(memory.stability, at - memory.last)

    def at_risk(self, skill: Skill) -> bool:
        """Whether less of it than wanted will be left at the horizon."""
        return self.chance(skill, self.horizon) < LAST_WEEK_RETENTION

    def mastered(self, skill: Skill) -> bool:
        """Whether the skill is mastered."""
        return mastered(self.memories.get(skill.id))

    def taught(self, lesson: Lesson) -> tuple[Skill, ...]:
        """The skills that the lesson teaches."""
        return tuple(skill for skill in self.skills if skill.lesson == lesson.id)

    def prepares(self, skill: Skill) -> tuple[Skill, ...]:
        """The skills that come before it."""
        return tuple(other for other in self.skills if other.id in skill.requires)

    def requires(self, lesson: Lesson) -> tuple[Lesson, ...]:
        """The lessons that teach what comes before its skills."""
        before = {other.lesson for skill in self.taught(lesson) for other in self.prepares(skill)} - {lesson.id}
        return tuple(other for other in self.lessons if other.id in before)

    def unread(self, lesson: Lesson) -> tuple[str, ...]:
        """The steps still to be read; none where all that the lesson teaches is mastered anyway."""
        skills = self.taught(lesson)
        if skills and all(self.mastered(skill) for skill in skills):
            return ()
        return tuple(step for step in lesson.steps if (lesson.id, step) not in self.read)

    def knows_answer(self, lesson: str) -> bool:
        """Whether the answers of that lesson were read."""
        return (lesson, ANSWERS) in self.read

    def value(self, skill: Skill) -> float:
        """What a question about the skill is worth: how often it is asked, by how much of it would be missing."""
        return skill.weight * (1 - self.chance(skill, self.horizon))

    def gain(self, lesson: Lesson) -> float:
        """What the answer of a lesson is worth: how often it is asked for, by how unsure the learner is of it."""
        skills = self.taught(lesson)
        whole = sum(skill.weight for skill in skills)
        return lesson.weight * (sum(map(self.value, skills)) / whole if whole else 1)
