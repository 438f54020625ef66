"""What somebody found wrong with a question, for whoever runs the site."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from app.progress import learners
from app.progress.tables import RemarkRow

LONGEST = 2000  # characters


class Remark(NamedTuple):
    """A remark and the question that it is about, with what was answered if anything was."""

    at: datetime
    source: str
    seed: int
    lang: str
    answer: dict[str, str]
    text: str


_FIELDS = [getattr(RemarkRow, name) for name in Remark._fields]


def leave(connection: Connection, learner: UUID | None, remark: Remark) -> None:
    """Keep the remark, shortened to LONGEST. It makes no learner; with one who is known, it is deleted with them."""
    owner = learners.lock(connection, learner) if learner else None
    text = remark.text.replace("\0", "").strip()[:LONGEST]
    row = {"id": uuid4(), "learner": owner, **remark._asdict(), "text": text}
    connection.execute(insert(RemarkRow), row)


def of(connection: Connection, learner: UUID) -> list[Remark]:
    """This learner's remarks, oldest first."""
    asked = select(*_FIELDS).where(col(RemarkRow.learner) == learner).order_by(col(RemarkRow.at))
    return [Remark._make(row) for row in connection.execute(asked)]


def recent(connection: Connection, most: int) -> list[Remark]:
    """The latest remarks of all, newest first."""
    asked = select(*_FIELDS).order_by(col(RemarkRow.at).desc()).limit(most)
    return [Remark._make(row) for row in connection.execute(asked)]
