"""Does the `linux` dialect do what a real kernel did? A recording against the trace of the same scenario.

A recording (`NAME.json`) says what two kernels sent across a scripted wire, what the socket calls returned, and in
which states both ends were. Flags (PSH apart), relative numbers, lengths and fates must be equal, in order, per
connection and direction; so must each end's states, the results of the calls and the lengths of the queues. Times must
agree within 15 %: kernels' timers fire late, and the recorder adds a little.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from app.sim.trace import Changed, Queued, Returned, Sent, Trace
from app.tcp.segment import CIRCLE
from app.tcp.states import State

LAG = 15_000  # what scheduling and recording add to a time, µs
BLINK = 20_000  # a state left sooner than this may be missing from one of the two

LETTERS = {"SYN": "S", "FIN": "F", "RST": "R", "ACK": ".", "PSH": "", "ECE": "E", "CWR": "W", "URG": ""}
STATES = {"SYN_RECV": "SYN-RECEIVED", "FIN_WAIT1": "FIN-WAIT-1", "FIN_WAIT2": "FIN-WAIT-2", "LISTEN": "CLOSED"}
CALLS = {  # a recorded call, and ours
    **dict.fromkeys(("connect", "accept", "send", "recv", "shutdown", "close", "getsockopt", "poll"), ""),
    "sendto(MSG_FASTOPEN)": "connect",
}
FAR = 1_000_000
NO_ERROR = ("getsockopt", "0")  # SO_ERROR was asked for, and there was none
ABSOLUTE = "absolute"  # in place of a number that counts from no ISN


class Line(NamedTuple):
    """One segment as both sides can tell it.

    `waited` (µs), for a retransmission: since this segment was last sent; else since its host last sent or received.
    """

    flags: str
    seq: int | str | None
    ack: int | str | None
    length: int
    fate: str
    waited: int

    def __str__(self) -> str:
        ack = "" if self.ack is None else f" ack {self.ack}"
        return f"{self.flags or '-'} seq {self.seq}{ack} len {self.length} {self.fate}"


class Spell(NamedTuple):
    """A state and for how long (µs) it lasted; None: to the end of the recording."""

    state: str
    lasted: int | None


Capture = Mapping[str, Any]
Direction = tuple[int, str]  # the n-th connection that appears, and the host that sends


def differences(capture: Capture, trace: Trace) -> list[str]:
    """What the kernel did and the machine did not, or otherwise; empty where they agree.

    Of an exchange that is a race in the kernel (`repeatable` false) the calls and the last states are compared.
    """
    if capture.get("repeatable") is False:
        return [*_calls(capture, trace), *_last_states(capture, trace)]
    return [
        *_segments(capture, trace),
        *_states(capture, trace),
        *_calls(capture, trace),
        *_queues(capture, trace),
    ]


def close_to(measured: int, nominal: int) -> bool:
    """Whether two times (µs) are the same within 15 % and a lag."""
    return abs(measured - nominal) <= 0.15 * max(measured, nominal) + LAG


def ends(capture: Capture) -> int:
    """When the recording ended, µs; later than everything in it but the calls that it gave up waiting for."""
    times = [moment["at_us"] for moments in capture["timeline"].values() for moment in moments]
    times += [segment["at_us"] for segment in capture["segments"]]
    times += [call["at_us"] if call["result"] == "blocked" else call["returned_us"] for call in capture["calls"]]
    last: int = max(times)
    return last + LAG


# Segments


def _segments(capture: Capture, trace: Trace) -> Iterator[str]:
    theirs, ours = captured_lines(capture), machine_lines(trace, ends(capture))
    for direction in sorted(theirs.keys() | ours.keys()):
        told, own = theirs.get(direction, []), ours.get(direction, [])
        where = f"connection {direction[0]}, {direction[1]}"
        for number in range(1, max(len(told), len(own)) + 1):
            line, other = (lines[number - 1] if number <= len(lines) else None for lines in (told, own))
            if line is None or other is None or not _same(line, other):
                yield f"{where}, segment {number}: kernel {line or 'nothing'}, machine {other or 'nothing'}"
                break
            if not close_to(line.waited, other.waited):
                yield f"{where}, segment {number}: kernel {line} after {line.waited} µs, machine {other.waited} µs"
                break


def _same(line: Line, other: Line) -> bool:
    """Equal, but for a number that the recording could not relate to anything."""
    pairs = zip(line[:-1], other[:-1], strict=True)
    return all(a == b or ABSOLUTE in (a, b) for a, b in pairs)


def captured_lines(capture: Capture) -> dict[Direction, list[Line]]:
    """The recorded segments of each connection and direction, in order; what was forged is left out."""
    order = {conn: n for n, conn in enumerate(dict.fromkeys(s["conn"] for s in sorted(capture["segments"], key=_at)))}
    arrivals = [(at, order[s["conn"]], s["from"]) for s in capture["segments"] for at in s["arrives_us"]]
    segments = [
        (
            s["at_us"],
            order[s["conn"]],
            s["from"],
            "".join(LETTERS[flag] for flag in s["flags"]),
            ABSOLUTE if s["seq"] is None or _is_zero(capture, s) else _current(s["seq"]),
            ABSOLUTE if s["ack"] is None and "ACK" in s["flags"] else _current(s["ack"]),
            s["len"],
            s["fate"],
        )
        for s in capture["segments"]
        if not s.get("forged")
    ]
    return _lines(segments, arrivals)


def _current(number: int | None) -> int | str | None:
    """A number of the current incarnation; those of an earlier one lie anywhere on the circle."""
    return number if number is None or abs(number) < FAR else ABSOLUTE


def _at(segment: Mapping[str, Any]) -> int:
    return int(segment["at_us"])


def _is_zero(capture: Capture, segment: Mapping[str, Any]) -> bool:
    """Whether this is the reset of a closed port, whose number is 0 and relative to nothing."""
    isn = capture.get("isn", {}).get(str(segment["conn"]), {}).get(segment["from"])
    return "RST" in segment["flags"] and isn is not None and (isn + segment["seq"]) % CIRCLE == 0


def machine_lines(trace: Trace, ended: int) -> dict[Direction, list[Line]]:
    """The same of a trace, up to the instant `ended`."""
    sent = [s for s in trace.sent if s.at <= ended]
    order = {conn: n for n, conn in enumerate(dict.fromkeys(s.conn for s in sent))}
    segments = [
        (s.at, order[s.conn], s.source, _letters(s), _seq(s), s.ack, s.segment.length, s.fate)
        for s in sent
        if not s.forged
    ]
    return _lines(segments, [(at, order[s.conn], s.source) for s in sent for at in s.arrivals])


def _letters(sent: Sent) -> str:
    return "".join(LETTERS[flag] for flag in sent.segment.flags)


def _seq(sent: Sent) -> int | str | None:
    return ABSOLUTE if sent.segment.rst and sent.segment.seq == 0 else sent.seq


def _lines(
    segments: Iterable[tuple[int, int, str, str, int | str | None, int | str | None, int, str]],
    arrivals: Iterable[tuple[int, int, str]],
) -> dict[Direction, list[Line]]:
    heard = list(arrivals)
    told: dict[Direction, list[Line]] = defaultdict(list)
    sent: dict[tuple[object, ...], int] = {}
    for at, conn, host, flags, seq, ack, length, fate in sorted(segments, key=lambda segment: segment[0]):
        anything, itself = (conn, host), (conn, host, flags, seq, length)
        came = [then for then, other, source in heard if other == conn and source != host and then <= at]
        last = max([*came, sent.get(anything, 0)])
        if itself in sent and (length or flags.strip("R.")):
            last = sent[itself]
        told[conn, host].append(Line(flags, seq, ack, length, fate, at - last if last else 0))
        sent[anything] = sent[itself] = at
    return dict(told)


# States


def _last_states(capture: Capture, trace: Trace) -> Iterator[str]:
    """In which states each host's connections end, whichever is in which."""
    ended = ends(capture)
    for host in ("client", "server"):
        theirs = sorted(_name(moments[-1][host]) for moments in capture["timeline"].values())
        conns = dict.fromkeys(sent.conn for sent in trace.sent)
        ours = sorted([state for at, state in _machine_states(trace, host, conn) if at <= ended][-1] for conn in conns)
        if theirs != ours:
            yield f"{host}: connections end in {', '.join(theirs)}; machine {', '.join(ours)}"


