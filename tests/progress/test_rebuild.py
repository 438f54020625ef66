"""Memory is a cache: whatever it says, the attempts say it anew."""

from sqlalchemy import text

from app.progress import history, memories
from app.progress.rebuild import TOGETHER, rebuild
from app.progress.store import Store
from tests.progress.answers import DAY, START, answer, record, remembered, somebody


def test_a_rebuilt_memory_is_the_one_that_was_kept(store: Store) -> None:
    """Attempts as they came, out of order too, and learners who became one."""
    learners = [somebody() for _ in range(3)]
    for n in range(30):
        at = START + (n * 7 % 30) * DAY / 4
        record(store, learners[n % 3], answer(str(n), skill=f"skill-{n % 4}", right=n % 5 > 0), at)
    with store.writing() as connection:
        history.merge(connection, learners[0], learners[1], START)
        before = {learner: memories.of(connection, learner) for learner in learners}
    assert rebuild(store) == (2, 0)
    with store.reading() as connection:
        assert {learner: memories.of(connection, learner) for learner in learners} == before


def test_what_is_wrong_or_missing_or_too_much_is_put_right(store: Store) -> None:
    learners = [somebody() for _ in range(TOGETHER + 3)]
    for learner in learners:
        for n in range(2):
            record(store, learner, answer(str(n), skill=f"skill-{n}"), START + n * DAY)
    with store.writing() as connection:
        connection.execute(text("UPDATE memory SET stability = 99 WHERE skill = 'skill-0'"))
        connection.execute(text("DELETE FROM memory WHERE skill = 'skill-1'"))
        connection.execute(
            text("UPDATE memory SET skill = 'ghost' WHERE learner = :one"), {"one": _key(store, learners[0])}
        )
    assert rebuild(store) == (len(learners), len(learners))
    with store.reading() as connection:
        for learner in (learners[0], learners[-1]):
            assert memories.of(connection, learner) == remembered(store, learner)
    assert rebuild(store) == (len(learners), 0)


def _key(store: Store, learner: object) -> object:
    return learner.hex if store.sqlite else learner  # type: ignore[attr-defined]
