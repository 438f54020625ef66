"""What the operator's commands do, each ending in a sentence to print."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from app.progress import backup as backups
from app.progress import migrations
from app.progress import rebuild as rebuilding
from app.progress import remarks as remarking
from app.progress.lock import InUse
from app.progress.place import Place
from app.progress.remarks import Remark
from app.progress.store import Store


def prepare(place: Place) -> str:
    """All that a server needs before it starts: the database of this version, and a signing key.

    Raises Trouble, BadKey.
    """
    place.signer()
    return migrate(place)


def migrate(place: Place) -> str:
    """Bring the database up to this version. Raises Trouble."""
    with _open(place) as store:
        changed = migrations.migrate(store)
    return f"{_where(store)} {'has been brought up to' if changed else 'is of'} this version."


def rebuild(place: Place) -> str:
    """Make every memory anew from the attempts. Raises Trouble."""
    with _open(place) as store:
        rebuilt = rebuilding.rebuild(store)
    return f"{rebuilt.learners} learners; the memories of {rebuilt.changed} were not what the attempts say."


def backup(place: Place, file: Path) -> str:
    """Back up database and key. Raises CannotBackUp, Trouble, OSError."""
    backups.backup(place, file)
    return f"{file}: {file.stat().st_size} bytes. It lets its owner be any learner: keep it as safe as the server."


def restore(place: Place, file: Path, now: datetime) -> str:
    """Restore database and key. Raises CannotBackUp, Trouble, OSError."""
    aside = backups.restore(place, file, now)
    what = f" What was there before: {', '.join(path.name for path in aside)}." if aside else ""
    return f"{place.file} is what {file} was.{what}"


def remarks(place: Place, most: int) -> str:
    """The latest remarks on questions, newest first, each with the address of what it is about. Raises Trouble."""
    with _open(place) as store, store.reading() as connection:
        found = remarking.recent(connection, max(most, 0))
    return "\n\n".join(map(_remark, found)) or "Nobody has found anything wrong with a question yet."


def _remark(remark: Remark) -> str:
    """As lines for a terminal: what a stranger has written may not steer it."""
    lines = ("".join(one if one.isprintable() else "?" for one in line) for line in remark.text.splitlines())
    address = f"/{remark.lang}/questions/{remark.source}?{urlencode({'seed': remark.seed, **remark.answer})}"
    return "\n    ".join((f"{remark.at:%Y-%m-%d %H:%M} UTC  {address}", *lines))


@contextmanager
def _open(place: Place) -> Iterator[Store]:
    """The database, while nobody replaces it."""
    with closing(place.store()) as store, closing(InUse(place)):
        yield store


def _where(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=True)
