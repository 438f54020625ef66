"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart.

A statement costs more to make than to run: those of every answer are made once and have their values bound.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from app.progress.tables import Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(dialect: str, table: type[Table]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT of that dialect (`sqlite`, `postgresql`), with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    found: sqlite.Insert | postgresql.Insert
    found = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)  # the other would only slow the start
    return found
