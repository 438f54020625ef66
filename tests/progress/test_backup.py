"""A backup is taken while the server writes, is whole, and comes back with the key; nothing is lost by restoring."""

import io
import os
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from app.cli import main
from app.progress import attempts, memories, short_links, upkeep
from app.progress.backup import CannotBackUp, backup, restore
from app.progress.keys import NAME
from app.progress.lock import InUse
from app.progress.migrations import migrate
from app.progress.place import Place
from app.progress.store import Store
from app.progress.trouble import Trouble
from app.progress.writer import Writer
from app.web import Settings, create_app
from tests.progress.answers import DAY, MINUTE, START, answer, record, remembered, somebody

LEARNER = somebody()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An installation with SQLite, as the environment says."""
    monkeypatch.setenv("ACKADEMY_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("ACKADEMY_KEY", raising=False)
    return Place()


@pytest.fixture
def running(place: Place) -> Iterator[Store]:
    """Its server."""
    with closing(place.store()) as store:
        migrate(store)
        place.signer()
        yield store


def keys_in(place: Place) -> list[str]:
    """What LEARNER has answered there."""
    with closing(place.store()) as store, store.reading() as connection:
        return [attempt.key for attempt in attempts.of(connection, LEARNER)]


def test_a_backup_while_writing_is_one_instant(place: Place, running: Store, tmp_path: Path) -> None:
    writer, written, enough = Writer(running), list[str](), threading.Event()

    def write() -> None:
        n = 0
        while not enough.is_set():
            work = partial(attempts.record, learner=LEARNER, answer=answer(str(n)), now=START + n * MINUTE)
            written.append(writer.submit(work, LEARNER).result(timeout=20).attempt.key)
            n += 1

    thread = threading.Thread(target=write)
    thread.start()
    counts = []
    for number in range(3):
        before = len(written)
        backup(place, tmp_path / f"backup{number}")
        counts.append((before, len(written)))
    enough.set()
    thread.join()
    writer.stop()
    for number, (before, after) in enumerate(counts):
        elsewhere = Place(data=tmp_path / f"restored{number}")
        restore(elsewhere, tmp_path / f"backup{number}", START)
        assert before <= len(keys_in(elsewhere)) <= after + 1
        assert keys_in(elsewhere) == written[: len(keys_in(elsewhere))]
        with closing(elsewhere.store()) as store, store.reading() as connection:
            assert memories.of(connection, LEARNER) == remembered(store, LEARNER)


def test_short_links_are_in_it(place: Place, running: Store, tmp_path: Path) -> None:
    with running.writing() as connection:
        code = short_links.keep(connection, "/en/lab?v=1")
    backup(place, tmp_path / "backup")
    elsewhere = Place(data=tmp_path / "restored")
    restore(elsewhere, tmp_path / "backup", START)
    with closing(elsewhere.store()) as store, store.reading() as connection:
        assert short_links.lead(connection, code) == "/en/lab?v=1"


def test_cookies_are_good_after_a_restore(place: Place, running: Store, tmp_path: Path) -> None:
    tag = place.signer().sign(LEARNER)
    backup(place, tmp_path / "backup")
    elsewhere = Place(data=tmp_path / "new")
    assert restore(elsewhere, tmp_path / "backup", START) == []
    assert elsewhere.signer().learner(tag) == LEARNER
    for file in (tmp_path / "backup", tmp_path / "new" / "progress.sqlite3", tmp_path / "new" / NAME):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = ["progress.sqlite3", "progress.sqlite3.lock", NAME]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names


def test_a_backup_is_an_ordinary_database_in_a_tar(place: Place, running: Store, tmp_path: Path) -> None:
    record(running, LEARNER, answer("a"))
    backup(place, tmp_path / "backup")
    record(running, LEARNER, answer("b"))
    backup(place, tmp_path / "backup")
    with tarfile.open(tmp_path / "backup") as tar:
        assert tar.getnames() == ["progress.sqlite3", NAME]
        tar.extractall(tmp_path / "out", filter="data")
    with closing(sqlite3.connect(tmp_path / "out" / "progress.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM attempt").fetchone() == (2,), "the latter"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "backup", "out"}


def test_restoring_sets_aside_what_was_there(place: Place, tmp_path: Path) -> None:
    with closing(place.store()) as store:
        migrate(store)
        record(store, LEARNER, answer("a"))
        backup(place, tmp_path / "backup")
        record(store, LEARNER, answer("b"), START + MINUTE)
    aside = restore(place, tmp_path / "backup", START)
    assert keys_in(place) == ["a"]
    assert [path.name for path in aside] == ["progress.sqlite3.before-20261201T200000"]
    with closing(Store(f"sqlite:///{aside[0]}")) as store, store.reading() as connection:
        assert [attempt.key for attempt in attempts.of(connection, LEARNER)] == ["a", "b"]


def test_a_running_server_is_not_restored_under(place: Place, running: Store, tmp_path: Path) -> None:
    record(running, LEARNER, answer("a"))
    backup(place, tmp_path / "backup")
    record(running, LEARNER, answer("b"), START + MINUTE)
    with pytest.raises(Trouble) as told:
        restore(place, tmp_path / "backup", START)
    assert told.value.reason == "locked"
    assert keys_in(place) == ["a", "b"]
    record(running, LEARNER, answer("c"), START + DAY)
    assert keys_in(place) == ["a", "b", "c"]


def test_a_server_that_has_not_opened_it_yet_is_not_restored_under(place: Place, tmp_path: Path) -> None:
    """Any number of servers share a database; whoever replaces it is alone."""
    with closing(place.store()) as store:
        migrate(store)
        backup(place, tmp_path / "backup")
    with closing(InUse(place)), closing(InUse(place)), pytest.raises(Trouble, match="stop the server"):
        restore(place, tmp_path / "backup", START)
    with closing(InUse(place, alone=True)):
        with pytest.raises(Trouble, match="is being restored"):
            upkeep.prepare(place)
        with pytest.raises(Trouble, match="is being restored"):
            create_app(Settings(), place)
    assert restore(place, tmp_path / "backup", START)


def test_the_lock_is_beside_the_database_wherever_that_is(tmp_path: Path) -> None:
    url = f"sqlite:///file:{tmp_path}/elsewhere.db?mode=rwc&uri=true"
    with closing(InUse(Place(data=tmp_path / "data", database_url=url))):
        assert [path.name for path in tmp_path.iterdir()] == ["elsewhere.db.lock"]
    with pytest.raises(Trouble) as told:
        InUse(Place(database_url=f"sqlite:///{tmp_path}/nowhere/p.db"))
    assert told.value.reason == "unreachable"
    InUse(Place(database_url="postgresql://me@host/name"), alone=True).close()


@pytest.mark.parametrize("step", ["database", "key"])
def test_a_crash_while_restoring_leaves_a_database_and_a_key(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """At no moment is there none, which the next start would take for a new installation."""
    other = Place(data=tmp_path / "other")
    for where, key in ((other, "b"), (place, "a")):
        upkeep.prepare(where)
        with closing(where.store()) as store:
            record(store, LEARNER, answer(key))
    backup(other, tmp_path / "backup")
    tag = place.signer().sign(LEARNER)

    def crash(file: Path, target: Path) -> Path:
        if target.name == (NAME if step == "key" else "progress.sqlite3"):
            raise KeyboardInterrupt
        return replace(file, target)

    replace = Path.replace
    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        restore(place, tmp_path / "backup", START)
    monkeypatch.setattr(Path, "replace", replace)
    assert keys_in(place) == (["a"] if step == "database" else ["b"])
    assert (place.data / NAME).exists()
    assert place.signer().learner(tag) == LEARNER
    restore(place, tmp_path / "backup", START + MINUTE)
    assert keys_in(place) == ["b"]
    assert other.signer().learner(place.signer().sign(LEARNER)) == LEARNER


def test_a_damaged_database_is_replaced_and_never_backed_up(place: Place, tmp_path: Path) -> None:
    with closing(place.store()) as store:
        migrate(store)
        for n in range(30):
            record(store, LEARNER, answer(str(n)), START + n * MINUTE)
        backup(place, tmp_path / "backup")
    assert place.file
    whole = place.file.read_bytes()
    place.file.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    with pytest.raises(Trouble) as told:
        backup(place, tmp_path / "worthless")
    assert told.value.reason == "corrupt"
    assert not (tmp_path / "worthless").exists()
    restore(place, tmp_path / "backup", START)
    assert len(keys_in(place)) == 30


@pytest.mark.parametrize("content", [b"", b"no tar", "empty", "damaged", "newer", "no key"])
def test_what_is_no_backup_changes_nothing(place: Place, running: Store, tmp_path: Path, content: bytes | str) -> None:
    record(running, LEARNER, answer("a"))
    file = tmp_path / "backup"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content == "newer":
        with running.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        backup(place, file)
        with running.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    elif content == "no key":
        (place.data / NAME).rename(tmp_path / "kept")
        (place.data / NAME).write_bytes(b"\xff" * 64)
        backup(place, file)
        (tmp_path / "kept").replace(place.data / NAME)
    else:
        inside = io.BytesIO(b"SQLite format 3\0" + os.urandom(5000))
        with tarfile.open(file, "w") as tar:
            member = tarfile.TarInfo("progress.sqlite3" if content == "damaged" else "something")
            member.size = len(inside.getvalue())
            tar.addfile(member, inside)
    running.close()
    InUse(place).close()
    before = sorted(path.name for path in place.data.iterdir())
    with pytest.raises((CannotBackUp, Trouble)):
        restore(place, file, START)
    assert sorted(path.name for path in place.data.iterdir()) == before
    assert keys_in(place) == ["a"]


def test_postgresql_has_its_own_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@host/name")
    for task in (lambda: backup(Place(), tmp_path / "b"), lambda: restore(Place(), tmp_path / "b", START)):
        with pytest.raises(CannotBackUp, match="pg_dump"):
            task()


def test_the_commands(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "backup")
    assert main(["backup", file]) == 1
    assert "no progress yet" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert "brought up" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    with closing(place.store()) as store:
        record(store, LEARNER, answer())
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE memory SET stability = 1000, reps = 7")
        assert main(["rebuild"]) == 0
        assert "1 learners; the memories of 1 " in capsys.readouterr().out
        with store.reading() as connection:
            assert memories.of(connection, LEARNER) == remembered(store, LEARNER)
        assert main(["rebuild"]) == 0
        assert "1 learners; the memories of 0 " in capsys.readouterr().out
        assert main(["backup", file]) == 0
        assert main(["restore", file]) == 1
        assert "locked" in capsys.readouterr().err
    assert main(["restore", file]) == 0
    assert "before-" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_trouble_is_a_sentence_on_the_command_line(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also before serving: no stack, no page."""
    place.store().close()
    assert place.file
    place.file.write_bytes(os.urandom(5000))
    assert main(["serve", "--port", "0"]) == 1
    assert capsys.readouterr().err.startswith("The database is damaged.")
    monkeypatch.setenv("ACKADEMY_KEY", "short")
    assert main(["serve", "--port", "0"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("ACKADEMY_KEY has fewer than 32 characters.")
    assert said.out == ""
