"""Segments that would end a connection: which RST is believed, what a SYN draws, when close() sends a RST."""

from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Build, Choices
from app.quiz.generator import Draft, generator, lures, number, options, worlds
from app.quiz.question import Capture, Diagram
from app.quiz.say import Told, say, who
from app.quiz.traces import ENDS, PEER, arrival, before, replies, result
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.tcp.block import Block
from app.tcp.segment import add
from app.tcp.states import State

IN_WINDOW, LEAVES, UNCHECKED = "any-rst-in-window-resets", "rst-leaves-time-wait", "rst-is-not-checked"
CHALLENGED, DROPPED = "rst-is-always-challenged", "inexact-rst-is-ignored"
SHARED, LAST = "directions-share-numbers", "ack-names-last-byte"
SYN_RESETS, SYN_OPENS = "syn-resets-established", "syn-opens-again"
UNREAD, EOF = "close-with-unread-data-sends-fin", "reset-reads-as-end-of-file"
KEEPS, DEAF = "close-goes-on-receiving", "fin-means-no-receive"
CONN = 40000
OPENS = {"client": "connect", "server": "listen; accept"}


class Talk(NamedTuple):
    """A connection on which both sides have sent something; `nxt` is what each expects, relative to the other's ISN."""

    text: str
    nxt: dict[str, int]

    def forged(self, victim: str, flags: str, offset: int, at: int) -> str:
        """A segment that reaches the victim as if its peer had sent it, so far off what is expected."""
        seq = self.nxt[victim] + offset
        return f"{self.text}forge: {PEER[victim][0]} {flags} {seq}:{seq}(0) @{at}ms\n"


def _talk(dice: Dice, then: str = "recv") -> Talk:
    """`then` is what the client does afterwards."""
    said, answered = dice.length(), dice.length()
    text = (
        f"server: listen; accept; recv; send({answered}); recv\n"
        f"client: connect(from={CONN}); send({said}); recv; {then}\n"
        f"wire: delay {dice.delay()}ms\nset: client.isn={dice.isn()}; server.isn={dice.isn()}\n"
        "set: tcp_window_scaling=0; end=3s\n"
    )
    return Talk(text, {"server": said + 1, "client": answered + 1})


def block(trace: Trace, moment: int, host: str) -> Block:
    """What that host knows of the connection."""
    found = trace.block(moment, host, CONN)
    if found is None:
        raise LookupError(host)
    return found


RST_BELIEVED: dict[str, dict[str, str]] = {
    "exact": {CHALLENGED: "challenge", LEAVES: "time-wait"},
    "inside": {IN_WINDOW: "closed", DROPPED: "nothing"},
    "outside": {UNCHECKED: "closed", CHALLENGED: "challenge"},
}


@generator(
    skill="reset.believed",
    kind="predict",
    level=2,
    beliefs=(IN_WINDOW, LEAVES, UNCHECKED, CHALLENGED, DROPPED),
    source="rfc:5961#3.2",
)
def rst_arrives(dice: Dice) -> Draft:
    """A RST arrives: with just the number that is expected, elsewhere in the window, or outside of it."""
    victim, case = dice.choice(ENDS), dice.choice(tuple(RST_BELIEVED))
    near, far = dice.randint(2, 59_000), dice.choice((-dice.randint(2, 59_000), dice.randint(66_000, 120_000)))
    offset = {"exact": 0, "inside": near, "outside": far}[case]
    trace, believed = worlds(parse(_talk(dice).forged(victim, "R", offset, dice.randint(611, 890))), (IN_WINDOW,))
    key, wrong = lures(trace, believed, lambda run: _after_rst(run, victim), RST_BELIEVED[case])
    mine = block(trace, before(trace, "x1"), victim)
    told: Told = {"who": who(victim), "peer": who(PEER[victim]), "seq": trace.segments["x1"].segment.seq}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda which: say(f"quiz.resets.rst.{which}"))),
        arrival(trace, "x1"),
        (Capture(trace, before(trace, "x1"), at=victim, absolute=True),),
        prompt=say("quiz.rst-arrives.prompt", window=mine.rcv_wnd, **told),
        why=say(f"quiz.rst-arrives.why.{case}", nxt=mine.rcv_nxt, last=add(mine.rcv_nxt, mine.rcv_wnd - 1), **told),
    )


