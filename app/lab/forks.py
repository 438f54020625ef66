"""All that a control of the lab can lead to, in one place: a scenario → another scenario.

Each function is pure. What it returns reads back from its text and from its link as the same value; where that cannot
be, or where what was asked makes no sense, it raises ForkError with a message id. Nothing that was written is lost but
what is replaced by name; what would have come after an action in the past is what the new scenario does not do.
"""

from typing import TypeVar

from app.lab.faults import cut, delay, deliver, duplicate, lose, ref, slow, undo, unforge
from app.lab.instants import befall, call, change, forge, replay
from app.lab.programs import (
    add_program,
    backlog,
    change_call,
    free_host,
    insert_call,
    move_call,
    remove_call,
    remove_program,
    rewrite,
)
from app.lab.settings import choose, default, end, speak
from app.lab.sound import ForkError, sound
from app.sim.scenario import Scenario, parse

__all__ = [
    "ForkError",
    "add_program",
    "backlog",
    "befall",
    "call",
    "change",
    "change_call",
    "choose",
    "cut",
    "default",
    "delay",
    "deliver",
    "duplicate",
    "end",
    "forge",
    "free_host",
    "insert_call",
    "lose",
    "move_call",
    "ref",
    "remove",
    "remove_call",
    "remove_program",
    "replay",
    "rewrite",
    "slow",
    "speak",
    "text",
    "undo",
    "unforge",
]


T = TypeVar("T")


def text(written: str) -> Scenario:
    """The whole of it, as it was written. Raises ScenarioError, which points at the mistake."""
    return parse(written)


def remove(scenario: Scenario, key: str, index: int) -> Scenario:
    """Without the entry that stands there under `wire`, `at`, `forge` or `set`: the × of a chip."""

    def rest(entries: tuple[T, ...]) -> tuple[T, ...]:
        if not 0 <= index < len(entries):
            raise ForkError("lab.fork.no-entry")
        return (*entries[:index], *entries[index + 1 :])

    match key:
        case "wire":
            return sound(scenario._replace(wire=rest(scenario.wire)))
        case "at":
            return sound(scenario._replace(deeds=rest(scenario.deeds)))
        case "forge":
            return sound(scenario._replace(forged=rest(scenario.forged)))
        case "set":
            return sound(scenario._replace(settings=rest(scenario.settings)))
    raise ForkError("lab.fork.no-entry")
