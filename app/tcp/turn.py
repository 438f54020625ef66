"""The scratch object of one input: what handles a segment, a call or a time-out works on it, then throws it away."""

from typing import NamedTuple

from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.rules import RULES
from app.tcp.segment import Segment
from app.tcp.states import ARCS, Cause, State


class Check(NamedTuple):
    """One question that the standard asks, and whether its rule fired. `rule` is a key of `RULES`."""

    rule: str
    fired: bool

    @property
    def section(self) -> str:
        """The passage that the rule stands in."""
        return RULES[self.rule]


# Every answer there is: checks are equal where they say the same, so each needs to be made only once.
ANSWERS = {fired: {rule: Check(rule, fired) for rule in RULES} for fired in (False, True)}


class Change(NamedTuple):
    """A walk along one arc."""

    before: State
    after: State
    cause: Cause


class Outcome(NamedTuple):
    """What came of one input: the endpoint after it, the segments that leave, the changes, the checks that ran."""

    block: Block
    segments: tuple[Segment, ...] = ()
    changes: tuple[Change, ...] = ()
    checks: tuple[Check, ...] = ()


class Doors(NamedTuple):
    """What the listener has room for, as far as this input is concerned."""

    listening: bool = False
    accept: bool | None = None  # the accept queue takes one more; None: there is no limit to ask for
    syn: bool | None = None  # the SYN queue takes one more
    cookie: int = 0  # the ISN of a SYN cookie for this connection
    cookies: bool = False  # SYN cookies are out, one of which may come back
    fast_open: int | None = None  # the Fast Open cookie of this client; None: the listener does not do Fast Open
    deferred: int = 0  # TCP_DEFER_ACCEPT, counted in time-outs of the SYN,ACK


OPEN_DOORS = Doors()


class IllegalArc(Exception):
    """The machine tried to leave the table: a defect in it, never the fault of an input."""


class Turn:
    """One input being handled: the block as it stands, what will leave, and why."""

    def __init__(self, block: Block, now: int, dialect: Dialect, doors: Doors = OPEN_DOORS) -> None:
        """`now` in µs."""
        self.block = block
        self.now = now
        self.dialect = dialect
        self.doors = doors
        self.segments: list[Segment] = []
        self.changes: list[Change] = []
        self.checks: list[Check] = []
        self.fills_gap = False  # the segment's text lets text go on that was held

    def check(self, rule: str, fired: bool) -> bool:
        """Record that `rule` was asked, and pass its answer on."""
        self.checks.append(ANSWERS[fired][rule])
        return fired

    def become(self, cause: Cause) -> None:
        """Walk the arc of `cause`. The only place where a state changes. Raises IllegalArc where the table has none."""
        before = self.block.state
        arc = ARCS.get((before, cause))
        if arc is None:
            raise IllegalArc(f"{before.value} has no arc for {cause.value}")
        after = dict(self.dialect.wrong_arcs).get((before, cause), arc.to)
        self.changes.append(Change(before, after, cause))
        self.block = self.block._replace(state=after)

    def outcome(self) -> Outcome:
        """What this turn came to."""
        return Outcome(self.block, tuple(self.segments), tuple(self.changes), tuple(self.checks))
