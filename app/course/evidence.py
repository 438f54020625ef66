"""What a PATH of a claim is at a moment of a trace.

For example `client.state`, `server:40001.rcv_nxt`, `server.accept_queue`, `c1.flags`, `client.send[2].result`.
"""

import re
from collections.abc import Callable

from app.course.source import Mistake
from app.course.when import known_host, segment_names
from app.sim.trace import Called, Departed, Returned, Sent, Trace
from app.sim.writer import duration
from app.tcp.block import Block
from app.tcp.segment import distance


class Time(int):
    """An instant or a duration, µs: a number that is written with its unit."""


Value = int | Time | str | None

_PATH = re.compile(
    r"(?P<name>[a-z][a-z0-9]*)(?::(?P<conn>[0-9]{1,5}))?\.(?P<rest>[a-z_]+(?:\[[0-9]{1,4}\])?(?:\.[a-z]+)?)"
)
_CALL = re.compile(r"(?P<call>[a-z]+)(?:\[(?P<nth>[0-9]+)\])?\.(?P<what>result|returned)")

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
BLOCK_FIELDS = ("snd_una", "snd_nxt", "rcv_nxt")
QUEUE_FIELDS = ("syn_queue", "accept_queue", "limit")


def shown(value: Value) -> str:
    """The value as a claim writes it."""
    return "none" if value is None else duration(value) if isinstance(value, Time) else str(value)


def observe(trace: Trace, path: str, moment: int) -> Value:
    """What `path` is after that moment (-1: before anything happened). Raises Mistake where it means nothing."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise Mistake(
            f"“{path}” is no path: expected something like server.state, c1.ack, c.count or client.connect.result"
        )
    name, rest = found["name"], found["rest"]
    if name not in trace.scenario.hosts:
        if rest == "count" and name.isalpha():
            return _count(trace, name, moment)
        if rest in SEGMENT_FIELDS:
            return _segment(trace, name, rest)
        raise Mistake(f"“{path}” is no path: {name} is neither a host nor a segment with a field {rest}")
    conn = int(found["conn"]) if found["conn"] else None
    if call := _CALL.fullmatch(rest):
        return _call(trace, name, conn, call["call"], int(call["nth"] or 1), call["what"], moment)
    if rest in QUEUE_FIELDS:
        return _queue(trace, name, rest, moment)
    if rest == "state":
        return trace.state(moment, name, _connection(trace, name, conn)).value
    if rest in BLOCK_FIELDS:
        block = trace.block(moment, name, _connection(trace, name, conn))
        return None if block is None else _relative(block, rest)
    raise Mistake(f"a host has no {rest}: expected state, {', '.join((*BLOCK_FIELDS, *QUEUE_FIELDS))} or CALL.result")


def _relative(block: Block, field: str) -> int | None:
    if field == "rcv_nxt":
        return None if block.irs is None else distance(block.irs, block.rcv_nxt)
    return distance(block.iss, block.snd_una if field == "snd_una" else block.snd_nxt)


def _connection(trace: Trace, host: str, conn: int | None) -> int:
    """The connection that is meant on that host; 0, which no connection has, where it never had one."""
    known_host(trace, host)
    conns = [number for name, number in trace.connections if name == host]
    if conn is None and len(conns) > 1:
        raise Mistake(f"{host} has several connections: say {' or '.join(f'{host}:{number}' for number in conns)}")
    if conn is not None and conn not in conns:
        raise Mistake(f"there is no connection {host}:{conn}: the run has {', '.join(map(str, conns)) or 'none'}")
    return conn if conn is not None else conns[0] if conns else 0


def _queue(trace: Trace, host: str, field: str, moment: int) -> int | None:
    queues = trace.queues(moment, host)
    if queues is None:
        return None
    if field == "limit":
        return queues.limit
    return len(queues.syn if field == "syn_queue" else queues.accept)


def _count(trace: Trace, letter: str, moment: int) -> int:
    """How many segments that host has put on the wire, retransmissions counted, forged ones not."""
    known = {"c": "client", "s": "server"}.get(letter) in trace.scenario.hosts
    if not known and not any(name.rstrip("0123456789") == letter for name in trace.segments):
        raise Mistake(f"there is no segment of {letter}: the run has {segment_names(trace)}")
    departed = (event for step in trace.moments[: moment + 1] for event in step.events if isinstance(event, Departed))
    return sum(event.name.rstrip("0123456789") == letter for event in departed)


def _segment(trace: Trace, name: str, field: str) -> Value:
    sent = trace.segments.get(name)
    if sent is None:
        raise Mistake(f"there is no segment {name}: the run has {segment_names(trace)}")
    return SEGMENT_FIELDS[field](sent)


def _call(trace: Trace, host: str, conn: int | None, call: str, nth: int, what: str, moment: int) -> Value:
    """When the n-th such call of that host returned, or its result: `blocked` until it does, none until it is made."""
    events = [event for step in trace.moments for event in step.events]
    returns = [event for event in events if isinstance(event, Returned) and (event.host, event.call) == (host, call)]
    pairs: list[tuple[Called, Returned | None]] = []
    for event in events:
        if isinstance(event, Called) and (event.host, event.call) == (host, call):
            ends = (back for back in returns if back.called_at == event.at and event.conn in (None, back.conn))
            end = next(ends, None)
            if end is not None:
                returns.remove(end)
            if conn in (None, event.conn, end and end.conn):
                pairs.append((event, end))
    if not 1 <= nth <= len(pairs):
        made = f"makes {len(pairs)} such calls" if pairs else "never makes it"
        raise Mistake(f"there is no {host}.{call}[{nth}]: {host} {made}")
    made_at, end = pairs[nth - 1]
    now = trace.moments[moment].at if moment >= 0 else -1
    if end is not None and end.at <= now:
        return Time(end.at) if what == "returned" else end.result
    return "blocked" if what == "result" and made_at.at <= now else None
