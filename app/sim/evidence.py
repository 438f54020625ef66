"""What a PATH of a claim is at a moment of a trace.

Of a segment: `c1.flags`, `s2.arrives`. Of a host: `server.accept_queue`, `client.resets`, `server.fired[listen.syn]`,
`client.send[2].result`. Of its end of a connection: `client.state`, `server:40001.rcv_nxt`, `client.cause`. And how
many segments it has sent so far: `c.count`, `s[S.].count`.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from app.sim.trace import Arrived, Called, Changed, Departed, Event, Returned, Sent, Trace
from app.sim.when import Absent, Nonsense, known_host, segment_names
from app.sim.writer import duration
from app.tcp.block import Block
from app.tcp.rules import RULES
from app.tcp.segment import distance
from app.tcp.states import State


class Time(int):
    """An instant or a duration, µs: a number that is written with its unit."""


Value = int | Time | str | None
Gauge = Callable[[int], Value]  # what something is after the moment with that index; -1: before anything happened

_PATH = re.compile(
    r"(?P<name>[a-z][a-z0-9]*)(?::(?P<conn>[0-9]{1,5}))?(?:\[(?P<flags>[SFREW.-]{1,6})\])?"
    r"\.(?P<rest>[a-z_]+(?:\[[a-z0-9.-]{1,40}\])?(?:\.[a-z]+)?)"
)
_CALL = re.compile(r"(?P<call>[a-z]+)(?:\[(?P<nth>[0-9]{1,4})\])?\.(?P<what>result|returned)")
_FIRED = re.compile(r"fired\[(?P<rule>[a-z0-9.-]+)\]")
_ANY = re.compile(r"(?P<host>[a-z][a-z0-9]*)(?::(?P<conn>[0-9]{1,5}))?\.(?P<call>[a-z]+)\[any\]\.(?:result|returned)")

SEGMENT_FIELDS: dict[str, Callable[[Sent], Value]] = {
    "flags": lambda sent: sent.segment.letters,
    "seq": lambda sent: sent.seq,
    "ack": lambda sent: sent.ack,
    "absolute_seq": lambda sent: sent.segment.seq,
    "absolute_ack": lambda sent: sent.segment.ack,
    "len": lambda sent: sent.segment.length,
    "fate": lambda sent: sent.fate,
    "at": lambda sent: Time(sent.at),
    "arrives": lambda sent: Time(sent.arrivals[0]) if sent.arrivals else None,
    "retransmits": lambda sent: sent.retransmits,
}
BLOCK_FIELDS = ("snd_una", "snd_nxt", "rcv_nxt", "snd_wnd", "rcv_wnd", "unread")
QUEUE_FIELDS = ("syn_queue", "accept_queue", "limit")
HOST_FIELDS = ("state", "cause", "time_wait_restarts", *BLOCK_FIELDS, *QUEUE_FIELDS, "resets", "fired[RULE]")


def shown(value: Value) -> str:
    """The value as a claim writes it."""
    return "none" if value is None else duration(value) if isinstance(value, Time) else str(value)


def observe(trace: Trace, path: str, moment: int) -> Value:
    """What `path` is after that moment (-1: before anything happened). As `gauge` otherwise."""
    return gauge(trace, path)(moment)


def gauge(trace: Trace, path: str, conn: int | None = None) -> Gauge:
    """What `path` is after each moment. Raises Nonsense where it means nothing, Absent where there is none.

    `conn` is the connection that is meant where the path names none; without it a host must have only one.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise Nonsense(
            f"“{path}” is no path: expected something like server.state, c1.ack, c.count or client.connect.result"
        )
    name, rest, flags = found["name"], found["rest"], found["flags"]
    if name not in trace.scenario.hosts:
        if rest == "count" and name.isalpha():
            return _count(trace, name, flags)
        if rest in SEGMENT_FIELDS and flags is None:
            return _segment(trace, name, rest)
        raise Absent(f"“{path}” is no path: {name} is neither a host nor a segment with a field {rest}")
    named = int(found["conn"]) if found["conn"] else None
    if call := _CALL.fullmatch(rest):
        return _call(trace, name, named, call["call"], int(call["nth"] or 1), call["what"])
    if (rule := _FIRED.fullmatch(rest)) or rest == "resets":
        return _tally(trace, _fires(name, named, rule["rule"]) if rule else _resets(trace, name, named))
    if rest in QUEUE_FIELDS:
        return lambda moment: _queue(trace, name, rest, moment)
    if rest in HOST_FIELDS and flags is None:
        return _end(trace, rest, End(name, _connection(trace, name, named, conn)))
    raise Nonsense(f"a host has no {rest}: expected {', '.join(HOST_FIELDS)} or CALL.result")


def alternatives(trace: Trace, path: str) -> tuple[str, ...]:
    """The paths that `path` stands for: of `client.recv[any].result` one for each such call, else itself."""
    found = _ANY.fullmatch(path)
    if found is None:
        return (path,)
    whose = found["host"] if found["conn"] is None else f"{found['host']}:{found['conn']}"
    conn = int(found["conn"]) if found["conn"] else None
    made = len(_pairs(trace, known_host(trace, found["host"]), conn, found["call"]))
    what = path.rpartition(".")[2]
    return tuple(f"{whose}.{found['call']}[{nth}].{what}" for nth in range(1, made + 1))


class End(NamedTuple):
    """A host's end of a connection; 0 is one that no run has."""

    host: str
    conn: int


def _end(trace: Trace, field: str, end: End) -> Gauge:
    match field:
        case "state":
            return lambda moment: trace.state(moment, *end).value
        case "cause":
            return _cause(trace, end)
        case "time_wait_restarts":
            return _restarts(trace, end)
    return lambda moment: None if (block := trace.block(moment, *end)) is None else _of_block(block, field)


