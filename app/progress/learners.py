"""Who learns: a learner begins with the first thing that is kept, can become part of another, and can go for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, CursorResult, bindparam, delete, select, update
from sqlmodel import col

from app.progress import upsert
from app.progress.tables import LearnerRow

_FIND = select(col(LearnerRow.id), col(LearnerRow.merged_into)).where(col(LearnerRow.id) == bindparam("learner"))
_LOCK = _FIND.with_for_update(key_share=True)


def known(connection: Connection, learner: UUID) -> UUID | None:
    """Whose rows this learner's are now: its own, or those of the learner that it was merged into. None: no row yet."""
    return _whose(connection.execute(_FIND, {"learner": learner}))


def begun(connection: Connection, learner: UUID) -> datetime | None:
    """When this learner was first seen, in any of the histories that were put together."""
    asked = select(col(LearnerRow.created_at)).where(col(LearnerRow.id) == learner)
    return connection.execute(asked).scalar_one_or_none()


def began(connection: Connection, learner: UUID, at: datetime) -> None:
    """This learner was seen as early as then."""
    later = (col(LearnerRow.id) == learner) & (col(LearnerRow.created_at) > at)
    connection.execute(update(LearnerRow).where(later).values(created_at=at))


def claim(connection: Connection, learner: UUID, now: datetime) -> UUID:
    """The learner to write for, as `known`, made if there is none; nobody else writes for it until the commit."""
    while True:
        row = lock(connection, learner)
        if row is None:
            fresh = {"id": learner, "created_at": now, "merged_into": None}
            connection.execute(upsert.insert(connection.dialect.name, LearnerRow).on_conflict_do_nothing(), fresh)
        elif row == learner:
            return learner
        else:
            learner = row


def lock(connection: Connection, learner: UUID) -> UUID | None:
    """As `known`, within a transaction that nobody else writes for this learner before the end of.

    PostgreSQL locks the row; on SQLite whoever writes is alone anyway.
    """
    return _whose(connection.execute(_LOCK, {"learner": learner}))


def absorb(connection: Connection, source: UUID, target: UUID) -> None:
    """From now on, whoever comes as `source` is `target`. The rows of `source` are the caller's to move."""
    moved = (col(LearnerRow.id) == source) | (col(LearnerRow.merged_into) == source)
    connection.execute(update(LearnerRow).where(moved).values(merged_into=target))


def forget(connection: Connection, learner: UUID) -> None:
    """Delete everything of this learner, and the learner. Scrubbed after the commit, nothing is left."""
    found = lock(connection, learner)
    connection.execute(delete(LearnerRow).where(col(LearnerRow.id) == found))


def _whose(rows: CursorResult[tuple[UUID, UUID | None]]) -> UUID | None:
    row = rows.one_or_none()
    return (row.merged_into or row.id) if row else None
