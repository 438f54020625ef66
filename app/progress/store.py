"""The database: opened so that what was acknowledged is on the disk, on SQLite and on PostgreSQL alike."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.progress.trouble import Trouble, trouble

DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")
PATIENCE = 5.0  # seconds that a statement waits for somebody else's lock

# What the promises of this folder rest on; asked back after they are set, because SQLite does not complain by itself.
PRAGMAS = {
    "journal_mode": "wal",  # readers never wait for the writer
    "synchronous": 2,  # FULL: a commit returns when it is on the disk
    "foreign_keys": 1,
    "secure_delete": 1,  # what is deleted is overwritten
}


class Store:
    """A database by its URL: `sqlite:///FILE` or `postgresql://…`. Nothing is opened before the first use."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        where = address(url)
        self.sqlite = where.get_backend_name() == "sqlite"
        if self.sqlite:
            self.engine = create_engine(where, connect_args={"timeout": patience})
            event.listen(self.engine, "connect", _open)
            event.listen(self.engine, "begin", _begin)
            self._reader = self.engine.execution_options(writing=False)
            self._writer = self.engine.execution_options(writing=True)
        else:
            asked = f"-c synchronous_commit=on -c lock_timeout={int(patience * 1000)} -c timezone=UTC"
            connecting = {"options": asked, "connect_timeout": max(2, int(patience))}
            self.engine = create_engine(where, connect_args=connecting, pool_pre_ping=True)
            # all that a page reads is of one instant, as SQLite has it
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._writer = self.engine.execution_options()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one instant. Raises Trouble."""
        with _told(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed durably at the end, rolled back by an exception. Raises Trouble."""
        with _told(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """As `writing`, for tables that are made anew, and alone with the connection. Raises Trouble.

        SQLite deletes what refers to a table when that is dropped: here it looks at references only at the end.
        """
        with _told(), self._writer.execution_options(referring=False).connect() as connection:
            connection.detach()  # it is closed afterwards, and nobody else gets it as it is
            with connection.begin():
                yield connection
                if self.sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise Trouble("corrupt", f"rows of {lost[0]} refer to rows of {lost[2]} that are not there")

    def scrub(self) -> bool:
        """Leave no deleted text in SQLite's log; PostgreSQL's autovacuum does that in its own time. Raises Trouble.

        False: somebody is reading or writing there. It waits for nobody.
        """
        if not self.sqlite:
            return True
        with _told(), self.engine.connect() as connection:
            connection.detach()  # its patience is nobody else's
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            return not busy

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def address(url: str) -> URL:
    """The URL, read. Raises Trouble for one of a database that is neither SQLite nor PostgreSQL."""
    try:
        read = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        read = None
    if read is None or read.drivername not in DRIVERS:  # and no word of it: there may be a password in it
        raise Trouble("unreachable", "DATABASE_URL is postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE")
    return read


def write_nothing(connection: Connection) -> None:
    """Within `writing`, which raises Trouble where nothing could be written either: to begin is not enough for that."""
    connection.exec_driver_sql("UPDATE learner SET created_at = created_at WHERE 1 = 0")


def opened(engine: Engine) -> dict[str, object]:
    """What the pragmas are on a connection of this engine."""
    with engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = trouble(error)
        if reason is None:
            raise
        raise reason from error


def _open(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise Trouble("unreachable", f"{name} stays {found}, and must be {value}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that has read first could find that it may not write any more."""
    options = connection.get_execution_options()
    if not options.get("referring", True):  # within a transaction it would be passed over
        connection.exec_driver_sql("PRAGMA foreign_keys=0")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")