def _states(capture: Capture, trace: Trace) -> Iterator[str]:
    ended = ends(capture)
    conns = list(dict.fromkeys(s.conn for s in trace.sent))
    named = list(dict.fromkeys(s["conn"] for s in sorted(capture["segments"], key=_at)))
    for conn, moments in capture["timeline"].items():
        number = named.index(int(conn)) if int(conn) in named else None
        own_conn = conns[number] if number is not None and number < len(conns) else int(conn)
        for host in ("client", "server"):
            theirs = _spells([(moment["at_us"], _name(moment[host])) for moment in moments], ended)
            ours = _spells(_machine_states(trace, host, own_conn), ended)
            if [spell.state for spell in ours] != [spell.state for spell in theirs]:
                yield f"connection {conn}, {host}: kernel {_chain(theirs)}, machine {_chain(ours)}"
                continue
            for spell, own in zip(theirs[1:], ours[1:], strict=True):
                timed = spell.lasted is not None and own.lasted is not None
                if timed and not close_to(spell.lasted or 0, own.lasted or 0):
                    yield f"connection {conn}, {host}: {spell.state} for {spell.lasted} µs, machine {own.lasted} µs"


def _name(state: str) -> str:
    return STATES.get(state, state.replace("_", "-"))


def _chain(spells: list[Spell]) -> str:
    return " → ".join(spell.state for spell in spells)


