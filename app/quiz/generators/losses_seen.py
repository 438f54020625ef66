"""What becomes of a loss: which segments their senders send again, and what the applications see (RFC 9293 §3.8.1)."""

from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices, Option
from app.quiz.generator import Draft, generator, lures, options
from app.quiz.generators.losses import (
    ACKS,
    ASKS,
    AT_ONCE,
    BARE,
    FAILS,
    FORGOTTEN,
    HANDSHAKE,
    REPORTED,
    TEARDOWN,
    loss,
    moved,
    part,
)
from app.quiz.question import Programs
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import ENDS, PEER, leaves, returns
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.tcp.states import State

CLIENT_WAITS, CLOSE_WAITS = "client-waits-for-server", "close-waits-for-peer"
RST_AGAIN = "resets-are-retransmitted"

# What the segments are called where the client sends data, by who closes first.
NINE = (*HANDSHAKE, "data", "ack-of-data", *TEARDOWN)
NAMES = {
    "client": dict(zip(NINE, ("c1", "s1", "c2", "c3", "s2", "c4", "s3", "s4", "c5"), strict=True)),
    "server": dict(zip(NINE, ("c1", "s1", "c2", "c3", "s2", "s3", "c4", "c5", "s4"), strict=True)),
}

# Who misjudges whether a lost segment is sent again.
MISJUDGED = {
    **dict.fromkeys((*BARE, "ack-of-data"), ACKS),
    "data": ASKS,
    "first-fin": FORGOTTEN,
    "second-fin": FORGOTTEN,
    "rst": RST_AGAIN,
}


@generator(
    skill="loss.who-repeats",
    kind="several",
    level=2,
    beliefs=(ACKS, ASKS, FORGOTTEN, RST_AGAIN),
    source="rfc:9293#3.8.1",
)
def sent_again_by_its_sender(dice: Dice) -> Draft:
    """Which of some segments, lost alone, are sent again by the timer of whoever sent them."""
    first, acks, rest = dice.choice(ENDS), (*BARE, "ack-of-data"), ("data", "first-fin", "second-fin")
    parts = [*dice.sample(acks, dice.randint(1, 2)), *dice.sample(rest, 2), *["rst"] * (dice.random() < 0.5)]
    dice.shuffle(parts)
    said = f"connect; send({dice.length()})+{dice.randint(210, 390)}ms"
    ends = {first: f"close@{dice.randint(2100, 2900)}ms", PEER[first]: f"recv(eof); close+{dice.randint(900, 1500)}ms"}
    calls = f"server: listen; accept; recv; {ends['server']}\nclient: {said}; {ends['client']}"
    aborts = f"server: listen; accept; recv; recv(eof)\nclient: {said}; abort@2s"
    wire, names = f"wire: delay {dice.delay()}ms", NAMES[first] | {"rst": "c4"}
    programs = {one: aborts if one == "rst" else calls for one in parts}
    spared = {text: run(parse(f"{text}\n{wire}")) for text in dict.fromkeys(programs.values())}
    right = {one: _has_timer(spared[programs[one]], names[one]) for one in parts}
    lost = names[next(one for one in parts if right[one])]
    shown = run(parse(f"{calls}\n{wire}; drop {lost}"))
    again = next(sent for sent in shown.sent if sent.retransmits == lost)
    return Draft(
        shown,
        Choices(tuple(Option(part(one), right[one], MISJUDGED[one]) for one in parts), several=True),
        leaves(shown, again.name),
        prompt=say("quiz.sent-again-by-its-sender.prompt", first=who(first)),
    )


def _has_timer(trace: Trace, name: str) -> bool:
    """Whether that segment, once sent, is on its sender's retransmission queue."""
    sent = trace.segments[name]
    block = trace.block(leaves(trace, sent.name), sent.source, sent.conn)
    return block is not None and any(flight.seq == sent.segment.seq for flight in block.flight)


class Watched(NamedTuple):
    """A call that sees a loss, and what misconceptions expect of it.

    `late` is whose leaving of which state it is believed to wait for, or else the number of one-way delays after which
    the loss would be made good.
    """

    part: str
    end: str
    call: str
    waits: str
    late: tuple[str, State] | int
    fails: str
    errno: str


WATCHED = (
    Watched("third-ack", "client", "connect", CLIENT_WAITS, ("server", State.SYN_RECEIVED), FAILS, "ETIMEDOUT"),
    Watched("syn", "client", "connect", AT_ONCE, 4, REPORTED, "ETIMEDOUT"),
    Watched("first-fin", "first", "close", CLOSE_WAITS, ("first", State.FIN_WAIT_1), REPORTED, "ETIMEDOUT"),
    Watched("first-fin", "second", "recv", AT_ONCE, 3, REPORTED, "ECONNRESET"),
    Watched("last-ack", "second", "close", CLOSE_WAITS, ("second", State.LAST_ACK), REPORTED, "ETIMEDOUT"),
)


def _returned(trace: Trace, end: str, call: str) -> tuple[str, int]:
    """With what a call of that name returned, the last one, and when (ms)."""
    last = returns(trace, end, call)[-1]
    return str(last.result), last.at // 1000


@generator(
    skill="calls.returns",
    kind="single",
    level=2,
    beliefs=(CLIENT_WAITS, CLOSE_WAITS, AT_ONCE, FAILS, REPORTED),
    source="rfc:9293#3.9.1",
)
def call_after_a_loss(dice: Dice) -> Draft:
    """With what connect(), recv() or close() returns, and when, if one segment is lost."""
    watched = dice.choice(WATCHED)
    this = loss(dice, (watched.part,))
    trace = run(this.scenario)
    roles = {"first": this.first, "second": this.second, **dict(zip(ENDS, ENDS, strict=True))}
    end, gone = roles[watched.end], trace.segments[this.name]
    if isinstance(watched.late, int):
        late = gone.at + 2 * watched.late * ((gone.lost_at or 0) - gone.at)
    else:
        late = moved(trace, roles[watched.late[0]], watched.late[1])[0].at
    result, at = _returned(trace, end, watched.call)
    formulas = {watched.waits: (result, late // 1000), watched.fails: (watched.errno, 0)}
    key, wrong = lures(trace, {}, lambda world: _returned(world, end, watched.call), formulas)
    told: Told = {"end": who(end), "call": watched.call, **this.told}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _result)),
        trace.moment_at(at * 1000).index,
        (Programs(trace.scenario),),
        prompt=say("quiz.call-after-a-loss.prompt", **told),
        why=say(f"quiz.call-after-a-loss.why.{watched.call}-{watched.part}", ms=at, **told),
    )


def _result(returned: tuple[str, int]) -> Say:
    result, ms = returned
    if result.startswith("E"):
        return say("quiz.losses.returns.error", errno=result)
    return say("quiz.losses.returns.eof" if result == "0" else "quiz.losses.returns.ok", ms=ms)
