"""Every shape of segment in every state, under both dialects: what must hold of all of them.

Scenario tests stay green while an impossible arc is walked. Here each posture that an endpoint can be in meets every
combination of flags, of positions around the receive window and around what is in flight, and of lengths; whatever
comes of it is then led through every call, and through time until no timer runs.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from app.tcp import calls
from app.tcp.acceptance import acceptable, segment_length
from app.tcp.acknowledgments import end_of
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.calls import CallError
from app.tcp.dialect import LINUX, RFC, Dialect
from app.tcp.options import edges
from app.tcp.rules import RULES
from app.tcp.segment import CIRCLE, HALF, NO_OPTIONS, Options, Segment, add, distance, within
from app.tcp.states import ARCS, Cause, State
from app.tcp.timeouts import expire, next_expiry
from app.tcp.turn import Doors, Outcome

ISS, IRS = CIRCLE - 120, CIRCLE - 60  # both wrap around within a posture or a step
NOW = 1_000_000
MSS = 100

DIALECTS = {
    "rfc": RFC,
    "linux, abort on overflow": LINUX._replace(abort_on_overflow=True),
    "rfc before 5961, small window": RFC._replace(challenge_ack=False, receive_buffer=250),
}
DOORS = [
    Doors(cookie=ISS),
    Doors(accept=False),
    Doors(syn=False, cookie=ISS, cookies=True),
    Doors(accept=False, cookie=ISS, cookies=True),
]

OFFER = Options(mss=MSS, sack_permitted=True)
CLOSED, LISTEN = Block(State.CLOSED), Block(State.LISTEN, passive=True, iss=ISS)
SYNCHRONIZED = set(State) - {State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED}
YOUNG = (State.LISTEN, State.SYN_RECEIVED)
PEER_HAS_CLOSED = {State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT}
WE_HAVE_CLOSED = {State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.LAST_ACK, State.TIME_WAIT}
RETRANSMITTING = {State.SYN_SENT, State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT} | (
    WE_HAVE_CLOSED - {State.FIN_WAIT_2, State.TIME_WAIT}
)

# Arcs that nothing walks yet, with the reason. The test fails when one of them is walked, or another is not.
UNWALKED = {
    (State.LISTEN, Cause.SEND): "sockets have no call for it",
    (
        State.SYN_RECEIVED,
        Cause.UNREAD_DATA,
    ): "only Fast Open delivers before ESTABLISHED",
    (State.TIME_WAIT, Cause.ADDRESS_REUSED): "the host decides: tests/sim/test_blows.py",
    **{(state, cause): "tests/sim/test_socket_options.py" for state, cause in ARCS if cause is Cause.KEEPALIVE_TIMEOUT},
    **{(state, Cause.HOST_DOWN): "it befalls the host" for state in State if state is not State.CLOSED},
    **{(state, Cause.USER_TIMEOUT): "test_state_machine.py" for state in State if state is not State.CLOSED},
    **{
        (state, Cause.LISTENER_CLOSED): "the listener, not the endpoint, decides"
        for state in (State.SYN_RECEIVED, State.ESTABLISHED, State.CLOSE_WAIT)
    },
}


# Rules that need more than one segment, or options: where they are tested.
ELSEWHERE = {
    "host.down": "tests/sim/test_blows.py",
    "listen.fast-open": "tests/sim/test_syn_options.py",
    "sequence.old-stamp": "tests/sim/test_syn_options.py",
    "time-wait.rfc1337": "tests/sim/test_kernel.py, 23d",
    "ack.deferred": "tests/sim/test_kernel.py, 32",
    "ack.duplicates": "tests/sim/test_losses.py",
}


class Met(NamedTuple):
    """A segment that met a block, and what came of it."""

    block: Block
    segment: Segment
    dialect: Dialect
    doors: Doors
    outcome: Outcome

    def __str__(self) -> str:
        """What happened, as a failing test tells it."""
        s, o = self.segment, self.outcome
        ack = "" if s.ack is None else f" ack SND.NXT{distance(self.block.snd_nxt, s.ack):+}"
        here = (
            f"{self.dialect.name} {self.block.state.value}: {s.letters} RCV.NXT{distance(self.block.rcv_nxt, s.seq):+}"
        )
        fired = [check.rule for check in o.checks if check.fired]
        return f"{here}({s.length}){ack} → {o.block.state.value} {[x.letters for x in o.segments]} {fired}"


def postures(dialect: Dialect) -> Iterator[Block]:
    """Blocks in every state, as honest exchanges lead there; nothing here is made by hand."""
    dialect = dialect._replace(mss=MSS)

    def lead(*steps: str | Segment) -> Block:
        block = CLOSED
        for step in steps:
            match step:
                case "connect":
                    block = calls.open_active(ISS, 0, dialect).block
                case "listen":
                    block = calls.open_passive(ISS, 0, dialect).block
                case "close" | "shutdown":
                    block = calls.close(block, 0, dialect, reading=step == "shutdown").block
                case "send":
                    block = calls.send(block, 250, 0, dialect).block
                case Segment():
                    block = segment_arrives(block, step, 0, dialect).block
        return block

    def seg(seq: int, ack: int | None = None, **fields: bool | int) -> Segment:
        options = OFFER if fields.get("syn") else NO_OPTIONS
        return Segment(add(IRS, seq), None if ack is None else add(ISS, ack), options=options, **fields)  # type: ignore[arg-type]

    syn, syn_ack, ack = seg(0, syn=True), seg(0, 1, syn=True), seg(1, 1)
    text, ahead, fin = seg(1, 1, length=100), seg(51, 1, length=100), seg(1, 1, fin=True)
    opened = ("connect", syn_ack)
    yield CLOSED
    yield lead("listen")
    yield lead("connect")
    yield lead("connect", "send")
    yield lead("listen", syn)
    yield lead("listen", seg(0, syn=True, length=50, fin=True))
    yield lead("connect", syn)
    yield lead("connect", syn, "send", "close")
    for end in ("shutdown", "close"):
        yield lead("listen", syn, ack)
        yield lead(*opened, "send")
        yield lead(*opened, "send", seg(1, 101))
        yield lead(*opened, text)
        yield lead(*opened, ahead)
        yield lead(*opened, seg(101, 1, fin=True))
        yield lead(*opened, end)
        yield lead(*opened, "send", end)
        yield lead(*opened, ahead, end)
        yield lead("connect", syn, end)
        yield lead(*opened, end, seg(1, 2))
        yield lead(*opened, end, seg(51, 2, length=100))
        yield lead(*opened, fin)
        yield lead(*opened, text, seg(101, 1, fin=True))
        yield lead(*opened, "send", fin)
        yield lead(*opened, end, fin)
        yield lead(*opened, fin, end)
        yield lead(*opened, "send", fin, end)
        yield lead(*opened, end, seg(1, 2, fin=True))
        yield lead(*opened, end, fin, seg(2, 2))


def shapes(block: Block) -> Iterator[Segment]:
    """Every shape of segment, placed around what this block expects."""
    window = block.rcv_wnd
    seqs = {-HALF, -101, -100, -51, -2, -1, 0, 1, 50, 100, window - 1, window, HALF - 1}
    una, nxt = block.snd_una, block.snd_nxt
    acks: set[int | None] = {None, add(ISS, 1), add(una, -70_000), add(nxt, HALF - 1)}
    acks |= {add(una, -1), una, add(una, 1), add(nxt, -1), nxt, add(nxt, 1)}
    for syn, fin, rst in product((False, True), repeat=3):
        for seq, ack, length in product(sorted(seqs), acks, (0, 1, 100)):
            yield Segment(add(block.rcv_nxt, seq), ack, syn=syn, fin=fin, rst=rst, length=length)


@cache
def everything(name: str) -> tuple[Met, ...]:
    """All that can be met under that dialect."""
    dialect = DIALECTS[name]._replace(mss=MSS)
    met = []
    for block in dict.fromkeys(postures(dialect)):
        rooms = DOORS if block.state in YOUNG else (Doors(listening=block.state is State.TIME_WAIT),)
        for segment in shapes(block):
            for doors in rooms:
                outcome = segment_arrives(block, segment, NOW, dialect, doors)
                met.append(Met(block, segment, dialect, doors, outcome))
    return tuple(met)


@pytest.fixture(params=DIALECTS, scope="module")
def met(request: pytest.FixtureRequest) -> tuple[Met, ...]:
    return everything(request.param)


def test_every_state_is_met(met: tuple[Met, ...]) -> None:
    assert {each.block.state for each in met} == set(State)
    assert len(met) > 50_000


def test_every_change_walks_an_arc(met: tuple[Met, ...]) -> None:
    for each in met:
        state = each.block.state
        for change in each.outcome.changes:
            assert change.before is state, each
            assert ARCS[change.before, change.cause].to is change.after, each
            state = change.after
        assert each.outcome.block.state is state, each


def test_every_arrival_is_checked_by_rules_that_exist(met: tuple[Met, ...]) -> None:
    for each in met:
        assert each.outcome.checks, each
        assert all(check.rule in RULES and check.section for check in each.outcome.checks), each
        if each.outcome.segments or each.outcome.changes:
            assert any(check.fired for check in each.outcome.checks), each


def test_a_rst_is_never_answered_by_a_rst(met: tuple[Met, ...]) -> None:
    """At most by one challenge ACK, and only inside the window: §3.10.7.4 second."""
    for each in met:
        if each.segment.rst and mini(each):
            assert all(reply.letters == "." for reply in each.outcome.segments), each
        elif each.segment.rst:
            assert all(reply.letters == "." for reply in each.outcome.segments), each
            if each.outcome.segments:
                assert acceptable(each.block, each.segment, segment_length(each.segment, each.dialect)), each
                assert each.segment.seq != each.block.rcv_nxt, each
                assert len(each.outcome.segments) == 1, each


def test_only_an_exact_rst_ends_a_connection(met: tuple[Met, ...]) -> None:
    for each in met:
        ended = each.block.state in SYNCHRONIZED and any(change.cause is Cause.RST for change in each.outcome.changes)
        if ended:
            assert each.segment.rst, each
            on_fin = each.dialect.rst_may_miss_fin and each.segment.seq == add(each.block.rcv_nxt, -1)
            on_fin = on_fin and each.block.state in PEER_HAS_CLOSED
            assert on_fin or acceptable(each.block, each.segment, segment_length(each.segment, each.dialect)), each
            exact = each.segment.seq == each.block.rcv_nxt or each.segment.seq in right_edges(each.block)
            assert exact or on_fin or mini(each) or not each.dialect.challenge_ack, each


def test_an_acknowledgment_is_not_acknowledged(met: tuple[Met, ...]) -> None:
    """What is acceptable and says nothing new is met with silence, so that no two endpoints chatter for ever."""
    for each in met:
        block, segment = each.block, each.segment
        plain = segment.ack is not None and not (segment.syn or segment.fin or segment.rst or segment.length)
        known = segment.ack is not None and 0 <= distance(block.snd_una, segment.ack) <= distance(
            block.snd_una, block.snd_nxt
        )
        if block.state in SYNCHRONIZED and plain and known and within_window(each) and not mini(each):
            assert all(reply.length or reply.fin for reply in each.outcome.segments), each


def test_what_carries_no_ack_is_dropped_once_synchronized(met: tuple[Met, ...]) -> None:
    """§3.10.7.4 fifth: if the ACK bit is off, drop the segment."""
    for each in met:
        segment = each.segment
        bare = segment.ack is None and not (segment.syn or segment.rst)
        taken = acceptable(each.block, segment, segment_length(segment, each.dialect))
        if each.block.state in SYNCHRONIZED and bare and taken and not mini(each):
            assert each.outcome.block == each.block, each
            assert not each.outcome.segments, each


def test_what_is_unacceptable_changes_nothing_but_timers(met: tuple[Met, ...]) -> None:
    """§3.10.7.4 first: answered, unless it is a RST, and dropped."""
    for each in met:
        block, after, segment = each.block, each.outcome.block, each.segment
        fired = {check.rule for check in each.outcome.checks if check.fired}
        if "sequence.unacceptable" not in fired or fired & STILL_WORTH_SOMETHING or mini(each):
            continue
        assert not acceptable(block, segment, segment_length(segment, each.dialect)), each
        assert not each.outcome.changes, each
        assert [reply.letters for reply in each.outcome.segments] == ([] if segment.rst else ["."]), each
        timers = {"acknowledge_at": None, "challenged_at": None, "time_wait_at": None, "dialogue": False}
        assert after._replace(**timers) == block._replace(**timers), each


def test_what_leaves_is_well_formed(met: tuple[Met, ...]) -> None:
    for each in met:
        after = each.outcome.block
        for reply in each.outcome.segments:
            assert 0 <= reply.seq < CIRCLE, each
            if reply.rst:
                assert reply.letters in ("R", "R."), each
                continue
            assert reply.ack is not None, each  # every segment but the first SYN acknowledges
            if after.state in (State.LISTEN, State.CLOSED):
                continue
            assert distance(reply.ack, after.rcv_nxt) >= 0, each
            assert 0 <= distance(add(after.snd_una, 0), reply.seq) + 1 <= 1 + distance(after.snd_una, after.snd_nxt), (
                each
            )
            assert distance(reply.seq, after.snd_nxt) >= reply.length, each
            assert reply.window <= each.dialect.receive_buffer, each


def test_blocks_stay_sound(met: tuple[Met, ...]) -> None:
    for each in met:
        sound(each.outcome.block, each.dialect, str(each))


def test_numbers_only_grow(met: tuple[Met, ...]) -> None:
    for each in met:
        before, after = each.block, each.outcome.block
        reopened = before.state is State.TIME_WAIT and after.state is State.SYN_RECEIVED
        if before.state not in (State.LISTEN, State.SYN_SENT) and after.state is not State.LISTEN and not reopened:
            assert distance(before.snd_una, after.snd_una) >= 0, each
            assert distance(before.snd_nxt, after.snd_nxt) >= 0, each
            assert 0 <= distance(before.rcv_nxt, after.rcv_nxt) <= before.rcv_wnd + 1, each
            assert distance(before.snd_una, after.snd_una) <= distance(before.snd_una, before.snd_nxt), each


def test_the_same_again(met: tuple[Met, ...]) -> None:
    for each in met[::7]:
        assert segment_arrives(each.block, each.segment, NOW, each.dialect, each.doors) == each.outcome, each


def test_then_every_call(met: tuple[Met, ...]) -> None:
    """A call does what it does or raises CallError, in whatever state a segment has left the endpoint."""
    for block, dialect in after(met):
        for name in ("send", "receive", "close", "shutdown", "abort"):
            outcome = attempt(name, block, dialect)
            if outcome is None:
                continue
            sound(outcome.block, dialect, f"{name} in {block}")
            assert all(ARCS[change.before, change.cause].to is change.after for change in outcome.changes)


def test_then_time(met: tuple[Met, ...]) -> None:
    """Timers expire in their order until none is left, which does not take for ever."""
    for block, dialect in after(met):
        now, expiries = NOW, 0
        while (expiry := next_expiry(block)) is not None:
            assert expiry.at >= now or expiry.at < NOW, block
            now, expiries = max(expiry.at, now), expiries + 1
            outcome = expire(block, expiry.timer, now, dialect)
            assert outcome.block != block, block
            sound(outcome.block, dialect, f"{expiry.timer} in {block}")
            assert all(not reply.rst for reply in outcome.segments), block
            assert expiries < 30, block
            block = outcome.block
        assert block.state in (State.CLOSED, State.LISTEN, State.ESTABLISHED, State.FIN_WAIT_2, State.CLOSE_WAIT), block


def test_what_is_walked_and_what_fires() -> None:
    """Every arc is walked somewhere here and every rule fires, but for those that are known not to."""
    walked: set[tuple[State, Cause]] = {(State.CLOSED, Cause.ACTIVE_OPEN), (State.CLOSED, Cause.PASSIVE_OPEN)}
    fired: set[str] = set()
    for name in DIALECTS:
        met = everything(name)
        for each in met:
            walked |= {(change.before, change.cause) for change in each.outcome.changes}
            fired |= {check.rule for check in each.outcome.checks if check.fired}
        for block, dialect in after(met):
            for does in ("close", "shutdown", "abort"):
                if (done := attempt(does, block, dialect)) is not None:
                    walked |= {(change.before, change.cause) for change in done.changes}
            while (expiry := next_expiry(block)) is not None:
                outcome = expire(block, expiry.timer, expiry.at, dialect)
                walked |= {(change.before, change.cause) for change in outcome.changes}
                block = outcome.block
    assert walked | UNWALKED.keys() == ARCS.keys()
    assert walked & UNWALKED.keys() == set()
    assert fired | ELSEWHERE.keys() == RULES.keys()
    assert fired & ELSEWHERE.keys() == set()


STILL_WORTH_SOMETHING = {"sequence.repeats", "rst.where-fin-was", "time-wait.new-connection"}


def mini(each: Met) -> bool:
    """Whether a mini socket of Linux answered, which has rules of its own (test_matrix.py)."""
    waits = each.block.state is State.TIME_WAIT or (each.block.state is State.FIN_WAIT_2 and each.block.orphan)
    return each.dialect.mini_sockets and waits


def right_edges(block: Block) -> list[int]:
    return [right for _, right in edges(block.held)] if block.sack else []


def within_window(each: Met) -> bool:
    block = each.block
    return each.segment.seq == block.rcv_nxt or within(
        block.rcv_nxt, each.segment.seq, add(block.rcv_nxt, block.rcv_wnd)
    )


def after(met: tuple[Met, ...]) -> list[tuple[Block, Dialect]]:
    """The different blocks that come of it all."""
    return list(dict.fromkeys((each.outcome.block, each.dialect) for each in met))


def attempt(name: str, block: Block, dialect: Dialect) -> Outcome | None:
    """What the call comes to; None where the state forbids it."""
    try:
        return call(name, block, dialect)
    except CallError:
        return None


def call(name: str, block: Block, dialect: Dialect) -> Outcome:
    match name:
        case "send":
            return calls.send(block, 250, NOW, dialect)
        case "receive":
            return calls.receive(block, 70, NOW, dialect)
        case "abort":
            return calls.abort(block, NOW, dialect)
        case _:
            return calls.close(block, NOW, dialect, reading=name == "shutdown")


def sound(block: Block, dialect: Dialect, story: str) -> None:
    """What must hold of a block in whatever state it is."""
    state = block.state
    timers = (block.retransmit_at, block.acknowledge_at, block.time_wait_at, block.orphan_at)
    if state in (State.CLOSED, State.LISTEN):
        assert timers == (None, None, None, None), story
        assert not block.flight, story
        return
    assert block.error is None, story
    assert distance(block.snd_una, block.snd_nxt) >= 0, story
    assert (state is State.TIME_WAIT) == (block.time_wait_at is not None), story
    assert block.orphan_at is None or (state is State.FIN_WAIT_2 and block.orphan), story

    # What is in flight reaches from SND.UNA to SND.NXT, and a timer watches over it.
    assert (block.retransmit_at is not None) == bool(block.flight), story
    reached = block.snd_una
    for flight in block.flight:
        assert flight.seq == reached, story
        assert flight.length <= dialect.mss, story
        reached = end_of(flight, dialect)
    assert reached == block.snd_nxt, story
    assert not block.flight or state in RETRANSMITTING, story

    # Who has closed.
    assert block.fin_received == (state in PEER_HAS_CLOSED), story
    assert (block.fin_seq is not None) <= (state in WE_HAVE_CLOSED), story
    assert block.fin_acknowledged == (state in (State.FIN_WAIT_2, State.TIME_WAIT)), story
    assert block.fin_wanted or state not in WE_HAVE_CLOSED, story

    # What has come.
    if block.irs is not None:
        assert block.rcv_wnd == dialect.receive_buffer - block.unread, story
        edge = add(block.rcv_nxt, block.rcv_wnd)
        for held in block.held:
            assert distance(block.rcv_nxt, held.seq) >= 0, story
            assert distance(add(held.seq, held.length), edge) >= 0, story
