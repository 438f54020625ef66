"""The state diagram; each state explains itself. The arcs are the machine's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.citations import Citations
from app.draw.names import GROUP, NETSTAT, SS, anchor
from app.draw.states import states_diagram
from app.draw.svg import Drawing
from app.tcp.states import ARCS, Cause, State
from app.web.world import World, world
from app.words import Words


class CauseView(NamedTuple):
    """What leads along an arc, and the passage that says so."""

    id: str
    text: str
    source: str
    href: str


class StateName(NamedTuple):
    """A state, named where another one is explained."""

    name: str
    id: str
    colour: str


class Entrance(NamedTuple):
    """The causes that lead in from the same states."""

    causes: tuple[CauseView, ...]
    states: tuple[StateName, ...]


class Way(NamedTuple):
    """A state that can come next, and what leads there."""

    state: str
    id: str
    colour: str
    causes: tuple[CauseView, ...]


@dataclass(frozen=True)
class StateView:
    """One state: what it is called, what it means, how one gets in and out, and what a pile of them tells."""

    id: str
    name: str
    colour: str
    ss: str
    netstat: str
    meaning_html: str
    pile_up_html: str
    entrances: tuple[Entrance, ...]
    ways_out: tuple[Way, ...]


@dataclass(frozen=True)
class StatesView:
    """The diagram and the eleven states."""

    template: ClassVar[str] = "states/index.html"
    diagram: Drawing
    states: tuple[StateView, ...]


async def states(request: Request, lang: str) -> Response:
    """`/{lang}/states`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="states")


def view(here: World, words: Words) -> StatesView:
    """The states in that language."""
    return StatesView(states_diagram(words), tuple(_state(state, here, words) for state in State))


def _state(state: State, here: World, words: Words) -> StateView:
    prose = here.course.editions[words.lang].states[anchor(state)]
    into = ((before, cause, arc.section) for (before, cause), arc in ARCS.items() if arc.to is state)
    out = ((arc.to, cause, arc.section) for (before, cause), arc in ARCS.items() if before is state)
    return StateView(
        anchor(state),
        state.value,
        GROUP[state],
        SS[state],
        NETSTAT[state],
        prose.html,
        prose.pile_up_html,
        _entrances(into, words, here.citations),
        _ways(out, words, here.citations),
    )


def _entrances(arcs: Iterable[tuple[State, Cause, str]], words: Words, citations: Citations) -> tuple[Entrance, ...]:
    """The arcs gathered by cause; causes that lead in from the same states stand together."""
    origins: dict[tuple[Cause, str], set[State]] = {}
    for before, cause, section in arcs:
        origins.setdefault((cause, section), set()).add(before)
    together: dict[frozenset[State], list[CauseView]] = {}
    for (cause, section), states in origins.items():
        together.setdefault(frozenset(states), []).append(_cause(cause, section, words, citations))
    return tuple(
        Entrance(tuple(causes), tuple(_name(state) for state in State if state in states))
        for states, causes in together.items()
    )


def _name(state: State) -> StateName:
    return StateName(state.value, anchor(state), GROUP[state])


def _ways(arcs: Iterable[tuple[State, Cause, str]], words: Words, citations: Citations) -> tuple[Way, ...]:
    """The arcs gathered by the state where they lead, in the RFC's order of states."""
    order = list(State)
    ordered = sorted(arcs, key=lambda arc: order.index(arc[0]))
    return tuple(
        Way(
            state.value,
            anchor(state),
            GROUP[state],
            tuple(_cause(cause, at, words, citations) for _, cause, at in group),
        )
        for state, group in groupby(ordered, key=lambda arc: arc[0])
    )


def _cause(cause: Cause, section: str, words: Words, citations: Citations) -> CauseView:
    text = words(f"cause.{cause.value}")
    match section.split():
        case ["linux", "inet_csk_listen_stop" as function]:
            return CauseView(cause.value, text, f"Linux {function}()", "")
        case ["linux", sysctl]:
            return CauseView(cause.value, text, sysctl, citations.find("kernel", "ip-sysctl", sysctl).href)
        case _:
            return CauseView(cause.value, text, f"RFC 9293 §{section}", citations.find("rfc", "9293", section).href)
