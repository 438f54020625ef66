"""Answers on their way in: out of a form, a query or JSON, and no longer than they need to be."""

from collections.abc import Iterable, Mapping

from fastapi import Request

from app.quiz.answers import MOST, Answer
from app.quiz.question import Form
from app.web.not_here import NotHere

FIELDS = 60  # of one answer at most
VALUE = 200  # characters of one field that are kept: far more than any answer takes
UNSURE = "unsure"
RESERVED = ("seed", "n", "q", "level", "lang", "review")


async def posted(request: Request) -> Answer:
    """The answer in a form; several values of a field are joined by commas."""
    form = await request.form(max_files=0, max_fields=FIELDS * 2, max_part_size=MOST)
    return joined((name, value) for name, value in form.multi_items() if isinstance(value, str))


def joined(pairs: Iterable[tuple[str, str]]) -> Answer:
    """Fields with their values, joined; what an address says besides is no answer, and NUL is no text."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in RESERVED and len(found) < FIELDS:
            text = value.replace("\0", "")
            found[name] = f"{found[name]},{text}"[:MOST] if name in found else text[:MOST]
    return found


def answered(form: Form, said: Answer) -> Answer:
    """What of it answers that form, and whether somebody was unsure."""
    return {name: said[name][:VALUE] for name in (*form.fields, UNSURE) if name in said}


def whole(text: str | None, least: int, most: int, default: int) -> int:
    """A number in an address; nonsense is passed over."""
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > 12:
        return default
    return max(least, min(most, int(text)))


def seed_of(query: Mapping[str, str]) -> int:
    """The seed in the address; 1 where there is none. Raises NotHere for what is none."""
    text = query.get("seed", "1")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise NotHere("error.no-seed")
    return int(text)
