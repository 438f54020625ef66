"""Answers for the tests of the store, and learners who give them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.progress import attempts, history
from app.progress.attempts import Answer, Recorded
from app.progress.memory import Memory, replay
from app.progress.settings import calendar
from app.progress.store import Store

START = datetime(2026, 12, 1, 20, 0, 0, 123456, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def answer(key: str = "a", **rest: Any) -> Answer:
    """A right answer to some question."""
    usual: dict[str, Any] = {
        "key": key,
        "skill": "handshake.ack-number",
        "source": "ack-of-syn",
        "seed": 7,
        "variant": f"ack-of-syn/{key}",
        "answer": {"ack": "101"},
        "right": True,
        "belief": None,
        "hinted": False,
        "unsure": False,
        "seconds": 12.5,
        "slow": 60.0,
        "context": "quiz",
        "content_version": "1",
    }
    return Answer(**{**usual, **rest})


def somebody() -> UUID:
    """A browser that has not been here before."""
    return uuid4()


def record(store: Store, learner: UUID, given: Answer, at: datetime = START) -> Recorded:
    """Put an answer on record, in a transaction of its own."""
    with store.writing() as connection:
        return attempts.record(connection, learner, given, at)


def remembered(store: Store, learner: UUID) -> dict[str, Memory]:
    """The memories of a learner as they must be: all attempts, replayed."""
    with store.reading() as connection:
        found, when = history.of(connection, learner), calendar(connection, learner)
    return replay((one.review for one in found.attempts), interview=when.interview, zone=when.zone)
