"""Which socket a call at an instant would be about: what each program holds then.

It is asked of the machine itself: the scenario is run up to that instant, where every program polls.
"""

from typing import NamedTuple

from app.sim.program import Call, Deed, Program
from app.sim.scenario import Scenario
from app.sim.trace import Called, Returned
from app.sim.world import run


class Handle(NamedTuple):
    """A socket by what a program calls it (`name`; None: the latest), and the connection it is of, if it is of one."""

    host: str
    number: int
    name: str | None
    conn: int | None
    closed: bool

    def call(self, call: str) -> str:
        """That call on this socket, as the notation writes it."""
        return call if self.name is None else f"{self.name}.{call}"


def handles(scenario: Scenario, at: int) -> tuple[Handle, ...]:
    """What every program holds at the instant `at`, before anything else happens then: the latest, then by name."""
    asked = [(program, name) for program in scenario.programs for name in (None, *names(program))]
    polls = [Deed(at, program.host, program.number, Call("poll", on=name, timeout=0)) for program, name in asked]
    trace = run(scenario._replace(deeds=(*scenario.deeds, *polls), end=at))
    own = sum(isinstance(d.deed, Call) and d.deed.name == "poll" for d in scenario.deeds if d.at == at)
    calls = [event for event in trace.events if isinstance(event, Called) and (event.at, event.call) == (at, "poll")]
    returns = [event for event in trace.events if isinstance(event, Returned) and event[0] == at and event[3] == "poll"]
    found = zip(asked, calls[own:], returns[own:], strict=False)
    return tuple(
        Handle(program.host, program.number, name, called.conn, returned.result == "EBADF")
        for (program, name), called, returned in found
    )


def names(program: Program) -> tuple[str, ...]:
    """The names that the program gives to its sockets; those in a block are known only there."""
    return tuple(dict.fromkeys(call.binds for call in program.calls if call.binds is not None and call.block is None))
