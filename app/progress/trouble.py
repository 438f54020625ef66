"""What can be wrong with the database, as one exception with a reason that a page and a log line can name."""

import sqlite3
from typing import Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Reason = Literal["locked", "read-only", "full", "corrupt", "unreachable", "not-migrated", "newer"]

SENTENCES: dict[Reason, str] = {
    "locked": "The database is locked: another program has been holding it for too long.",
    "read-only": "The database cannot be written: the file, its folder or the server is read-only.",
    "full": "The disk of the database is full.",
    "corrupt": "The database is damaged. Stop the server and restore a backup: ackademy restore FILE",
    "unreachable": "The database cannot be opened or reached.",
    "not-migrated": "The database has not been brought up to this version: ackademy migrate",
    "newer": "The database was written by a newer version of Ackademy than this one.",
}

_SQLITE: dict[int, Reason] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_IOERR: "unreachable",
}

# SQLSTATE, or the class that is its first two characters: PostgreSQL's appendix A
_POSTGRESQL: dict[str, Reason] = {
    "55P03": "locked",  # lock_not_available
    "40P01": "locked",  # deadlock_detected
    "40001": "locked",  # serialization_failure
    "25006": "read-only",  # read_only_sql_transaction
    "53100": "full",  # disk_full
    "42P01": "not-migrated",  # undefined_table
    "42703": "not-migrated",  # undefined_column
    "XX001": "corrupt",  # data_corrupted
    "XX002": "corrupt",  # index_corrupted
    "08": "unreachable",
    "28": "unreachable",  # the password is wrong
    "3D": "unreachable",  # there is no such database
    "53": "unreachable",  # too many connections, out of memory
    "57P": "unreachable",  # the server is shutting down
}


class Trouble(Exception):
    """The database as a whole cannot do what was asked, and nothing of it was done."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{SENTENCES[reason]} ({detail})" if detail else SENTENCES[reason])
        self.reason = reason


def trouble(error: Exception) -> Trouble | None:
    """The trouble that this error of the driver means; None if only the statement was at fault."""
    if isinstance(error, PoolTimeout):
        return Trouble("locked", "all connections are in use")
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = _reason(cause)
    return Trouble(reason, str(cause).strip().partition("\n")[0]) if reason else None


def _reason(cause: BaseException | None) -> Reason | None:
    if isinstance(cause, sqlite3.Error):
        if str(cause).startswith(("no such table", "no such column", "table ")):
            return "not-migrated"
        code = getattr(cause, "sqlite_errorcode", None)  # missing where the module itself complains
        return None if code is None else _SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", "")  # of psycopg, which those who use SQLite need not load
    if state is None:  # the server never answered
        return "unreachable" if type(cause).__name__ == "OperationalError" else None
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:3]) or _POSTGRESQL.get(state[:2])