def _after_rst(trace: Trace, victim: str) -> str:
    if trace.state(arrival(trace, "x1"), victim, CONN) is State.CLOSED:
        return "closed"
    return "challenge" if replies(trace, "x1") else "nothing"


@generator(skill="reset.believed", kind="number", level=3, beliefs=(SHARED, LAST), source="rfc:5961#3.2")
def rst_that_counts(dice: Dice) -> Draft:
    """The sequence number that a RST needs to be believed, from a capture."""
    victim = dice.choice(ENDS)
    trace = run(parse(_talk(dice).forged(victim, "R", 0, dice.randint(611, 890))))
    shown = before(trace, "x1")
    mine = block(trace, shown, victim)
    wrong = [(SHARED, mine.snd_nxt), (LAST, add(mine.rcv_nxt, -1))]
    told: Told = {"who": who(victim), "peer": who(PEER[victim])}
    return Draft(
        trace,
        number(mine.rcv_nxt, wrong),
        arrival(trace, "x1"),
        (Capture(trace, shown, absolute=True),),
        prompt=say("quiz.rst-that-counts.prompt", **told),
        why=say("quiz.rst-that-counts.why", nxt=mine.rcv_nxt, **told),
    )


class Intruder(NamedTuple):
    """A SYN that reaches a connection that exists."""

    trace: Trace
    believed: dict[str, Trace]
    name: str
    victim: str
    case: str  # old, inside, or reboot: the client has lost its memory and connects again

    @property
    def seq(self) -> int:
        """Its sequence number."""
        return self.trace.segments[self.name].segment.seq

    @property
    def shown(self) -> int:
        """The last moment before it arrives."""
        return before(self.trace, self.name)


def _intruder(dice: Dice) -> Intruder:
    case, victim, at = dice.choice(("old", "inside", "reboot")), dice.choice(ENDS), dice.randint(611, 890)
    if case == "reboot":
        victim = "server"
        again = f"connect(from={CONN})@{at + dice.randint(400, 900)}ms"
        text = f"{_talk(dice, again).text}at: {at}ms client!reboot\n"
    else:
        talk = _talk(dice, "close@400ms" if victim == "server" and dice.random() < 0.4 else "recv")
        offset = -dice.randint(3_000, 90_000) if case == "old" else dice.randint(2, 59_000)
        text = talk.forged(victim, "S", offset, at)
    trace, believed = worlds(parse(text), (SYN_RESETS,))
    syns = [sent.name for sent in trace.sent if sent.segment.syn and sent.target == victim and sent.name != "c1"]
    return Intruder(trace, believed, syns[-1] if case != "reboot" else syns[0], victim, case)


def _syn_answer(trace: Trace, name: str) -> str:
    answer = replies(trace, name)[0].segment
    return "reset" if answer.rst else "syn-ack" if answer.syn else "challenge"


@generator(
    skill="reset.half-open", kind="predict", level=2, beliefs=(SYN_RESETS, SYN_OPENS), source="rfc:9293#3.10.7.4"
)
def syn_meets_connection(dice: Dice) -> Draft:
    """A SYN reaches a connection that is up: an old one, one in the window, or that of a client that has rebooted."""
    syn = _intruder(dice)
    state = syn.trace.state(syn.shown, syn.victim, CONN).value
    key, wrong = lures(
        syn.trace,
        syn.believed,
        lambda run: _syn_answer(run, syn.name),
        {SYN_RESETS: "reset", SYN_OPENS: "syn-ack"},
    )
    told: Told = {"who": who(syn.victim), "peer": who(PEER[syn.victim]), "state": state}
    return Draft(
        syn.trace,
        Choices(options(dice, key, wrong, lambda which: say(f"quiz.resets.syn.{which}", state=state))),
        arrival(syn.trace, syn.name),
        (Diagram(syn.trace, syn.shown, absolute=True),),
        prompt=say(f"quiz.syn-meets-connection.prompt.{syn.case}", seq=syn.seq, **told),
        why=say(f"quiz.syn-meets-connection.why.{syn.case}", **told),
    )


