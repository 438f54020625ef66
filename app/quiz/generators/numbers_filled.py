"""Numbers to fill in and segments to put together: handshakes, teardowns, a reset (RFC 9293 §3.5, §3.6)."""

from collections.abc import Mapping
from dataclasses import replace

from app.quiz.dice import Dice
from app.quiz.forms import Build
from app.quiz.generator import Draft, generator, worlds
from app.quiz.generators.numbers import (
    ACK,
    COUNT,
    FIN,
    HEARD,
    LAST,
    SEQ_LAST,
    SHARED,
    SYN,
    ack,
    by,
    connection,
    fin,
    miscounted,
    recounted,
    seq,
    speaking,
    texts,
    the,
)
from app.quiz.question import Capture
from app.quiz.say import say
from app.quiz.tables import trace_table
from app.quiz.traces import ENDS, PEER, leaves
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.tcp.segment import add

ALIKE, LONE_FIN, FROM_ISN = "resets-are-all-alike", "fin-has-no-ack", "fin-starts-from-the-isn"

Guess = Mapping[str, int | str]


def built(sent: Sent, guesses: Mapping[str, Guess]) -> Build:
    """That segment to put together; `guesses` are the fields that misconceptions fill in otherwise."""
    segment = sent.segment
    build = Build(segment.letters.replace("P", ""), segment.seq, segment.ack, ())
    written = [(belief, {field: str(value) for field, value in guess.items()}) for belief, guess in guesses.items()]
    return replace(build, guesses=tuple(guess for guess in written if not guess[1].items() <= build.key.items()))


def shown_before(trace: Trace, sent: Sent) -> tuple[Capture]:
    """All that has been sent before that segment leaves."""
    return (Capture(trace, leaves(trace, sent.name) - 1, absolute=True),)


@generator(skill="handshake.order", kind="build", level=1, beliefs=(SYN, LAST, ACK), source="rfc:9293#3.5")
def third_segment(dice: Dice) -> Draft:
    """The third segment of the handshake, from the two before it."""
    trace, believed = worlds(connection(dice, speaking("client", "recv")), (SYN,))
    third = trace.segments["c2"]
    guesses = {
        SYN: {"seq": seq(believed[SYN], "c2"), "ack": ack(believed[SYN], "c2")},
        LAST: {"ack": seq(trace, "s1")},
        ACK: {"seq": add(seq(trace, "c1"), 2)},
    }
    return Draft(
        trace,
        built(third, guesses),
        leaves(trace, "c2"),
        (Capture(trace, leaves(trace, "s1"), absolute=True),),
        why=say("quiz.third-segment.why", seq=third.segment.seq, ack=ack(trace, "c2")),
        absolute=True,
    )


@generator(skill="handshake.ack-number", kind="trace", level=1, beliefs=(SYN, LAST, ACK), source="rfc:9293#3.5")
def fill_the_handshake(dice: Dice) -> Draft:
    """The handshake and the first data, some of it left out; either end may be the first to speak."""
    who = dice.choice(ENDS)
    trace = run(connection(dice, speaking(who, f"send({dice.length()})+200ms", "recv")))
    first = texts(trace, who)[0].name
    answer = by(trace, PEER[who])[-1].name
    others = ["s1.flags", "c2.flags", "c2.seq", "c2.ack", f"{first}.ack", f"{answer}.ack", f"{answer}.seq"]
    asked = {"s1.ack", f"{first}.seq", *dice.sample(others, 3)}
    return Draft(
        trace,
        trace_table(trace, asked, {}, miscounted(trace, (SYN, LAST, ACK))),
        len(trace.moments) - 1,
        prompt=say("quiz.fill-the-handshake.prompt", who=the(who), count=len(asked)),
        why=say("quiz.fill-the-handshake.why", client=seq(trace, "c1"), server=seq(trace, "s1"), seq=seq(trace, first)),
        absolute=True,
    )


