"""How a fork keeps the law of `app.sim.scenario`: text and link give the same value back.

Where much may be wrong, the whole is read back (`sound`). Where one part is new that was itself read, or that is made
of numbers, it is enough that whom it speaks of is there, that its numbers are within their bounds, and that the text
does not become too long: a page of the lab offers some thirty such forks.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from app.sim.cursor import MAX_DURATION, MAX_LINES, MAX_TEXT, Cursor, Mentions, ScenarioError
from app.sim.program import Call
from app.sim.reader import MAX_CALLS, read_calls
from app.sim.scenario import Scenario, parse, written

T = TypeVar("T")


class ForkError(Exception):
    """What was asked cannot be done: the id and the parameters of what to say about it."""

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(f"{message} {params}")
        self.message, self.params = message, params


def sound(scenario: Scenario) -> Scenario:
    """The scenario as its own text has it. Raises ForkError where the notation does not allow it."""
    try:
        return parse(written(scenario))
    except ScenarioError as error:
        raise ForkError(error.message, **error.params) from error


def known(scenario: Scenario, host: str, number: int | None = None) -> None:
    """Raises ForkError where that host is not in the scenario, or no program of that number is on it."""
    if not any(program.host == host and number in (None, program.number) for program in scenario.programs):
        raise ForkError("scenario.unknown-host", host=host, hosts=", ".join(scenario.hosts))


def bounded(us: int) -> None:
    """Raises ForkError where that time (µs) is longer than the notation has them."""
    if not 0 <= us <= MAX_DURATION:
        raise ForkError("scenario.duration-too-long")


def few(calls: Iterable[Call]) -> None:
    """Raises ForkError where those of one line, with those in blocks, are more than it may have."""
    if sum(1 + len(call.block or ()) for call in calls) > MAX_CALLS:
        raise ForkError("scenario.too-many-calls", limit=MAX_CALLS)


def fitting(scenario: Scenario) -> Scenario:
    """The scenario, if its text is not too long. Raises ForkError."""
    if len(written(scenario)) > MAX_TEXT:
        raise ForkError("scenario.too-long", characters=MAX_TEXT, lines=MAX_LINES)
    return scenario


def read(reader: Callable[[Cursor], T], text: str, within: Scenario | None = None) -> T:
    """What a reader of the notation makes of a few words. Raises ForkError where they are none of its.

    Or where they speak of hosts that are not `within` that scenario.
    """
    cursor = Cursor(text.strip(), 1, Mentions([], []))
    try:
        found = reader(cursor)
    except ScenarioError as error:
        raise ForkError(error.message, **error.params) from error
    if within is not None:
        for _, host, number in cursor.mentions.programs:
            known(within, host, number)
    return found


def read_call(text: str, within: Scenario | None = None) -> Call:
    """The one call that is written there. Raises ForkError."""
    calls = read(read_calls, text, within)
    if len(calls) != 1:
        raise ForkError("lab.fork.one-call")
    return calls[0]
