"""Group commit: nobody hears of a commit that has not been, nobody suffers from another's mistake."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from app.progress import attempts, learners, memories
from app.progress.attempts import Recorded
from app.progress.migrations import is_current
from app.progress.store import Store
from app.progress.trouble import Trouble
from app.progress.writer import Writer
from tests.progress.answers import MINUTE, START, answer, record, remembered, somebody


class Held:
    """Work that waits, so that what comes meanwhile is one group."""

    def __init__(self, writer: Writer) -> None:
        self._begun, self._go = threading.Event(), threading.Event()
        writer.submit(self._wait)
        self._begun.wait(timeout=20)

    def _wait(self, _: Connection) -> None:
        self._begun.set()
        self._go.wait(timeout=20)

    def release(self) -> None:
        self._go.set()


def recording(learner: UUID, key: str, n: int = 0) -> "partial[Recorded]":
    return partial(attempts.record, learner=learner, answer=answer(key), now=START + n * MINUTE)


def test_answers_that_arrive_together_are_one_commit(store: Store, writer: Writer) -> None:
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    held = Held(writer)
    learners = [somebody() for _ in range(10)]
    futures = [writer.submit(recording(learner, str(n), n), learner) for n in range(5) for learner in learners]
    held.release()
    for future in futures:
        future.result(timeout=20)
    assert len(commits) == 2, "the work that waited, and everything else"
    with store.reading() as connection:
        for learner in learners:
            assert [attempt.key for attempt in attempts.of(connection, learner)] == [str(n) for n in range(5)]
            assert memories.of(connection, learner) == remembered(store, learner)


def test_a_future_resolves_after_the_commit(store: Store, url: str, writer: Writer) -> None:
    learner = somebody()
    with closing(Store(url)) as other:
        for n in range(10):
            recorded = writer.submit(recording(learner, str(n), n), learner).result(timeout=20)
            with other.reading() as connection:
                assert attempts.of(connection, learner)[-1] == recorded.attempt


def test_a_mistake_is_its_own_makers(store: Store, writer: Writer) -> None:
    def mistaken(connection: Connection) -> None:
        attempts.record(connection, wrong, answer("never"), START)
        raise ZeroDivisionError

    held, right, wrong = Held(writer), somebody(), somebody()
    before = writer.submit(recording(right, "a"), right)
    failing = writer.submit(mistaken, wrong)
    after = writer.submit(recording(right, "b", 1), right)
    held.release()
    for written in (before, after):
        written.result(timeout=20)
    with pytest.raises(ZeroDivisionError):
        failing.result(timeout=20)
    with store.reading() as connection:
        assert [attempt.key for attempt in attempts.of(connection, right)] == ["a", "b"]
        assert attempts.of(connection, wrong) == []


def test_a_lock_on_one_learner_is_not_everybodys_on_postgresql(store: Store, url: str) -> None:
    """SQLite has one lock for all, so there everybody hears of it: once the patience is over, not one after another."""
    busy, free = somebody(), [somebody() for _ in range(8)]
    record(store, busy, answer("a"))
    with closing(Store(url, patience=0.5)) as hasty:
        writer = Writer(hasty)
        with store.writing() as connection:
            attempts.record(connection, busy, answer("c"), START + MINUTE)
            begin = time.monotonic()
            futures = [writer.submit(recording(who, "b"), who) for who in (busy, *free)]
            found = [_reason(future) for future in futures]
            seconds = time.monotonic() - begin
        writer.stop()
    assert found == (["locked"] * 9 if store.sqlite else ["locked"] + [""] * 8)
    assert seconds < 3


def _reason(future: "Future[Recorded]") -> str:
    try:
        future.result(timeout=20)
    except Trouble as trouble:
        return trouble.reason
    return ""


def test_stopping_finishes_what_was_taken(store: Store) -> None:
    writer, learner = Writer(store), somebody()
    held = Held(writer)
    futures = [writer.submit(recording(learner, str(n), n), learner) for n in range(300)]
    held.release()
    writer.stop()
    assert all(future.done() for future in futures)
    with store.reading() as connection:
        assert len(attempts.of(connection, learner)) == 300
    with pytest.raises(RuntimeError):
        writer.submit(recording(learner, "late"))
    writer.stop()
    Writer(store).stop()


def test_what_goes_wrong_with_scrubbing_is_nobodys_trouble(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The deletion is committed, and the writer goes on, whatever SQLite says."""

    def scrub() -> bool:
        raise OperationalError("PRAGMA", {}, sqlite3.OperationalError("locking protocol"))

    monkeypatch.setattr(sqlite_store, "scrub", scrub)
    with closing_writer(sqlite_store) as writer:
        assert writer.submit(lambda _: 1, erasing=True).result(timeout=5) == 1
        assert writer.submit(lambda _: 2).result(timeout=5) == 2
    assert "locking protocol" in caplog.text


