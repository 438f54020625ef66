"""Every schema that was released comes up to this one, with what was in it.

`released/REVISION.json` has rows as that revision had them. A new revision needs a file of its own: `sample` makes it.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.progress import history, learners, memories, migrations, remarks, short_links, tokens
from app.progress.migrations import is_current, migrate, revisions, steps
from app.progress.migrations.steps import config, upgrade
from app.progress.rebuild import rebuild
from app.progress.settings import calendar
from app.progress.store import Store
from app.progress.tables import Table
from app.progress.trouble import Trouble
from tests.progress.answers import START, remembered
from tests.progress.sample import ADDRESS, LEARNER, MERGED, RELEASED, SECRET, live


def test_every_revision_has_a_sample() -> None:
    assert [file.stem for file in sorted(RELEASED.glob("*.json"))] == revisions()


def test_the_names_of_the_files_are_their_revisions(sqlite_store: Store) -> None:
    with sqlite_store.reading() as connection:
        scripts = ScriptDirectory.from_config(config(connection)).walk_revisions()
        assert [script.revision for script in scripts] == revisions()[::-1]


def test_a_server_that_starts_does_not_load_alembic(sqlite_store: Store) -> None:
    program = "import sys, app.progress.upkeep as u; from app.progress.store import Store; "
    program += "assert not u.migrations.migrate(Store(sys.argv[1])) and 'alembic' not in sys.modules"
    url = sqlite_store.engine.url.render_as_string()
    subprocess.run([sys.executable, "-c", program, url], check=True, timeout=60)


def test_an_empty_database_comes_up(empty_url: str) -> None:
    with closing(Store(empty_url)) as store:
        assert not is_current(store)
        assert migrate(store)
        assert is_current(store)
        assert not migrate(store)


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.reading() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata) == []


@pytest.mark.parametrize("revision", revisions())
def test_a_released_schema_comes_up_with_its_data(empty_url: str, revision: str) -> None:
    with closing(Store(empty_url)) as store:
        with store.writing() as connection:
            upgrade(connection, revision)
            for table, rows in json.loads((RELEASED / f"{revision}.json").read_text()).items():
                _insert(connection, table, rows)
        migrate(store)
        with store.reading() as connection:
            found, when = history.of(connection, LEARNER), calendar(connection, LEARNER)
            assert tokens.find(connection, "phrase", SECRET, START) == LEARNER
            assert learners.known(connection, MERGED) == LEARNER
            assert [remark.text for remark in remarks.of(connection, LEARNER)] == ["答案 and key disagree"]
            code = short_links.find(connection, ADDRESS)
            assert (code is None) == (revision < "0002")
            assert code is None or short_links.lead(connection, code) == ADDRESS
        assert [attempt.key for attempt in found.attempts] == ["q1", "q2", "q3"]
        assert [attempt.right for attempt in found.attempts] == [False, True, True]
        assert found.attempts[0].answer == {"ack": "101"}
        assert found.attempts[0].belief == "ack-names-last-byte"
        assert when.interview == date(2026, 12, 24)
        assert [(step.lesson, step.step) for step in found.steps] == [("three-way-handshake", "syn")]
        assert [(level.level, level.score) for level in found.levels] == [("lost-syn", 3)]
        rebuild(store)
        with store.reading() as connection:
            assert memories.of(connection, LEARNER) == remembered(store, LEARNER)


def test_processes_that_start_together_wait_for_each_other(empty_url: str) -> None:
    stores = [Store(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as processes:
        assert sum(processes.map(migrate, stores)) == 1
    for store in stores:
        assert is_current(store)
        store.close()


def test_a_migration_that_fails_leaves_nothing(empty_url: str) -> None:
    def fail(*execution: Any) -> None:
        if "CREATE TABLE remark" in execution[2]:
            raise ZeroDivisionError

    with closing(Store(empty_url)) as store:
        sa.event.listen(store.engine, "before_cursor_execute", fail)
        with pytest.raises(ZeroDivisionError):
            migrate(store)
        with store.reading() as connection:
            assert sa.inspect(connection).get_table_names() == []
        sa.event.remove(store.engine, "before_cursor_execute", fail)
        assert migrate(store)


def test_a_table_that_is_made_anew_takes_nothing_with_it(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite changes a column by dropping the table, and would delete whatever belongs to its rows."""

    def change(connection: sa.Connection, _: str) -> None:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True, "transactional_ddl": True})
        with Operations(context).batch_alter_table("learner") as learner:
            learner.alter_column("created_at", existing_type=sa.DateTime(timezone=True), nullable=True)

    with closing(Store(own_url)) as store:
        live(store)
        with store.reading() as connection:
            before = [connection.execute(sa.select(table)).all() for table in Table.metadata.sorted_tables]
        monkeypatch.setattr(migrations, "revisions", lambda: [*revisions(), "9999"])
        monkeypatch.setattr(steps, "upgrade", change)
        assert migrate(store)
        with store.reading() as connection:
            after = [connection.execute(sa.select(table)).all() for table in Table.metadata.sorted_tables]
            assert sa.inspect(connection).get_columns("learner")[1]["nullable"]
        assert after == before
        assert all(after)
        with store.writing() as connection:
            learners.forget(connection, LEARNER)
            assert history.of(connection, LEARNER).attempts == [], "references are looked at again"


def test_a_migration_that_loses_what_is_referred_to_is_undone(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store(sqlite_url)) as store:
        live(store)
        monkeypatch.setattr(migrations, "revisions", lambda: [*revisions(), "9999"])
        monkeypatch.setattr(steps, "upgrade", lambda connection, _: connection.execute(sa.text("DELETE FROM learner")))
        with pytest.raises(Trouble, match="refer"):
            migrate(store)
        with store.reading() as connection:
            assert learners.known(connection, MERGED) == LEARNER


def _insert(connection: sa.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert what JSON can say, knowing nothing of today's tables."""
    for row in rows:
        columns = {name: _typed(value) for name, value in row.items() if value is not None}
        target = sa.table(table, *(sa.column(name, kind) for name, (_, kind) in columns.items()))
        connection.execute(sa.insert(target), {name: value for name, (value, _) in columns.items()})


def _typed(value: Any) -> tuple[Any, sa.types.TypeEngine[Any]]:
    if isinstance(value, (dict, list)):
        return value, sa.JSON()
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return UUID(value), sa.Uuid()
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return datetime.fromisoformat(value), sa.DateTime(timezone=True)
    return value, sa.literal(value).type
