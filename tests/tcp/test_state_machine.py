"""RFC 9293's event table, row by row: `state_machine.tsv` says what happens, the machine must do it.

Where the RFC contradicts itself the machine takes one reading: ABORT leads to CLOSED (§3.10.5, not §3.3.2 note 3); a
RST sends SYN-SENT to CLOSED (§3.10.7.3, not §3.5); the SYN,ACK of a simultaneous open is taken although its number is
old (figure 7, not the first check); a repeated FIN is answered by the first check and restarts TIME-WAIT (the intention
of the eighth); a SYN in SYN-RECEIVED after a passive OPEN returns to LISTEN without a word; a RST must be exact (RFC
5961, not §3.5.3).
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from app.tcp.block import Block
from app.tcp.calls import CallError
from app.tcp.segment import Segment, add
from app.tcp.states import State
from app.tcp.timeouts import next_expiry
from app.tcp.turn import Outcome
from tests.tcp.table import Case, cases


class Row(NamedTuple):
    state: str
    event: str
    condition: str
    next_state: str
    segment_sent: str
    user_result: str
    section: str
    note: str

    def __str__(self) -> str:
        return re.sub(r"[^A-Za-z0-9=+.!<>-]+", "-", f"{self.state}: {self.event} ({self.condition})").strip("-")


with (Path(__file__).parent / "state_machine.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = [Row(*row) for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]

# Rows about what the machine does not have.
LEFT_OUT = {
    "security": "no segment here carries a security compartment",
    "Diffserv": "nor a Diffserv value",
    "no room for a TCB": "memory has no end here",
    "no access to the local socket": "no process is refused a port",
}
DRIVEN = [row for row in ROWS if not any(word in row.condition or word in row.event for word in LEFT_OUT)]
DRIVEN += [row for row in ROWS if row not in DRIVEN and "security ok" in row.condition]
DRIVEN += [row for row in ROWS if row not in DRIVEN and "security matches" in row.condition]

# What a row gives as alternatives, and the machine's reading: the state, and what is sent.
READINGS: dict[tuple[str, ...], tuple[str, str]] = {
    ("SYN-RECEIVED", "SYN in the window", "entered by active OPEN"): (
        "SYN-RECEIVED",
        "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>",
    ),
    ("SYN-RECEIVED", "SYN+ACK (simultaneous open), SEG.SEQ = IRS", "entered by active OPEN"): ("ESTABLISHED", "-"),
    ("TIME-WAIT", "SYN, not allowed", "older timestamp / sequence number"): (
        "TIME-WAIT",
        "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>",
    ),
}
SILENT = ("-", "- (no second FIN)", "as in ESTABLISHED", "ACK / window update as needed")
ACKNOWLEDGED = ("data delivered", "- (data, if any, is acknowledged)")
ERRNO = {
    "connection refused": {"ECONNREFUSED"},
    "error: connection reset (sockets: ECONNREFUSED)": {"ECONNREFUSED"},
    "connection reset": {"ECONNRESET", "EPIPE"},
    "user timeout": {"ETIMEDOUT"},
}


def test_no_row_is_forgotten() -> None:
    assert len(ROWS) == 211
    assert len(DRIVEN) == len(set(DRIVEN)) == 211 - 13
    assert all(list(cases(row.state, row.event, row.condition)) for row in DRIVEN if row.event != "timeouts")


@pytest.mark.parametrize("row", DRIVEN, ids=map(str, DRIVEN))
def test_row(row: Row) -> None:
    if row.event == "timeouts":  # CLOSED: no TCB, no timer
        assert next_expiry(Block(State.CLOSED)) is None
        return
    for case in cases(row.state, row.event, row.condition):
        refused, outcome = None, Outcome(case.block)
        try:
            outcome = case.does()
        except CallError as error:
            refused = error
        where = f"{row}: {case.segment}"
        assert_result(row, case, outcome, refused, where)
        state, sent = READINGS.get((row.state, row.event, row.condition), (row.next_state, row.segment_sent))
        assert outcome.block.state.value == state.split(" (")[0], where
        assert_sent(row, case, outcome, sent, where)


def assert_result(row: Row, case: Case, outcome: Outcome, refused: CallError | None, where: str) -> None:
    """What the user is told."""
    before, after, told = case.block, outcome.block, row.user_result
    if refused is not None:
        assert told.startswith(("error: ", "new record in LISTEN or an error")), where
        wanted = told.removeprefix("error: ")
        assert str(refused) in wanted or "or an error" in wanted, where
        return
    is_call = case.segment is None and "TIMEOUT" not in row.event
    assert not (is_call and told.startswith("error: ")) or "also acceptable" in told, where
    errnos = next((errnos for phrase, errnos in ERRNO.items() if phrase in told and not is_call), None)
    if row.event == "RETRANSMISSION TIMEOUT" or row[:3] in READINGS:
        errnos = None  # "after R2": test_timeouts.py
    assert after.error in (errnos or {None}), where
    if told == "data delivered":
        assert after.unread == before.unread + 20, where
    if told.startswith("connection closing"):
        assert after.fin_received, where
    if told == "ok when acknowledged":
        assert after.flight, where
    if "queued" in told and row.event == "SEND":
        assert after.unsent == before.unsent + 10, where
    if told == "remaining data":
        assert after.unread == before.unread - 10, where


def assert_sent(row: Row, case: Case, outcome: Outcome, sent: str, where: str) -> None:
    """What leaves, with the numbers that the row gives."""
    before, after, leaving = case.block, outcome.block, outcome.segments
    if sent in SILENT:
        text_acknowledged = row.event == "ACK of our SYN" and case.segment is not None and case.segment.length
        assert not leaving or text_acknowledged, where
        return
    if sent.startswith("- "):
        assert all(segment.letters == "." for segment in leaving), where
        return
    assert len(leaving) == 1, where
    (segment,) = leaving
    if not sent.startswith("<"):
        assert_described(row, before, segment, sent, where)
        return
    form = re.match(r"<SEQ=([^>]+)>(?:<ACK=([^>]+)>)?<CTL=([^>]+)>", sent)
    assert form is not None, where
    seq, ack, control = form.groups()
    assert set(segment.flags) - {"PSH"} == set(control.split(",")), where
    assert segment.seq == number(seq, case, before, after, segment), where
    assert segment.ack == (None if ack is None else number(ack, case, before, after, segment)), where


def number(name: str, case: Case, before: Block, after: Block, segment: Segment) -> int | None:
    """A number as the RFC names it."""
    arrived = case.segment or segment
    length = arrived.length + arrived.syn + arrived.fin
    return {
        "0": 0,
        "ISS": after.iss,
        "SND.NXT": before.snd_nxt if before.state is not State.SYN_SENT else after.snd_nxt,
        "RCV.NXT": after.rcv_nxt,
        "SEG.ACK": arrived.ack,
        "SEG.SEQ+SEG.LEN": add(arrived.seq, length),
    }[name]


def assert_described(row: Row, before: Block, segment: Segment, sent: str, where: str) -> None:
    """What the row says in words."""
    assert segment.ack == before.rcv_nxt or "reset" in sent, where
    if sent.startswith("data segment"):
        assert (segment.seq, segment.length) == (before.snd_nxt, 10), where
    elif sent.startswith("reset"):
        assert segment.rst, where
    elif "unacknowledged" in sent:  # the first unacknowledged segment; data, then the FIN
        assert (segment.seq, segment.length) == (before.snd_una, before.flight[0].length), where
    else:
        assert sent in ("the FIN (same SEQ)", "data, then the FIN (same SEQ)"), where
        assert segment.fin, where
        assert segment.seq == before.fin_seq, where


def test_an_iss_beyond_all_old_numbers_when_time_wait_reopens() -> None:
    """§3.6.1 MAY-2: the new ISS is larger than the largest number of the old incarnation."""
    (row,) = (row for row in DRIVEN if row.event == "SYN, new connection allowed")
    for case in cases(row.state, row.event, row.condition):
        assert case.does().block.iss == add(case.block.snd_nxt, 65537)


def test_a_repeated_fin_restarts_time_wait() -> None:
    (row,) = (row for row in DRIVEN if (row.state, row.event) == ("TIME-WAIT", "retransmitted FIN"))
    for case in cases(row.state, row.event, row.condition):
        restarted = case.does().block.time_wait_at
        assert restarted is not None
        assert case.block.time_wait_at is not None
        assert restarted > case.block.time_wait_at