@generator(
    skill="numbers.whole-connection", kind="trace", level=2, beliefs=(SYN, FIN, LAST, ACK), source="rfc:9293#3.4"
)
def whole_connection(dice: Dice) -> Draft:
    """A connection from SYN to last ACK, some of its numbers left out."""
    answers = f"recv; send({dice.length()}); {HEARD}"
    programs = speaking("client", f"send({dice.length()}); recv; close+300ms", answers)
    trace = run(connection(dice, programs))
    names = [sent.name for sent in trace.sent]
    blanks = dice.sample([name for name in names if name not in ("c1", "s1")], 4)
    asked = {f"{name}.{dice.choice(('seq', 'ack'))}" for name in blanks} | {"s1.ack"}
    return Draft(
        trace,
        trace_table(trace, asked, {}, miscounted(trace, (SYN, FIN, LAST, ACK))),
        len(trace.moments) - 1,
        prompt=say("quiz.whole-connection.prompt", count=len(asked)),
        absolute=True,
    )


@generator(skill="half-close.who-may-send", kind="trace", level=3, beliefs=(FIN, LAST, ACK), source="rfc:9293#3.6")
def after_the_half_close(dice: Dice) -> Draft:
    """A teardown in which the passive side goes on sending after the FIN has come; some numbers are left out."""
    who = dice.choice(ENDS)
    late = "; ".join(f"send({dice.length()})+150ms" for _ in range(dice.randint(1, 2)))
    programs = speaking(
        who, f"send({dice.length()})+200ms; shutdown(wr)+200ms; recv(eof); close", f"recv(eof); {late}; close+200ms"
    )
    trace = run(connection(dice, programs))
    ended, finish = fin(trace, who), fin(trace, PEER[who])
    after = trace.sent[trace.sent.index(ended) + 1 :]
    said = [sent for sent in after if sent.source != who and sent.segment.length]
    heard = [sent for sent in after if sent.source == who]
    choices = [f"{said[0].name}.seq", f"{said[-1].name}.ack", f"{heard[0].name}.ack", f"{finish.name}.ack"]
    asked = {f"{after[0].name}.ack", f"{finish.name}.seq", f"{heard[-1].name}.{dice.choice(('seq', 'ack'))}"}
    asked |= set(dice.sample(choices, 2))
    return Draft(
        trace,
        trace_table(trace, asked, {}, miscounted(trace, (FIN, LAST, ACK))),
        len(trace.moments) - 1,
        prompt=say("quiz.after-the-half-close.prompt", who=the(who), other=the(PEER[who]), count=len(asked)),
        why=say(
            "quiz.after-the-half-close.why",
            who=the(who),
            other=the(PEER[who]),
            seq=ended.segment.seq,
            next=add(ended.segment.seq, ended.segment.length + 1),
            fin=finish.segment.seq,
            last=add(finish.segment.seq, 1),
        ),
        absolute=True,
    )


@generator(
    skill="teardown.order",
    kind="build",
    level=2,
    beliefs=(LONE_FIN, LAST, FROM_ISN, ACK, SEQ_LAST),
    source="rfc:9293#3.6",
)
def build_the_fin(dice: Dice) -> Draft:
    """The FIN of whoever closes first, after data both ways."""
    who = dice.choice(ENDS)
    said = f"send({dice.length()})+150ms; recv; close+300ms"
    trace = run(connection(dice, speaking(who, said, f"recv; send({dice.length()}); {HEARD}")))
    sent = fin(trace, who)
    start, end = sent.segment.seq, ack(trace, sent.name)
    guesses: dict[str, Guess] = {
        LONE_FIN: {"flags": "F", "ack": ""},
        LAST: {"ack": add(end, -1)},
        FROM_ISN: {"seq": seq(trace, f"{who[0]}1")},
        ACK: {"seq": recounted(trace, ack=1)[f"{sent.name}.seq"]},
        SEQ_LAST: {"seq": add(start, -1)},
    }
    return Draft(
        trace,
        built(sent, guesses),
        leaves(trace, sent.name),
        shown_before(trace, sent),
        prompt=say("quiz.build-the-fin.prompt", who=the(who)),
        why=say("quiz.build-the-fin.why", who=the(who), seq=start, ack=end, last=add(start, -1)),
        absolute=True,
    )