def _of_block(block: Block, field: str) -> int | None:
    match field:
        case "rcv_nxt":
            return None if block.irs is None else distance(block.irs, block.rcv_nxt)
        case "snd_una" | "snd_nxt":
            return distance(block.iss, block.snd_una if field == "snd_una" else block.snd_nxt)
    number: int = getattr(block, field)
    return number


def _cause(trace: Trace, end: End) -> Gauge:
    """What moved that end from its last state to this one; none before it has moved."""
    moves = [
        (step.index, event.cause.value)
        for step in trace.moments
        for event in step.events
        if isinstance(event, Changed) and (event.host, event.conn) == end
    ]

    def last(moment: int) -> Value:
        place = bisect_right(moves, moment, key=lambda move: move[0])
        return moves[place - 1][1] if place else None

    return last


def _restarts(trace: Trace, end: End) -> Gauge:
    """How often its TIME-WAIT has been begun anew."""
    places, running = [], None
    for step in trace.moments:
        if end in step.blocks:
            block = step.blocks[end]
            expires = block.time_wait_at if block is not None and block.state is State.TIME_WAIT else None
            if running is not None and expires is not None and expires > running:
                places.append(step.index)
            running = expires
    return lambda moment: bisect_right(places, moment)


def _connection(trace: Trace, host: str, named: int | None, meant: int | None) -> int:
    """The connection that is meant on that host; 0, which no connection has, where it never had one."""
    conns = [number for name, number in trace.connections if name == host]
    if named is None and meant is not None:
        return meant
    if named is None and len(conns) > 1:
        raise Nonsense(f"{host} has several connections: say {' or '.join(f'{host}:{number}' for number in conns)}")
    if named is not None and named not in conns:
        raise Absent(f"there is no connection {host}:{named}: the run has {', '.join(map(str, conns)) or 'none'}")
    return named if named is not None else conns[0] if conns else 0


def _queue(trace: Trace, host: str, field: str, moment: int) -> int | None:
    queues = trace.queues(moment, host)
    if queues is None:
        return None
    if field == "limit":
        return queues.limit
    return len(queues.syn if field == "syn_queue" else queues.accept)


def _tally(trace: Trace, counts: Callable[[Event], bool]) -> Gauge:
    """How many such events there have been."""
    places = [step.index for step in trace.moments for event in step.events if counts(event)]
    return lambda moment: bisect_right(places, moment)


def _fires(host: str, conn: int | None, rule: str) -> Callable[[Event], bool]:
    """Whether that host asks this rule of a segment, and the answer is yes."""
    if rule not in RULES:
        raise Nonsense(f"there is no rule {rule}: app/tcp/rules.py has them all")
    return lambda event: (
        isinstance(event, Arrived)
        and event.host == host
        and conn in (None, event.conn)
        and any(check.rule == rule and check.fired for check in event.checks)
    )


def _resets(trace: Trace, host: str, conn: int | None) -> Callable[[Event], bool]:
    """Whether that host puts a RST on the wire."""
    return lambda event: (
        isinstance(event, Departed)
        and event.host == host
        and conn in (None, event.conn)
        and trace.segments[event.name].segment.rst
    )


def _count(trace: Trace, letter: str, flags: str | None) -> Gauge:
    """How many segments that host has put on the wire, retransmissions counted, forged ones not; P is no flag here."""
    known = {"c": "client", "s": "server"}.get(letter) in trace.scenario.hosts
    if not known and not any(name.rstrip("0123456789") == letter for name in trace.segments):
        raise Absent(f"there is no segment of {letter}: the run has {segment_names(trace)}")

    def counts(event: Event) -> bool:
        if not isinstance(event, Departed) or event.name.rstrip("0123456789") != letter:
            return False
        return flags is None or trace.segments[event.name].segment.letters.replace("P", "") == flags

    return _tally(trace, counts)


def _segment(trace: Trace, name: str, field: str) -> Gauge:
    sent = trace.segments.get(name)
    if sent is None:
        raise Absent(f"there is no segment {name}: the run has {segment_names(trace)}")
    value = SEGMENT_FIELDS[field](sent)
    return lambda _: value


def _call(trace: Trace, host: str, conn: int | None, call: str, nth: int, what: str) -> Gauge:
    """When the n-th such call of that host returned, or its result: `blocked` until it does, none until it is made."""
    pairs = _pairs(trace, host, conn, call)
    if not 1 <= nth <= len(pairs):
        made = f"makes {len(pairs)} such calls" if pairs else "never makes it"
        raise Absent(f"there is no {host}.{call}[{nth}]: {host} {made}")
    made_at, end = pairs[nth - 1]

    def value(moment: int) -> Value:
        now = trace.moments[moment].at if moment >= 0 else -1
        if end is not None and end.at <= now:
            return Time(end.at) if what == "returned" else end.result
        return "blocked" if what == "result" and made_at.at <= now else None

    return value


def _pairs(trace: Trace, host: str, conn: int | None, call: str) -> list[tuple[Called, Returned | None]]:
    """The calls of that name that the host makes, each with its return if it has one."""
    returns = [event for event in trace.events if isinstance(event, Returned)]
    returns = [event for event in returns if (event.host, event.call) == (host, call)]
    pairs: list[tuple[Called, Returned | None]] = []
    for event in trace.events:
        if isinstance(event, Called) and (event.host, event.call) == (host, call):
            ends = (back for back in returns if back.called_at == event.at and event.conn in (None, back.conn))
            end = next(ends, None)
            if end is not None:
                returns.remove(end)
            if conn in (None, event.conn, end and end.conn):
                pairs.append((event, end))
    return pairs
