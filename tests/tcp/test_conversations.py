"""Every conversation of `conversations/` is held with the machine, and whatever it does must be written there.

How they are written is told in `conversation.py`. Each is held under every dialect that it names and, unless it fixes
them, with several pairs of initial sequence numbers: near the top of the circle and near its middle no less than low.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from app.tcp import calls
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.calls import CallError
from app.tcp.dialect import DIALECTS, Dialect
from app.tcp.segment import CIRCLE, HALF, NO_OPTIONS, Options, Segment, add, distance
from app.tcp.states import State
from app.tcp.timeouts import expire, next_expiry
from app.tcp.turn import Doors, Outcome
from tests.tcp.conversation import FOLDER, Conversation, Exchange, NotationError, Number, Written, parse, read

ISNS = ((300, 100), (CIRCLE - 1, CIRCLE - 60), (HALF - 1, HALF - 60), (0, 0))
DOORS = {
    "the accept queue is full": {"accept": False},
    "the accept queue has room": {"accept": True},
    "the SYN queue is full": {"syn": False},
    "cookies are out": {"cookies": True},
}
SEQUENCE_NUMBERS = {"SND.UNA": "snd_una", "SND.NXT": "snd_nxt", "RCV.NXT": "rcv_nxt"}
COUNTS = {"SND.WND": "snd_wnd", "RCV.WND": "rcv_wnd", "unread": "unread", "RTO": "rto"}

CONVERSATIONS = [read(path) for path in sorted(FOLDER.glob("*.tcp"))]
HELD = [(conversation, name) for conversation in CONVERSATIONS for name in conversation.dialects]


@pytest.mark.parametrize(("conversation", "dialect"), HELD, ids=[f"{c.path.stem}-{name}" for c, name in HELD])
def test_conversation(conversation: Conversation, dialect: str) -> None:
    for isns in [conversation.isns] if conversation.isns else ISNS:
        hold(conversation, dialect, isns)


def test_there_are_conversations() -> None:
    assert len(CONVERSATIONS) >= 25
    assert len({conversation.title for conversation in CONVERSATIONS}) == len(CONVERSATIONS)


def hold(conversation: Conversation, dialect: str, isns: tuple[int, int]) -> "Endpoint":
    """Hold the conversation; the endpoint as it is at the end. AssertionError where it departs from what is written."""
    decisions = DIALECTS[dialect]._replace(**conversation.changes)
    if conversation.continues:
        before = read(FOLDER / f"{conversation.continues}.tcp")
        endpoint = hold(replace(before, changes=before.changes | conversation.changes), dialect, isns)
    else:
        endpoint = Endpoint(decisions, isns)
    for exchange in conversation.exchanges:
        where = f"{conversation.path.name}:{exchange.line}: {exchange.text} [{dialect}, ISNs {isns}]"
        endpoint.live(exchange, where)
    return endpoint


class Endpoint:
    """One endpoint, the time, and what the listener around it has room for."""

    def __init__(self, dialect: Dialect, isns: tuple[int, int]) -> None:
        self.dialect, (self.iss, self.irs) = dialect, isns
        self.block = Block(State.CLOSED)
        self.now = 0
        self.doors = Doors(cookie=self.iss)
        self.errno: str | None = None

    def live(self, exchange: Exchange, where: str) -> None:
        """Let the event happen, and compare all that comes of it with what is written."""
        before, self.errno = self.block.error, None
        outcomes = self.happen(exchange, where)
        if self.block.error != before:
            self.errno = self.block.error
        leaving = [segment for outcome in outcomes for segment in outcome.segments]
        expected = [self.ours(segment) for segment in exchange.leaves]
        plain = [segment._replace(window=0, options=NO_OPTIONS) for segment in leaving]
        told = f"{where}: what left was {[self.told(segment) for segment in leaving] or 'nothing'}"
        assert plain == [segment._replace(window=0, options=NO_OPTIONS) for segment in expected], told
        for segment, as_written in zip(leaving, exchange.leaves, strict=True):
            assert as_written.window in (None, segment.window), where
        assert [c.after.value for outcome in outcomes for c in outcome.changes] == exchange.states, where
        assert self.errno == exchange.errno, where
        fired = [check.rule for outcome in outcomes for check in outcome.checks if check.fired]
        assert set(exchange.rules) <= set(fired), f"{where}: what fired was {fired}"
        assert [(name, self.holds(name)) for name, _ in exchange.holds] == exchange.holds, where

    def happen(self, exchange: Exchange, where: str) -> list[Outcome]:
        """The event."""
        outcomes = []
        if exchange.segment is not None:
            outcomes = [segment_arrives(self.block, self.theirs(exchange.segment), self.now, self.dialect, self.doors)]
        elif exchange.call is not None:
            try:
                outcomes = [self.call(exchange.call, int(exchange.given or 0) if exchange.given != "wr" else 0)]
            except CallError as error:
                self.errno = error.errno
        elif exchange.wait is not None:
            outcomes = self.wait(exchange.wait, where)
        else:
            self.doors = self.doors._replace(**DOORS[exchange.queue or ""])
        if outcomes:
            self.block = outcomes[-1].block
        return outcomes

    def call(self, name: str, number: int) -> Outcome:
        """The user's call."""
        match name:
            case "connect":
                return calls.open_active(self.iss, self.now, self.dialect)
            case "listen":
                return calls.open_passive(self.iss, self.now, self.dialect)
            case "send":
                return calls.send(self.block, number, self.now, self.dialect)
            case "recv":
                return calls.receive(self.block, number, self.now, self.dialect)
            case "abort":
                return calls.abort(self.block, self.now, self.dialect)
            case _:
                return calls.close(self.block, self.now, self.dialect, reading=name == "shutdown")

    def wait(self, duration: int, where: str) -> list[Outcome]:
        """Let time pass: a timer that expires on the way, rather than at its end, is a failure."""
        self.now += duration
        outcomes: list[Outcome] = []
        block = self.block
        while (expiry := next_expiry(block)) is not None and expiry.at <= self.now:
            assert expiry.at == self.now, f"{where}: {expiry.timer} expired {self.now - expiry.at} µs before"
            outcomes.append(expire(block, expiry.timer, self.now, self.dialect))
            block = outcomes[-1].block
        return outcomes

    def theirs(self, written: Written) -> Segment:
        """A segment that arrives: they count from their ISN and acknowledge from ours."""
        return segment(written, self.irs, self.iss)

    def ours(self, written: Written) -> Segment:
        """A segment that should leave."""
        return segment(written, self.iss, self.irs)

    def told(self, segment: Segment) -> str:
        """A segment that left, as it would be written."""
        seq = distance(self.iss, segment.seq)
        ack = "" if segment.ack is None else f" ack {distance(self.irs, segment.ack)}"
        return f"< {segment.letters} {seq}:{seq + segment.length}({segment.length}){ack}"

    def holds(self, name: str) -> str:
        """What the block holds, as it is written."""
        if name in SEQUENCE_NUMBERS:
            number = getattr(self.block, SEQUENCE_NUMBERS[name])
            return str(distance(self.irs if name == "RCV.NXT" else self.iss, number))
        held = getattr(self.block, COUNTS[name])
        return f"{held // 1000}ms" if name == "RTO" else str(held)


