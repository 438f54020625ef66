"""Programs and hosts, edited chip by chip. Forks are pure: each returns another scenario, or raises ForkError.

A chip is named by its `place`: (2,) is the third call of a program, (1, 0) the first in the block of its second one.
"""

import re
from collections.abc import Callable

from app.lab.sound import ForkError, few, fitting, read, read_call, sound
from app.sim.program import Call, Program
from app.sim.reader import read_calls
from app.sim.scenario import RESERVED, Scenario

Place = tuple[int, ...]
Edit = Callable[[list[Call], int], None]


def insert_call(scenario: Scenario, host: str, number: int, place: Place, text: str) -> Scenario:
    """That call before the one at `place`; behind the last one where `place` is one beyond it."""
    call = read_call(text, scenario)
    if any(one.name == "connect" and one.word == host for one in (call, *(call.block or ()))):
        raise ForkError("scenario.connects-to-itself", host=host)
    few((*_program(scenario, host, number).calls, call))

    def edit(calls: list[Call], index: int) -> None:
        if not 0 <= index <= len(calls):
            raise ForkError("lab.fork.no-call")
        calls.insert(index, call)

    edited = _rearranged(scenario, host, number, place, edit)
    return fitting(edited) if call.block is None or len(place) == 1 else sound(edited)


def change_call(scenario: Scenario, host: str, number: int, place: Place, text: str) -> Scenario:
    """That call instead of the one at `place`.

    What it does not say itself it has from the other: the socket, the name for a new one, the block of an `accept*`.
    """
    new = read_call(text)

    def edit(calls: list[Call], index: int) -> None:
        old = _known(calls, index)
        block = old.block if new.block is None and new.name == old.name else new.block
        calls[index] = new._replace(on=new.on or old.on, binds=new.binds or old.binds, block=block)

    return sound(_rearranged(scenario, host, number, place, edit))


def move_call(scenario: Scenario, host: str, number: int, place: Place, by: int) -> Scenario:
    """The call at `place` so many places later (earlier, where `by` is negative), among those around it."""

    def edit(calls: list[Call], index: int) -> None:
        call = _known(calls, index)
        _known(calls, index + by)
        del calls[index]
        calls.insert(index + by, call)

    return _rearranged(scenario, host, number, place, edit)


def remove_call(scenario: Scenario, host: str, number: int, place: Place) -> Scenario:
    """Without the call at `place`."""

    def edit(calls: list[Call], index: int) -> None:
        _known(calls, index)
        del calls[index]

    return _rearranged(scenario, host, number, place, edit)


def rewrite(scenario: Scenario, host: str, number: int, text: str) -> Scenario:
    """The program does what is written there."""
    calls = tuple(read(read_calls, text))
    return _with(scenario, _program(scenario, host, number)._replace(calls=calls))


def add_program(scenario: Scenario, host: str, text: str) -> Scenario:
    """Another program, the host's next one; a host that is not there yet is there now (`client2`)."""
    numbers = [program.number for program in scenario.programs if program.host == host]
    if host in RESERVED or re.fullmatch(r"[a-z][a-z0-9]{0,30}", host) is None:
        raise ForkError("scenario.expected-host")
    program = Program(host, max(numbers, default=0) + 1, tuple(read(read_calls, text)))
    return sound(scenario._replace(programs=(*scenario.programs, program)))


def free_host(scenario: Scenario, role: str) -> str:
    """The first name of that role that is free: `client`, else `client2` and so on."""
    names = (role, *(f"{role}{number}" for number in range(2, len(scenario.hosts) + 3)))
    return next(name for name in names if name not in scenario.hosts)


def remove_program(scenario: Scenario, host: str, number: int = 1) -> Scenario:
    """Without that program and what `at:` lets it do; with a host's last program goes all that is said of the host.

    Raises ForkError where another program connects to that host, or where fewer than two hosts would be left.
    """
    gone = _program(scenario, host, number)
    programs = tuple(program for program in scenario.programs if program is not gone)
    stays = any(program.host == host for program in programs)
    ours = None if stays else host
    return sound(
        scenario._replace(
            programs=programs,
            deeds=tuple(d for d in scenario.deeds if (d.host, d.number) != (host, number) and d.host != ours),
            wire=tuple(
                item for item in scenario.wire if stays or getattr(getattr(item, "ref", item), "host", None) != host
            ),
            forged=tuple(item for item in scenario.forged if stays or getattr(item, "host", None) != host),
            settings=tuple(setting for setting in scenario.settings if stays or setting.host != host),
        )
    )


def backlog(scenario: Scenario, host: str, number: int | None) -> Scenario:
    """Whatever listens on that host does it with that backlog (None: the default, 128)."""

    def edit(call: Call) -> Call:
        return call._replace(number=number) if call.name == "listen" else call

    if not scenario.calls(host, "listen"):
        raise ForkError("lab.fork.no-listener", host=host)
    programs = (p._replace(calls=tuple(map(edit, p.calls))) if p.host == host else p for p in scenario.programs)
    return sound(scenario._replace(programs=tuple(programs)))


def _program(scenario: Scenario, host: str, number: int) -> Program:
    for program in scenario.programs:
        if (program.host, program.number) == (host, number):
            return program
    raise ForkError("lab.fork.no-program", host=host, number=number)


def _with(scenario: Scenario, new: Program) -> Scenario:
    return sound(_replaced(scenario, new))


def _replaced(scenario: Scenario, new: Program) -> Scenario:
    programs = (new if program[:2] == new[:2] else program for program in scenario.programs)
    return scenario._replace(programs=tuple(programs))


def _rearranged(scenario: Scenario, host: str, number: int, place: Place, edit: Edit) -> Scenario:
    """With calls that the notation allows there: those that stood there before, fewer of them, or one that was read."""
    program = _program(scenario, host, number)
    if not place:
        raise ForkError("lab.fork.no-call")
    return _replaced(scenario, program._replace(calls=_inside(program.calls, place, edit)))


def _inside(calls: tuple[Call, ...], place: Place, edit: Edit) -> tuple[Call, ...]:
    """Those calls, edited at that place."""
    changed, index = list(calls), place[0]
    if len(place) == 1:
        edit(changed, index)
        return tuple(changed)
    block = _known(changed, index).block
    if block is None:
        raise ForkError("lab.fork.no-call")
    changed[index] = changed[index]._replace(block=_inside(block, place[1:], edit))
    return tuple(changed)


def _known(calls: list[Call], index: int) -> Call:
    if not 0 <= index < len(calls):
        raise ForkError("lab.fork.no-call")
    return calls[index]
