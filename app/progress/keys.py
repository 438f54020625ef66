"""The signing key, and what it signs: which learner a browser is, so that nobody can say it is another."""

import os
import secrets
from pathlib import Path
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

NAME = "signing.key"  # beside the database, and in its backups
SHORTEST = 32  # characters


class BadKey(Exception):
    """The signing key cannot be used; the message says why."""


def signing_key(folder: Path, given: str = "") -> str:
    """The key that was given, or else the one in that folder, made now if there is none (0600). Raises BadKey.

    Of several processes that start together, one makes it and all use it.
    """
    key = given or _kept(folder)
    if len(key) < SHORTEST:
        where = "ACKADEMY_KEY" if given else str(folder / NAME)
        raise BadKey(f"{where} has fewer than {SHORTEST} characters. A good key: openssl rand -hex 32")
    return key


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


def _kept(folder: Path) -> str:
    file = folder / NAME
    try:
        if not file.exists():
            keep(folder, secrets.token_hex(32))
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"{file} cannot be read or made: {error}") from error


def keep(folder: Path, key: str) -> None:
    """Put the key there whole or not at all; one that is there stays. Raises OSError."""
    fresh = folder / f".{NAME}.{secrets.token_hex(4)}"
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(key + "\n")
        output.flush()
        os.fsync(handle)
    try:
        os.link(fresh, folder / NAME)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
