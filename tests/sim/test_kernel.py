"""What two real Linux kernels did, against what the `linux` dialect does in the same scenario.

`tests/captures/NAME.json` is the recording, `NAME.scenario` the same exchange in our notation. Flags (PSH apart),
relative numbers, lengths and fates must be equal, in order, per connection and direction; so must each end's states,
the results of the calls and the queues. Times must agree within 15 %: kernels' timers fire late, and the recorder adds
a little.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.sim.scenario import parse
from app.sim.trace import Changed, Queued, Returned, Trace
from app.sim.world import run
from app.tcp.states import State

CAPTURES = Path(__file__).parent.parent / "captures"
NAMES = sorted(path.stem for path in CAPTURES.glob("*.scenario"))

LAG = 15_000  # what scheduling and recording add to a time, µs
BLINK = 15_000  # a state left sooner than this may be missing from one of the two

LETTERS = {"SYN": "S", "FIN": "F", "RST": "R", "ACK": ".", "PSH": ""}
STATES = {"SYN_RECV": "SYN-RECEIVED", "FIN_WAIT1": "FIN-WAIT-1", "LISTEN": "CLOSED"}  # LISTEN: no connection stands
CALLS = ("connect", "accept", "send", "recv", "shutdown", "close")


class Line(NamedTuple):
    """One segment as both sides can tell it.

    `waited`, for a retransmission: since this segment was last sent; else since its host last sent or received.
    """

    flags: str
    seq: int | None
    ack: int | None
    length: int
    fate: str
    waited: int


class Spell(NamedTuple):
    """A state and for how long it lasted; None: to the end of the recording."""

    state: str
    lasted: int | None


def close_to(measured: int, nominal: int) -> bool:
    return abs(measured - nominal) <= 0.15 * max(measured, nominal) + LAG


@pytest.fixture(params=NAMES)
def pair(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Trace]:
    capture = json.loads((CAPTURES / f"{request.param}.json").read_text())
    return capture, run(parse((CAPTURES / f"{request.param}.scenario").read_text()))


def test_there_are_recordings() -> None:
    assert len(NAMES) >= 30
    assert all((CAPTURES / f"{name}.json").exists() for name in NAMES)


def test_segments(pair: tuple[dict[str, Any], Trace]) -> None:
    capture, trace = pair
    ended = ends(capture)
    theirs, ours = captured_lines(capture), machine_lines(trace, ended)
    assert ours.keys() == theirs.keys()
    for direction, lines in theirs.items():
        told = [line[:-1] for line in ours[direction]]
        assert told == [line[:-1] for line in lines], direction
        for number, (line, own) in enumerate(zip(lines, ours[direction], strict=True), start=1):
            assert close_to(line.waited, own.waited), f"{direction}, segment {number}: {line} took {own.waited} µs here"


def test_states(pair: tuple[dict[str, Any], Trace]) -> None:
    capture, trace = pair
    ended = ends(capture)
    for conn, moments in capture["timeline"].items():
        for host in ("client", "server"):
            theirs = spells([(moment["at_us"], name(moment[host])) for moment in moments], ended)
            ours = spells(machine_states(trace, host, int(conn)), ended)
            assert [spell.state for spell in ours] == [spell.state for spell in theirs], (conn, host)
            for spell, own in zip(theirs[1:], ours[1:], strict=True):
                if spell.lasted is not None and own.lasted is not None:
                    assert close_to(spell.lasted, own.lasted), (conn, host, spell, own)


def test_calls(pair: tuple[dict[str, Any], Trace]) -> None:
    """What returned, and with what; the order is that of the applications, which ran side by side."""
    capture, trace = pair
    for host in ("client", "server"):
        theirs = [returned for call in capture["calls"] if call["host"] == host for returned in captured_call(call)]
        ours = [
            (call_name(e.call), e.result)
            for e in trace.events
            if isinstance(e, Returned) and e.host == host and e.call != "listen" and e.at <= ends(capture)
        ]
        ours = [returned for returned in ours if returned[1] != "EAGAIN"]  # theirs: blocked
        if any(call["result"] == "EINPROGRESS" for call in capture["calls"]):
            ours = [returned for returned in ours if returned[0] != "connect"]  # theirs did not block
        assert sorted(ours, key=str) == sorted(theirs, key=str), host


def test_queues(pair: tuple[dict[str, Any], Trace]) -> None:
    """The recorder looked at the queues now and then: what it saw occurs here, what lasted here it saw."""
    capture, trace = pair
    theirs = [(q["syn_queue"], q["accept_queue"]) for q in capture["queues"]]
    ours = [
        (e.at, (len(e.syn), len(e.accept))) for e in trace.events if isinstance(e, Queued) and e.at <= ends(capture)
    ]
    assert occur(theirs, [held for _, held in ours])
    assert occur(lasting(ours), theirs)


def ends(capture: dict[str, Any]) -> int:
    """When the recording ended, µs; later than everything in it."""
    times = [moment["at_us"] for moments in capture["timeline"].values() for moment in moments]
    times += [segment["at_us"] for segment in capture["segments"]]
    times += [call["returned_us"] or call["at_us"] for call in capture["calls"]]
    return max(times) + LAG


def captured_lines(capture: dict[str, Any]) -> dict[tuple[int, str], list[Line]]:
    segments = [
        (s["at_us"], s["conn"], s["from"], "".join(LETTERS[flag] for flag in s["flags"]), s)
        for s in capture["segments"]
    ]
    arrivals = [(at, s["conn"], s["from"]) for s in capture["segments"] for at in s["arrives_us"]]
    return lines(
        [
            (at, conn, host, flags, s["seq"], s["ack"], s["len"], s["fate"])
            for at, conn, host, flags, s in segments
            if not s.get("forged")
        ],
        arrivals,
    )


def machine_lines(trace: Trace, ended: int) -> dict[tuple[int, str], list[Line]]:
    conns = {conn: 40000 + number for number, conn in enumerate(sorted({sent.conn for sent in trace.sent}))}
    sent = [s for s in trace.sent if s.at <= ended]
    return lines(
        [
            (
                s.at,
                conns[s.conn],
                s.source,
                "".join(LETTERS[flag] for flag in s.segment.flags),
                s.seq,
                s.ack,
                s.segment.length,
                s.fate,
            )
            for s in sent
            if not s.forged
        ],
        [(at, conns[s.conn], s.source) for s in sent for at in s.arrivals],
    )


def lines(
    segments: Iterable[tuple[int, int, str, str, int | None, int | None, int, str]],
    arrivals: Iterable[tuple[int, int, str]],
) -> dict[tuple[int, str], list[Line]]:
    """The segments of each connection and direction, in order."""
    heard = list(arrivals)
    told: dict[tuple[int, str], list[Line]] = defaultdict(list)
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


def name(state: str) -> str:
    return STATES.get(state, state.replace("_", "-"))


def machine_states(trace: Trace, host: str, conn: int) -> list[tuple[int, str]]:
    changes = [e for e in trace.events if isinstance(e, Changed) and (e.host, e.conn) == (host, conn)]
    return [(0, "CLOSED"), *((e.at, "CLOSED" if e.after is State.LISTEN else e.after.value) for e in changes)]


def spells(history: list[tuple[int, str]], ended: int) -> list[Spell]:
    """The states that lasted, each with how long it did."""
    changes = [history[0]] + [late for early, late in pairwise(history) if early[1] != late[1] and late[0] <= ended]
    lasting = [
        (at, state)
        for (at, state), until in zip(changes, [*(at for at, _ in changes[1:]), None], strict=True)
        if until is None or until - at >= BLINK or at == 0
    ]
    ends = [*(at for at, _ in lasting[1:]), None]
    return [Spell(state, None if end is None else end - at) for (at, state), end in zip(lasting, ends, strict=True)]


def captured_call(call: dict[str, Any]) -> list[tuple[str, str | int]]:
    """What a recorded call returned; nothing for one that never did, or that our programs do not make."""
    called, result = call["call"].split()[0], call["result"]
    if called == "getsockopt" and result != "0":
        return [("recv", result)]  # SO_ERROR tells, once, what recv would have told
    if called not in CALLS or result in ("blocked", "EINPROGRESS"):
        return []
    return [(called, "ok" if str(result).startswith("peer port") else 0 if result == "0 (EOF)" else result)]


def call_name(call: str) -> str:
    return "close" if call == "abort" else call  # SO_LINGER 0, then close


def occur(few: list[tuple[int, int]], many: list[tuple[int, int]]) -> bool:
    """Whether all of `few` are found in `many`, in their order."""
    rest = iter(many)
    return all(item in rest for item in few)


def lasting(queues: list[tuple[int, tuple[int, int]]]) -> list[tuple[int, int]]:
    """The lengths that stood long enough to be seen."""
    return [held for (at, held), (until, _) in pairwise(queues) if until - at >= BLINK]
