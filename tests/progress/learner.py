"""A learner whose forgetting is known, who does what the plan says, and the diary of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from app.progress.memory import Memory, Review, after
from app.progress.plan import Plan, plan
from app.progress.reviews import waiting
from app.progress.study import Lesson, Skill, Study
from app.progress.tonight import Item

DAY = timedelta(days=1)

WEIGHTS = (3, 9, 1, 6, 2, 4)
LESSONS = tuple(Lesson(f"lesson-{n}", tuple(f"step-{k}" for k in range(8)), WEIGHTS[n]) for n in range(6))
SKILLS = tuple(
    Skill(
        f"skill-{n}.{k}",
        lesson=f"lesson-{n}",
        step=f"step-{2 * k + 1}",
        requires=(f"skill-{n}.{k - 1}",) if k else (),
        weight=WEIGHTS[n],
    )
    for n in range(6)
    for k in range(4)
)
BY_ID = {skill.id: skill for skill in SKILLS}


@dataclass
class Asked:
    """One question: why it was asked, what was known then, how it went."""

    kind: str  # review, learn, drill
    skill: str
    at: datetime
    right: bool
    before: Memory | None
    others: bool  # whether something of another lesson could have been asked instead


@dataclass
class Page:
    """A day of the diary: the plan in its beginning and at its end."""

    begin: Plan
    budget: int
    asked: list[Asked] = field(default_factory=list)
    read: list[tuple[str, str]] = field(default_factory=list)
    minutes: float = 0
    end: Plan | None = None
    mastered: int = 0
    truth: float = 0  # the part of the course that will be remembered at noon on the day for which one learns

    def __str__(self) -> str:
        assert self.end
        asked = {kind: [one for one in self.asked if one.kind == kind] for kind in ("review", "learn", "drill")}
        counts = ", ".join(f"{kind} {len(all)} ({sum(not a.right for a in all)} wrong)" for kind, all in asked.items())
        return (
            f"{self.begin.days_left} days left, {self.begin.minutes_a_day} min a day; due {len(self.begin.due)}; "
            f"{self.minutes:.0f} of {self.budget} min: {counts}, read {len(self.read)}; then due {len(self.end.due)}, "
            f"next {self.end.next.kind}, mastered {self.mastered}, ready on {self.end.ready_on}, "
            f"truth {self.truth:.2f}, forecast {[day.reviews for day in self.end.forecast]}"
        )


class Learner:
    """Answers a new question rightly 8 times in 10, a known one with the chance 0.9 ** (days since / strength).

    The strength is a day to begin with; a right answer makes it three times what it was, but not within half a day; a
    wrong one 0.4 times, and never less than half a day. The plan knows nothing of it.
    """

    def __init__(self, now: datetime, interview: date | None, seed: int) -> None:
        self.now = self.begun = now
        self.interview = interview
        self.dice = Random(seed)
        self.memories: dict[str, Memory] = {}
        self.read: set[tuple[str, str]] = set()
        self.strength: dict[str, float] = {}
        self.diary: list[Page] = []

    @property
    def study(self) -> Study:
        return Study(LESSONS, SKILLS, self.memories, self.read, self.now, self.interview, begun=self.begun)

    def day(self, minutes: int | None = None) -> Page:
        """Do what comes next for that time, the one that the plan wants if none is given."""
        with_plan = self._open(minutes)
        end = self.now + timedelta(minutes=with_plan.budget)
        while self.now < end:
            step = plan(self.study).next
            if step.kind == "rest":
                if step.until is None or step.until > end:
                    break
                self.now = step.until
            elif step.kind in ("read", "begin"):
                self._read(step.lesson, step.step)
            else:
                self._ask(step.kind, step.skill)
        return self._close()

    def evening(self, items: tuple[Item, ...]) -> Page:
        """Do what the evening says."""
        page = self._open(sum(item.minutes for item in items))
        for item in items:
            end = self.now + timedelta(minutes=item.minutes)
            for skill in item.skills if item.kind in ("drill", "again") else ():
                self._ask("drill", skill)
            for lesson, step in self._steps(item) if item.kind == "read" else ():
                self._read(lesson, step)
            self.now = max(self.now, end)
        assert page is self.diary[-1]
        return self._close()

    def told(self) -> str:
        """The diary, for whoever wants to know what went wrong."""
        return "\n".join(f"{n}: {page}" for n, page in enumerate(self.diary))

    def _open(self, minutes: int | None) -> Page:
        begin = plan(self.study)
        budget = minutes if minutes is not None else begin.minutes_a_day
        assert budget is not None
        self.diary.append(Page(begin, budget))
        self._opened = self.now
        return self.diary[-1]

    def _close(self) -> Page:
        page = self.diary[-1]
        page.minutes = (self.now - self._opened) / timedelta(minutes=1)
        page.end = plan(self.study)
        page.mastered = sum(self.study.mastered(skill) for skill in SKILLS)
        page.truth = sum(self._chance(skill.id, self.study.horizon) for skill in SKILLS) / len(SKILLS)
        return page

    def _steps(self, item: Item) -> Iterator[tuple[str, str]]:
        lesson = next(lesson for lesson in LESSONS if lesson.id == item.lesson)
        return ((lesson.id, step) for step in self.study.unread(lesson))

    def _read(self, lesson: str, step: str) -> None:
        self.read.add((lesson, step))
        self.diary[-1].read.append((lesson, step))
        self.now += timedelta(seconds=90)

    def _ask(self, kind: str, id: str) -> None:
        before = self.memories.get(id)
        others = any(skill.lesson != BY_ID[id].lesson for skill in waiting(self.study))
        right = self.dice.random() < (0.8 if before is None else self._chance(id, self.now))
        self._grow(id, right)
        seconds, variant = self.dice.uniform(15, 75), f"{id}/{self.dice.randrange(10**6)}"
        self.diary[-1].asked.append(Asked(kind, id, self.now, right, before, others))
        self.now += timedelta(seconds=seconds)
        answer = Review(id, self.now, right, hinted=False, seconds=seconds, variant=variant)
        self.memories[id] = after(before, answer, interview=self.interview)

    def _chance(self, id: str, at: datetime) -> float:
        if id not in self.memories:
            return 0.0
        return float(0.9 ** ((at - self.memories[id].last) / DAY / self.strength[id]))

    def _grow(self, id: str, right: bool) -> None:
        if id not in self.memories:
            self.strength[id] = 1.0
        elif not right:
            self.strength[id] = max(0.5, 0.4 * self.strength[id])
        elif self.now - self.memories[id].last > DAY / 2:
            self.strength[id] *= 3


START = datetime(2026, 12, 1, 20, tzinfo=UTC)
