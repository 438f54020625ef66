"""Which socket a call at an instant would be about: what each program holds then, as the run has written it down."""

from typing import NamedTuple

from app.sim.trace import Trace
from app.sim.world import run


class Handle(NamedTuple):
    """A socket by what a program calls it (`name`; None: the latest), and the connection it is of, if it is of one.

    `iss` is that connection's: what comes later between the same addresses has another.
    """

    host: str
    number: int
    name: str | None
    conn: int | None
    closed: bool
    iss: int | None

    def call(self, call: str) -> str:
        """That call on this socket, as the notation writes it."""
        return call if self.name is None else f"{self.name}.{call}"


def handles(trace: Trace, at: int) -> tuple[Handle, ...]:
    """What every program holds at the instant `at`, before anything else happens then: the latest, then by name.

    Nothing where a bound would end the run before: what is done then is not done.
    """
    if trace.partial_from is not None and at > trace.partial_from:
        trace = run(trace.scenario._replace(end=at))  # a deed lets it go on so far
    if trace.stopped_by is not None and at > trace.moments[-1].at:
        return ()
    held = {holding[1:4]: holding[1:] for holding in trace.holdings if holding.since <= at}
    return tuple(Handle(*holding) for holding in held.values())
