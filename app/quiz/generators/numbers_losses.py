"""Numbers where something is lost: what is sent again, and what is acknowledged until then (RFC 9293 §3.4, §3.8.1)."""

from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.generator import Draft, generator, lures, number, worlds
from app.quiz.generators.numbers import (
    FIN,
    LAST,
    NODELAY,
    SEQ_LAST,
    SYN,
    ack,
    connection,
    fin,
    seq,
    speaking,
    texts,
    the,
)
from app.quiz.question import Capture, Diagram
from app.quiz.say import say
from app.quiz.traces import ENDS, PEER, arrival, before, leaves, replies
from app.sim.scenario import Scenario
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.tcp.segment import add

RENUMBERED = "retransmission-takes-new-numbers"
HIGHEST, ONE = "ack-names-highest-byte", "acks-answer-one-segment"
FIRST_DATA = {"client": 3, "server": 2}  # which of the segments that a host sends is the first with data


class Gap(NamedTuple):
    """A connection on which one of some segments with data is lost, but not the last of them."""

    who: str
    lost: int
    scenario: Scenario


def _gap(dice: Dice, close: bool = False) -> Gap:
    who, count = dice.choice(ENDS), dice.randint(3, 4)
    lost = dice.randint(0, count - 2)
    calls = "; ".join(f"send({dice.length(31, 899)})+{5 if n else 200}ms" for n in range(count))
    programs = speaking(who, f"{NODELAY}; {calls}{'; close+5ms' * close}", "recv(eof)")
    name = f"{who[0]}{FIRST_DATA[who] + lost}"
    return Gap(who, lost, connection(dice, programs, f"; drop {name}"))


def _again(trace: Trace, name: str) -> Sent:
    """The first retransmission of that segment. Raises LookupError where there is none."""
    found = [sent for sent in trace.sent if sent.retransmits == name]
    return found[0]


def _answered(trace: Trace, name: str) -> int:
    """The ack of what is sent at once when that segment arrives. Raises LookupError where nothing is."""
    return ack(trace, replies(trace, name)[0].name)


@generator(skill="numbers.gap", kind="number", level=2, beliefs=(RENUMBERED, LAST, SEQ_LAST), source="rfc:9293#3.4")
def seq_of_a_retransmission(dice: Dice) -> Draft:
    """The seq with which lost data is sent again, from a capture on the host that sent it."""
    gap = _gap(dice)
    trace = run(gap.scenario)
    sent = texts(trace, gap.who)
    lost, last = sent[gap.lost], [one for one in sent if not one.retransmits][-1]
    again = _again(trace, lost.name)
    start = lost.segment.seq
    formulas = {
        RENUMBERED: add(last.segment.seq, last.segment.length),
        LAST: add(start, 1),
        SEQ_LAST: add(start, lost.segment.length - 1),
    }
    key, wrong = lures(trace, {}, lambda run: _again(run, lost.name).segment.seq, formulas)
    return Draft(
        trace,
        number(key, wrong),
        leaves(trace, again.name),
        (Capture(trace, leaves(trace, again.name) - 1, at=gap.who, absolute=True),),
        prompt=say("quiz.seq-of-a-retransmission.prompt", who=the(gap.who)),
        why=say("quiz.seq-of-a-retransmission.why", who=the(gap.who), other=the(PEER[gap.who]), seq=key),
        absolute=True,
    )


@generator(skill="numbers.gap", kind="number", level=2, beliefs=(HIGHEST, LAST), source="rfc:9293#3.10.7.4")
def ack_at_a_gap(dice: Dice) -> Draft:
    """The ack of the first segment that arrives behind a lost one."""
    gap = _gap(dice)
    trace = run(gap.scenario)
    sent = texts(trace, gap.who)
    lost, ahead = sent[gap.lost].segment, sent[gap.lost + 1]
    start, length = ahead.segment.seq, ahead.segment.length
    formulas = {HIGHEST: add(start, length), LAST: add(lost.seq, -1)}
    key, wrong = lures(trace, {}, lambda run: _answered(run, ahead.name), formulas)
    return Draft(
        trace,
        number(key, wrong),
        arrival(trace, ahead.name),
        (Diagram(trace, before(trace, ahead.name), absolute=True),),
        prompt=say("quiz.ack-at-a-gap.prompt", who=the(PEER[gap.who]), seq=start, length=length),
        why=say("quiz.ack-at-a-gap.why", who=the(PEER[gap.who]), seq=start, ack=key, missing=add(start, -1)),
        absolute=True,
    )


