"""A segment of the handshake or of the teardown is lost (RFC 9293 §3.8.1, §3.10.7.4; timers as on Linux)."""

from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, generator, lures, options, worlds
from app.quiz.question import Diagram
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import ENDS, PEER, leaves
from app.sim.scenario import Scenario, parse
from app.sim.trace import Arrived, Changed, Sent, Trace
from app.sim.world import run
from app.tcp.states import Cause, State

ACKS, NEW, ASKS = "acks-are-retransmitted", "retransmission-takes-new-numbers", "receiver-asks-again"
AT_ONCE, SYN_ACK, PURE = "loss-is-noticed-at-once", "syn-ack-is-not-repeated", "third-ack-must-be-pure"
FAILS, TOGETHER = "connect-fails-when-the-third-ack-is-lost", "both-established-together"
ONLY_LOST, FORGOTTEN, REPORTED = "only-the-lost-is-repeated", "close-forgets-the-connection", "losses-are-reported"
BOTH_CHANGE, UNDONE = "ends-change-together", "a-lost-segment-changes-nothing"
RST_LAST = "giving-up-sends-rst"

HANDSHAKE = ("syn", "syn-ack", "third-ack")
TEARDOWN = ("first-fin", "ack-of-fin", "second-fin", "last-ack")
BARE = ("third-ack", "ack-of-fin", "last-ack")
SEVEN = HANDSHAKE + TEARDOWN
# What the seven segments are called where nothing else is sent, by who closes first.
NAMES = {
    "client": dict(zip(SEVEN, ("c1", "s1", "c2", "c3", "s2", "s3", "c4"), strict=True)),
    "server": dict(zip(SEVEN, ("c1", "s1", "c2", "s2", "c3", "c4", "s3"), strict=True)),
}


class Loss(NamedTuple):
    """A connection that `first` closes first, `second` second, and the segment of it that is lost."""

    part: str
    name: str
    first: str
    second: str
    scenario: Scenario

    @property
    def told(self) -> Told:
        """What a sentence needs in order to speak of it."""
        return {"part": part(self.part), "first": who(self.first), "second": who(self.second)}


def part(name: str) -> Say:
    """A segment by the part that it plays, in the middle of a sentence."""
    return say(f"quiz.losses.part.{name}")


def loss(dice: Dice, parts: tuple[str, ...], times: int | None = 1, settings: str = "") -> Loss:
    """One of those segments and the next ones of its host are lost, so many in all; all of them if `times` is None.

    The round trip is long enough to tell whose timer was set first, the pauses longer than any first time-out.
    """
    which, first = dice.choice(parts), dice.choice(ENDS)
    name = NAMES[first][which]
    calls = {first: f"close@{dice.randint(2100, 2900)}ms", PEER[first]: f"recv(eof); close+{dice.randint(900, 1500)}ms"}
    last = "" if times is None else int(name[1:]) + times - 1
    text = f"server: listen; accept; {calls['server']}\nclient: connect@{dice.randint(5, 45)}ms; {calls['client']}"
    text += f"\nwire: delay {dice.randint(50, 85)}ms; drop {name}..{last}"
    text += f"\nset: {settings.format(first=first, second=PEER[first])}" if settings else ""
    return Loss(which, name, first, PEER[first], parse(text))


def lost(trace: Trace, name: str) -> int:
    """The moment at which that segment dies."""
    return trace.moment_at(trace.segments[name].lost_at or 0).index


def kind(sent: Sent) -> str:
    """SYN, SYN-ACK, FIN, RST or ACK."""
    segment = sent.segment
    flag = "SYN" if segment.syn else "FIN" if segment.fin else "RST" if segment.rst else "ACK"
    return f"{flag}-ACK" if segment.syn and segment.ack is not None else flag


# What is next on the wire

Move = tuple[str, str, str]  # how (quiz.losses.move.…), who, and what is sent

# What misconceptions expect, by the segment that is lost; `first` and `second` are those who close first and second.
EXPECTED: dict[str, dict[str, Move]] = {
    "syn": {NEW: ("anew", "client", "SYN"), ASKS: ("asks", "server", "SYN")},
    "syn-ack": {ONLY_LOST: ("again", "server", "SYN-ACK"), NEW: ("anew", "client", "SYN")},
    "third-ack": {RST_LAST: ("resets", "server", "RST"), NEW: ("anew", "server", "SYN-ACK")},
    "first-fin": {
        FORGOTTEN: ("nothing", "first", "FIN"),
        NEW: ("anew", "first", "FIN"),
        ASKS: ("asks", "second", "FIN"),
        AT_ONCE: ("at-once", "first", "FIN"),
    },
    "ack-of-fin": {
        ACKS: ("again", "second", "ACK"),
        FORGOTTEN: ("nothing", "first", "FIN"),
        NEW: ("anew", "first", "FIN"),
    },
    "second-fin": {
        FORGOTTEN: ("nothing", "second", "FIN"),
        NEW: ("anew", "second", "FIN"),
        ASKS: ("asks", "first", "FIN"),
        AT_ONCE: ("at-once", "second", "FIN"),
    },
    "last-ack": {
        ACKS: ("again", "first", "ACK"),
        FORGOTTEN: ("nothing", "second", "FIN"),
        NEW: ("anew", "second", "FIN"),
    },
}