def test_a_deletion_waits_for_no_reader_and_is_scrubbed_when_it_has_gone(sqlite_store: Store) -> None:
    learner, database = somebody(), sqlite_store.engine.url.database
    assert database

    def kept() -> int:
        return sum(Path(database + ending).read_bytes().count(b"my secret") for ending in ("", "-wal"))

    record(sqlite_store, learner, answer(answer={"text": "my secret"}))
    with closing_writer(sqlite_store) as writer:
        with sqlite_store.reading() as connection:
            assert attempts.of(connection, learner)
            begin = time.monotonic()
            writer.submit(partial(learners.forget, learner=learner), learner, erasing=True).result(timeout=20)
            record(sqlite_store, somebody(), answer())
            assert time.monotonic() - begin < 2
            assert kept(), "somebody is reading it"
        while kept() and time.monotonic() - begin < 20:
            time.sleep(0.05)
        assert not kept()


@contextmanager
def closing_writer(store: Store) -> Iterator[Writer]:
    """A writer that has stopped at the end."""
    writer = Writer(store)
    try:
        yield writer
    finally:
        writer.stop()


def test_a_visitor_who_has_gone_is_not_written_for(store: Store, writer: Writer) -> None:
    held, learner = Held(writer), somebody()
    gone = writer.submit(recording(learner, "gone"), learner)
    assert gone.cancel()
    stays = writer.submit(recording(learner, "stays"), learner)
    held.release()
    stays.result(timeout=20)
    with store.reading() as connection:
        assert [attempt.key for attempt in attempts.of(connection, learner)] == ["stays"]


def test_routes_await_it(store: Store, writer: Writer) -> None:
    learner = somebody()

    async def answered() -> list[Recorded]:
        return await asyncio.gather(*(writer.write(recording(learner, "same"), learner) for _ in range(20)))

    with ThreadPoolExecutor(1) as aside:  # browser tests leave a loop running in this thread
        given = aside.submit(lambda: asyncio.run(answered())).result()
    assert len(given) == 20
    with store.reading() as connection:
        assert attempts.of(connection, learner) == [given[0].attempt]


CHILD = """
import sys
from functools import partial
from uuid import UUID
from app.progress import attempts
from app.progress.store import Store
from app.progress.writer import Writer
from tests.progress.answers import MINUTE, START, answer
writer, learner = Writer(Store(sys.argv[1])), UUID(sys.argv[2])
def work(n):
    key = f"{sys.argv[3]}-{n}"
    done = writer.submit(partial(attempts.record, learner=learner, answer=answer(key), now=START + n * MINUTE))
    done.add_done_callback(lambda _: print(done.result().attempt.key, flush=True))
    return done
for n in range(0, 10**6, 20):
    for done in [work(n + k) for k in range(20)]:
        done.result()
"""


def test_a_killed_process_has_written_what_it_said(store: Store, url: str) -> None:
    learner, said, dice = somebody(), set[str](), Random(6)
    for life in range(2):
        command = [sys.executable, "-c", CHILD, url, str(learner), str(life)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for _ in range(dice.randrange(1, 120)):
                said.add(process.stdout.readline().strip())
            process.kill()
            said.update(line.strip() for line in process.stdout if line.endswith("\n"))
    with store.reading() as connection:
        kept = {attempt.key for attempt in attempts.of(connection, learner)}
        assert memories.of(connection, learner) == remembered(store, learner)
        if store.sqlite:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert said
    assert said <= kept
    assert is_current(store)
