"""Databases of both kinds: every test that asks for one runs on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest

from app.progress.migrations import migrate
from app.progress.store import Store
from app.progress.writer import Writer
from tests.conftest import missing
from tests.progress.postgresql import binaries, cluster

KINDS = ("sqlite", "postgresql")
NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a running server, with {} for the name of a database."""
    programs = binaries()
    if programs is None:
        missing("postgresql")
    with cluster(programs) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    file = tmp_path_factory.mktemp("pattern") / "progress.sqlite3"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_pattern(postgresql: str) -> str:
    """The name of a migrated database, to be copied."""
    _made(postgresql, "pattern", "template0")
    _migrated(postgresql.format("pattern"))
    return "pattern"


def _empty(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / f'empty{next(NUMBERS)}.sqlite3'}"
    server: str = request.getfixturevalue("postgresql")
    return _made(server, f"empty{next(NUMBERS)}", "template0")


def _copied(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        file = folder / f"copy{next(NUMBERS)}.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_pattern"), file)
        return f"sqlite:///{file}"
    server: str = request.getfixturevalue("postgresql")
    return _made(server, f"copy{next(NUMBERS)}", request.getfixturevalue("postgresql_pattern"))


def _made(server: str, name: str, pattern: str) -> str:
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {pattern}")
    return server.format(name)


def _migrated(url: str) -> None:
    store = Store(url)
    migrate(store)
    store.close()


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    return _empty(request, request.param, tmp_path)


@pytest.fixture(params=KINDS)
def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the tables of this version, for a test that changes more than rows."""
    return _copied(request, request.param, tmp_path)


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the tables of this version, and no rows."""
    if request.param == "sqlite":
        return _copied(request, "sqlite", tmp_path)
    return _emptied(request.getfixturevalue("postgresql_used"))


@pytest.fixture(scope="session")
def postgresql_used(postgresql: str, postgresql_pattern: str) -> str:
    """One for all tests that leave nothing but rows: to make one takes ten times as long as to empty it."""
    return _made(postgresql, "used", postgresql_pattern)


def _emptied(url: str) -> str:
    with closing(Store(url)) as store, store.writing() as connection:
        connection.exec_driver_sql("TRUNCATE learner, remark, short_link CASCADE")
    return url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """That database, opened."""
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    """The writer of that database."""
    running = Writer(store)
    yield running
    running.stop()


@pytest.fixture(scope="session", params=KINDS)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for all examples of a property: each has learners of its own."""
    opened = Store(_copied(request, request.param, tmp_path_factory.mktemp("shared")))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database file, for what only SQLite has."""
    return _copied(request, "sqlite", tmp_path)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """That database, opened."""
    opened = Store(sqlite_url)
    yield opened
    opened.close()