OFFER = Options(mss=1460, wscale=10, sack_permitted=True, timestamps=(1, 0))


def segment(written: Written, own: int, other: int) -> Segment:
    def on_circle(number: Number, isn: int) -> int:
        return number.value if number.absolute else add(isn, number.value)

    return Segment(
        on_circle(written.seq, own),
        None if written.ack is None else on_circle(written.ack, other),
        syn="S" in written.letters,
        fin="F" in written.letters,
        rst="R" in written.letters,
        psh="P" in written.letters,
        length=written.length,
        window=65535 if written.window is None else written.window,
        options=OFFER if "S" in written.letters else NO_OPTIONS,
    )


HANDSHAKE = """# A handshake
under rfc

connect
< S 0:0(0)
= SYN-SENT
> S. 0:0(0) ack 1
= ESTABLISHED
< . 1:1(0) ack 1
"""


def test_the_example_holds() -> None:
    hold(parse(HANDSHAKE, Path("example")), "rfc", (300, 100))


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("< S 0:0(0)\n", ""),  # silence is required where nothing is written
        ("< . 1:1(0) ack 1\n", "< . 1:1(0) ack 2\n"),
        ("< . 1:1(0) ack 1\n", "< P. 1:1(0) ack 1\n"),
        ("< . 1:1(0) ack 1\n", "< . 1:1(0) ack 1\n< . 1:1(0) ack 1\n"),
        ("= SYN-SENT\n", ""),  # every change of state is written
        ("= ESTABLISHED\n", "= ESTABLISHED\n= CLOSE-WAIT\n"),
        ("= ESTABLISHED\n", "= ESTABLISHED\n! ECONNRESET\n"),
        ("= ESTABLISHED\n", "= ESTABLISHED\nby syn-sent.syn\n"),
        ("= ESTABLISHED\n", "= ESTABLISHED\n? RCV.NXT 2\n"),
        ("> S.", "+2s\n> S."),  # a timer that expires on the way
        ("> S.", "+1s\n> S."),  # …or at the end
    ],
)
def test_a_departure_fails(line: str, instead: str) -> None:
    assert line in HANDSHAKE
    with pytest.raises(AssertionError):
        hold(parse(HANDSHAKE.replace(line, instead), Path("example")), "rfc", (300, 100))


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("# A handshake", ""),
        ("under rfc", "under bsd"),
        ("under rfc\n", ""),
        ("= SYN-SENT", "=SYN-SENT"),
        ("connect", "connnect"),
        ("S. 0:0(0)", "S. 0:1(0)"),
        ("S. 0:0(0)", ".S 0:0(0)"),
        ("S. 0:0(0) ack 1", "S. 0:0(0)"),
        ("= ESTABLISHED", "and then ESTABLISHED"),
        ("connect\n", "= CLOSED\nconnect\n"),
        ("connect\n", "connect\nunder linux\n"),
    ],
)
def test_what_is_not_understood_is_an_error(line: str, instead: str) -> None:
    with pytest.raises(NotationError, match=r"^example:\d+: "):
        parse(HANDSHAKE.replace(line, instead, 1), Path("example"))
