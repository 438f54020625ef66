"""The timeline sheet: every timer and default, with its sysctl and its source."""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.timers import Sysctl, Timer
from app.draw.spans import Grade, axis, bar, span
from app.web.world import World, world
from app.words import Words


class Row(NamedTuple):
    """An entry as it is shown. `sent` are the times at which something was sent again, `over` when it ended."""

    id: str
    name: str
    html: str
    rfc: str
    sysctls: tuple[Sysctl, ...]
    picture: str
    sent: str
    over: str


class Group(NamedTuple):
    """The entries of one stage of a connection."""

    id: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class TimersView:
    """The entries by group, and the axis that all pictures share."""

    template: ClassVar[str] = "timers/index.html"
    groups: tuple[Group, ...]
    axis: tuple[Grade, ...]


async def timers(request: Request, lang: str) -> Response:
    """`/{lang}/timers`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="timers")


def view(here: World, words: Words) -> TimersView:
    """The sheet in that language."""
    entries = here.course.editions[words.lang].timers
    groups = groupby(entries, key=lambda timer: timer.group)
    return TimersView(tuple(Group(id, tuple(_row(timer, words) for timer in group)) for id, group in groups), axis())


def _row(timer: Timer, words: Words) -> Row:
    ran = timer.span
    return Row(
        timer.id,
        timer.name,
        timer.html,
        _rfc(timer, words),
        timer.sysctls,
        bar(ran.sent, ran.over) if ran else "",
        words("timers.separator").join(span(at) for at in ran.sent if at < ran.over) if ran else "",
        span(ran.over) if ran else "",
    )


def _rfc(timer: Timer, words: Words) -> str:
    """What the RFC says; nothing where it has no word on it."""
    if not timer.bounded:
        return ""
    return words("timers.none") if timer.rfc is None else span(timer.rfc)
