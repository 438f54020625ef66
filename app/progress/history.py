"""All that a learner has done, as one value: what is exported, imported, and moved when two learners become one."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, update
from sqlmodel import col

from app.progress import attempts, learners, levels, memories, reading, settings
from app.progress.attempts import Attempt
from app.progress.levels import LevelScore
from app.progress.memory import Memory, replay
from app.progress.reading import StepRead
from app.progress.settings import Setting
from app.progress.tables import AttemptRow, LevelRow, MemoryRow, RemarkRow, SettingRow, StepRow, TokenRow


class History(NamedTuple):
    """What a learner has answered, read, set and reached. Memory is not in it: it follows from the attempts."""

    begun: datetime | None
    attempts: list[Attempt]
    steps: list[StepRead]
    settings: list[Setting]
    levels: list[LevelScore]


class Foreseen(NamedTuple):
    """The memories of a learner who has exactly these attempts, by key and id."""

    attempts: frozenset[tuple[str, UUID]]
    memories: dict[str, Memory]


def of(connection: Connection, learner: UUID) -> History:
    """All of this learner's."""
    return History(
        learners.begun(connection, learner),
        attempts.of(connection, learner),
        reading.of(connection, learner),
        settings.of(connection, learner),
        levels.of(connection, learner),
    )


def foresee(connection: Connection, learner: UUID, history: History) -> Foreseen:
    """What `add` would make of it now. That takes long for a long history, and keeps nobody from writing."""
    known = learners.known(connection, learner)
    own = attempts.of(connection, known) if known else []
    together = {(attempt.key, attempt.id): attempt for attempt in reversed([*own, *history.attempts])}
    return Foreseen(frozenset(together), replay((attempt.review for attempt in together.values()), interview=None))


def add(
    connection: Connection, learner: UUID, history: History, now: datetime, foreseen: Foreseen | None = None
) -> UUID:
    """Put a history together with the learner's own: a union, whatever the order and however often.

    The learner is made if there is none yet, and returned. What was `foreseen` counts if nothing has come between.
    """
    learner = learners.claim(connection, learner, now)
    if history.begun:
        learners.began(connection, learner, history.begun)
    attempts.add(connection, learner, history.attempts)
    reading.add(connection, learner, history.steps)
    settings.add(connection, learner, history.settings)
    levels.add(connection, learner, history.levels)
    if foreseen and foreseen.attempts == attempts.names(connection, learner):
        memories.keep(connection, learner, foreseen.memories, settings.calendar(connection, learner))
    else:
        renew(connection, learner)
    return learner


def merge(connection: Connection, source: UUID, target: UUID, now: datetime) -> UUID:
    """Make two learners one: whoever comes as either is the target from now on. Nothing of either is lost."""
    for learner in sorted({source, target}):
        learners.claim(connection, learner, now)
    source, target = (learners.claim(connection, learner, now) for learner in (source, target))
    if source != target:
        add(connection, target, of(connection, source), now)
        for table in (AttemptRow, StepRow, SettingRow, LevelRow, MemoryRow):
            connection.execute(delete(table).where(col(table.learner) == source))
        for kept in (TokenRow, RemarkRow):
            connection.execute(update(kept).where(col(kept.learner) == source).values(learner=target))
        learners.absorb(connection, source, target)
    return target


def renew(connection: Connection, learner: UUID) -> bool:
    """Make this learner's memories anew from the attempts; whether that changed any."""
    reviews = [attempt.review for attempt in attempts.of(connection, learner)]
    return memories.renew(connection, learner, reviews, settings.calendar(connection, learner))
