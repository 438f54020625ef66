"""Backups: one file with the database and the signing key, consistent while the server goes on writing.

The file is a tar of what the data folder holds: `progress.sqlite3`, an ordinary SQLite database, and `signing.key`.
Progress in PostgreSQL is for PostgreSQL's own tools.
"""

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.progress import keys
from app.progress.files import new, sync, sync_folder
from app.progress.lock import InUse
from app.progress.migrations import migrate
from app.progress.place import DATABASE, Place
from app.progress.store import PATIENCE, Store
from app.progress.trouble import Trouble, trouble

POSTGRESQL = (
    "Progress is kept in PostgreSQL here: use pg_dump and pg_restore, with the server running. "
    "The signing key is no part of that: keep ACKADEMY_KEY, or signing.key in the data folder, too."
)


class CannotBackUp(Exception):
    """There is nothing that can be backed up or restored; the message says why."""


def backup(place: Place, file: Path) -> None:
    """Write a backup to that file, whole or not at all, for no other user to read.

    Raises CannotBackUp, Trouble, OSError.
    """
    database = _file(place)
    if not database.exists():
        raise CannotBackUp(f"There is no progress yet: {database} does not exist.")
    with TemporaryDirectory(dir=file.absolute().parent, prefix=f".{file.name}.") as folder:
        copy, packed = Path(folder) / DATABASE, Path(folder) / "backup.tar"
        with _told(), closing(_connect(database)) as source, closing(_connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # all of it in one file
        _check(copy)
        with new(packed) as output:
            with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as tar:
                tar.add(copy, copy.name)
                if (place.data / keys.NAME).exists():
                    tar.add(place.data / keys.NAME, keys.NAME)
            sync(output)
        packed.replace(file)
        sync_folder(file.absolute().parent)


def restore(place: Place, file: Path, now: datetime) -> list[Path]:
    """Put a backup in the place of what is there, which is set aside; the files that were, by their new names.

    No server may be running. The backup may be of an older version. A crash on the way leaves a whole database and a
    key, each the former or the new one. Raises CannotBackUp, Trouble, OSError.
    """
    database, signing = _file(place), place.data / keys.NAME
    for holder in (place.data, database.parent):
        holder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        closing(InUse(place, alone=True)),
        TemporaryDirectory(dir=database.parent, prefix=".restore.") as folder,
    ):
        copy, packed = Path(folder) / DATABASE, Path(folder) / keys.NAME
        _unpack(file, copy, packed)
        _check(copy)
        key = _key(file, packed) if packed.exists() else ""
        with closing(Store(f"sqlite:///{copy}")) as store:
            migrate(store)
        _close(copy)
        _close(database)
        logs = [database.with_name(database.name + ending) for ending in ("-wal", "-shm")]
        replaced = [database, *logs, *([signing] if key else [])]
        aside = [_aside(path, now) for path in replaced if path.exists()]
        for log in logs:  # those of a damaged database: SQLite would take them for the new one's
            log.unlink(missing_ok=True)
        sync_folder(database.parent)
        copy.replace(database)
        sync_folder(database.parent)
        if key:
            keys.put(place.data, key)
    return aside


def _file(place: Place) -> Path:
    if place.file is None:
        raise CannotBackUp(POSTGRESQL)
    return place.file


def _unpack(file: Path, copy: Path, key: Path) -> None:
    try:
        with tarfile.open(file) as tar:
            for path in (copy, key):
                if path.name in tar.getnames() and (member := tar.extractfile(path.name)):
                    with new(path) as output:
                        shutil.copyfileobj(member, output)
                        sync(output)
    except tarfile.TarError as error:
        raise CannotBackUp(f"{file} is no backup of Ackademy, or it is damaged: {error}") from error
    if not copy.exists():
        raise CannotBackUp(f"{file} is no backup of Ackademy: there is no {copy.name} in it.")


def _key(file: Path, packed: Path) -> str:
    """The key in the backup. Raises CannotBackUp if it is none."""
    try:
        return keys.read(packed)
    except keys.BadKey as error:
        raise CannotBackUp(f"{file} is damaged: its {keys.NAME} is no key.") from error


def _check(copy: Path) -> None:
    """Raises Trouble for a database that is not whole."""
    with _told(), closing(_connect(copy)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise Trouble("corrupt", found[0])


def _close(file: Path) -> None:
    """Fold the database that is there into one file. Raises Trouble if another program has it open.

    Only who is alone with a database can take it out of WAL mode. A damaged one is left as it is.
    """
    if file.exists():
        try:
            with _told(), closing(_connect(file, patience=0.5)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
        except Trouble as found:
            if found.reason != "corrupt":
                raise


def _aside(path: Path, now: datetime) -> Path:
    """The name under which what is there stays when it is replaced."""
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    os.link(path, aside)
    return aside


def _connect(file: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=patience, isolation_level=None)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise trouble(error) or error from error
