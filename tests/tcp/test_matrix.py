"""One stimulus at a time to a socket of a real kernel in a known state, and the same to the machine.

`tests/captures/50_matrix_STATE.json`: 34 stimuli each. What brought the socket into its state is replayed with the same
numbers; then come the stimulus, and what the machine says within a second.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.tcp import calls
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.dialect import LINUX
from app.tcp.segment import CIRCLE, NO_OPTIONS, Options, Segment, distance
from app.tcp.states import State
from app.tcp.timeouts import expire, next_expiry
from app.tcp.turn import Doors

CAPTURES = Path(__file__).parent.parent / "captures"
RECORDED = {path.stem.removeprefix("50_matrix_"): json.loads(path.read_text()) for path in CAPTURES.glob("50_*.json")}
CASES = [(state, entry) for state, capture in RECORDED.items() for entry in capture["matrix"]]

DIALECT = LINUX._replace(timestamps=False)  # as the scripted peer had none
ROOM = Doors(listening=True, accept=True, syn=True)
WAIT = 500_000  # µs in which an answer still is one
BEGINNING = {"CLOSED": State.CLOSED, "SYN_SENT": State.CLOSED}
STATES = {"SYN_RECV": "SYN-RECEIVED", "CLOSED": "gone", "LISTEN": "gone"}
LISTENER = "LISTEN"


def named(case: tuple[str, dict[str, Any]]) -> str:
    return f"{case[0]}: {case[1]['stimulus']}"


def test_there_are_ten_states() -> None:
    assert len(CASES) == 340


@pytest.mark.parametrize(("state", "entry"), CASES, ids=map(named, CASES))
def test_the_machine_answers_as_the_kernel_did(state: str, entry: dict[str, Any]) -> None:
    capture = RECORDED[state]
    segments = {segment["n"]: segment for segment in capture["segments"]}
    stimulus = segments[entry["stimulus_n"]]
    block = brought(state, capture, stimulus)
    room = ROOM if block.passive else Doors()
    now = stimulus["at_us"]
    outcome = segment_arrives(block, absolute(capture, stimulus), now, DIALECT, room)
    after, leaving = outcome.block, list(outcome.segments)
    while (expiry := next_expiry(after)) is not None and expiry.at <= now + WAIT:
        if expiry.timer == "retransmission" and expiry.at > now + DIALECT.syn_again_after_bad_ack:  # type: ignore[operator]
            break  # the kernel's own retransmissions are not recorded as answers
        outcome = expire(after, expiry.timer, expiry.at, DIALECT)
        after, leaving = outcome.block, [*leaving, *outcome.segments]
    assert told(after.state.value) == told(entry["after"])
    replies = [reply for reply in entry["replies"] if reply["dt"] * 1e6 <= WAIT]
    assert [shape(segment) for segment in leaving] == [(reply["flags"], reply["len"]) for reply in replies]
    for segment, reply in zip(leaving, replies, strict=True):
        if reply.get("seq=stimulus.ack"):
            assert segment.seq == (absolute(capture, stimulus).ack or 0)
        elif block.state is not State.LISTEN and reply["seq-snd_nxt"] is not None and not segment.rst:
            assert distance(block.snd_nxt, segment.seq) == reply["seq-snd_nxt"]
        if block.irs is not None and reply.get("ack-rcv_nxt") is not None:
            assert segment.ack is not None
            assert distance(block.rcv_nxt, segment.ack) == reply["ack-rcv_nxt"]
    if entry.get("so_error"):
        assert after.error == entry["so_error"]


def brought(state: str, capture: dict[str, Any], stimulus: dict[str, Any]) -> Block:
    """An endpoint that has lived through what the kernel's did before that stimulus."""
    own = "server" if stimulus["from"] == "client" else "client"
    iss = capture["isn"][str(stimulus["conn"])][own] or 0
    block = Block(BEGINNING.get(state, State.LISTEN), passive=state not in BEGINNING, iss=iss)
    earlier = [s for s in capture["segments"] if s["conn"] == stimulus["conn"] and s["n"] < stimulus["n"]]
    if state == "SYN_SENT":
        block = calls.open_active(iss, earlier[0]["at_us"], DIALECT).block
    sent = closed = False
    for segment in earlier:
        now = segment["at_us"]
        if segment["from"] != own:
            block = segment_arrives(block, absolute(capture, segment), now, DIALECT, ROOM).block
        if segment["from"] == own and segment["len"] and not sent:
            block, sent = calls.send(block, segment["len"], now, DIALECT).block, True
        if segment["from"] == own and "FIN" in segment["flags"] and not closed:
            reading = not state.endswith("orphan")
            block, closed = calls.close(block, now, DIALECT, reading=reading).block, True
    return block


def absolute(capture: dict[str, Any], recorded: dict[str, Any]) -> Segment:
    """The recorded segment, with the numbers that it had on the wire."""
    isns, source = capture["isn"][str(recorded["conn"])], recorded["from"]
    other = "server" if source == "client" else "client"
    flags = recorded["flags"]

    def number(field: str, host: str) -> int:
        relative = recorded[field]
        return int(recorded[f"{field}_abs"] if relative is None else (relative + isns[host]) % CIRCLE)

    return Segment(
        number("seq", source),
        number("ack", other) if "ACK" in flags else None,
        syn="SYN" in flags,
        fin="FIN" in flags,
        rst="RST" in flags,
        psh="PSH" in flags,
        length=recorded["len"],
        window=recorded["win"],
        options=Options(mss=1460) if "SYN" in flags else NO_OPTIONS,
    )


def shape(segment: Segment) -> tuple[str, int]:
    return "+".join(flag for flag in ("SYN", "FIN", "RST", "PSH", "ACK") if flag in segment.flags), segment.length


def told(state: str) -> str:
    plain = STATES.get(state, state.replace("FIN_WAIT_", "FIN-WAIT-").replace("_", "-"))
    return STATES.get(plain, plain)
