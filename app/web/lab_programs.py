"""The programs of the lab as chips, one a call: where each control of a chip leads, and which calls can follow."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from app.draw.columns import host_name
from app.lab import forks
from app.lab.next_calls import next_calls
from app.lab.programs import Place as Position
from app.sim.program import Call, Program
from app.sim.scenario import Scenario
from app.sim.writer import arguments, call_text, duration
from app.web.lab_address import Place
from app.words import Words

MOST_CHIPS = 40  # calls of an experiment that are shown as chips: more are easier to read as text


class Offer(NamedTuple):
    """A call that can follow, and where one gets by adding it."""

    text: str
    url: str


class CallChip(NamedTuple):
    """A call; where one gets by taking it out ("": nowhere), and `url`, which opens its form, or closes it."""

    id: str  # of a program and its call: `client-2-0`; in the block of an `accept*`, `server-1-1-0`
    text: str
    url: str
    remove: str
    form: "CallForm | None"  # only of the one that is selected
    inner: "Chips | None"


class CallForm(NamedTuple):
    """The parts of a call as its form has them, and where one gets by moving it."""

    position: str
    name: str
    argument: str
    sign: str
    time: str
    earlier: "Move | None"
    later: "Move | None"


class Move(NamedTuple):
    """Where one gets by moving a call, and the id of its chip there."""

    url: str
    id: str


class Chips(NamedTuple):
    """The calls of a program, or of a block in it, in their order."""

    id: str
    calls: tuple[CallChip, ...]
    offers: tuple[Offer, ...]


class Row(NamedTuple):
    """A program, as it can be edited: as text, and unless it is too long, as chips."""

    key: str
    host: str
    called: str  # its host, in the picture
    number: int
    text: str
    chips: Chips | None


class Leads(NamedTuple):
    """Where one gets from a place, by looking elsewhere (`around`) or by changing the experiment (`forked`)."""

    scenario: Scenario
    sel: str
    around: Callable[..., str]
    forked: Callable[..., str]

    def to(self, fork: Callable[[Scenario], Scenario], sel: str) -> str:
        """Where that fork is; "" where there is none."""
        try:
            return self.forked(fork(self.scenario), sel=sel)
        except forks.ForkError:
            return ""


def rows(place: Place, words: Words) -> tuple[Row, ...]:
    """Every program of the experiment."""
    programs = place.scenario.programs
    leads = Leads(place.scenario, place.sel, place.around(), place.forked())
    few = sum(_calls(program.calls) for program in programs) <= MOST_CHIPS
    return tuple(
        Row(
            program.host if program.number == 1 else f"{program.host}/{program.number}",
            program.host,
            host_name(words, program.host),
            program.number,
            "; ".join(map(call_text, program.calls)),
            _chips(leads, program, program.calls, ()) if few else None,
        )
        for program in programs
    )


def position(text: str) -> Position:
    """A call's position as a form sends it: `2`, or `1.0`. Raises ForkError."""
    parts = text.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        raise forks.ForkError("lab.fork.no-call")
    return tuple(map(int, parts))


def _calls(calls: tuple[Call, ...]) -> int:
    return sum(1 + _calls(call.block or ()) for call in calls)


def _chips(leads: Leads, program: Program, calls: tuple[Call, ...], around: Position) -> Chips:
    """Those of the calls that stand in the block at `around`; () is the program itself."""
    offers = []
    for text in next_calls(leads.scenario, program, calls if around else None):
        end = (*around, len(calls))
        add = partial(forks.insert_call, host=program.host, number=program.number, place=end, text=text)
        if url := leads.to(add, leads.sel):
            offers.append(Offer(text, url))
    chips = tuple(_chip(leads, program, call, (*around, index), len(calls)) for index, call in enumerate(calls))
    return Chips(_id(program, around), chips, tuple(offers))


def _chip(leads: Leads, program: Program, call: Call, at: Position, of: int) -> CallChip:
    id, inner = _id(program, at), None if call.block is None else _chips(leads, program, call.block, at)
    kept = "" if leads.sel.startswith(_id(program, ())) else leads.sel
    opened = leads.sel == id
    return CallChip(
        id,
        call_text(call),
        leads.around(sel="" if opened else id),
        leads.to(lambda scenario: forks.remove_call(scenario, *program[:2], at), kept),
        _form(leads, program, call, at, of) if opened else None,
        inner,
    )


def _form(leads: Leads, program: Program, call: Call, at: Position, of: int) -> CallForm:
    return CallForm(
        ".".join(map(str, at)),
        call.name,
        ", ".join(arguments(call)),
        call.when.sign if call.when else "",
        duration(call.when.us) if call.when else "",
        _move(leads, program, at, -1, of),
        _move(leads, program, at, 1, of),
    )


def _move(leads: Leads, program: Program, at: Position, by: int, of: int) -> Move | None:
    """That many places later, among `of` calls; it stays selected."""
    to = at[-1] + by
    if not 0 <= to < of:
        return None
    id = _id(program, (*at[:-1], to))
    url = leads.to(lambda scenario: forks.move_call(scenario, *program[:2], at, by), id)
    return Move(url, id) if url else None


def _id(program: Program, at: Position) -> str:
    return "-".join((program.host, str(program.number), *map(str, at)))
