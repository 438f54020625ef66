"""What a level asks for, in sentences; and at which moments of an experiment it is so."""

import re
from collections.abc import Callable
from typing import NamedTuple

from app.draw.clock import clock
from app.lab.goals import Clause, Verdict, moments
from app.sim.claims import Term
from app.sim.trace import Trace
from app.sim.when import time
from app.words import Words

# Comparisons as an author writes them, and the message that says the same.
_CALL = r"(?P<host>\w+)\.(?P<call>[a-z]+)"
STATE = r"(?P<host>\w+)\.state = (?P<state>\S+)"
SHAPES = (
    (STATE, "state"),
    (r"(?P<host>\w+)\.cause = (?P<cause>\S+)", "cause"),
    (rf"{_CALL}(?:\[any\])?\.result = ok", "succeeds"),
    (rf"{_CALL}\[(?P<nth>[0-9]+)\]\.result = ok", "nth-succeeds"),
    (rf"{_CALL}(?:\[any\])?\.result = (?P<errno>E[A-Z]+)", "fails"),
    (rf"{_CALL}(?:\[any\])?\.result = (?P<number>[0-9]+)", "returns"),
    (rf"{_CALL}\.returned >= (?P<time>\S+)", "returned-from"),
    (rf"{_CALL}\.returned < (?P<time>\S+)", "returned-before"),
    (r"(?P<host>\w+)\.resets >= 1", "resets"),
    (r"(?P<host>\w+)\.resets = 0", "no-resets"),
    (r"(?P<host>\w+)\.time_wait_restarts >= 1", "restarts"),
    (r"(?P<host>\w+)\.snd_wnd = 0", "no-window"),
    (r"(?P<host>\w+)\.fired\[(?P<rule>\S+)\] >= 1", "rule"),
    (r"(?P<segment>[a-z]+[0-9]+)\.fate = dropped", "lost"),
    (r"(?P<host>[a-z]+)\[(?P<flags>\S+)\]\.count = 0", "none-sent"),
    (r"(?P<host>[a-z]+)\[(?P<flags>\S+)\]\.count = 1", "one-sent"),
)
LETTERS = {"S": "SYN", "F": "FIN", "R": "RST", ".": "ACK"}
SHORT = {"c": "client", "s": "server"}


class ClauseView(NamedTuple):
    """A part of the goal as a sentence; whether this experiment meets it, when (or when it is broken), whether now."""

    text: str
    met: bool
    status: str
    url: str  # where that moment is looked at; "" for none
    now: bool  # whether it is so at the moment that is shown


def clauses(
    trace: Trace, goal: tuple[Clause, ...], verdict: Verdict, shown: int, words: Words, url: Callable[[int], str]
) -> tuple[ClauseView, ...]:
    """Every clause, as it stands; `shown` is the moment that is looked at, `url` where an instant (µs) is."""
    return tuple(
        _view(trace, clause, place, moments(trace, clause, verdict.conn), shown, words, url)
        for clause, place in zip(goal, verdict.places, strict=True)
    )


def _view(
    trace: Trace,
    clause: Clause,
    place: int | None,
    so: tuple[int, ...],
    shown: int,
    words: Words,
    url: Callable[[int], str],
) -> ClauseView:
    never = clause.kind == "never"
    at = so[0] if never and place is None else None if never else place
    instant = None if at is None or at < 0 else trace.moments[at].at
    status = "throughout" if never else "in-no-moment"
    if instant is not None:
        status = "broken" if never else "reached"
    return ClauseView(
        sentence(clause, words),
        place is not None,
        words(f"lab.clause.{status}", at="" if instant is None else clock(instant)),
        "" if instant is None else url(instant),
        shown in so,
    )


def sentence(clause: Clause, words: Words) -> str:
    """The clause in words: “At some moment both ends are in CLOSING”."""
    terms = _together(clause.terms, words)
    if clause.kind == "for":
        return words("lab.clause.for", time=clock(clause.us), terms=terms)
    if clause.kind == "never" and (found := re.fullmatch(STATE, " and ".join(map(str, clause.terms)))):
        return words("lab.clause.never-in", host=_said("host", found["host"], words), state=found["state"])
    if clause.kind != "at":
        return words(f"lab.clause.{clause.kind}", terms=terms)
    if clause.when == "end" and not clause.before:
        return words("lab.clause.end", terms=terms)
    return words(f"lab.clause.{'before' if clause.before else 'after'}", when=clause.when, terms=terms)


def _together(terms: tuple[Term, ...], words: Words) -> str:
    states = {term.value for term in terms}
    hosts = {term.path.removesuffix(".state") for term in terms}
    if len(states) == 1 and len(terms) == 2 and hosts == {"client", "server"} and all(t.op == "=" for t in terms):
        return words("lab.clause.both", state=terms[0].value)
    subjects = [term.path.rpartition(".")[0] for term in terms]
    same = [subject == before for subject, before in zip(subjects, ["", *subjects], strict=False)]
    return words("lab.clause.and").join(_term(term, also, words) for term, also in zip(terms, same, strict=True))


def _term(term: Term, also: bool, words: Words) -> str:
    """The comparison in words; one that nobody has needed yet, as its author wrote it.

    `also`: the one before it is about the same thing, which then needs not be named again.
    """
    for shape, message in SHAPES:
        if found := re.fullmatch(shape, str(term)):
            said = {name: _said(name, value, words) for name, value in found.groupdict().items()}
            brief = f"lab.clause.{message}-too"
            return words(brief if also and brief in words else f"lab.clause.{message}", **said)
    return str(term)


def _said(name: str, value: str, words: Words) -> str:
    match name:
        case "host":
            host = SHORT.get(value, value)
            return words(f"lab.who.{host}") if f"lab.who.{host}" in words else host
        case "cause":
            return words(f"cause.{value}")
        case "rule":
            return words(f"rule.{value}").rstrip(".。")
        case "time":
            return clock(time(value) or 0)
        case "flags":
            return "SYN-ACK" if value == "S." else "·".join(LETTERS[letter] for letter in value)
    return value
