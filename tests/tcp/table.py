"""How each event of the RFC's table is made to happen to an endpoint: the driver of `test_state_machine.py`.

Numbers: ISS 300, IRS 100, a receive window of 1,000. Every block comes about by an honest exchange.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.tcp import calls
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.dialect import RFC, Dialect
from app.tcp.segment import Options, Segment, add
from app.tcp.states import State
from app.tcp.timeouts import expire
from app.tcp.turn import Doors, Outcome

ISS, IRS, WINDOW, NOW = 300, 100, 1_000, 5_000_000
DIALECT = RFC._replace(receive_buffer=WINDOW)
BEFORE_5961 = DIALECT._replace(challenge_ack=False)
ROOM = Doors(listening=True)
OFFER = Options(mss=1460)


class Case(NamedTuple):
    """One way for an event to happen: the endpoint before it, the segment if it is one, and what it does."""

    block: Block
    segment: Segment | None
    does: Callable[[], Outcome]


def lived(dialect: Dialect, *steps: str | Segment) -> Block:
    """An endpoint after these calls and segments."""
    block = Block(State.CLOSED)
    for step in steps:
        match step:
            case "connect":
                block = calls.open_active(ISS, 0, dialect).block
            case "listen":
                block = calls.open_passive(ISS, 0, dialect).block
            case "send":
                block = calls.send(block, 100, 0, dialect).block
            case "shutdown" | "close":
                block = calls.close(block, 0, dialect, reading=step == "shutdown").block
            case Segment():
                block = segment_arrives(block, step, 0, dialect).block
    return block


SYN, SYN_ACK = Segment(IRS, syn=True, options=OFFER), Segment(IRS, ISS + 1, syn=True, options=OFFER)
FIN = Segment(IRS + 1, ISS + 1, fin=True)
OPEN = ("connect", SYN_ACK)

# The ways into each state; the first is the ordinary one.
WAYS: dict[str, tuple[tuple[str | Segment, ...], ...]] = {
    "CLOSED": ((),),
    "LISTEN": (("listen",),),
    "SYN-SENT": (("connect",),),
    "SYN-RECEIVED": (("listen", SYN), ("connect", SYN)),
    "ESTABLISHED": (OPEN, ("listen", SYN, Segment(IRS + 1, ISS + 1)), (*OPEN, "send")),
    "FIN-WAIT-1": ((*OPEN, "shutdown"), (*OPEN, "send", "shutdown")),
    "FIN-WAIT-2": ((*OPEN, "shutdown", Segment(IRS + 1, ISS + 2)),),
    "CLOSE-WAIT": ((*OPEN, FIN), (*OPEN, "send", FIN)),
    "CLOSING": ((*OPEN, "shutdown", FIN),),
    "LAST-ACK": ((*OPEN, FIN, "shutdown"),),
    "TIME-WAIT": ((*OPEN, "shutdown", Segment(IRS + 1, ISS + 2), Segment(IRS + 1, ISS + 2, fin=True)),),
}


def cases(state: str, event: str, condition: str) -> Iterator[Case]:
    """Every way in which that event is tried in that state."""
    dialect = BEFORE_5961 if "without RFC 5961" in condition else DIALECT
    for steps in ways(state, event, condition):
        block = lived(dialect, *steps)
        assert block.state.value == state
        if (call := CALLS.get((event, condition)) or CALLS.get((event, ""))) is not None:
            yield Case(block, None, _calling(call, block, dialect))
        else:
            for segment in SEGMENTS.get((event, condition), SEGMENTS.get((event, ""), _none))(block):
                yield Case(block, segment, _arriving(block, segment, dialect))


def _calling(call: Callable[[Block, Dialect], Outcome], block: Block, dialect: Dialect) -> Callable[[], Outcome]:
    return lambda: call(block, dialect)


def _arriving(block: Block, segment: Segment, dialect: Dialect) -> Callable[[], Outcome]:
    return lambda: segment_arrives(block, segment, NOW, dialect, ROOM)


def ways(state: str, event: str, condition: str) -> tuple[tuple[str | Segment, ...], ...]:
    """The ways into the state that suit the row."""
    own = WAYS[state]
    text = Segment(IRS + 1, ISS + 1, length=50)
    special: dict[tuple[str, str], tuple[tuple[str | Segment, ...], ...]] = {
        ("SYN-RECEIVED", "data pending"): (("connect", SYN, "send"),),
        ("CLOSE-WAIT", "data not yet delivered"): ((*OPEN, text, Segment(IRS + 51, ISS + 1, fin=True)),),
        ("FIN-WAIT-2", "half-duplex close (MAY-1)"): ((*OPEN, "close", Segment(IRS + 1, ISS + 2)),),
    }
    if (state, condition) in special:
        return special[state, condition]
    if "passive OPEN" in condition:
        return own[:1]
    if "active OPEN" in condition:
        return own[1:]
    outstanding = {"ACK of new data", "RETRANSMISSION TIMEOUT", "ACK of data only, duplicate ACK, ACK of unsent"}
    if event == "SEND":  # Nagle's algorithm would hold it behind text that is under way
        return own[:1]
    if event in outstanding and state in ("ESTABLISHED", "CLOSE-WAIT", "FIN-WAIT-1"):
        return own[-1:]
    return own


def _none(_block: Block) -> Iterator[Segment]:
    yield from ()


def _expiry(timer: str) -> Callable[[Block, Dialect], Outcome]:
    return lambda block, dialect: expire(block, timer, NOW, dialect)


CALLS: dict[tuple[str, str], Callable[[Block, Dialect], Outcome]] = {
    ("OPEN passive", ""): lambda b, d: calls.reopen(b, NOW, d, active=False, remote=False),
    ("OPEN active", "remote socket specified"): lambda b, d: calls.reopen(
        b._replace(iss=ISS), NOW, d, active=True, remote=True
    ),
    ("OPEN active", "remote socket unspecified"): lambda b, d: calls.reopen(b, NOW, d, active=True, remote=False),
    ("OPEN any", ""): lambda b, d: calls.reopen(b, NOW, d, active=True, remote=True),
    ("SEND", "remote socket specified"): lambda b, d: calls.send(b, 10, NOW, d, remote=True),
    ("SEND", ""): lambda b, d: calls.send(b, 10, NOW, d),
    ("RECEIVE", ""): lambda b, d: calls.receive(b, 10, NOW, d),
    ("CLOSE", ""): lambda b, d: calls.close(b, NOW, d, reading=True),
    ("ABORT", ""): lambda b, d: calls.abort(b, NOW, d),
    ("RETRANSMISSION TIMEOUT", ""): _expiry("retransmission"),
    ("USER TIMEOUT", ""): _expiry("user-timeout"),
    ("TIME-WAIT TIMEOUT", ""): _expiry("time-wait"),
}


def _outside(b: Block) -> Iterator[Segment]:
    yield Segment(add(b.rcv_nxt, -1), b.snd_nxt)
    yield Segment(add(b.rcv_nxt, WINDOW), b.snd_nxt, length=10)
    yield Segment(add(b.rcv_nxt, WINDOW + 5), b.snd_nxt, fin=True)


def _text(seq: int) -> Callable[[Block], Iterator[Segment]]:
    def segments(b: Block) -> Iterator[Segment]:
        yield Segment(add(b.rcv_nxt, seq), b.snd_una, length=20)

    return segments


def _fin(b: Block) -> Iterator[Segment]:
    yield Segment(b.rcv_nxt, b.snd_una, fin=True)


def _acks(*offsets: int) -> Callable[[Block], Iterator[Segment]]:
    """Acknowledgments of SND.NXT and so many more."""

    def segments(b: Block) -> Iterator[Segment]:
        yield from (Segment(b.rcv_nxt, add(b.snd_nxt, offset)) for offset in offsets)

    return segments


def _exact_rst(b: Block) -> Iterator[Segment]:
    yield Segment(b.rcv_nxt, rst=True)
    yield Segment(b.rcv_nxt, b.snd_nxt, rst=True)


def _bad_acks(b: Block) -> Iterator[Segment]:
    for ack in (b.iss, add(b.snd_nxt, 1)):
        yield Segment(b.rcv_nxt, ack)
        yield Segment(b.rcv_nxt, ack, length=10)


def _odd_acks_in_syn_sent(b: Block) -> Iterator[Segment]:
    yield from _bad_acks(b)
    yield Segment(IRS, add(b.snd_nxt, 1), syn=True)


SEGMENTS: dict[tuple[str, str], Callable[[Block], Iterator[Segment]]] = {
    ("segment with RST", ""): lambda b: iter((Segment(500, rst=True), Segment(500, 700, rst=True))),
    ("segment without RST, ACK off (SYN, FIN, data, ...)", ""): lambda b: iter(
        (Segment(1000, syn=True), Segment(1000, syn=True, length=20), Segment(2000, fin=True), Segment(2000, length=9))
    ),
    ("segment without RST, ACK on (ACK, SYN+ACK, FIN+ACK, data)", ""): lambda b: iter(
        (
            Segment(2000, 7000),
            Segment(2000, 7000, syn=True),
            Segment(2000, 7000, fin=True),
            Segment(2000, 7000, length=100),
        )
    ),
    ("segment with ACK (ACK, SYN+ACK, FIN+ACK, data)", ""): lambda b: iter(
        (
            Segment(2000, 7000),
            Segment(2000, 7000, syn=True),
            Segment(2000, 7000, fin=True),
            Segment(2000, 7000, length=100),
        )
    ),
    ("SYN", "no RST, no ACK, security matches"): lambda b: iter((SYN, SYN._replace(length=20), SYN._replace(fin=True))),
    ("segment with none of RST, ACK, SYN (bare FIN, bare data)", ""): lambda b: iter(
        (Segment(2000, fin=True), Segment(2000, length=9), Segment(2000))
    ),
    ("segment with ACK, unacceptable (SEG.ACK =< ISS or > SND.NXT), no RST", ""): _odd_acks_in_syn_sent,
    ("segment with ACK, unacceptable, RST", ""): lambda b: iter(
        (Segment(0, b.iss, rst=True), Segment(0, add(b.snd_nxt, 1), rst=True))
    ),
    ("RST with acceptable ACK", ""): lambda b: iter((Segment(0, b.snd_nxt, rst=True),)),
    ("RST without ACK", ""): lambda b: iter((Segment(0, rst=True), Segment(IRS, rst=True))),
    ("SYN+ACK", ""): lambda b: iter((SYN_ACK,)),
    ("SYN without ACK (simultaneous open)", ""): lambda b: iter((SYN, SYN._replace(length=20))),
    ("neither SYN nor RST (bare ACK with acceptable number, FIN, data)", ""): lambda b: iter(
        (Segment(IRS + 1, b.snd_nxt), Segment(IRS + 1, b.snd_nxt, fin=True), Segment(IRS + 1, length=9))
    ),
    ("segment outside the window, no RST", ""): _outside,
    ("segment outside the window, no RST", "includes a retransmitted SYN (SEG.SEQ = RCV.NXT-1)"): lambda b: iter(
        (*_outside(b), SYN)
    ),
    ("segment outside the window, RST", ""): lambda b: iter(
        (Segment(add(b.rcv_nxt, -1), rst=True), Segment(add(b.rcv_nxt, WINDOW), b.snd_nxt, rst=True))
    ),
    ("RST, SEG.SEQ = RCV.NXT", ""): _exact_rst,
    ("RST, SEG.SEQ = RCV.NXT (or anywhere in the window without RFC 5961)", ""): _exact_rst,
    ("RST, in the window but SEG.SEQ != RCV.NXT", ""): lambda b: iter((Segment(add(b.rcv_nxt, 10), rst=True),)),
    ("SYN (with or without ACK)", ""): lambda b: iter(
        (
            Segment(IRS, syn=True),
            Segment(add(b.rcv_nxt, 10), syn=True),
            Segment(add(b.rcv_nxt, -9_000), b.snd_nxt, syn=True),
        )
    ),
    ("SYN in the window", ""): lambda b: iter((Segment(add(b.rcv_nxt, 10), syn=True),)),
    ("segment with ACK bit off (no RST, no SYN)", ""): lambda b: iter(
        (Segment(b.rcv_nxt), Segment(b.rcv_nxt, length=9), Segment(b.rcv_nxt, fin=True))
    ),
    ("ACK outside (SND.UNA-MAX.SND.WND) =< SEG.ACK =< SND.NXT", ""): lambda b: iter(
        (Segment(b.rcv_nxt, add(b.snd_una, -b.max_snd_wnd - 1)), Segment(b.rcv_nxt, add(b.snd_nxt, 1)))
    ),
    ("ACK of our SYN", ""): lambda b: iter((Segment(b.rcv_nxt, b.snd_nxt), Segment(b.rcv_nxt, b.snd_nxt, length=10))),
    ("ACK, unacceptable", ""): _bad_acks,
    ("FIN+ACK with acceptable ACK", ""): lambda b: iter((Segment(b.rcv_nxt, b.snd_nxt, fin=True),)),
    ("SYN+ACK (simultaneous open), SEG.SEQ = IRS", ""): lambda b: iter((SYN_ACK,)),
    ("ACK of new data", ""): _acks(0, -1),
    ("duplicate ACK", ""): lambda b: iter((Segment(b.rcv_nxt, b.snd_una), Segment(b.rcv_nxt, add(b.snd_una, -1)))),
    ("ACK of something not sent", ""): _acks(1, 500),
    ("data", "in sequence"): _text(0),
    ("data or FIN beyond RCV.NXT (gap)", ""): lambda b: iter(
        (Segment(add(b.rcv_nxt, 10), b.snd_una, length=9), Segment(add(b.rcv_nxt, 10), b.snd_una, fin=True))
    ),
    ("FIN", ""): _fin,
    ("ACK of our FIN", ""): _acks(0),
    ("ACK of data only, duplicate ACK, ACK of unsent", ""): lambda b: iter(
        (Segment(b.rcv_nxt, add(b.snd_nxt, -1)), Segment(b.rcv_nxt, b.snd_una))
    ),
    ("FIN that also acknowledges our FIN (three-segment close)", ""): lambda b: iter(
        (Segment(b.rcv_nxt, b.snd_nxt, fin=True),)
    ),
    ("FIN, our FIN not yet acknowledged (simultaneous close)", ""): _fin,
    ("ACK", "retransmission queue empty"): _acks(0),
    ("data after the local application can no longer read", ""): _text(0),
    ("ACK (new, duplicate, of unsent)", ""): _acks(0),
    ("data beyond the FIN", ""): _text(0),
    ("retransmitted FIN", ""): lambda b: iter((Segment(add(b.rcv_nxt, -1), b.snd_nxt, fin=True),)),
    ("ACK not covering our FIN", ""): lambda b: iter((Segment(b.rcv_nxt, b.snd_una),)),
    ("data", "should not occur"): lambda b: iter((Segment(b.rcv_nxt, b.snd_una, length=20),)),
    ("SYN, new connection allowed", ""): lambda b: iter((Segment(add(b.rcv_nxt, 5_000), syn=True, options=OFFER),)),
    ("SYN, not allowed", ""): lambda b: iter((Segment(add(b.rcv_nxt, -50), syn=True, options=OFFER),)),
    ("data, URG", ""): lambda b: iter((Segment(b.rcv_nxt, b.snd_nxt, length=20),)),
}
