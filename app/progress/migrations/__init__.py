"""How the tables came to be what they are: Alembic's steps, packaged with the application.

Alembic itself is loaded only where there is a step to take: a server that starts has none, nearly always.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from app.progress.store import Store
from app.progress.trouble import Trouble

_ADVISORY = 7236190245  # any number that nobody else locks


def migrate(store: Store) -> bool:
    """Bring any released schema up to this version; whether there was anything to do. Raises Trouble.

    All steps are one transaction. Processes that start together wait for each other.
    """
    if is_current(store):
        return False
    from app.progress.migrations.steps import upgrade  # noqa: PLC0415 - see above

    with store.altering() as connection:
        if not store.sqlite:
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # a migration may take its time
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY})")
        if _found(connection) == revisions()[-1]:
            return False
        upgrade(connection, "head")
    return True


def is_current(store: Store) -> bool:
    """Whether the schema is this version's. Raises Trouble, also where a newer version has been."""
    with store.reading() as connection:
        return _found(connection) == revisions()[-1]


def revisions() -> list[str]:
    """Every schema that there has been, oldest first: `0001` is in `versions/v0001_….py`."""
    files = (Path(__file__).parent / "versions").glob("v*.py")
    return sorted(file.stem[1:].partition("_")[0] for file in files)


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    if revision not in revisions():
        raise Trouble("newer", f"its schema is {revision}")
    return revision
