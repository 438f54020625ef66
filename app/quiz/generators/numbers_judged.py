"""Numbers to judge: what takes one, which acknowledgments count, what a segment that does not fit is answered with."""

from collections.abc import Callable
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices, Option
from app.quiz.generator import Draft, Redraw, generator, lures, options
from app.quiz.generators.numbers import ACK, FIN, HEARD, LAST, NODELAY, SYN, ack, bare, connection, speaking, texts, the
from app.quiz.generators.numbers_losses import HIGHEST, ONE
from app.quiz.question import Capture
from app.quiz.say import Say, say
from app.quiz.traces import ENDS, PEER, arrival, before, replies
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.tcp.acceptance import acknowledges_something
from app.tcp.segment import CIRCLE, add, distance

RST, WHOLE, INTEGERS = "rst-takes-a-number", "acks-match-segments", "numbers-compare-as-integers"
SILENCE, RESET, ANSWERED = "misfits-are-ignored", "misfits-draw-a-reset", "acks-are-acknowledged"
FULL_WINDOW = 65535
WRAPS = 0.3  # how often what is under way passes 2^32


def _kind(sent: Sent) -> tuple[str, str, bool] | None:
    """What the segment is called, who misjudges it, and whether it takes a number; None where it only carries data."""
    segment = sent.segment
    if segment.syn:
        return "SYN" if segment.ack is None else "SYN-ACK", SYN, True
    if segment.rst:
        return "RST", RST, False
    if segment.fin:
        return "FIN", FIN, True
    return ("ACK", ACK, False) if bare(sent) else None


@generator(skill="handshake.numbering", kind="several", level=2, beliefs=(SYN, FIN, ACK, RST), source="rfc:9293#3.4")
def which_take_numbers(dice: Dice) -> Draft:
    """Which lines of a capture take sequence numbers: a connection that is closed, or reset."""
    who, aborts = dice.choice(ENDS), dice.random() < 0.4
    linger = "setsockopt(SO_LINGER=0); " * aborts
    said = f"{linger}send({dice.length()})+150ms; recv; close+300ms"
    trace = run(connection(dice, speaking(who, said, f"recv; send({dice.length()}); {HEARD}")))
    found = [(place, sent, *kind) for place, sent in enumerate(trace.sent, 1) if (kind := _kind(sent))]
    takes, resets, acks = ([line for line in found if line[3] in beliefs] for beliefs in ((SYN, FIN), (RST,), (ACK,)))
    free = dice.sample(acks, dice.randint(2, 3) - len(resets))
    lines = sorted([*dice.sample(takes, 2), *resets, *free], key=lambda line: line[0])
    form = Choices(
        tuple(
            Option(say("quiz.numbers.line", place=place, who=the(sent.source), segment=name), right, belief)
            for place, sent, name, belief, right in lines
        ),
        several=True,
    )
    upto = len(trace.moments) - 1
    return Draft(trace, form, upto, (Capture(trace, upto, absolute=True),), absolute=True)


@generator(
    skill="numbers.acceptable-ack",
    kind="several",
    level=2,
    beliefs=(LAST, WHOLE, ACK, ONE, INTEGERS),
    source="rfc:9293#3.4",
)
def acceptable_acks(dice: Dice) -> Draft:
    """Which acknowledgments move SND.UNA, given SND.UNA, SND.NXT and what is under way."""
    who = dice.choice(ENDS)
    before, first, second = (dice.length(31) for _ in range(3))
    said = f"{NODELAY}; send({before})+200ms; send({first})+300ms; send({second})+2ms"
    wraps = {who: CIRCLE - 1 - before - dice.randint(1, first + second)} if dice.random() < WRAPS else {}
    trace = run(connection(dice, speaking(who, said, "recv(eof)"), isns=wraps))
    moment = trace.moment_at(texts(trace, who)[-1].at).index
    block = trace.block(moment, who, 40000)
    if block is None or distance(block.snd_una, block.snd_nxt) != first + second:
        raise Redraw
    una, nxt = block.snd_una, block.snd_nxt
    inside = add(una, dice.randint(2, first - 1) if dice.random() < 0.5 else first + dice.randint(2, second - 1))
    candidates = {
        una: (LAST, "duplicate"),
        nxt: (LAST, "all"),
        inside: (WHOLE, "part"),
        add(nxt, 1): (ACK, "unsent"),
        add(una, -dice.randint(2, before)): (ONE, "old"),
    }
    chosen = dice.sample(list(candidates), 4)

    def option(value: int) -> Option:
        belief, reason = candidates[value]
        right = acknowledges_something(block, value)
        if right and value < una:  # past 2^32
            belief = INTEGERS
        return Option(say("quiz.numbers.ack", ack=value), right, belief, say(f"quiz.acceptable-acks.{reason}"))

    return Draft(
        trace,
        Choices(tuple(map(option, chosen)), several=True),
        moment,
        prompt=say("quiz.acceptable-acks.prompt", who=the(who), una=una, nxt=nxt, first=first, second=second),
        why=say("quiz.acceptable-acks.why", una=una, nxt=nxt, least=add(una, 1)),
        absolute=True,
    )


