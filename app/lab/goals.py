"""What a level asks for, as something that a machine can see on a trace.

Clauses with `;` between them, all of which must hold of one connection (where a host is named without one, that one is
meant): `ever: PATH OP VALUE and …` at some moment; `never: …` at none; `for 2s: …` that long without a break;
`WHEN: …` as in a claim (`app/sim/claims.py`, whose paths these are).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.sim.claims import Term, fits, gauges, parse, parse_terms
from app.sim.trace import Trace
from app.sim.when import Absent, Nonsense, moment, time

MAX_CONNECTIONS = 16  # of a run that a goal looks at


class Clause(NamedTuple):
    """`kind`: `ever`, `never`, `for` (lasting `us`), or `at` the moment that `when` names (or `before` it)."""

    kind: str
    terms: tuple[Term, ...]
    us: int = 0
    when: str = "end"
    before: bool = False


class Verdict(NamedTuple):
    """For each clause the moment by which it holds, None where it does not; and the connection that is spoken of."""

    places: tuple[int | None, ...]
    conn: int

    @property
    def clauses(self) -> tuple[bool, ...]:
        """Which clauses hold."""
        return tuple(place is not None for place in self.places)

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return all(self.clauses)

    @property
    def moment(self) -> int | None:
        """The moment by which it is; None where it is not."""
        found = [place for place in self.places if place is not None]
        return max(found) if self.met else None


def parse_goal(text: str) -> tuple[Clause, ...]:
    """Read a goal. Raises Nonsense, and nothing else, when `text` is none."""
    return tuple(map(_clause, text.split(";")))


def judge(trace: Trace, goal: tuple[Clause, ...]) -> Verdict:
    """Whether the goal is reached in that run: by the connection that comes nearest to it, the first of equals.

    What a clause speaks of and the run does not have is so at no moment.
    """
    conns = tuple(dict.fromkeys(conn for _, conn in trace.connections))[:MAX_CONNECTIONS] or (0,)
    verdicts = (_judged(trace, goal, conn) for conn in conns)
    return max(verdicts, key=lambda verdict: (verdict.met, sum(verdict.clauses)))


def moments(trace: Trace, clause: Clause, conn: int) -> tuple[int, ...]:
    """After which moments what the clause says of that connection is so; of a `never`, where it ought not to be."""
    try:
        holds = _holding(trace, clause.terms, conn)
        return tuple(step.index for step in trace.moments if holds(step.index))
    except Absent:
        return ()


def _clause(text: str) -> Clause:
    head, colon, tail = text.strip().partition(": ")
    words = head.split()
    if colon and words in (["ever"], ["never"]):
        return Clause(words[0], parse_terms(tail))
    if colon and words[:1] == ["for"]:
        us = time("".join(words[1:]))
        if not us:
            raise Nonsense(f"“{head}” says no duration: expected something like “for 2s”")
        return Clause("for", parse_terms(tail), us)
    claim = parse(text.strip())
    return Clause("at", claim.terms, when=claim.when, before=claim.before)


def _judged(trace: Trace, goal: tuple[Clause, ...], conn: int) -> Verdict:
    return Verdict(tuple(_place(trace, clause, conn) for clause in goal), conn)


def _place(trace: Trace, clause: Clause, conn: int) -> int | None:
    """The moment by which the clause holds; None where it does not."""
    try:
        holds = _holding(trace, clause.terms, conn)
        match clause.kind:
            case "ever":
                return next((step.index for step in trace.moments if holds(step.index)), None)
            case "never":
                return None if any(holds(step.index) for step in trace.moments) else 0
            case "for":
                return next(_lasting(trace, holds, clause.us), None)
        index = moment(trace, clause.when) - clause.before
        return index if holds(index) else None
    except Absent:
        return 0 if clause.kind == "never" else None


def _holding(trace: Trace, terms: tuple[Term, ...], conn: int) -> Callable[[int], bool]:
    """Whether all the terms hold after a moment."""
    looked = [(term, gauges(trace, term, conn)) for term in terms]
    return lambda index: all(any(fits(term, value(index)) for value in values) for term, values in looked)


def _lasting(trace: Trace, holds: Callable[[int], bool], us: int) -> Iterator[int]:
    """The moments by which it has held for `us` without a break."""
    since: int | None = None
    for step in trace.moments:
        if since is not None and step.at - since >= us:
            yield trace.moment_at(since + us).index
        if not holds(step.index):
            since = None
        elif since is None:
            since = step.at
    over = _over(trace)
    if since is not None and (over is None or over - since >= us):
        yield trace.moment_at(since + us).index


def _over(trace: Trace) -> int | None:
    """Until when all stays as the last moment leaves it (µs); None: for ever, as nothing is left to happen."""
    last, end = trace.moments[-1].at, trace.scenario.end
    if trace.stopped_by is not None:
        return last
    return None if end is None else max(last, end)
