"""Scores in the levels of the lab: the best one stays, with the time when it was first reached."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select
from sqlmodel import col

from app.progress import learners, upsert
from app.progress.tables import LevelRow


class LevelScore(NamedTuple):
    """The best score in a level; more is better."""

    level: str
    score: int
    at: datetime


def of(connection: Connection, learner: UUID) -> list[LevelScore]:
    """This learner's best scores, by level."""
    asked = select(col(LevelRow.level), col(LevelRow.score), col(LevelRow.at))
    rows = connection.execute(asked.where(col(LevelRow.learner) == learner).order_by(col(LevelRow.level)))
    return [LevelScore._make(row) for row in rows]


def score(connection: Connection, learner: UUID, level: str, reached: int, now: datetime) -> UUID:
    """That score was reached now; the learner is made if there is none yet, and returned."""
    learner = learners.claim(connection, learner, now)
    add(connection, learner, [LevelScore(level, reached, now)])
    return learner


def add(connection: Connection, learner: UUID, scores: Iterable[LevelScore]) -> None:
    """The best of these and the learner's in each level; of equal ones the earlier."""
    rows = [{"learner": learner, **one._asdict()} for one in scores]
    if rows:
        new = upsert.insert(connection.dialect.name, LevelRow)
        best, at = col(LevelRow.score), col(LevelRow.at)
        better = (new.excluded.score > best) | ((new.excluded.score == best) & (new.excluded.at < at))
        written = {"score": new.excluded.score, "at": new.excluded.at}
        statement = new.on_conflict_do_update(index_elements=["learner", "level"], set_=written, where=better)
        connection.execute(statement, rows)
