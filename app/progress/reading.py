"""Steps of lessons that were read. Merged, a step was first read at the earlier time and last at the later one."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, case, select
from sqlmodel import col

from app.progress import learners, upsert
from app.progress.tables import StepRow


class StepRead(NamedTuple):
    """A step, and when it was read."""

    lesson: str
    step: str
    first_at: datetime
    last_at: datetime


_FIELDS = [getattr(StepRow, name) for name in StepRead._fields]


def of(connection: Connection, learner: UUID) -> list[StepRead]:
    """Every step that this learner has read; the one read last is the last."""
    asked = select(*_FIELDS).where(col(StepRow.learner) == learner)
    rows = connection.execute(asked.order_by(col(StepRow.last_at), col(StepRow.lesson), col(StepRow.step)))
    return [StepRead._make(row) for row in rows]


def read(connection: Connection, learner: UUID, lesson: str, step: str, now: datetime) -> UUID:
    """That step was read now; the learner is made if there is none yet, and returned."""
    learner = learners.claim(connection, learner, now)
    add(connection, learner, [StepRead(lesson, step, now, now)])
    return learner


def add(connection: Connection, learner: UUID, steps: Iterable[StepRead]) -> None:
    """These steps and the learner's, each with its earliest and its latest time."""
    rows = [{"learner": learner, **step._asdict()} for step in steps]
    if rows:
        new = upsert.insert(connection.dialect.name, StepRow)
        first, last = col(StepRow.first_at), col(StepRow.last_at)
        written = {
            "first_at": case((new.excluded.first_at < first, new.excluded.first_at), else_=first),
            "last_at": case((new.excluded.last_at > last, new.excluded.last_at), else_=last),
        }
        keys = ["learner", "lesson", "step"]
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=written), rows)
