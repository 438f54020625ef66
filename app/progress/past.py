"""What a learner looks back on: the answers without what was written in them, and what can be counted in them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from app.progress.tables import AttemptRow

MOST = 5000
"""How many answers, the latest, are looked at: more than anybody gives in a year."""


class Answered(NamedTuple):
    """One answer, as far as looking back goes; `at` is in UTC."""

    at: datetime
    skill: str
    source: str
    right: bool
    belief: str | None


class Score(NamedTuple):
    """Right answers among some."""

    right: int = 0
    total: int = 0

    @property
    def share(self) -> float | None:
        """The right ones as a part of all; None where there are none."""
        return self.right / self.total if self.total else None


class Belief(NamedTuple):
    """A misconception that showed in answers: how often, when last, and how often it was resisted since."""

    id: str
    times: int
    last: datetime
    resisted: int


_PAST = (
    select(*(getattr(AttemptRow, name) for name in Answered._fields))
    .where(col(AttemptRow.learner) == bindparam("learner"))
    .order_by(col(AttemptRow.at).desc())
    .limit(bindparam("most"))
)


def of(connection: Connection, learner: UUID, most: int = MOST) -> list[Answered]:
    """The latest answers of this learner, the last one first."""
    return [Answered._make(row) for row in connection.execute(_PAST, {"learner": learner, "most": most})]


def by_day(past: Iterable[Answered], zone: tzinfo) -> Counter[date]:
    """How many answers were given on each day there."""
    return Counter(answer.at.astimezone(zone).date() for answer in past)


def score(past: Iterable[Answered]) -> Score:
    """How many of them were right."""
    given = [answer.right for answer in past]
    return Score(sum(given), len(given))


def by_week(
    past: Iterable[Answered], zone: tzinfo, mondays: Sequence[date], topics: Mapping[str, str]
) -> dict[str, tuple[Score, ...]]:
    """For each topic its score in each of the weeks that begin on these days; `topics` says where a skill belongs."""
    places = {monday: place for place, monday in enumerate(mondays)}
    scores = {topic: [Score()] * len(mondays) for topic in topics.values()}
    for answer in past:
        day = answer.at.astimezone(zone).date()
        place, topic = places.get(day - timedelta(days=day.weekday())), topics.get(answer.skill)
        if place is not None and topic is not None:
            before = scores[topic][place]
            scores[topic][place] = Score(before.right + answer.right, before.total + 1)
    return {topic: tuple(weeks) for topic, weeks in scores.items()}


def beliefs(past: Sequence[Answered], tempting: Mapping[str, Set[str]]) -> list[Belief]:
    """The misconceptions in these answers (the last one first): the most frequent first, then the latest.

    `tempting` are the sources whose questions a misconception would answer wrongly.
    """
    times: Counter[str] = Counter()
    resisted: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    fooled_by: dict[str, list[str]] = {}
    for belief, sources in tempting.items():
        for source in sources:
            fooled_by.setdefault(source, []).append(belief)
    for answer in past:
        if answer.right:
            resisted.update(belief for belief in fooled_by.get(answer.source, ()) if belief not in last)
        elif answer.belief:
            times[answer.belief] += 1
            last.setdefault(answer.belief, answer.at)
    found = [Belief(id, count, last[id], resisted[id]) for id, count in times.items()]
    return sorted(found, key=lambda one: (one.times, one.last), reverse=True)
