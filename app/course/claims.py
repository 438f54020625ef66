"""Claims: sentences of a lesson in a form that is checked on a trace.

`[after|before] WHEN: PATH OP VALUE [and PATH OP VALUE]*`; without WHEN, at the end of the run.
"""

import operator
import re
from collections.abc import Callable
from typing import NamedTuple

from app.course.evidence import Time, Value, observe, shown
from app.course.source import Mistake
from app.course.when import STATES, moment, time
from app.sim.trace import Trace
from app.sim.writer import duration

_TERM = re.compile(r"(?P<path>[^\s=!<>]+)\s*(?P<op>!=|<=|>=|=|<|>)\s*(?P<value>[^\s=!<>]+)")
ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FATES = ("delivered", "dropped", "duplicated")


class Term(NamedTuple):
    """One comparison."""

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
    """Read a claim. Raises Mistake, and nothing else, when `text` is none."""
    head, colon, tail = text.partition(": ")
    when = head.split() if colon else ["end"]
    before = when[:1] == ["before"]
    if when[:1] in (["before"], ["after"]):
        when = when[1:]
    if not when:
        raise Mistake("a claim names a moment before its colon")
    return Claim(" ".join(when), before, tuple(map(_term, re.split(r"\s+and\s+", tail if colon else text))))


def refute(trace: Trace, claim: Claim) -> str | None:
    """Why the claim does not hold on that trace; None if it holds. Raises Mistake where it makes no sense there."""
    index = moment(trace, claim.when) - claim.before
    wrong = []
    for term in claim.terms:
        seen = observe(trace, term.path, index)
        if not _holds(term, seen):
            wrong.append(f"expected {term}, is {shown(seen)}")
    if not wrong:
        return None
    at = f"at {duration(trace.moments[index].at)}" if index >= 0 else "before anything happens"
    return f"{'; '.join(wrong)} {at}"


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text.strip())
    if found is None:
        raise Mistake(f"“{text.strip()}” is no comparison: expected PATH OP VALUE, OP being one of = != < <= > >=")
    path, value = found["path"], _value(found["value"])
    if path.endswith(".state") and value not in STATES:
        raise Mistake(f"there is no state {shown(value)}: states are spelled as RFC 9293 spells them, such as SYN-SENT")
    if path.endswith(".fate") and value not in FATES:
        raise Mistake(f"a segment's fate is {', '.join(FATES)}; not {shown(value)}")
    return Term(path, found["op"], value)


def _value(text: str) -> Value:
    if text == "none":
        return None
    if (at := time(text)) is not None:
        return Time(at)
    return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else text


def _holds(term: Term, seen: Value) -> bool:
    wanted = term.value
    if isinstance(seen, Time) != isinstance(wanted, Time) and isinstance(seen, int) and isinstance(wanted, int):
        what = "a time: write it with its unit, as in 150ms" if isinstance(seen, Time) else "a number, not a time"
        raise Mistake(f"{term.path} is {what}")
    if term.op == "=":
        return seen == wanted
    if term.op == "!=":
        return seen != wanted
    if not isinstance(wanted, int):
        raise Mistake(f"“{term}”: only numbers and times can be compared with {term.op}")
    return isinstance(seen, int) and ORDERS[term.op](seen, wanted)