@generator(skill="teardown.numbers", kind="build", level=2, beliefs=(FIN, LAST, ACK), source="rfc:9293#3.6")
def build_the_last_ack(dice: Dice) -> Draft:
    """The last ACK of a teardown in four segments or in three."""
    who = dice.choice(ENDS)
    said = f"send({dice.length()})+150ms; recv; close+300ms"
    heard = f"recv; send({dice.length()}); recv(eof); close{dice.choice(('', '+100ms'))}"
    trace = run(connection(dice, speaking(who, said, heard)))
    sent, finish = by(trace, who)[-1], fin(trace, PEER[who])
    start, end = sent.segment.seq, ack(trace, sent.name)
    guesses: dict[str, Guess] = {
        FIN: {"seq": add(start, -1), "ack": add(end, -1)},
        LAST: {"ack": add(end, -1)},
        ACK: {"seq": recounted(trace, ack=1)[f"{sent.name}.seq"]},
    }
    return Draft(
        trace,
        built(sent, guesses),
        leaves(trace, sent.name),
        shown_before(trace, sent),
        prompt=say("quiz.build-the-last-ack.prompt", who=the(who), other=the(PEER[who])),
        why=say(
            "quiz.build-the-last-ack.why",
            who=the(who),
            other=the(PEER[who]),
            own=add(start, -1),
            fin=finish.segment.seq,
            seq=start,
            ack=end,
        ),
        absolute=True,
    )


def _closed(dice: Dice) -> str:
    """Programs of which a segment meets a port where nobody listens."""
    match dice.choice(("syn", "syn-data", "data")):
        case "syn":
            return f"server:\nclient: connect+{dice.delay()}ms"
        case "syn-data":
            return f"server:\nclient:\nforge: c S 0:{dice.length()} @{dice.delay()}ms"
        case _:
            return (
                f"server: listen; accept\nclient: connect; send({dice.length()})@{dice.delay() + 500}ms\n"
                "at: 400ms server!reboot"
            )


@generator(
    skill="reset.sources", kind="build", level=2, beliefs=(ALIKE, SYN, COUNT, SHARED), source="rfc:9293#3.10.7.1"
)
def rst_of_a_closed_port(dice: Dice) -> Draft:
    """The RST that answers a SYN, a SYN with data, or data for a connection that nobody knows any more."""
    trace, believed = worlds(connection(dice, _closed(dice)), (SYN,))
    rst = trace.sent[-1]
    met = trace.sent[-2].segment
    numbers = {"seq": met.seq, "length": met.length, "next": add(met.seq, met.length + met.syn)}
    guesses: dict[str, Guess] = {SHARED: {"seq": numbers["next"]}}
    if met.ack is None:
        kind = "syn"
        guesses[SYN] = {"ack": ack(believed[SYN], rst.name)}
        guesses[ALIKE] = {"flags": "R", "ack": ""}
        guesses[COUNT] = {"ack": add(met.seq, 1)}
    else:
        kind = "data"
        guesses[ALIKE] = {"flags": "R.", "seq": 0, "ack": numbers["next"]}
        numbers["ack"] = met.ack
    return Draft(
        trace,
        built(rst, guesses),
        leaves(trace, rst.name),
        prompt=say(f"quiz.rst-of-a-closed-port.prompt-{kind}{'-data' * (met.syn and met.length > 0)}", **numbers),
        why=say(f"quiz.rst-of-a-closed-port.why-{kind}", **numbers),
        absolute=True,
    )
