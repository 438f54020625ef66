"""Time zones to choose from: one of each kind of clock that there is in the world today, named by its city."""

from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_timezone_gmt, get_timezone_location

from app.web.amounts import locale_of
from app.words import Words

USUAL = {"zh": "Asia/Shanghai", "en": "UTC"}
"""What is offered where nothing is known but the language."""


class Zone(NamedTuple):
    """A zone: its IANA name, and how it is called."""

    id: str
    label: str


def zones(words: Words, now: datetime, chosen: str) -> tuple[Zone, ...]:
    """The zones from west to east, with the chosen one if it is none of them."""
    return _offered(words, now.replace(minute=0, second=0, microsecond=0), chosen)


def known_here(id: str) -> str:
    """The zone; empty where this machine has none of that name, as after a move to another one."""
    try:
        return ZoneInfo(id).key if id else ""
    except ZoneInfoNotFoundError:
        return ""


def zone_name(words: Words, id: str, now: datetime) -> str:
    """The zone by its clock and its city: `GMT+08:00 Shanghai`."""
    clock = get_timezone_gmt(now.astimezone(ZoneInfo(id)), locale=locale_of(words))
    return f"{clock} {_city(words, id)}"


@lru_cache(maxsize=64)
def _offered(words: Words, hour: datetime, chosen: str) -> tuple[Zone, ...]:
    ids = sorted({*_today(), "UTC", chosen}, key=lambda name: _offset(name, hour))
    return tuple(Zone(id, zone_name(words, id, hour)) for id in ids)


@lru_cache
def _today() -> tuple[str, ...]:
    """The zones of tzdata's own list for those who don't care for the past."""
    table = files("tzdata").joinpath("zoneinfo", "zonenow.tab").read_text(encoding="utf-8")
    return tuple(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=2048)
def _city(words: Words, id: str) -> str:
    return "UTC" if id == "UTC" else str(get_timezone_location(id, locale=locale_of(words), return_city=True))


def _offset(id: str, now: datetime) -> tuple[float, str]:
    offset = now.astimezone(ZoneInfo(id)).utcoffset()
    return (offset.total_seconds() if offset else 0.0, id)
