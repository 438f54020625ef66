"""The whole subject on one page of paper: states, one connection, timers, errnos, who repeats what."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.timers import Timer
from app.draw.names import GROUP, NETSTAT, SS, anchor
from app.draw.sequence import sequence
from app.draw.spans import span
from app.sim.scenario import parse
from app.sim.world import run
from app.tcp.states import State
from app.web.world import World, world
from app.words import Words

WHOLE = parse("server: listen; accept; recv; recv(eof); sleep(50ms); close\nclient: connect; send(100); close@250ms")
ERRNOS = ("ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "EPIPE", "EADDRINUSE", "EADDRNOTAVAIL", "EHOSTUNREACH")
EXAMPLES = ("user-timeout",)  # whose time is only an example, and not a default
LOSSES = ("syn", "syn-ack", "third-ack", "data", "fin", "ack-of-fin", "last-ack", "rst")


class StateRow(NamedTuple):
    """A state, and how tools spell it."""

    id: str
    name: str
    group: str
    ss: str
    netstat: str
    meaning: str


class TimerRow(NamedTuple):
    """A timer: where the RFC ends it, and when Linux does."""

    id: str
    name: str
    rfc: str
    linux: str
    sysctls: str


class Line(NamedTuple):
    """What something is called, and what it means."""

    name: str
    text: str


@dataclass(frozen=True)
class SheetView:
    """Everything on the sheet."""

    template: ClassVar[str] = "sheet/index.html"
    svg: str
    states: tuple[StateRow, ...]
    timers: tuple[TimerRow, ...]
    errnos: tuple[Line, ...]
    losses: tuple[Line, ...]


async def sheet(request: Request, lang: str) -> Response:
    """`/{lang}/sheet`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="")


def view(here: World, words: Words) -> SheetView:
    """The sheet in that language."""
    return SheetView(
        sequence(run(WHOLE), words, id="whole").svg,
        tuple(
            StateRow(anchor(one), one.value, GROUP[one], SS[one], NETSTAT[one], words(f"share.sheet.{anchor(one)}"))
            for one in State
        ),
        tuple(row for timer in here.course.editions[words.lang].timers if (row := _row(timer, words))),
        tuple(Line(name, words(f"share.sheet.{name.lower()}")) for name in ERRNOS),
        tuple(Line(words(f"share.sheet.{id}.lost"), words(f"share.sheet.{id}.again")) for id in LOSSES),
    )


def _row(timer: Timer, words: Words) -> TimerRow | None:
    """A timer in figures; None where it has none."""
    rfc = span(timer.rfc) if timer.rfc is not None else words("timers.none") if timer.bounded else ""
    linux = span(timer.span.over) if timer.span and timer.id not in EXAMPLES else ""
    if linux and (special := f"share.sheet.linux.{timer.id}") in words:
        linux = words(special, span=linux)
    sysctls = words("lesson.separator").join(f"{sysctl.name}={sysctl.default}" for sysctl in timer.sysctls)
    return TimerRow(timer.id, timer.name, rfc, linux, sysctls) if rfc or linux or sysctls else None
