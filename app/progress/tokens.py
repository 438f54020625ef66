"""How another browser carries on: a link that works once and soon, and a recovery phrase to write down.

Only digests are kept: who reads the database cannot carry off anybody's progress with what is in it.
"""

import re
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from mnemonic import Mnemonic
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from app.progress import history, learners
from app.progress.tables import TokenRow

LASTS = timedelta(minutes=15)
WORDS = 12  # of BIP 39: 128 bits of chance and a checksum of 4

Kind = Literal["link", "phrase"]
Lang = Literal["zh", "en"]
_LISTS: dict[Lang, str] = {"zh": "chinese_simplified", "en": "english"}

TokenReason = Literal["unknown", "expired", "phrase-length", "phrase-word", "phrase-mistyped"]


class BadToken(Exception):
    """A link or phrase that opens nothing. `word` is the one that is in no list."""

    def __init__(self, reason: TokenReason, word: str = "") -> None:
        super().__init__(f"{reason} {word}".strip())
        self.reason = reason
        self.word = word


def link(connection: Connection, learner: UUID, now: datetime) -> str:
    """A token for a link to this learner: letters for an address. It can be redeemed once, until LASTS are over."""
    learner = learners.claim(connection, learner, now)
    connection.execute(delete(TokenRow).where(col(TokenRow.expires) <= now))
    token = secrets.token_urlsafe(24)
    keep(connection, learner, "link", token.encode(), now + LASTS)
    return token


def redeem(connection: Connection, token: str, browser: UUID | None, now: datetime) -> UUID:
    """The learner that the link leads to, with what this browser's learner had added. Raises BadToken."""
    learner = find(connection, "link", token.encode(), now)
    gone = connection.execute(delete(TokenRow).where(col(TokenRow.digest) == _digest("link", token.encode())))
    if gone.rowcount != 1:  # somebody else was quicker
        raise BadToken("unknown")
    return _joined(connection, learner, browser, now)


def phrase(connection: Connection, learner: UUID, lang: Lang, now: datetime) -> str:
    """A new recovery phrase of WORDS words of that language, with spaces; the learner's former ones work no more."""
    learner = learners.claim(connection, learner, now)
    mine = (col(TokenRow.learner) == learner) & (col(TokenRow.kind) == "phrase")
    connection.execute(delete(TokenRow).where(mine))
    words = _words(lang).generate(strength=128)
    keep(connection, learner, "phrase", bytes(_words(lang).to_entropy(words)), None)
    return str(words)


def recover(connection: Connection, said: str, browser: UUID | None, now: datetime) -> UUID:
    """The learner whose phrase that is, with what this browser's learner had added. Raises BadToken.

    Case, spaces and punctuation do not matter; the phrase goes on working.
    """
    return _joined(connection, find(connection, "phrase", entropy(said), now), browser, now)


def entropy(said: str) -> bytes:
    """What the words of a phrase stand for. Raises BadToken for what is no phrase."""
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]", said.lower())
    lang: Lang = "zh" if words and not words[0].isascii() else "en"
    if len(words) != WORDS:
        raise BadToken("phrase-length")
    known = _words(lang)
    for word in words:
        if word not in known.wordlist:
            raise BadToken("phrase-word", word)
    if not known.check(" ".join(words)):
        raise BadToken("phrase-mistyped")
    return bytes(known.to_entropy(words))


def keep(connection: Connection, learner: UUID, kind: Kind, secret: bytes, expires: datetime | None) -> None:
    """Let that secret open this learner's progress; only its digest is kept."""
    row = {"digest": _digest(kind, secret), "learner": learner, "kind": kind, "expires": expires}
    connection.execute(insert(TokenRow), row)


def _joined(connection: Connection, learner: UUID, browser: UUID | None, now: datetime) -> UUID:
    """The learner; what the browser's own learner had is now the same learner's."""
    own = learners.known(connection, browser) if browser else None
    return history.merge(connection, own, learner, now) if own else learner


def find(connection: Connection, kind: Kind, secret: bytes, now: datetime) -> UUID:
    """Whose progress that secret opens now. Raises BadToken."""
    asked = select(col(TokenRow.learner), col(TokenRow.expires))
    row = connection.execute(asked.where(col(TokenRow.digest) == _digest(kind, secret))).one_or_none()
    if row is None:
        raise BadToken("unknown")
    if row.expires is not None and row.expires <= now:
        raise BadToken("expired")
    learner: UUID = row.learner
    return learner


def _digest(kind: Kind, secret: bytes) -> str:
    return sha256(kind.encode() + b":" + secret).hexdigest()


@cache
def _words(lang: Lang) -> Mnemonic:
    return Mnemonic(_LISTS[lang])
