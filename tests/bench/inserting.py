"""Two ways to put an answer on record, behind the same server: the project's, and the plainest that is as durable."""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Field, Session, SQLModel, create_engine

from app.progress import attempts
from app.progress.attempts import Answer
from app.progress.place import Place
from app.progress.writer import Writer

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")


class Row(SQLModel, table=True):
    """What a minimal application would keep of an answer."""

    id: int | None = Field(default=None, primary_key=True)
    learner: str = Field(index=True)
    key: str
    at: datetime
    skill: str
    answer: str
    right: bool


place = Place()
store = place.store()
writer = Writer(store)
engine = create_engine(f"sqlite:///{Path(os.environ['ACKADEMY_DATA']) / 'plain.sqlite3'}")


@event.listens_for(engine, "connect")
def _durable(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA synchronous")
    assert cursor.fetchone() == (2,)  # FULL


SQLModel.metadata.create_all(engine, tables=[Row.__table__])  # type: ignore[attr-defined]
app = FastAPI()
numbers = count()
learners = [uuid4() for _ in range(100)]


def answer(number: int) -> Answer:
    """An answer like those that the quiz gives."""
    return Answer(
        key=f"bench/{number}",
        skill=f"skill.{number % 59}",
        source="ack-of-the-syn",
        seed=number,
        variant=f"ack-of-the-syn/{number}",
        answer={"number": str(number)},
        right=number % 3 > 0,
        belief=None,
        hinted=False,
        unsure=False,
        seconds=12.0,
        slow=60.0,
        context="quiz",
        content_version="bench",
    )


@app.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """Whether it serves."""
    return "ok"


@app.get("/plain", response_class=PlainTextResponse)
def plain() -> str:
    """One answer, one transaction, one commit."""
    number = next(numbers)
    row = Row(
        learner=str(learners[number % 100]),
        key=f"bench/{number}",
        at=datetime.now(UTC),
        skill=f"skill.{number % 59}",
        answer=str(number),
        right=number % 3 > 0,
    )
    with Session(engine) as session:
        session.add(row)
        session.commit()
    return "ok"


@app.get("/recorded", response_class=PlainTextResponse)
async def recorded() -> str:
    """As the site does it: the attempt, and the memory of its skill, through the writer."""
    number = next(numbers)
    learner, given, now = learners[number % 100], answer(number), datetime.now(UTC)
    await writer.write(lambda connection: attempts.record(connection, learner, given, now), learner)
    return "ok"