@generator(
    skill="reset.half-open",
    kind="build",
    level=3,
    beliefs=(SYN_RESETS, SYN_OPENS, LAST, SHARED),
    source="rfc:9293#3.10.7.4",
)
def answer_to_a_syn(dice: Dice) -> Draft:
    """The challenge ACK that a SYN draws from a connection that is up, with its numbers."""
    syn = _intruder(dice)
    answer = replies(syn.trace, syn.name)[0].segment
    mine = block(syn.trace, syn.shown, syn.victim)
    after = str(add(syn.seq, 1))
    guesses = (
        (SYN_RESETS, {"flags": "R.", "seq": "0", "ack": after}),
        (SYN_OPENS, {"flags": "S.", "ack": after}),
        (LAST, {"ack": str(add(mine.rcv_nxt, -1))}),
        (SHARED, {"seq": str(mine.rcv_nxt), "ack": str(mine.snd_nxt)}),
    )
    told: Told = {"who": who(syn.victim), "peer": who(PEER[syn.victim])}
    return Draft(
        syn.trace,
        Build(answer.letters, answer.seq, answer.ack, guesses),
        arrival(syn.trace, syn.name),
        (Capture(syn.trace, syn.shown, at=syn.victim, absolute=True),),
        prompt=say(f"quiz.answer-to-a-syn.prompt.{syn.case}", seq=syn.seq, **told),
        why=say("quiz.answer-to-a-syn.why", nxt=mine.snd_nxt, ack=mine.rcv_nxt, **told),
    )


CLOSE_BELIEVED: dict[str, dict[str, str]] = {
    "unread": {UNREAD: "fin", EOF: "reset-eof"},
    "killed": {UNREAD: "fin", EOF: "reset-eof"},
    "late": {KEEPS: "fin-ack", DEAF: "fin-silence"},
}


@generator(skill="reset.sources", kind="predict", level=2, beliefs=(UNREAD, EOF, KEEPS, DEAF), source="rfc:9293#3.6.1")
def close_with_unread_data(dice: Dice) -> Draft:
    """close() while bytes lie unread, or are under way: what goes out, and what the peer's recv() makes of it."""
    closer, case = dice.choice(ENDS), dice.choice(tuple(CLOSE_BELIEVED))
    length, delay, at = dice.length(211), dice.delay(), dice.randint(391, 590)
    read = dice.choice((0, dice.length(21, 199))) if case != "late" else 0
    sends = at - dice.randint(2, delay - 2) if case == "late" else at - dice.randint(120, 250)
    reads = f"recv({read})@{at - 20}ms; " if read else ""
    ends = "sleep(9s)" if case == "killed" else f"close@{at}ms"
    trace, believed = worlds(
        parse(
            f"{closer}: {OPENS[closer]}; {reads}{ends}\n"
            f"{PEER[closer]}: {OPENS[PEER[closer]]}; send({length})@{sends}ms; recv\n"
            f"wire: delay {delay}ms\n" + (f"at: {at}ms {closer}!kill\n" if case == "killed" else "")
        ),
        (UNREAD,),
    )
    key, wrong = lures(trace, believed, lambda run: _came_of_close(run, closer, at * 1_000), CLOSE_BELIEVED[case])
    told: Told = {"who": who(closer), "peer": who(PEER[closer]), "length": length}
    told |= {
        "read": say("quiz.resets.read.some" if read else "quiz.resets.read.none", read=read),
        "left": length - read,
    }
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda which: say(f"quiz.resets.close.{which}", **told))),
        trace.moment_at(at * 1_000).index,
        (Diagram(trace, trace.moment_at(at * 1_000 - 1).index),),
        prompt=say(f"quiz.close-with-unread-data.prompt.{case}", at=at, **told),
        why=say(f"quiz.close-with-unread-data.why.{case}", **told),
    )


def _came_of_close(trace: Trace, closer: str, at: int) -> str:
    """What the closing host sends from then on, and whether its peer's recv() fails."""
    sent = [one.segment for one in trace.sent if one.source == closer and one.at >= at]
    if sent[0].rst:
        return "reset" if result(trace, PEER[closer], "recv") == "ECONNRESET" else "reset-eof"
    return "fin-reset" if any(segment.rst for segment in sent) else "fin"