def _next(trace: Trace, name: str) -> Sent:
    """What is sent after that segment has died. Raises LookupError where nothing is."""
    later = [one for one in trace.sent if one.at > trace.segments[name].at]
    return later[0]


def _move(trace: Trace, sent: Sent) -> Move:
    same = [one for one in trace.sent if one.source == sent.source and one.segment.seq == sent.segment.seq]
    return "again" if kind(sent) in map(kind, same[: same.index(sent)]) else "sends", sent.source, kind(sent)


def _what_follows(dice: Dice, parts: tuple[str, ...], id: str) -> Draft:
    this = loss(dice, parts)
    trace, believed = worlds(this.scenario, (ACKS,) if this.part == "third-ack" else ())
    roles = {"first": this.first, "second": this.second}
    moves = [(belief, (how, roles.get(end, end), what)) for belief, (how, end, what) in EXPECTED[this.part].items()]
    dice.shuffle(moves)
    key, wrong = lures(trace, believed, lambda world: _move(world, _next(world, this.name)), dict(moves))
    again = _next(trace, this.name)
    first = trace.segments[again.retransmits or this.name]
    form = options(dice, key, wrong, lambda move: say(f"quiz.losses.move.{move[0]}", who=who(move[1]), what=move[2]))
    return Draft(
        trace,
        Choices(form),
        leaves(trace, again.name),
        (Diagram(trace, lost(trace, this.name)),),
        prompt=say(f"quiz.{id}.prompt", **this.told),
        why=say(f"quiz.{id}.why.{this.part}", ms=(again.at - first.at) // 1000, **this.told),
    )


@generator(
    skill="handshake.syn-lost",
    kind="predict",
    level=1,
    beliefs=(ACKS, NEW, ASKS, ONLY_LOST, RST_LAST),
    source="rfc:9293#3.8.1",
)
def lost_in_the_handshake(dice: Dice) -> Draft:
    """What is next on the wire when a segment of the handshake is lost."""
    return _what_follows(dice, HANDSHAKE, "lost-in-the-handshake")


@generator(
    skill="teardown.fin-lost",
    kind="predict",
    level=2,
    beliefs=(ACKS, NEW, ASKS, FORGOTTEN, AT_ONCE),
    source="rfc:9293#3.8.1",
)
def lost_in_the_teardown(dice: Dice) -> Draft:
    """What is next on the wire when a segment of the teardown is lost."""
    return _what_follows(dice, TEARDOWN, "lost-in-the-teardown")


# Where both ends stand


def _states(trace: Trace, moment: int) -> tuple[str, str]:
    client, server = (trace.state(moment, end, trace.sent[0].conn).value for end in ENDS)
    return client, server


@generator(
    skill="loss.who-repeats",
    kind="single",
    level=1,
    beliefs=(TOGETHER, BOTH_CHANGE, UNDONE),
    source="rfc:9293#3.10.7.4",
)
def states_after_a_loss(dice: Dice) -> Draft:
    """Both ends' states when one of the seven segments has been lost, before anything is sent again."""
    this = loss(dice, SEVEN)
    trace = run(this.scenario)
    spared = run(this.scenario._replace(wire=this.scenario.wire[:1]))
    arrival = spared.moment_at(spared.segments[this.name].arrivals[0]).index
    sender = trace.segments[this.name].source
    guesses = {TOGETHER: ("ESTABLISHED", "ESTABLISHED")} if this.part == "third-ack" else {}
    guesses |= {
        BOTH_CHANGE: _states(spared, arrival),
        UNDONE: _states(trace, leaves(trace, this.name) - 1),
    }
    key, wrong = lures(trace, {}, lambda world: _states(world, lost(world, this.name)), guesses)
    states = dict(zip(ENDS, key, strict=True))
    asked = "handshake" if this.part in HANDSHAKE else "teardown"
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda pair: say("quiz.losses.states", client=pair[0], server=pair[1]))),
        lost(trace, this.name),
        prompt=say(f"quiz.states-after-a-loss.prompt.{asked}", **this.told),
        why=say(
            "quiz.states-after-a-loss.why",
            part=part(this.part),
            sender=who(sender),
            receiver=who(PEER[sender]),
            reached=states[sender],
            stays=states[PEER[sender]],
        ),
    )


