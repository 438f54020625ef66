"""Telling what happened in a run, so that a test can be read as the exchange that it is about."""

from app.sim.scenario import parse
from app.sim.trace import Changed, Queued, Returned, Trace
from app.sim.world import run

REQUEST = """
server: listen; accept; recv; send(200); recv(eof); close+300ms
client: connect; send(100); recv; close+300ms
"""


def tell(text: str) -> Trace:
    return run(parse(text))


def exchange(trace: Trace) -> list[str]:
    """What was on the wire, a segment a line, in packetdrill's way of writing."""
    lines = []
    for sent in trace.sent:
        seq = sent.segment.seq if sent.seq is None else sent.seq
        ack = "" if sent.segment.ack is None else f" ack {sent.ack}"
        lost = "" if sent.arrivals else " lost"
        length = sent.segment.length
        lines.append(f"{sent.at / 1000:g} {sent.name} {sent.segment.letters} {seq}:{seq + length}({length}){ack}{lost}")
    return lines


def says(trace: Trace, expected: str) -> bool:
    told = exchange(trace)
    assert told == [line.strip() for line in expected.strip().splitlines()]
    return True


def returns(trace: Trace, host: str) -> list[tuple[str, str | int]]:
    return [(event.call, event.result) for event in trace.events if isinstance(event, Returned) and event.host == host]


def walk(trace: Trace, host: str, conn: int = 40000) -> list[str]:
    """The states of one end, with the ms at which each was entered."""
    return [
        f"{event.at / 1000:g} {event.after.value}"
        for event in trace.events
        if isinstance(event, Changed) and (event.host, event.conn) == (host, conn)
    ]


def queues(trace: Trace) -> list[tuple[float, int, int]]:
    """(ms, SYN queue, accept queue) after each change."""
    return [(event.at / 1000, len(event.syn), len(event.accept)) for event in trace.events if isinstance(event, Queued)]
