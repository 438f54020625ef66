"""The cache of memories: kept up with every attempt, and made anew from the attempts whenever that is simpler."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, tzinfo
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Executable, bindparam, delete, select
from sqlmodel import col

from app.progress import upsert
from app.progress.memory import Memory, Review, after, replay, rescheduled
from app.progress.tables import MemoryRow

_OF = select(*(getattr(MemoryRow, name) for name in Memory._fields)).where(
    col(MemoryRow.learner) == bindparam("learner")
)
_OF_SKILL = _OF.where(col(MemoryRow.skill) == bindparam("skill"))


class Calendar(NamedTuple):
    """What the dates depend on besides the answers: the day of the interview, and where it begins."""

    interview: date | None = None
    zone: tzinfo = UTC


def of(connection: Connection, learner: UUID) -> dict[str, Memory]:
    """What this learner remembers, by skill."""
    return {row.skill: _memory(row) for row in connection.execute(_OF, {"learner": learner})}


def of_skill(connection: Connection, learner: UUID, skill: str) -> Memory | None:
    """What this learner remembers of one skill."""
    row = connection.execute(_OF_SKILL, {"learner": learner, "skill": skill}).one_or_none()
    return _memory(row) if row else None


def follow(connection: Connection, learner: UUID, review: Review, calendar: Calendar) -> bool:
    """Keep up with one more review. False: it is not the latest of its skill, so the skill must be made anew."""
    before = of_skill(connection, learner, review.skill)
    if before is not None and review.at <= before.last:
        return False
    _put(connection, learner, [after(before, review, interview=calendar.interview, zone=calendar.zone)])
    return True


def renew(connection: Connection, learner: UUID, reviews: Iterable[Review], calendar: Calendar) -> bool:
    """Make the memories of all skills anew from all reviews; whether that changed any."""
    return keep(connection, learner, replay(reviews, interview=None), calendar)


def keep(connection: Connection, learner: UUID, memories: Mapping[str, Memory], calendar: Calendar) -> bool:
    """Let these be all of the learner's, with the dates of this calendar; whether that changed any."""
    before = of(connection, learner)
    now = {skill: _dated(memory, calendar) for skill, memory in memories.items()}
    gone = before.keys() - now.keys()
    if gone:
        mine = col(MemoryRow.learner) == learner
        connection.execute(delete(MemoryRow).where(mine, col(MemoryRow.skill).in_(gone)))
    changed = [memory for memory in now.values() if memory != before.get(memory.skill)]
    _put(connection, learner, changed)
    return bool(gone or changed)


def renew_skill(
    connection: Connection, learner: UUID, skill: str, reviews: Iterable[Review], calendar: Calendar
) -> None:
    """Make the memory of one skill anew from all reviews of it."""
    _put(connection, learner, [replay(reviews, interview=calendar.interview, zone=calendar.zone)[skill]])


def reschedule(connection: Connection, learner: UUID, calendar: Calendar) -> None:
    """Give every memory the date that it has with this calendar."""
    _put(connection, learner, [_dated(memory, calendar) for memory in of(connection, learner).values()])


def _dated(memory: Memory, calendar: Calendar) -> Memory:
    return rescheduled(memory, interview=calendar.interview, zone=calendar.zone)


def _put(connection: Connection, learner: UUID, memories: list[Memory]) -> None:
    if memories:
        rows = [{"learner": learner, **memory._asdict()} for memory in memories]
        connection.execute(_writing(connection.dialect.name), rows)


@cache
def _writing(dialect: str) -> Executable:
    new = upsert.insert(dialect, MemoryRow)
    written = {name: new.excluded[name] for name in Memory._fields if name != "skill"}
    return new.on_conflict_do_update(index_elements=["learner", "skill"], set_=written)


def _memory(row: Iterable[object]) -> Memory:
    memory = Memory._make(row)
    return memory._replace(variants=tuple(memory.variants))  # JSON knows lists only
