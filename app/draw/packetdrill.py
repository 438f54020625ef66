"""A trace as a script in packetdrill's notation: one host's socket calls, what it sends (`>`), what reaches it (`<`).

The host under test is real there, everything else is the script; so a segment that was lost before it arrived is only a
comment. Sequence numbers count from each side's first, as packetdrill counts them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from app.draw.reads import reads
from app.draw.windows import shifts, window
from app.sim.sockets import READ_SIZE, SERVER_PORT
from app.sim.trace import Arrived, Called, Departed, Lost, Returned, Sent, Trace
from app.tcp.segment import Options, add

LISTENER, FIRST = 3, 4  # descriptors: of the listener, and of what it accepts
HOW = {"wr": "SHUT_WR", "rd": "SHUT_RD"}
_DIFFERENT = (
    "// Windows and wscale are the lab's; a kernel has its own: by default the SYN-ACK of Linux says win 65160.",
    f"// Ports are packetdrill's to choose: to listen on {SERVER_PORT} as here, run it with --bind_port={SERVER_PORT}.",
)


class _Line(NamedTuple):
    """A line of the script, and when."""

    at: int
    text: str
    until: int | None = None  # of a call that blocks: when it returns


def packetdrill(trace: Trace, host: str | None = None) -> str:
    """The script that puts that host under test; without a name, the one that listens."""
    under = host or trace.scenario.hosts[-1]
    conns = [conn for owner, conn in trace.connections if owner == under]
    conn = conns[0] if conns else next((sent.conn for sent in trace.sent), 0)
    told = [f"// {under}, under test. Times in seconds, from one line to the next.", *_DIFFERENT]
    if len(conns) > 1:
        told.append(f"// One connection only: that of port {conn}, the first of {len(conns)}.")
    before = 0
    for line in _lines(trace, under, conn):
        if line.text.startswith("//"):
            told.append(line.text)
        else:
            told.append(f"+{_seconds(line.at - before)}{_blocking(line, before)} {line.text}")
            before = line.at
    return "\n".join(told) + "\n"


def _seconds(us: int) -> str:
    return f"{us / 1_000_000:.6f}".rstrip("0").rstrip(".")


def _blocking(line: _Line, before: int) -> str:
    """Where a call takes time, `+start...end`: both count from the line before."""
    return "" if line.until is None or line.until == line.at else f"...{_seconds(line.until - before)}"


def _lines(trace: Trace, host: str, conn: int) -> Iterator[_Line]:
    """What that host does and meets on that connection, in the order in which it happens."""
    known = shifts(trace)
    returns = _returns(trace, host)
    listens = trace.scenario.calls(host, "listen")
    if listens or trace.scenario.calls(host, "connect"):
        yield _Line(0, "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3")
    turns = _reads(trace, host, conn, FIRST if listens else LISTENER)
    for index, event in enumerate(trace.events):
        match event:
            case Called(call="recv") if (event.host, event.conn) == (host, conn):
                pass  # below, as the reads that it is made of
            case Called() if event.host == host:
                yield from _called(event, returns, conn, FIRST if listens else LISTENER)
            case Departed() if event.host == host and event.conn == conn:
                sent = trace.segments[event.name]
                lost = "" if sent.arrivals else "  // lost on its way"
                yield _Line(event.at, f"> {_segment(sent, window(sent, known))}{lost}")
            case Arrived() if event.host == host and event.conn == conn:
                sent = trace.segments[event.name]
                forged = "  // nobody sent this" if sent.forged else ""
                yield _Line(event.at, f"< {_segment(sent, window(sent, known))}{forged}")
            case Lost() if event.host != host and event.conn == conn:
                sent = trace.segments[event.name]
                if sent.target == host:
                    yield _Line(
                        event.at, f"// {event.name} is lost on its way here: {_segment(sent, window(sent, known))}"
                    )
        yield from turns.get(index, ())


def _reads(trace: Trace, host: str, conn: int, socket: int) -> dict[int, list[_Line]]:
    """The lines of what that connection's recv() really calls, by the event behind which each stands."""
    found: dict[int, list[_Line]] = {}
    for one in reads(trace, host, conn):
        call = f"read({socket}, ..., {one.size})"
        text = f"// {call} has not returned when this ends" if one.result is None else f"{call} = {_result(one.result)}"
        found.setdefault(one.behind, []).append(_Line(one.at, text, one.until))
    return found