def _machine_states(trace: Trace, host: str, conn: int) -> list[tuple[int, str]]:
    changes = [e for e in trace.events if isinstance(e, Changed) and (e.host, e.conn) == (host, conn)]
    return [(0, "CLOSED"), *((e.at, "CLOSED" if e.after is State.LISTEN else e.after.value) for e in changes)]


def _spells(history: list[tuple[int, str]], ended: int) -> list[Spell]:
    """The states that lasted, each with how long it did."""
    changes = [history[0]] + [late for early, late in pairwise(history) if early[1] != late[1] and late[0] <= ended]
    lasting = [
        (at, state)
        for (at, state), until in zip(changes, [*(at for at, _ in changes[1:]), None], strict=True)
        if until is None or until - at >= BLINK or at == 0
    ]
    stays = [lasting[0]] + [late for early, late in pairwise(lasting) if early[1] != late[1]]
    until = [*(at for at, _ in stays[1:]), None]
    return [Spell(state, None if end is None else end - at) for (at, state), end in zip(stays, until, strict=True)]


# Calls


def _calls(capture: Capture, trace: Trace) -> Iterator[str]:
    """What returned, and with what; the order is that of the applications, which ran side by side."""
    ended = ends(capture)
    for host in ("client", "server"):
        made = [call for call in capture["calls"] if call["host"] == host]
        theirs = [returned for call in made for returned in _recorded(call)]
        waiting = Counter(call["call"].split()[0] for call in made if call["result"] == "blocked")
        ours = [
            (_call_name(e.call), str(e.result))
            for e in trace.events
            if isinstance(e, Returned) and e.host == host and e.at <= ended and e.result != "EAGAIN"  # theirs: blocked
        ]
        ours = [(name, result) for name, result in ours if name in CALLS and (name, result) != NO_ERROR]
        more = Counter(ours) - Counter(theirs)  # what the recorder gave up waiting for may have returned after all
        unasked = any(number > waiting[name] for (name, _), number in more.items())
        if Counter(theirs) - Counter(ours) or unasked:
            yield f"{host}: kernel returned {_list(theirs)}; machine {_list(ours)}"


def _recorded(call: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a recorded call returned; nothing for one that never did, or that only asks whether something has."""
    called, result = call["call"].split()[0], str(call["result"])
    if called not in CALLS or result == "blocked" or (called, result) == NO_ERROR:
        return []
    told = "ok" if result.startswith("peer port") else "0" if result == "0 (EOF)" else result
    return [(CALLS[called] or called, told)]


def _call_name(call: str) -> str:
    return "close" if call == "abort" else call  # SO_LINGER 0, then close


def _list(calls: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name}→{result}" for name, result in sorted(calls))


# Queues


def _queues(capture: Capture, trace: Trace) -> Iterator[str]:
    """The recorder looked at the queues now and then: what it saw occurs here, what lasted here it saw."""
    theirs = [(q["syn_queue"], q["accept_queue"]) for q in capture["queues"]]
    ended = ends(capture)
    ours = [(e.at, (len(e.syn), len(e.accept))) for e in trace.events if isinstance(e, Queued) and e.at <= ended]
    lasting = [held for (at, held), (until, _) in pairwise(ours) if until - at >= BLINK]
    if not (_occur(theirs, [held for _, held in ours]) and _occur(lasting, theirs)):
        yield f"queues (SYN, accept): kernel {theirs}, machine {[held for _, held in ours]}"


def _occur(few: list[tuple[int, int]], many: list[tuple[int, int]]) -> bool:
    """Whether all of `few` are found in `many`, in their order."""
    rest = iter(many)
    return all(item in rest for item in few)
