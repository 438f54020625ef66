"""What every fork goes through at the end, and what is said where there is no way to do what was asked."""

from collections.abc import Callable
from typing import TypeVar

from app.sim.cursor import Cursor, Mentions, ScenarioError
from app.sim.program import Call
from app.sim.reader import read_calls
from app.sim.scenario import Scenario, parse, written

T = TypeVar("T")


class ForkError(Exception):
    """What was asked cannot be done: the id and the parameters of what to say about it."""

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(f"{message} {params}")
        self.message, self.params = message, params


def sound(scenario: Scenario) -> Scenario:
    """The scenario as its own text has it. Raises ForkError where the notation does not allow it.

    So whatever a fork returns keeps the law of `app.sim.scenario`: text and link give the same value back.
    """
    try:
        return parse(written(scenario))
    except ScenarioError as error:
        raise ForkError(error.message, **error.params) from error


def read(reader: Callable[[Cursor], T], text: str) -> T:
    """What a reader of the notation makes of a few words. Raises ForkError where they are none of its."""
    try:
        return reader(Cursor(text.strip(), 1, Mentions([], [])))
    except ScenarioError as error:
        raise ForkError(error.message, **error.params) from error


def read_call(text: str) -> Call:
    """The one call that is written there. Raises ForkError."""
    calls = read(read_calls, text)
    if len(calls) != 1:
        raise ForkError("lab.fork.one-call")
    return calls[0]