@generator(skill="numbers.gap", kind="number", level=3, beliefs=(ONE, LAST, FIN), source="rfc:9293#3.10.7.4")
def ack_when_the_gap_is_filled(dice: Dice) -> Draft:
    """The ack of the retransmission that fills the gap; in half of the questions a FIN waits behind it."""
    ends = dice.random() < 0.5
    gap = _gap(dice, ends)
    trace, believed = worlds(gap.scenario, (FIN,) if ends else ())
    lost = texts(trace, gap.who)[gap.lost]
    again = _again(trace, lost.name)

    def asks(run: Trace) -> int:
        return _answered(run, _again(run, lost.name).name)

    end = add(again.segment.seq, again.segment.length)
    key, wrong = lures(trace, believed, asks, {ONE: end, LAST: add(asks(trace), -1)})
    return Draft(
        trace,
        number(key, wrong),
        arrival(trace, again.name),
        (Capture(trace, before(trace, again.name), at=PEER[gap.who], absolute=True),),
        prompt=say(
            "quiz.ack-when-the-gap-is-filled.prompt",
            who=the(PEER[gap.who]),
            seq=again.segment.seq,
            length=again.segment.length,
        ),
        why=say(f"quiz.ack-when-the-gap-is-filled.why{'-fin' * ends}", end=end, ack=key, last=add(key, -1)),
        absolute=True,
    )


@generator(skill="handshake.syn-lost", kind="number", level=2, beliefs=(RENUMBERED, SYN), source="rfc:9293#3.8.1")
def ack_of_a_repeated_syn(dice: Dice) -> Draft:
    """The ack of the SYN-ACK when the SYN got through at the second to fourth attempt."""
    losses = dice.randint(1, 3)
    programs = speaking("client", "recv")
    trace, believed = worlds(connection(dice, programs, f"; drop c1..{losses}"), (SYN,))
    isn = seq(trace, "c1")
    key, wrong = lures(trace, believed, lambda run: ack(run, "s1"), {RENUMBERED: add(isn, losses + 1)})
    return Draft(
        trace,
        number(key, wrong, also=frozenset({1})),
        leaves(trace, "s1"),
        prompt=say("quiz.ack-of-a-repeated-syn.prompt", isn=isn, attempt=losses + 1),
        why=say("quiz.ack-of-a-repeated-syn.why", isn=isn, attempt=losses + 1, ack=key),
        absolute=True,
    )


@generator(skill="teardown.fin-lost", kind="number", level=2, beliefs=(RENUMBERED, SYN), source="rfc:9293#3.8.1")
def seq_of_a_repeated_fin(dice: Dice) -> Draft:
    """The seq of the FIN that is sent again, from the ISN and the bytes before it."""
    who = dice.choice(ENDS)
    length = dice.length()
    programs = speaking(who, f"send({length})+150ms; close+300ms")
    trace = run(connection(dice, programs, f"; drop {who[0]}[F.]1"))
    isn, lost = seq(trace, f"{who[0]}1"), fin(trace, who)
    start = lost.segment.seq
    formulas = {SYN: add(start, -1), RENUMBERED: add(start, 1)}
    key, wrong = lures(trace, {}, lambda run: _again(run, fin(run, who).name).segment.seq, formulas)
    again = _again(trace, lost.name)
    return Draft(
        trace,
        number(key, wrong),
        leaves(trace, again.name),
        prompt=say("quiz.seq-of-a-repeated-fin.prompt", who=the(who), isn=isn, length=length),
        why=say("quiz.seq-of-a-repeated-fin.why", isn=isn, length=length, seq=key),
        absolute=True,
    )
