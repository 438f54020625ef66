"""Attempts: one row for each answer, whatever happens to the form that carried it. All else follows from them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Connection, Select, bindparam, insert, select
from sqlmodel import col

from app.progress import learners, memories, settings, upsert
from app.progress.memory import Memory, Review, after, replay
from app.progress.tables import AttemptRow

LONGEST_KEY = 2000  # bytes: more than 2704 PostgreSQL has no place for in an index


class Answer(NamedTuple):
    """What was answered and what it was worth, as the site says.

    The `key` says which asking of the question it answers: the same form sent twice, or open in two tabs, has the same
    key, and the first answer counts. `seconds` is 0 where nobody knows; `slow`, `unsure` and `variant` as in `Review`.
    """

    key: str
    skill: str
    source: str  # the generator or written question
    seed: int
    variant: str
    answer: dict[str, str]
    right: bool
    belief: str | None  # the misconception that gives this answer
    hinted: bool
    unsure: bool
    seconds: float
    slow: float
    context: str  # where it was asked: quiz, lesson, review …
    content_version: str


class Attempt(NamedTuple):
    """An answer on record. `id` is the same in every copy of it, whatever learner it has been moved to."""

    id: UUID
    at: datetime
    key: str
    skill: str
    source: str
    seed: int
    variant: str
    answer: dict[str, str]
    right: bool
    belief: str | None
    hinted: bool
    unsure: bool
    seconds: float
    slow: float
    context: str
    content_version: str

    @property
    def review(self) -> Review:
        """The attempt as memory sees it."""
        return Review(self.skill, self.at, self.right, self.hinted, self.seconds, self.variant, self.unsure, self.slow)


class Recorded(NamedTuple):
    """What is on record under the answer's key, and whose it is: the learner that the browser should go on as."""

    learner: UUID
    attempt: Attempt


class Effect(NamedTuple):
    """What was remembered of the skill before an attempt and after it."""

    before: Memory | None
    after: Memory


_MINE = select(*(getattr(AttemptRow, name) for name in Attempt._fields)).where(
    col(AttemptRow.learner) == bindparam("learner")
)
_OF = _MINE.order_by(col(AttemptRow.at), col(AttemptRow.id))
_SINCE = _OF.where(col(AttemptRow.at) >= bindparam("since"))
_OF_SKILL = _OF.where(col(AttemptRow.skill) == bindparam("skill"))
# Not in order: SQLite would walk through all of a learner's attempts in order, rather than sort the one with that key.
_OF_KEY = _MINE.where(col(AttemptRow.key) == bindparam("key"))
_OF_KEYS = _MINE.where(col(AttemptRow.key).in_(bindparam("keys", expanding=True)))
_SEEN = (
    select(col(AttemptRow.id))
    .where(*(col(getattr(AttemptRow, name)) == bindparam(name) for name in ("learner", "skill", "source", "seed")))
    .limit(1)
)
_NAMES = select(col(AttemptRow.key), col(AttemptRow.id)).where(col(AttemptRow.learner) == bindparam("learner"))
_NEW = insert(AttemptRow)


def bounded(key: str) -> str:
    """The key under which an answer is kept: a very long one (a quiz on half of the course) by its digest."""
    return key if len(key.encode()) <= LONGEST_KEY else f"sha256/{sha256(key.encode()).hexdigest()}"


def record(connection: Connection, learner: UUID, answer: Answer, now: datetime) -> Recorded:
    """Put the answer on record and bring the memory of its skill up to date, both or neither.

    The learner is made if there is none yet. An answer whose key is on record changes nothing. One to the very same
    question as another before it had a hint: that one's solution.
    """
    learner = learners.claim(connection, learner, now)
    found = _fetch(connection, _OF_KEY, learner=learner, key=answer.key)
    if found:
        return Recorded(learner, min(found, key=_age))
    question = {"skill": answer.skill, "source": answer.source, "seed": answer.seed}
    seen = connection.execute(_SEEN, {"learner": learner, **question}).first() is not None
    attempt = Attempt(uuid5(learner, answer.key), now, *answer._replace(hinted=answer.hinted or seen))
    connection.execute(_NEW, {"learner": learner, **attempt._asdict()})
    calendar = settings.calendar(connection, learner)
    if not memories.follow(connection, learner, attempt.review, calendar):
        reviews = [past.review for past in of_skill(connection, learner, attempt.skill)]
        memories.renew_skill(connection, learner, attempt.skill, reviews, calendar)
    return Recorded(learner, attempt)


def on_record(connection: Connection, learner: UUID, keys: Sequence[str]) -> dict[str, Attempt]:
    """What has been answered under these keys; the first answer where merged histories have several."""
    found: dict[str, Attempt] = {}
    for attempt in sorted(_fetch(connection, _OF_KEYS, learner=learner, keys=keys), key=_age):
        found.setdefault(attempt.key, attempt)
    return found


def of(connection: Connection, learner: UUID, since: datetime | None = None) -> list[Attempt]:
    """This learner's attempts from that time on, oldest first."""
    if since is None:
        return _fetch(connection, _OF, learner=learner)
    return _fetch(connection, _SINCE, learner=learner, since=since)


def names(connection: Connection, learner: UUID) -> frozenset[tuple[str, UUID]]:
    """The keys and ids of all that this learner has answered."""
    return frozenset((row.key, row.id) for row in connection.execute(_NAMES, {"learner": learner}))


def of_skill(connection: Connection, learner: UUID, skill: str) -> list[Attempt]:
    """This learner's attempts at one skill, oldest first."""
    return _fetch(connection, _OF_SKILL, learner=learner, skill=skill)


def effect(past: Iterable[Attempt], attempt: Attempt, *, interview: date | None, zone: tzinfo) -> Effect:
    """What that attempt did to the memory of its skill; `past` are those before it, and may be all of the skill's."""
    reviews = [one.review for one in past if one.at < attempt.at]
    before = replay(reviews, interview=interview, zone=zone).get(attempt.skill)
    return Effect(before, after(before, attempt.review, interview=interview, zone=zone))


def add(connection: Connection, learner: UUID, attempts: Iterable[Attempt]) -> None:
    """The union of these attempts and the learner's. Memory is the caller's to renew."""
    rows = [{"learner": learner, **attempt._asdict()} for attempt in attempts]
    if rows:
        connection.execute(upsert.insert(connection.dialect.name, AttemptRow).on_conflict_do_nothing(), rows)


def _age(attempt: Attempt) -> tuple[datetime, UUID]:
    return attempt.at, attempt.id


def _fetch(connection: Connection, asked: Select[Any], **values: object) -> list[Attempt]:
    return [Attempt._make(row) for row in connection.execute(asked, values)]
