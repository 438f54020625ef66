"""The lab's tools beside the stage: what can be done now, as links; programs, entries and settings, as they stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from app.draw.columns import host_name
from app.lab import forks
from app.lab.actions import Action, on_segment, possible
from app.lab.effort import KINDS, effort
from app.lab.isns import own_isns
from app.lab.levels import Level
from app.sim.program import FORMS
from app.sim.scenario import Scenario
from app.sim.trace import Trace
from app.sim.writer import duration, entries
from app.web.lab_address import Place
from app.web.lab_forms import Setting, delay, settings
from app.web.lab_programs import Row, rows
from app.words import Words

MOST_OFFERED = 24  # ends that something can be done on: whoever has more asks for one host, or writes it


class Choice(NamedTuple):
    """Something that can be done, and where it leads; `short` is what the notation calls it."""

    text: str
    short: str
    url: str
    kind: str  # call, or what befalls a host, or what is done to a segment


class End(NamedTuple):
    """An end of a connection (or the host itself) at this moment, and what it can do."""

    host: str
    called: str  # as the picture calls it
    conn: int | None
    state: str
    url: str  # where only that host is asked for
    choices: tuple[Choice, ...]


class Chip(NamedTuple):
    """An entry under `wire`, `at`, `forge` or `set`, and where one gets without it (None: not here)."""

    key: str
    text: str
    url: str | None


@dataclass(frozen=True)
class Tools:
    """All of them, as far as they are allowed here (`allowed` are kinds of action)."""

    at: str
    host: str  # the one host that is asked for; "" for all
    called: str
    every: str  # where all hosts are asked for again
    ends: tuple[End, ...]
    blows: tuple[End, ...]
    rows: tuple[Row, ...]
    calls: tuple[str, ...]  # the names of all that there are
    chips: tuple[Chip, ...]
    hosts: tuple[str, ...]
    free: tuple[str, ...]
    settings: tuple[Setting, ...]
    dialect: str
    delay: str
    allowed: frozenset[str]


@dataclass(frozen=True)
class Guard:
    """What may be done here: everything, or on a level only what counts there."""

    level: Level | None

    @property
    def allowed(self) -> frozenset[str]:
        """The kinds of action."""
        return frozenset(self.level.allowed if self.level else KINDS)

    def lets(self, scenario: Scenario) -> bool:
        """Whether that scenario is within them."""
        return self.level is None or set(effort(self.level.start, scenario).kinds) <= self.allowed


def tools(trace: Trace, words: Words, place: Place, guard: Guard) -> Tools:
    """What can be done at that place."""
    scenario = place.scenario
    at = place.t if place.t is not None else (trace.moments[0].at if trace.moments else 0)
    host = place.sel if place.sel in scenario.hosts and place.sel not in trace.segments else ""
    ends: tuple[End, ...] = ()
    blows: tuple[End, ...] = ()
    if trace.moments:
        can = possible(trace, at, segments=False)
        after, beside = partial(place.forked(), t=can.at), place.around()
        ends = tuple(
            End(
                end.host,
                host_name(words, end.host),
                end.conn,
                end.state.value,
                beside(sel=end.host),
                _choices(end.calls, words, after, guard),
            )
            for end in [end for end in can.ends if host in ("", end.host)][:MOST_OFFERED]
        )
        blows = tuple(
            End(struck.host, "", None, "", "", _choices(struck.blows, words, after, guard))
            for struck in can.hosts
            if host in ("", struck.host)
        )
        at = can.at
    return Tools(
        duration(at),
        host,
        host_name(words, host),
        place._replace(sel="").url,
        tuple(end for end in ends if end.choices),
        tuple(end for end in blows if end.choices),
        rows(place, words),
        tuple(FORMS),
        tuple(_chips(place, guard)),
        scenario.hosts,
        tuple(dict.fromkeys((*scenario.hosts, forks.free_host(scenario, "client")))),
        settings(scenario, own_isns(trace)),
        scenario.dialect,
        duration(delay(scenario)),
        guard.allowed,
    )


def on_selected(trace: Trace, words: Words, place: Place, guard: Guard) -> tuple[Choice, ...]:
    """What can be done to the segment that is selected."""
    at = place.t if place.t is not None else 0
    offered = on_segment(trace, place.sel, at if at > trace.segments[place.sel].at else None)
    return _choices(offered, words, place.forked(), guard)


def _choices(actions: Iterable[Action], words: Words, address: Callable[..., str], guard: Guard) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            words(action.what.message, **_called(words, action.what.params)),
            str(action.what.params.get("call", "")),
            address(action.scenario),
            action.what.message.removeprefix("lab.do."),
        )
        for action in actions
        if guard.lets(action.scenario)
    )


def _called(words: Words, params: dict[str, str | int]) -> dict[str, str | int]:
    """The parameters of what can be done, with the host as the picture calls it."""
    return params | {"host": host_name(words, str(params["host"]))} if "host" in params else params


def _chips(place: Place, guard: Guard) -> Iterable[Chip]:
    """Each entry on its own, written as the notation has it."""
    scenario = place.scenario
    bare = scenario._replace(wire=(), deeds=(), forged=(), settings=(), dialect="linux", end=None)
    alone: list[tuple[str, int, Scenario]] = []
    alone += [("wire", index, bare._replace(wire=(item,))) for index, item in enumerate(scenario.wire)]
    alone += [("at", index, bare._replace(deeds=(deed,))) for index, deed in enumerate(scenario.deeds)]
    alone += [("forge", index, bare._replace(forged=(forged,))) for index, forged in enumerate(scenario.forged)]
    alone += [("set", index, bare._replace(settings=(one,))) for index, one in enumerate(scenario.settings)]
    for key, index, one in alone:
        yield Chip(key, dict(entries(one))[key], _without(place, guard, key, index))
    if scenario.dialect != "linux":
        spoken = forks.speak(scenario, "linux")
        yield Chip("set", scenario.dialect, place._replace(scenario=spoken).url if guard.lets(spoken) else None)
    if scenario.end is not None:
        free = forks.end(scenario, None)
        yield Chip("set", f"end={duration(scenario.end)}", place._replace(scenario=free).url)


def _without(place: Place, guard: Guard, key: str, index: int) -> str | None:
    """Where one gets when that entry goes; None where it must stay."""
    try:
        rest = forks.remove(place.scenario, key, index)
    except forks.ForkError:
        return None
    return place._replace(scenario=rest).url if guard.lets(rest) else None
