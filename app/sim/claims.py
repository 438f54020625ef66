"""Claims: sentences about a run in a form that is checked on its trace.

`[after|before] WHEN: PATH OP VALUE [and PATH OP VALUE]*`; without WHEN, at the end of the run.
"""

import operator
import re
from collections.abc import Callable
from typing import NamedTuple

from app.sim.evidence import Gauge, Time, Value, alternatives, gauge, shown
from app.sim.trace import Trace
from app.sim.when import STATES, Absent, Nonsense, moment, time
from app.sim.writer import duration
from app.tcp.states import Cause

_TERM = re.compile(r"(?P<path>[^\s=!<>]+)\s*(?P<op>!=|<=|>=|=|<|>)\s*(?P<value>[^\s=!<>]+)")
ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FATES = ("delivered", "dropped", "duplicated")
CAUSES = tuple(cause.value for cause in Cause)


class Term(NamedTuple):
    """One comparison. Of a path that stands for several (`client.recv[any].result`) one must fit."""

    path: str
    op: str
    value: Value

    def __str__(self) -> str:
        return f"{self.path} {self.op} {shown(self.value)}"


class Claim(NamedTuple):
    """What must hold after (or `before`) the moment that `when` names."""

    when: str
    before: bool
    terms: tuple[Term, ...]


def parse(text: str) -> Claim:
    """Read a claim. Raises Nonsense, and nothing else, when `text` is none."""
    head, colon, tail = text.partition(": ")
    when = head.split() if colon else ["end"]
    before = when[:1] == ["before"]
    if when[:1] in (["before"], ["after"]):
        when = when[1:]
    if not when:
        raise Nonsense("a claim names a moment before its colon")
    return Claim(" ".join(when), before, parse_terms(tail if colon else text))


def parse_terms(text: str) -> tuple[Term, ...]:
    """Read comparisons with `and` between them. Raises Nonsense where one is none."""
    return tuple(map(_term, re.split(r"\s+and\s+", text)))


def refute(trace: Trace, claim: Claim) -> str | None:
    """Why the claim does not hold on that trace; None if it holds. Raises Nonsense where it makes no sense there."""
    index = moment(trace, claim.when) - claim.before
    wrong = []
    for term in claim.terms:
        seen = [value(index) for value in gauges(trace, term)]
        if not any(fits(term, value) for value in seen):
            wrong.append(f"expected {term}, is {', '.join(map(shown, seen))}")
    if not wrong:
        return None
    at = f"at {duration(trace.moments[index].at)}" if index >= 0 else "before anything happens"
    return f"{'; '.join(wrong)} {at}"


def gauges(trace: Trace, term: Term, conn: int | None = None) -> list[Gauge]:
    """What the term looks at. Raises as `gauge` does, and Absent where it looks at nothing."""
    found = [gauge(trace, path, conn) for path in alternatives(trace, term.path)]
    if not found:
        raise Absent(f"nothing in this run is a {term.path}")
    return found


def fits(term: Term, seen: Value) -> bool:
    """Whether the comparison holds of what is seen. Raises Nonsense where the two cannot be compared."""
    wanted = term.value
    if isinstance(seen, Time) != isinstance(wanted, Time) and isinstance(seen, int) and isinstance(wanted, int):
        what = "a time: write it with its unit, as in 150ms" if isinstance(seen, Time) else "a number, not a time"
        raise Nonsense(f"{term.path} is {what}")
    if term.op == "=":
        return seen == wanted
    if term.op == "!=":
        return seen != wanted
    if not isinstance(wanted, int):
        raise Nonsense(f"“{term}”: only numbers and times can be compared with {term.op}")
    return isinstance(seen, int) and ORDERS[term.op](seen, wanted)


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text.strip())
    if found is None:
        raise Nonsense(f"“{text.strip()}” is no comparison: expected PATH OP VALUE, OP being one of = != < <= > >=")
    path, value = found["path"], _value(found["value"])
    if path.endswith(".state") and value not in STATES:
        raise Nonsense(
            f"there is no state {shown(value)}: states are spelled as RFC 9293 spells them, such as SYN-SENT"
        )
    if path.endswith(".cause") and value not in (*CAUSES, None):
        raise Nonsense(f"there is no cause {shown(value)}: app/tcp/states.py has them all")
    if path.endswith(".fate") and value not in FATES:
        raise Nonsense(f"a segment's fate is {', '.join(FATES)}; not {shown(value)}")
    return Term(path, found["op"], value)


def _value(text: str) -> Value:
    if text == "none":
        return None
    if (at := time(text)) is not None:
        return Time(at)
    return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else text
