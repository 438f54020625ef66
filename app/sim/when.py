"""WHEN: the words by which a step or a claim names a moment of a trace.

One of `start`, `end`, `150ms`, `c1 sent`, `c1 arrives`, `s2 lost`, `client enters TIME-WAIT`, `server leaves LISTEN`,
`client calls close`, `client returns connect`, `client:40001 returns send[2]`.
"""

import re
from collections.abc import Callable

from app.sim.trace import Arrived, Called, Changed, Departed, Event, Lost, Returned, Trace
from app.sim.writer import duration
from app.tcp.states import State

UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000}
STATES = {state.value: state for state in State}

_SEGMENT = re.compile(r"([a-z][a-z0-9]*) (sent|arrives|lost)")
_STATE = re.compile(r"([a-z][a-z0-9]*)(?::([0-9]+))? (enters|leaves) (\S+)")
_CALL = re.compile(r"([a-z][a-z0-9]*)(?::([0-9]+))? (calls|returns) ([a-z]+)(?:\[([0-9]+)\])?")
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(us|ms|s)")


class Nonsense(ValueError):
    """What somebody wrote about a trace says nothing, as a sentence for its author."""


class Absent(Nonsense):
    """It makes sense, but speaks of what does not exist in this run."""


def moment(trace: Trace, when: str) -> int:
    """The index of the moment that `when` names. Raises Nonsense for other words, Absent where there is none."""
    words = " ".join(when.split())
    if words == "start":
        return 0
    if words == "end":
        return len(trace.moments) - 1
    if (at := time(words)) is not None:
        return trace.moment_at(at).index
    if found := _SEGMENT.fullmatch(words):
        return _segment(trace, *found.groups())
    if found := _STATE.fullmatch(words):
        host, conn, verb, state = found.groups()
        return _change(trace, known_host(trace, host), int(conn) if conn else None, verb, state)
    if found := _CALL.fullmatch(words):
        host, conn, verb, call, nth = found.groups()
        return _call(trace, known_host(trace, host), int(conn) if conn else None, verb, call, int(nth or 1))
    raise Nonsense(
        f'“{when}” names no moment: expected "c1 sent", "c1 arrives", "c1 lost", "150ms", "start", "end", '
        f'"client enters TIME-WAIT", "client leaves LISTEN", "client calls close" or "client returns connect"'
    )


def time(text: str) -> int | None:
    """A duration such as `150ms` in µs; None when `text` is none."""
    found = _DURATION.fullmatch(text)
    return round(float(found[1]) * UNITS[found[2]]) if found else None


def known_host(trace: Trace, host: str) -> str:
    """`host`, if the scenario has it. Raises Absent otherwise."""
    if host not in trace.scenario.hosts:
        raise Absent(f"there is no host {host}: the scenario has {', '.join(trace.scenario.hosts)}")
    return host


def segment_names(trace: Trace) -> str:
    """The segments of the run in words, for a message: `c1…c4, s1…s3`."""
    last: dict[str, int] = {}
    for name in trace.segments:
        letter = name.rstrip("0123456789")
        last[letter] = last.get(letter, 0) + 1
    return ", ".join(f"{letter}1" if count == 1 else f"{letter}1…{letter}{count}" for letter, count in last.items())


def _segment(trace: Trace, name: str, verb: str) -> int:
    sent = trace.segments.get(name)
    if sent is None:
        raise Absent(f"there is no segment {name}: the run has {segment_names(trace)}")
    kind = {"sent": Departed, "arrives": Arrived, "lost": Lost}[verb]
    index = _first(trace, lambda event: isinstance(event, kind) and getattr(event, "name", None) == name)
    if index is None:
        fate = f"arrives at {duration(sent.arrivals[0])}" if sent.arrivals else "is lost"
        raise Absent(f"{name} is never {verb}: it {fate}" if verb != "arrives" else f"{name} never arrives: it {fate}")
    return index


def _change(trace: Trace, host: str, conn: int | None, verb: str, state: str) -> int:
    if state not in STATES:
        raise Nonsense(f"there is no state {state}: states are spelled as RFC 9293 spells them, such as SYN-SENT")

    def wanted(event: Event) -> bool:
        return (
            isinstance(event, Changed)
            and event.host == host
            and conn in (None, event.conn)
            and (event.after if verb == "enters" else event.before) is STATES[state]
        )

    index = _first(trace, wanted)
    if index is None:
        raise Absent(f"{host if conn is None else f'{host}:{conn}'} never {verb} {state} in this run")
    return index


def _call(trace: Trace, host: str, conn: int | None, verb: str, call: str, nth: int) -> int:
    kind = Called if verb == "calls" else Returned
    seen = 0
    for index, step in enumerate(trace.moments):
        for event in step.events:
            if isinstance(event, kind) and (event.host, event.call) == (host, call) and conn in (None, event.conn):
                seen += 1
                if seen == nth:
                    return index
    whose = host if conn is None else f"{host}:{conn}"
    raise Absent(
        f"{whose} {verb} {call} {seen} times in this run" if seen else f"{whose} never {verb} {call} in this run"
    )


def _first(trace: Trace, wanted: Callable[[Event], bool]) -> int | None:
    return next((index for index, step in enumerate(trace.moments) if any(map(wanted, step.events))), None)