def _returns(trace: Trace, host: str) -> dict[tuple[str, int], list[Returned]]:
    """What came back, by call and by when it was made."""
    found: dict[tuple[str, int], list[Returned]] = {}
    for event in trace.events:
        if isinstance(event, Returned) and event.host == host:
            found.setdefault((event.call, event.called_at), []).append(event)
    return found


def _called(event: Called, returns: dict[tuple[str, int], list[Returned]], conn: int, socket: int) -> Iterator[_Line]:
    """A call of that connection, or of no connection, with what it returned."""
    candidates = returns.get((event.call, event.at), [])
    returned = next((one for one in candidates if one.conn == event.conn), candidates[0] if candidates else None)
    if returned is None:
        if event.conn in (None, conn):
            yield _Line(event.at, f"// {event.call}({event.args}) has not returned when this ends")
        return
    candidates.remove(returned)
    if returned.conn in (None, conn):
        for text in _call(returned, socket):
            yield _Line(event.at, text, returned.at)


def _segment(sent: Sent, field: int) -> str:
    """`S. 0:0(0) ack 1 win 65535 <mss 1460>`."""
    segment = sent.segment
    first = segment.seq if sent.seq is None else sent.seq
    parts = [segment.letters, f"{first}:{first + segment.length}({segment.length})"]
    if segment.ack is not None:
        parts.append(f"ack {segment.ack if sent.ack is None else sent.ack}")
    parts.append(f"win {field}")
    zero = 0 if segment.ack is None or sent.ack is None else add(segment.ack, -sent.ack)  # of the other side's numbers
    if options := _options(segment.options, zero):
        parts.append(f"<{options}>")
    return " ".join(parts)


def _options(options: Options, zero: int) -> str:
    """In the order in which Linux writes them; edges of SACK count from `zero`."""
    told = []
    if options.mss is not None:
        told.append(f"mss {options.mss}")
    stamps = options.timestamps
    if options.sack_permitted:
        told.append("sackOK")
    elif stamps is not None:
        told += ["nop", "nop"]
    if stamps is not None:
        told.append(f"TS val {stamps[0]} ecr {stamps[1]}")
    if options.wscale is not None:
        told += ["nop", f"wscale {options.wscale}"]
    if options.cookie is not None:
        told.append(f"FO {options.cookie:016x}" if options.cookie else "FO")
    if options.sack:
        told += ["nop", "nop", "sack " + " ".join(f"{add(a, -zero)}:{add(b, -zero)}" for a, b in options.sack)]
    return ",".join(told)


def _call(event: Returned, socket: int) -> tuple[str, ...]:
    """One call as the system calls it is."""
    result, fd = _result(event.result), socket if event.conn is not None else LISTENER
    size = event.args if event.args.isdecimal() else READ_SIZE
    told: dict[str, tuple[str, ...]] = {
        "listen": (
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
            "bind(3, ..., ...) = 0",
            f"listen(3, {event.args or 128}) = {result}",
        ),
        "accept": (f"accept(3, ..., ...) = {FIRST if event.result == 'ok' else result}",),
        "connect": (
            f"sendto({fd}, ..., {event.args}, MSG_FASTOPEN, ..., ...) = {result}"
            if event.args.isdecimal()
            else f"connect({fd}, ..., ...) = {result}",
        ),
        "bind": (f"bind({fd}, ..., ...) = {result}",),
        "send": (f"write({fd}, ..., {event.args or 0}) = {result}",),
        "recv": (f"read({fd}, ..., {size}) = {result}",),
        "shutdown": (f"shutdown({fd}, {HOW.get(event.args, 'SHUT_WR')}) = {result}",),
        "close": (f"close({fd}) = {result}",),
        "abort": (_linger(fd, "0", "0"), f"close({fd}) = {result}"),
        "setsockopt": (_option(fd, event.args, result),),
    }
    return told.get(event.call, (f"// {event.call}({event.args}) = {event.result}",))


def _option(fd: int, args: str, result: str) -> str:
    name, _, value = args.partition("=")
    if name == "SO_LINGER":
        return _linger(fd, value, result)
    level = "SOL_SOCKET" if name.startswith("SO_") else "SOL_TCP"
    return f"setsockopt({fd}, {level}, {name}, [{value}], 4) = {result}"


def _linger(fd: int, seconds: str, result: str) -> str:
    return f"setsockopt({fd}, SOL_SOCKET, SO_LINGER, {{onoff=1, linger={seconds}}}, 8) = {result}"


def _result(result: str | int) -> str:
    """`0`, a number of bytes, or `-1` with the errno's name."""
    if isinstance(result, int):
        return str(result)
    return "0" if result == "ok" else f"-1 {result}"
