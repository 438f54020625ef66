"""Taking the steps, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, revision: str) -> None:
    """Take the steps up to that revision, within the caller's transaction."""
    command.upgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """What Alembic needs to know to work on this connection."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found