# What makes up for an acknowledgment that is lost

PLANS = {
    "data": ("recv", "send({length})+{ms}ms"),
    "fin": ("recv(eof)", "close+{ms}ms"),
    "answer": ("send({length})", "recv"),
}


def moved(trace: Trace, end: str, state: State) -> tuple[Changed, Sent | None]:
    """How that end left that state, and the segment that made it. Raises LookupError where it never did."""
    arrived: Arrived | None = None
    for event in trace.events:
        if isinstance(event, Arrived) and event.host == end:
            arrived = event
        if isinstance(event, Changed) and (event.host, event.before) == (end, state):
            return event, trace.segments[arrived.name] if arrived and arrived.at == event.at else None
    raise LookupError(state)


def _saved_by(trace: Trace, end: str, state: State) -> str:
    """What took that end out of that state: data, a FIN, an ACK that answers something, one of a timer, or nothing."""
    change, sent = moved(trace, end, state)
    if sent is None or change.cause not in (Cause.ACK_OF_SYN, Cause.ACK_OF_FIN):
        return "nothing"
    if sent.segment.length or sent.segment.fin:
        return "data" if sent.segment.length else "fin"
    return "answer" if any(sent.at in one.arrivals and one.target == sent.source for one in trace.sent) else "timer"


@generator(
    skill="third-ack.lost-with-data",
    kind="predict",
    level=2,
    beliefs=(PURE, ACKS, SYN_ACK, RST_LAST),
    source="rfc:9293#3.10.7.4",
)
def third_ack_lost(dice: Dice) -> Draft:
    """What makes the server ESTABLISHED when the third segment is lost: the client sends, closes, or is silent."""
    plan, length, ms = dice.choice(tuple(PLANS)), dice.length(), dice.randint(1, 600)
    server, client = (calls.format(length=length, ms=ms) for calls in PLANS[plan])
    wire = f"delay {dice.delay()}ms; drop c2"
    scenario = parse(f"server: listen; accept; {server}\nclient: connect; {client}\nwire: {wire}")
    trace, believed = worlds(scenario, (SYN_ACK, ACKS) if plan == "answer" else (PURE,))
    formulas = {ACKS: "timer", RST_LAST: "reset"}
    key, wrong = lures(trace, believed, lambda world: _saved_by(world, "server", State.SYN_RECEIVED), formulas)
    change, _ = moved(trace, "server", State.SYN_RECEIVED)
    told: Told = {"length": length, "ms": ms}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda what: say(f"quiz.losses.third.{what}", length=length))),
        trace.moment_at(change.at).index,
        (Diagram(trace, lost(trace, "c2")),),
        prompt=say("quiz.third-ack-lost.prompt", plan=say(f"quiz.losses.plan.{plan}", **told)),
        why=say(f"quiz.third-ack-lost.why.{plan}", **told),
    )


@generator(
    skill="teardown.last-ack-lost",
    kind="predict",
    level=2,
    beliefs=(ACKS, FORGOTTEN, RST_LAST),
    source="rfc:9293#3.6",
)
def last_ack_lost(dice: Dice) -> Draft:
    """What ends LAST-ACK when the last ACK is lost once or a few times, or however often it is sent."""
    times, retries = dice.choice((1, 2, 3, None, None)), dice.randint(2, 5)
    this = loss(dice, ("last-ack",), times, "" if times else f"{{second}}.tcp_orphan_retries={retries}")
    trace = run(this.scenario)
    formulas = {FORGOTTEN: "close", ACKS: "timer"} if times else {FORGOTTEN: "close", RST_LAST: "reset"}
    key, wrong = lures(trace, {}, lambda world: _saved_by(world, this.second, State.LAST_ACK), formulas)
    change, _ = moved(trace, this.second, State.LAST_ACK)
    fins = sum(kind(one) == "FIN" and one.source == this.second for one in trace.sent)
    told: Told = {"times": times or 0, "retries": retries, **this.told}
    asked = "once" if times == 1 else "times" if times else "always"
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda what: say(f"quiz.losses.last.{what}"))),
        trace.moment_at(change.at).index,
        (Diagram(trace, lost(trace, this.name)),),
        prompt=say(f"quiz.last-ack-lost.prompt.{asked}", **told),
        why=say(f"quiz.last-ack-lost.why.{'times' if times else 'always'}", fins=fins, **told),
    )
