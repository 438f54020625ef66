"""A database that is locked, read-only, full, damaged, out of reach or of another version says so, and stays whole."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.progress import attempts
from app.progress.migrations import is_current, migrate
from app.progress.store import PRAGMAS, Store, opened, write_nothing
from app.progress.trouble import Reason, Trouble, trouble
from tests.progress.answers import START, answer, record, somebody


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def reason_of(store: Store) -> Reason:
    """Why an answer could not be recorded."""
    with pytest.raises(Trouble) as told:
        record(store, somebody(), answer())
    return told.value.reason


def test_what_is_promised_of_sqlite_holds_on_every_connection(sqlite_url: str) -> None:
    with closing(Store(sqlite_url)) as store:
        assert opened(store.engine) == PRAGMAS
        with store.reading() as first, store.reading():
            assert first.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_a_commit_on_postgresql_waits_for_the_disk(request: pytest.FixtureRequest) -> None:
    server: str = request.getfixturevalue("postgresql")
    with closing(Store(server.format("postgres"))) as store, store.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"


def test_a_page_sees_one_instant(store: Store) -> None:
    learner = somebody()
    record(store, learner, answer("a"))
    with store.reading() as connection:
        assert len(attempts.of(connection, learner)) == 1
        record(store, learner, answer("b"))
        assert len(attempts.of(connection, learner)) == 1
    with store.reading() as connection:
        assert len(attempts.of(connection, learner)) == 2


def test_locked(url: str) -> None:
    learner = somebody()
    with closing(Store(url)) as other, closing(Store(url, patience=0.1)) as store:
        record(other, learner, answer("a"))
        with other.writing() as connection:
            attempts.record(connection, learner, answer("b"), START)
            with pytest.raises(Trouble) as told:
                record(store, learner, answer("c"))
            assert told.value.reason == "locked"
            with store.reading() as reading:
                assert [one.key for one in attempts.of(reading, learner)] == ["a"], "readers do not wait"
        assert record(store, learner, answer("c")).attempt.key == "c"


def test_read_only(own_url: str) -> None:
    if own_url.startswith("sqlite"):
        with closing(Store(own_url)) as store:
            record(store, somebody(), answer())  # so that there is a log, which a reader alone cannot make
            with closing(Store(f"sqlite:///file:{file_of(own_url)}?mode=ro&uri=true")) as reader:
                assert reason_of(reader) == "read-only"
                assert is_current(reader)
    else:
        with closing(Store(own_url)) as store:
            with store.writing() as connection:
                name = connection.engine.url.database
                connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            store.close()
            assert reason_of(store) == "read-only"
            with pytest.raises(Trouble) as told, store.writing() as connection:
                write_nothing(connection)
            assert told.value.reason == "read-only"
            assert not migrate(store), "there is nothing to do, so it can serve"


def test_full(sqlite_url: str) -> None:
    with closing(Store(sqlite_url)) as store:
        event.listen(store.engine, "connect", _fill)
        learner, reason = somebody(), None
        kept = 0
        for kept in range(2000):
            try:
                record(store, learner, answer(str(kept), answer={"text": "x" * 1000}))
            except Trouble as told:
                reason = told.reason
                break
        assert reason == "full"
        with store.reading() as connection:
            assert len(attempts.of(connection, learner)) == kept > 0, "what was acknowledged is there"
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def _fill(connection: sqlite3.Connection, _: object) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 20}")


@pytest.mark.parametrize("damage", ["head", "middle"])
def test_corrupt(sqlite_url: str, damage: str) -> None:
    learner = somebody()
    with closing(Store(sqlite_url)) as store:
        for n in range(50):
            record(store, learner, answer(str(n), answer={"text": "x" * 500}))
    size = file_of(sqlite_url).stat().st_size
    with file_of(sqlite_url).open("r+b") as file:
        file.seek(0 if damage == "head" else 4096)
        file.write(os.urandom(100 if damage == "head" else size - 4096))
    with closing(Store(sqlite_url)) as store:
        assert reason_of(store) == "corrupt"


def test_unreachable(tmp_path: Path) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/nowhere/p.sqlite3")) as store:
        assert reason_of(store) == "unreachable"
    with closing(Store("postgresql://nobody@127.0.0.1:1/none", patience=1)) as store:
        assert reason_of(store) == "unreachable"


def test_a_server_that_went_away(request: pytest.FixtureRequest) -> None:
    """The next request has a connection again."""
    server: str = request.getfixturevalue("postgresql")
    with closing(Store(server.format("postgres"))) as store:
        with pytest.raises(Trouble) as told, store.writing() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert told.value.reason == "unreachable"
        with store.reading() as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_not_migrated(empty_url: str) -> None:
    with closing(Store(empty_url)) as store:
        assert reason_of(store) == "not-migrated"


def test_newer(own_url: str) -> None:
    with closing(Store(own_url)) as store:
        with store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for ask in (migrate, is_current):
            with pytest.raises(Trouble) as told:
                ask(store)
            assert told.value.reason == "newer"


@pytest.mark.parametrize("url", ["mysql://a:secret@b/c", "nonsense:secret", "postgresql+psycopg2x://a:secret@b/c"])
def test_a_url_of_something_else(url: str) -> None:
    with pytest.raises(Trouble) as told:
        Store(url)
    assert told.value.reason == "unreachable"
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (psycopg.errors.DiskFull(), "full"),
        (psycopg.errors.DataCorrupted(), "corrupt"),
        (psycopg.errors.DeadlockDetected(), "locked"),
        (psycopg.errors.AdminShutdown(), "unreachable"),
        (psycopg.errors.TooManyConnections(), "unreachable"),
        (psycopg.errors.InvalidPassword(), "unreachable"),
    ],
)
def test_what_postgresql_says(error: psycopg.Error, reason: Reason) -> None:
    found = trouble(error)
    assert found
    assert found.reason == reason


def test_a_mistake_in_a_statement_is_no_trouble(store: Store) -> None:
    attempt = record(store, somebody(), answer()).attempt
    with pytest.raises(IntegrityError), store.writing() as connection:
        attempts.add(connection, somebody(), [attempt])  # of whom there is no row


def test_an_exception_rolls_back(store: Store) -> None:
    learner = somebody()

    def fail() -> None:
        with store.writing() as connection:
            attempts.record(connection, learner, answer(), START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as connection:
        assert attempts.of(connection, learner) == []
