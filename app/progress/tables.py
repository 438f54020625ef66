"""What is kept, as tables. Attempts are the truth; `memory` is a cache of them; the other rows are dated, to be merged.

A table's class is for statements only: what the functions of this folder take and give are plain values.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, MetaData
from sqlmodel import Field, Index, SQLModel

CLUSTERED = {"sqlite_with_rowid": False}  # SQLite keeps a learner's rows together, in the order of the primary key


class Table(SQLModel):
    """What all tables share: constraints have names, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _of_learner() -> UUID:
    """A column for the learner whose row it is: the row goes when the learner goes."""
    owner: UUID = Field(primary_key=True, foreign_key="learner.id", ondelete="CASCADE")
    return owner


class LearnerRow(Table, table=True):
    """Somebody who has answered or set something. One that was merged into another stays as a signpost to it."""

    __tablename__ = "learner"

    id: UUID = Field(primary_key=True)
    created_at: datetime
    merged_into: UUID | None = Field(foreign_key="learner.id", ondelete="CASCADE", index=True)


class AttemptRow(Table, table=True):
    """One answer; appended, never changed. `id` is made of who gave it and the key, and survives merging."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "learner", "at"), Index(None, "learner", "skill", "at"), CLUSTERED)

    learner: UUID = _of_learner()
    key: str = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    at: datetime
    skill: str
    source: str
    seed: int = Field(sa_type=BigInteger)
    variant: str
    answer: dict[str, str] = Field(sa_type=JSON)
    right: bool
    belief: str | None
    hinted: bool
    unsure: bool
    seconds: float
    slow: float
    context: str
    content_version: str


class MemoryRow(Table, table=True):
    """What is remembered of a skill: `Memory`, field by field. Nothing but a cache of the attempts."""

    __tablename__ = "memory"
    __table_args__ = CLUSTERED

    learner: UUID = _of_learner()
    skill: str = Field(primary_key=True)
    stability: float
    difficulty: float
    due: datetime
    last: datetime
    reps: int
    lapses: int
    failed: int
    streak: int
    variants: list[str] = Field(sa_type=JSON)


class StepRow(Table, table=True):
    """A step of a lesson that was read, for the first and for the last time."""

    __tablename__ = "step_read"
    __table_args__ = CLUSTERED

    learner: UUID = _of_learner()
    lesson: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    first_at: datetime
    last_at: datetime


class SettingRow(Table, table=True):
    """What a learner has set, as text, and when."""

    __tablename__ = "setting"
    __table_args__ = CLUSTERED

    learner: UUID = _of_learner()
    name: str = Field(primary_key=True)
    value: str
    at: datetime


class LevelRow(Table, table=True):
    """The best score in a level of the lab, and when it was reached first."""

    __tablename__ = "level_score"
    __table_args__ = CLUSTERED

    learner: UUID = _of_learner()
    level: str = Field(primary_key=True)
    score: int
    at: datetime


class TokenRow(Table, table=True):
    """What lets another browser carry on: a link that works once, or a recovery phrase. Only its digest is kept."""

    __tablename__ = "token"

    digest: str = Field(primary_key=True)
    learner: UUID = Field(foreign_key="learner.id", ondelete="CASCADE", index=True)
    kind: str
    expires: datetime | None


class RemarkRow(Table, table=True):
    """What somebody found wrong with a question, for whoever runs this site."""

    __tablename__ = "remark"

    id: UUID = Field(primary_key=True)
    learner: UUID | None = Field(foreign_key="learner.id", ondelete="CASCADE", index=True)
    at: datetime = Field(index=True)
    source: str
    seed: int = Field(sa_type=BigInteger)
    lang: str
    answer: dict[str, str] = Field(sa_type=JSON)
    text: str


class ShortLinkRow(Table, table=True):
    """An address of the site and its short code; never changed."""

    __tablename__ = "short_link"

    code: str = Field(primary_key=True)
    address: str
