"""How much is kept about a learner, in numbers: what a page says before it is moved, merged or deleted."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlmodel import col

from app.progress import learners
from app.progress.tables import AttemptRow, LevelRow, RemarkRow, SettingRow, StepRow


class Tally(NamedTuple):
    """The rows of each kind, and since when there are any."""

    begun: datetime | None = None
    answers: int = 0
    steps: int = 0
    settings: int = 0
    levels: int = 0
    remarks: int = 0


def of(connection: Connection, learner: UUID) -> Tally:
    """What is kept about this learner."""
    tables = (AttemptRow, StepRow, SettingRow, LevelRow, RemarkRow)
    counts = (select(func.count()).where(col(table.learner) == learner) for table in tables)
    return Tally(learners.begun(connection, learner), *(connection.execute(asked).scalar_one() for asked in counts))
