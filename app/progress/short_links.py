"""Short links: a code for an address of the site. Made once, kept for good, and nobody's."""

import re
from collections.abc import Iterator
from hashlib import blake2b

from sqlalchemy import Connection, select
from sqlmodel import col

from app.progress import upsert
from app.progress.tables import ShortLinkRow

ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"  # none that is taken for another (0 o, 1 i l), and no vowels: no words
SHORTEST, LONGEST = 8, 24  # characters of a code; eight tell 378 thousand million apart
_CODE = re.compile(f"[{ALPHABET}]{{{SHORTEST},{LONGEST}}}")


def codes(address: str) -> Iterator[str]:
    """The codes that an address may have, the shortest first: it has the first one that is no other's."""
    number = int.from_bytes(blake2b(address.encode(), digest_size=16).digest())
    spelled = ""
    while len(spelled) < LONGEST:
        number, place = divmod(number, len(ALPHABET))
        spelled += ALPHABET[place]
        if len(spelled) >= SHORTEST:
            yield spelled


def find(connection: Connection, address: str) -> str | None:
    """The code of that address; None where it has none."""
    for code in codes(address):
        found = lead(connection, code)
        if found in (address, None):
            return code if found else None
    return None


def keep(connection: Connection, address: str) -> str:
    """The code of that address, which it has from now on."""
    new = upsert.insert(connection.dialect.name, ShortLinkRow).on_conflict_do_nothing()
    for code in codes(address):
        connection.execute(new, {"code": code, "address": address})
        if lead(connection, code) == address:
            return code
    raise LookupError(f"every code of {address} is another's")


def lead(connection: Connection, code: str) -> str | None:
    """Where that code leads, however it is typed; None where it leads nowhere."""
    if not _CODE.fullmatch(code.lower()):
        return None
    asked = select(col(ShortLinkRow.address)).where(col(ShortLinkRow.code) == code.lower())
    found: str | None = connection.execute(asked).scalar_one_or_none()
    return found