class Reply(NamedTuple):
    """What comes back: `ack` with a number, `rst`, or `nothing`."""

    what: str
    ack: int | None = None

    def told(self) -> Say:
        """The option that stands for it."""
        return say(f"quiz.numbers.reply-{self.what}", **({} if self.ack is None else {"ack": self.ack}))


NOTHING, RST_REPLY = Reply("nothing"), Reply("rst")


class Stray(NamedTuple):
    """A segment to arrive: how far its seq is from RCV.NXT, its length, how far its ack is from SND.NXT."""

    seq: int
    length: int
    ack: int = 0


def _strays(dice: Dice, lengths: tuple[int, int]) -> dict[str, Stray]:
    """A segment for each of the cases; the data that has come is of those lengths."""
    return {
        "old": Stray(-sum(lengths), lengths[0]),
        "probe": Stray(-1, 0),
        "ahead": Stray(dice.length(), dice.length()),
        "beyond": Stray(FULL_WINDOW + dice.length(), dice.length()),
        "unsent": Stray(0, 0, dice.length()),
        "plain": Stray(0, 0),
    }


BELIEVED: dict[str, Callable[[int, int], dict[str, Reply]]] = {
    # what misconceptions answer to each: from RCV.NXT and the end of the segment
    "old": lambda _, end: {ONE: Reply("ack", end), SILENCE: NOTHING, RESET: RST_REPLY},
    "probe": lambda _, end: {SILENCE: NOTHING, RESET: RST_REPLY},
    "ahead": lambda _, end: {HIGHEST: Reply("ack", end), SILENCE: NOTHING, RESET: RST_REPLY},
    "beyond": lambda _, end: {HIGHEST: Reply("ack", end), SILENCE: NOTHING, RESET: RST_REPLY},
    "unsent": lambda _, end: {SILENCE: NOTHING, RESET: RST_REPLY},
    "plain": lambda nxt, end: {ANSWERED: Reply("ack", nxt), RESET: RST_REPLY},
}


@generator(
    skill="numbers.acceptable-ack",
    kind="single",
    level=3,
    beliefs=(HIGHEST, ONE, SILENCE, RESET, ANSWERED),
    source="rfc:9293#3.10.7.4",
)
def answer_to_a_segment(dice: Dice) -> Draft:
    """What an endpoint answers to a segment with given seq, ack and length: acceptable or not."""
    who, case = dice.choice(ENDS), dice.choice(tuple(BELIEVED))
    other, own, lengths = PEER[who], dice.length(), (dice.length(), dice.length())
    programs = speaking(other, "send({})+200ms; send({})+150ms".format(*lengths), f"send({own})+50ms; recv(eof)")
    stray = _strays(dice, lengths)[case]
    start = 1 + sum(lengths) + stray.seq
    forged = f"{other} . {start}:{start + stray.length} ack {1 + own + stray.ack} @2s"
    trace = run(connection(dice, f"{programs}\nforge: {forged}"))
    arrived = trace.segments["x1"]
    block = trace.block(before(trace, "x1"), who, arrived.conn)
    if block is None or block.rcv_wnd > FULL_WINDOW:
        raise Redraw
    end = add(arrived.segment.seq, stray.length)
    key, wrong = lures(trace, {}, _reply, BELIEVED[case](block.rcv_nxt, end))
    numbers = {
        "seq": arrived.segment.seq,
        "ack": ack(trace, "x1"),
        "length": stray.length,
        "nxt": block.rcv_nxt,
        "wnd": block.rcv_wnd,
        "sent": block.snd_nxt,
    }
    return Draft(
        trace,
        Choices(options(dice, key, wrong, Reply.told)),
        arrival(trace, "x1"),
        prompt=say("quiz.answer-to-a-segment.prompt", who=the(who), **numbers),
        why=say(f"quiz.answer-to-a-segment.why-{case}", **numbers, last=add(end, -1)),
        absolute=True,
    )


def _reply(trace: Trace) -> Reply:
    """What the forged segment is answered with."""
    found = replies(trace, "x1")
    if not found:
        return NOTHING
    return RST_REPLY if found[0].segment.rst else Reply("ack", found[0].segment.ack)
