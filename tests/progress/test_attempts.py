"""An answer is one attempt, whatever happens to the form; its memory is up to date in the same commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Select

from app.progress import attempts, learners, memories, settings
from app.progress.attempts import Recorded
from app.progress.memory import replay
from app.progress.store import Store
from app.progress.writer import Writer
from tests.progress.answers import DAY, MINUTE, START, answer, record, remembered, somebody


def test_an_answer_is_kept_as_it_was_given(store: Store) -> None:
    given = answer(
        belief="ack-names-last-byte", right=False, answer={"a": "三次握手 🤝", "b": ""}, seed=2**40, seconds=0.1
    )
    recorded = record(store, somebody(), given)
    with store.reading() as connection:
        (found,) = attempts.of(connection, recorded.learner)
    assert found == recorded.attempt
    assert found[2:] == given
    assert found.at == START
    assert found.at.utcoffset() is not None


def test_the_first_answer_makes_the_learner(store: Store) -> None:
    learner = somebody()
    with store.reading() as connection:
        assert learners.known(connection, learner) is None
        assert attempts.of(connection, learner) == []
        assert memories.of(connection, learner) == {}
    assert record(store, learner, answer()).learner == learner
    with store.reading() as connection:
        assert learners.known(connection, learner) == learner
        assert learners.begun(connection, learner) == START


def test_the_same_form_sent_twice_is_one_attempt(store: Store) -> None:
    learner = somebody()
    first = record(store, learner, answer(right=False))
    again = record(store, learner, answer(right=True), START + MINUTE)
    assert again == first
    with store.reading() as connection:
        assert attempts.of(connection, learner) == [first.attempt]
        assert memories.of(connection, learner) == remembered(store, learner)


def test_a_key_is_one_learners_own(store: Store) -> None:
    first, second = record(store, somebody(), answer()), record(store, somebody(), answer())
    assert first.attempt.id != second.attempt.id


def test_what_is_on_record_is_found_by_key(store: Store) -> None:
    learner = somebody()
    recorded = {key: record(store, learner, answer(key)).attempt for key in ("q1", "q2")}
    with store.reading() as connection:
        assert attempts.on_record(connection, learner, ["q1", "q2", "q3"]) == recorded
        assert attempts.on_record(connection, learner, []) == {}
        assert attempts.on_record(connection, somebody(), ["q1"]) == {}


def test_the_same_question_again_comes_with_a_hint(store: Store) -> None:
    learner = somebody()
    record(store, learner, answer("a", right=False))
    assert record(store, learner, answer("b"), START + MINUTE).attempt.hinted
    assert not record(store, learner, answer("c", seed=8), START + 2 * MINUTE).attempt.hinted
    assert not record(store, somebody(), answer("a"), START).attempt.hinted


def test_two_tabs_answer_at_once(store: Store, url: str) -> None:
    """Two processes, as far as the database can tell, and twenty submissions of one form to each."""
    other, learner = Store(url), somebody()
    writers = [Writer(store), Writer(other)]
    works = [partial(attempts.record, learner=learner, answer=answer(seed=n), now=START) for n in range(20)]
    futures = [writer.submit(work, learner) for work in works for writer in writers]
    answered: list[Recorded] = [future.result(timeout=20) for future in futures]
    assert all(one.attempt == answered[0].attempt for one in answered)
    with store.reading() as connection:
        assert [one.review for one in attempts.of(connection, learner)] == [answered[0].attempt.review]
        assert memories.of(connection, learner) == remembered(store, learner)
    for writer in writers:
        writer.stop()
    other.close()


def test_two_tabs_answer_different_questions_on_one_skill(store: Store, url: str) -> None:
    """No memory is reckoned from what another transaction was about to change."""
    other, learner = Store(url), somebody()
    with ThreadPoolExecutor(2) as tabs:
        for one in [
            tabs.submit(record, to, learner, answer(f"{n}"), START + n * MINUTE)
            for n in range(20)
            for to in [(store, other)[n % 2]]
        ]:
            one.result(timeout=20)
    with store.reading() as connection:
        assert len(attempts.of(connection, learner)) == 20
        assert memories.of(connection, learner) == remembered(store, learner)
    other.close()


@pytest.mark.parametrize("back", [MINUTE, 3 * DAY])
def test_a_clock_that_goes_backwards(store: Store, back: timedelta) -> None:
    learner = somebody()
    for key, at in (("a", START), ("b", START + DAY), ("c", START + DAY - back), ("d", START + DAY)):
        assert record(store, learner, answer(key), at).attempt.at == at
        with store.reading() as connection:
            assert memories.of(connection, learner) == remembered(store, learner)
    with store.reading() as connection:
        times = [attempt.at for attempt in attempts.of(connection, learner)]
    assert times == sorted(times)


def test_each_skill_has_a_memory_of_its_own(store: Store) -> None:
    learner = somebody()
    for n, skill in enumerate(["a", "b", "a", "c"]):
        record(store, learner, answer(str(n), skill=skill, right=n != 1), START + n * DAY)
    with store.reading() as connection:
        found = memories.of(connection, learner)
        assert found == remembered(store, learner)
        assert memories.of_skill(connection, learner, "a") == found["a"]
        assert memories.of_skill(connection, learner, "d") is None
        assert [one.key for one in attempts.of_skill(connection, learner, "a")] == ["0", "2"]
        assert [one.key for one in attempts.of(connection, learner, since=START + 2 * DAY)] == ["2", "3"]
    assert {skill: memory.reps for skill, memory in found.items()} == {"a": 2, "b": 1, "c": 1}


def test_what_an_answer_did(store: Store) -> None:
    learner = somebody()
    recorded = [record(store, learner, answer(str(n)), START + n * DAY).attempt for n in range(3)]
    with store.reading() as connection:
        effects = [attempts.effect(recorded, attempt, interview=None, zone=UTC) for attempt in recorded]
        assert effects[2].after == memories.of_skill(connection, learner, recorded[0].skill)
    assert effects[0].before is None
    assert [effect.before for effect in effects[1:]] == [effect.after for effect in effects[:2]]


def test_memory_is_planned_to_the_interview(store: Store) -> None:
    learner = somebody()
    with store.writing() as connection:
        values = {settings.INTERVIEW: "2026-12-04", settings.ZONE: "Asia/Shanghai"}
        settings.put(connection, learner, values, START)
    for n in range(3):
        record(store, learner, answer(str(n)), START + n * DAY / 2)
    with store.reading() as connection:
        when = settings.calendar(connection, learner)
        found = memories.of(connection, learner)
        reviews = [attempt.review for attempt in attempts.of(connection, learner)]
    assert when.interview == date(2026, 12, 4)
    assert found == replay(reviews, interview=when.interview, zone=when.zone)
    assert found != replay(reviews, interview=None)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (attempts._OF, "ix_attempt_learner_at (learner=?)"),
        (attempts._SINCE, "ix_attempt_learner_at (learner=? AND at>?)"),
        (attempts._OF_SKILL, "ix_attempt_learner_skill_at (learner=? AND skill=?)"),
        (attempts._OF_KEY, "PRIMARY KEY (learner=? AND key=?)"),
        (attempts._OF_KEYS, "PRIMARY KEY (learner=? AND key=?)"),
        (memories._OF, "PRIMARY KEY (learner=?)"),
        (memories._OF_SKILL, "PRIMARY KEY (learner=? AND skill=?)"),
    ],
)
def test_a_question_is_answered_through_an_index(sqlite_store: Store, asked: Select[Any], index: str) -> None:
    """However many others have answered; and an answer does not look at all the learner's others."""
    with sqlite_store.reading() as connection:
        values = {"learner": somebody(), "since": START, "skill": "s", "key": "k", "keys": ["k"]}
        bound = asked.params({name: values[name] for name in asked.compile().params})
        sql = str(bound.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert not any("SCAN" in line for line in plan)
    assert [line.partition("USING ")[2].removeprefix("INDEX ") for line in plan if "SEARCH" in line] == [index]
