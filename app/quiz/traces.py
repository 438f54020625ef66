"""What generators ask of a trace. Each raises LookupError where the trace has no such thing."""

from app.sim.trace import Changed, Returned, Sent, Trace
from app.tcp.states import State

ENDS = ("client", "server")
PEER = {"client": "server", "server": "client"}


def sent(trace: Trace, host: str, flags: str, conn: int | None = None) -> Sent:
    """The first segment that this host really sent with just those flags (packetdrill's letters, PSH left out)."""
    real = (one for one in trace.sent if (one.source, one.forged) == (host, False) and conn in (None, one.conn))
    for one in real:
        if one.segment.letters.replace("P", "") == flags:
            return one
    raise LookupError(f"{host} sends no {flags}")


def leaves(trace: Trace, name: str) -> int:
    """The moment at which that segment leaves."""
    return trace.moment_at(trace.segments[name].at).index


def arrival(trace: Trace, name: str) -> int:
    """The moment at which that segment arrives."""
    if not trace.segments[name].arrivals:
        raise LookupError(f"{name} is lost")
    return trace.moment_at(trace.segments[name].arrivals[0]).index


def before(trace: Trace, name: str) -> int:
    """The last moment before that segment arrives."""
    return arrival(trace, name) - 1


def replies(trace: Trace, name: str) -> tuple[Sent, ...]:
    """What its receiver sends on that connection at the very moment at which that segment arrives."""
    asked = trace.segments[name]
    at = trace.moments[arrival(trace, name)].at
    return tuple(one for one in trace.sent if (one.at, one.source, one.conn) == (at, asked.target, asked.conn))


def result(trace: Trace, host: str, call: str, nth: int = 1, conn: int | None = None) -> str | int:
    """What the n-th such call of that host returned."""
    return returns(trace, host, call, conn)[nth - 1].result


def returns(trace: Trace, host: str, call: str, conn: int | None = None) -> list[Returned]:
    """Every return of that call on that host, in order."""
    calls = (event for event in trace.events if isinstance(event, Returned))
    return [event for event in calls if (event.host, event.call) == (host, call) and conn in (None, event.conn)]


def entered(trace: Trace, host: str, conn: int, state: State) -> int:
    """The moment at which that endpoint entered that state for the first time."""
    for moment in trace.moments:
        for event in moment.events:
            if isinstance(event, Changed) and (event.host, event.conn, event.after) == (host, conn, state):
                return moment.index
    raise LookupError(f"{host} never enters {state.value}")
