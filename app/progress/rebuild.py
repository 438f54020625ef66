"""Every memory anew from the attempts: after a change of how memory is reckoned, or to see that nothing drifted."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.progress import history, learners
from app.progress.store import Store
from app.progress.tables import LearnerRow

TOGETHER = 50  # learners in one transaction: others write in between


class Rebuilt(NamedTuple):
    """How many learners there are, and whose memories were not what the attempts say."""

    learners: int
    changed: int


def rebuild(store: Store) -> Rebuilt:
    """Rebuild the memories of all learners, also while the server is running. Raises Trouble."""
    total = changed = 0
    for group in _groups(store):
        with store.writing() as connection:
            for learner in group:
                if learners.lock(connection, learner) == learner:
                    total += 1
                    changed += history.renew(connection, learner)
    return Rebuilt(total, changed)


def _groups(store: Store) -> Iterator[list[UUID]]:
    """All learners, in the order in which they are locked."""
    last = UUID(int=0)
    while True:
        asked = select(col(LearnerRow.id)).where(col(LearnerRow.id) > last).order_by(col(LearnerRow.id)).limit(TOGETHER)
        with store.reading() as connection:
            group = list(connection.scalars(asked))
        if not group:
            return
        yield group
        last = group[-1]
