"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart.

A statement costs more to make than to run: those of every answer are made once and have their values bound.
"""

from sqlalchemy.dialects import postgresql, sqlite

from app.progress.tables import Table


def insert(dialect: str, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of that dialect, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
