"""Rows of one learner as the newest schema has them: `python -m tests.progress.sample`, once, when it is released."""

import json
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.progress import history, learners, levels, reading, remarks, settings, short_links, tokens
from app.progress.migrations import migrate, revisions
from app.progress.remarks import Remark
from app.progress.store import Store
from app.progress.tables import Table
from tests.progress.answers import DAY, START, answer, record

RELEASED = Path(__file__).parent / "released"
LEARNER = UUID("b8d7f7f4-7a9a-4c57-8f0a-0d8c5a3e9b11")
MERGED = UUID("2c1f5a06-5d0b-4b0e-9a52-6f7c1f1d9d10")
SECRET = b"a phrase of 2026"
ADDRESS = "/zh/lab?server=listen;+accept&client=connect&wire=drop+c1&v=1&t=1s"


def live(store: Store) -> None:
    """Leave something of every kind."""
    record(store, LEARNER, answer("q1", right=False, belief="ack-names-last-byte"))
    record(store, LEARNER, answer("q2", hinted=True), START + DAY / 4)
    record(store, LEARNER, answer("q3", skill="time-wait.why", context="review", seconds=0.0), START + DAY)
    with store.writing() as connection:
        settings.put(connection, LEARNER, {"interview": "2026-12-24", "zone": "Asia/Shanghai"}, START)
        for at in (START, START + DAY):
            reading.read(connection, LEARNER, "three-way-handshake", "syn", at)
        levels.score(connection, LEARNER, "lost-syn", 3, START)
        asked = Remark(START, "ack-of-syn", 7, "zh", {"ack": "101"}, "答案 and key disagree")
        remarks.leave(connection, LEARNER, asked)
        tokens.keep(connection, LEARNER, "phrase", SECRET, None)
        tokens.link(connection, LEARNER, START)
        short_links.keep(connection, ADDRESS)
        learners.claim(connection, MERGED, START)
        history.merge(connection, MERGED, LEARNER, START)


def main() -> None:
    """Write the sample of the newest schema."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/p.sqlite3")) as store:
        migrate(store)
        live(store)
        with store.reading() as connection:
            tables = {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in Table.metadata.sorted_tables
            }
    file = RELEASED / f"{revisions()[-1]}.json"
    if file.exists():
        sys.exit(f"{file} has been released")
    file.write_text(json.dumps(tables, ensure_ascii=False, indent=1, default=_plain) + "\n", encoding="utf-8")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    main()
