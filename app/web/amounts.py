"""Numbers with their units, shares and plain dates, as each language writes them."""

import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_skeleton, get_day_names
from babel.numbers import format_percent
from babel.units import format_unit

from app.words import Words

_TOUCHING = re.compile(r"(?<=\d)(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=\d)")


def days(words: Words, count: int) -> str:
    """`6 days`, `6 天`."""
    return spaced(format_unit(count, "duration-day", length="long", locale=locale_of(words)))


def minutes(words: Words, count: int) -> str:
    """`90 minutes`, `90 分钟`."""
    return spaced(format_unit(count, "duration-minute", length="long", locale=locale_of(words)))


def percent(words: Words, share: float) -> str:
    """`87%`; all of it only where nothing is missing."""
    return format_percent(share if share >= 1 else min(share, 0.99), locale=locale_of(words))


@lru_cache(maxsize=4096)
def day(words: Words, when: date) -> str:
    """A day of this year or the next: `Sun, Dec 6`, `12 月 6 日周日`."""
    return spaced(format_skeleton("MMMEd", when, locale=locale_of(words)))


def full_day(words: Words, when: date) -> str:
    """A day with its year: `Dec 6, 2026`."""
    return spaced(format_skeleton("yMMMd", when, locale=locale_of(words)))


def day_from(words: Words, when: date, today: date) -> str:
    """A day as it is told `today`: with its year where that is another."""
    return day(words, when) if when.year == today.year else full_day(words, when)


def month(words: Words, when: date) -> str:
    """The month by its short name: `Dec`, `12月`."""
    return format_skeleton("MMM", when, locale=locale_of(words))


def weekdays(words: Words, *, narrow: bool = False) -> tuple[str, ...]:
    """The names of the seven days, Monday first: `Mon`, or a letter where that is wanted."""
    names = get_day_names("narrow" if narrow else "abbreviated", context="stand-alone", locale=locale_of(words))
    return tuple(names[number] for number in range(7))


@lru_cache
def locale_of(words: Words) -> Locale:
    """The language as Babel knows it."""
    return Locale.parse(words.tag, sep="-")


def spaced(text: str) -> str:
    """A space between a number and a Chinese character, as everywhere on the site."""
    return _TOUCHING.sub(" ", text)
