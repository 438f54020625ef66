"""What an answer is, and what becomes of it: the part that all forms of answering share."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from unicodedata import normalize

from app.quiz.say import Say, say
from app.tcp.segment import CIRCLE
from app.tcp.states import State

Answer = Mapping[str, str]  # field → text; several values of one field stand with commas between them
Guess = tuple[str, Mapping[str, str]]  # a misconception, and what it would have answered, by field

MOST = 4000  # characters of an answer that are looked at
FLAGS = {"SYN": "S", "FIN": "F", "RST": "R", "PSH": "P", "ACK": "."}

_STATES = {re.sub(r"[^a-z0-9]", "", state.value.lower()): state.value for state in State} | {
    "synrecv": "SYN-RECEIVED",
    "synrcvd": "SYN-RECEIVED",
    "estab": "ESTABLISHED",
    "unconn": "CLOSED",
    "close": "CLOSED",
    "closed": "CLOSED",
}


class Malformed(Exception):
    """An answer that cannot be read: it is asked for again, not marked wrong."""

    def __init__(self, reason: Say) -> None:
        super().__init__(reason.message)
        self.reason = reason


class Verdict(NamedTuple):
    """Whether the answer is right, the misconception that gives just this answer, and each field's own verdict."""

    right: bool
    belief: str | None
    marks: Mapping[str, bool]


def number(text: str) -> int:
    """A sequence number or a count as people write it: `4294967290`, `4,294,967,290`, `0xfffffffa`.

    Raises Malformed for anything else, and beyond 32 bits.
    """
    written = re.sub(r"[\s,_’']", "", normalize("NFKC", text)).lower()  # ５ from a Chinese keyboard is 5
    if re.fullmatch(r"[0-9]{1,12}", written):
        value = int(written)
    elif re.fullmatch(r"0x[0-9a-f]{1,8}", written):
        value = int(written, 16)
    else:
        raise Malformed(say("quiz.malformed.number"))
    if value >= CIRCLE:
        raise Malformed(say("quiz.malformed.too-large"))
    return value


def state(text: str) -> str:
    """A state in any spelling in use (`SYN_RCVD`, `syn-recv`, `ESTAB`) → the RFC's. Raises Malformed."""
    known = _STATES.get(re.sub(r"[^a-z0-9]", "", text.lower()))
    if known is None:
        raise Malformed(say("quiz.malformed.state"))
    return known


def flags(text: str) -> str:
    """Control bits by name or letter (`SYN,ACK`, `SYN-ACK`, `[S.]`, `fin ack`) → packetdrill's letters, PSH left out.

    Raises Malformed.
    """
    written = text.strip().upper().strip("[]")
    if re.fullmatch(r"[SFRP]*\.?", written) and written:
        found = set(written)
    else:
        names = re.findall(r"[A-Z]+", written)
        if not names or not FLAGS.keys() >= set(names):
            raise Malformed(say("quiz.malformed.flags"))
        found = {FLAGS[name] for name in names}
    return "".join(letter for letter in "SFR." if letter in found) or "-"


def diagnosed(given: Mapping[str, str], wrong: set[str], guesses: tuple[Guess, ...]) -> str | None:
    """The misconception that explains most of the wrong fields; none where even that is less than half of them."""
    best: tuple[int, str | None] = (0, None)
    for belief, guess in guesses:
        explained = sum(guess.get(field) == given[field] for field in wrong)
        if explained > best[0]:
            best = (explained, belief)
    return best[1] if 2 * best[0] >= len(wrong) else None
