"""Reviews for the tests of memory and plan: one of them, and any number drawn by Hypothesis."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from hypothesis import strategies as st

from app.progress.memory import Memory, Review, replay
from app.progress.study import Lesson, Skill, Study

START = datetime(2026, 12, 1, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LESSONS = tuple(Lesson(f"lesson-{n}", tuple(f"step-{k}" for k in range(4)), weight=1 + n) for n in range(4))
SKILLS = tuple(
    Skill(f"skill-{n}.{k}", f"lesson-{n}", f"step-{k}", (f"skill-{n}.{k - 1}",) if k else (), weight=1 + n + k / 10)
    for n in range(4)
    for k in range(3)
)


def review(at: datetime = START, right: bool = True, **rest: Any) -> Review:
    """A plain answer: right, alone, neither quick nor slow, on a variant that is fresh."""
    usual = {"skill": "skill-0.0", "hinted": False, "seconds": 30, "variant": f"source/{at.timestamp()}"}
    return Review(at=at, right=right, **{**usual, **rest})


def told(*reviews: Review, interview: date | None = None) -> Memory:
    """What is remembered after those reviews, all of one skill."""
    (memory,) = replay(reviews, interview=interview).values()
    return memory


def zones() -> st.SearchStrategy[tzinfo]:
    """Every whole hour at which a clock on Earth stands."""
    return st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


def moments(days: int = 60) -> st.SearchStrategy[datetime]:
    """Moments of some weeks, many of them close to each other."""
    minutes = st.integers(0, days * 24 * 60) | st.integers(0, 120)
    return minutes.map(lambda minute: START + minute * MINUTE)


def reviews(most: int = 12, days: int = 60) -> st.SearchStrategy[list[Review]]:
    """Histories of a few skills, in any order; some reviews are of the same moment or on the same variant."""
    one = st.builds(
        Review,
        skill=st.sampled_from([skill.id for skill in SKILLS]),
        at=moments(days),
        right=st.sampled_from([True, True, False]),
        hinted=st.sampled_from([False, False, True]),
        seconds=st.sampled_from([0.0, 5.0, 30.0, 300.0]),
        variant=st.integers(0, 5).map("source/{}".format),
        unsure=st.sampled_from([False, False, True]),
    )
    return st.lists(one, min_size=1, max_size=most)


def dates() -> st.SearchStrategy[date | None]:
    """No interview, or one at any time before, within and after the histories."""
    return st.none() | st.integers(-5, 80).map(lambda days: (START + days * DAY).date())


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """A learner at any moment of any history."""
    interview, zone = draw(dates()), draw(zones())
    steps = [(lesson.id, step) for lesson in LESSONS for step in lesson.steps]
    return Study(
        LESSONS,
        SKILLS,
        replay(draw(reviews(25)), interview=interview, zone=zone),
        draw(st.sets(st.sampled_from(steps))),
        draw(moments(80)),
        interview,
        zone,
        draw(st.sampled_from([START, None])),
    )
