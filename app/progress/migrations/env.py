"""Alembic runs this file around the steps; the connection is the caller's."""

from alembic import context

from app.progress.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,  # of SQLite, too: `store` begins every transaction itself
)
with context.begin_transaction():
    context.run_migrations()
