"""The signing key, and what it signs: which learner a browser is, so that nobody can say it is another."""

import os
import secrets
from pathlib import Path
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from app.progress.files import new, sync, sync_folder

NAME = "signing.key"  # beside the database, and in its backups
SHORTEST = 32  # characters


class BadKey(Exception):
    """The signing key cannot be used; the message says why."""


def signing_key(folder: Path, given: str = "") -> str:
    """The key that was given, or else the one in that folder, made now if there is none (0600). Raises BadKey.

    Of several processes that start together, one makes it and all use it.
    """
    return _checked(given, "ACKADEMY_KEY") if given else _kept(folder)


class Signer:
    """Writes and reads a learner's name tag, as a cookie carries it."""

    def __init__(self, key: str) -> None:
        self._tags = URLSafeSerializer(key, salt="learner")

    def sign(self, learner: UUID) -> str:
        """The tag of this learner: letters that a cookie may hold."""
        return str(self._tags.dumps(learner.hex))

    def learner(self, tag: str) -> UUID | None:
        """Whose tag it is; None if this key did not sign it."""
        try:
            return UUID(hex=self._tags.loads(tag))
        except (BadData, ValueError, TypeError, AttributeError):  # the last three: signed, but no learner
            return None


def keep(folder: Path, key: str) -> None:
    """Put the key there whole or not at all; one that is there stays. Raises OSError."""
    fresh = _written(folder, key)
    try:
        os.link(fresh, folder / NAME)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    sync_folder(folder)


def put(folder: Path, key: str) -> None:
    """Put the key in the place of the one that is there: at every moment there is one. Raises OSError."""
    _written(folder, key).replace(folder / NAME)
    sync_folder(folder)


def read(file: Path) -> str:
    """The key in that file. Raises BadKey."""
    try:
        return _checked(file.read_text(encoding="ascii").strip(), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"{file} cannot be read or made: {error}") from error


def _kept(folder: Path) -> str:
    file = folder / NAME
    try:
        if not file.exists():
            keep(folder, secrets.token_hex(32))
    except OSError as error:
        raise BadKey(f"{file} cannot be read or made: {error}") from error
    return read(file)


def _checked(key: str, where: str) -> str:
    if len(key) < SHORTEST:
        raise BadKey(f"{where} has fewer than {SHORTEST} characters. A good key: openssl rand -hex 32")
    return key


def _written(folder: Path, key: str) -> Path:
    """A file beside the key's with that key in it."""
    fresh = folder / f".{NAME}.{secrets.token_hex(4)}"
    with new(fresh) as output:
        output.write(f"{key}\n".encode("ascii"))
        sync(output)
    return fresh
