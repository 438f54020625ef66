"""TIME-WAIT: when it ends, what meets it, and whom it keeps from a port (RFC 9293 §3.6.1, RFC 6191, Linux)."""

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, Redraw, generator, lures, number, options, worlds
from app.quiz.generators.losses import FORGOTTEN, kind, loss, moved
from app.quiz.generators.timers import FOUR_MINUTES, PASSIVE, SHORTENED
from app.quiz.question import Capture, Diagram
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import arrival, before, entered, leaves, replies, returns, sent
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.tcp.dialect import LINUX, RFC
from app.tcp.segment import add
from app.tcp.states import State

RUNS_ON, ALWAYS_FOUR, BY_ITSELF = "time-wait-runs-on", "always-four-segments", "close-wait-closes-itself"
MERGED, NUMBER, BLOCKS = "the-ack-waits-for-the-fin", "only-the-number-counts", "time-wait-blocks-the-address"
STAMPS, SWAPPED = "reopening-needs-timestamps", "taken-port-errnos-swapped"
HELPS_SERVERS, AT_THE_CLIENT = "tw-reuse-helps-servers", "time-wait-at-the-client"


@generator(
    skill="time-wait.expires",
    kind="number",
    level=2,
    beliefs=(RUNS_ON, FOUR_MINUTES, SHORTENED),
    source="rfc:9293#3.10.7.4",
)
def time_wait_ends(dice: Dice) -> Draft:
    """How long TIME-WAIT lasts in all if the peer's FIN comes again, once or a few times."""
    timeout = dice.randint(11, 49)
    this = loss(dice, ("last-ack",), dice.randint(1, 3), f"{{first}}.tcp_fin_timeout={timeout}")
    trace, believed = worlds(this.scenario, (RUNS_ON, SHORTENED))
    longer = {FOUR_MINUTES: _whole(trace, this.first) + (RFC.time_wait - LINUX.time_wait) // 1000}
    key, wrong = lures(trace, believed, lambda world: _whole(world, this.first), longer)
    fins = [one for one in trace.sent if one.segment.fin and one.source == this.second]
    last = fins[-1].arrivals[0] - fins[0].arrivals[0]
    told: Told = {"timeout": timeout, **this.told}
    return Draft(
        trace,
        number(key, wrong, say("quiz.time-wait.ms")),
        trace.moment_at(moved(trace, this.first, State.TIME_WAIT)[0].at).index,
        (Capture(trace, trace.moment_at(fins[-1].arrivals[0]).index, at=this.first),),
        prompt=say("quiz.time-wait-ends.prompt", **told),
        why=say("quiz.time-wait-ends.why", last=last // 1000, ms=key, **told),
    )


def _whole(trace: Trace, end: str) -> int:
    """From entering TIME-WAIT to leaving it (ms). Raises Redraw where it is no whole number."""
    since = trace.moments[entered(trace, end, trace.sent[0].conn, State.TIME_WAIT)].at
    lasted = moved(trace, end, State.TIME_WAIT)[0].at - since
    if lasted % 1000:
        raise Redraw
    return lasted // 1000


# Three segments or four

Closing = tuple[tuple[str, int], ...]  # what the passive side sends after the FIN has come, and how long after it (ms)


def _closing(trace: Trace) -> Closing:
    since, until = sent(trace, "client", "F.").arrivals[0], sent(trace, "server", "F.").at
    own = (one for one in trace.sent if one.source == "server" and since <= one.at <= until)
    return tuple((kind(one), (one.at - since) // 1000) for one in own)


def _told(closing: Closing) -> Say:
    if len(closing) == 1:
        return say("quiz.time-wait.three", fin=closing[0][1])
    return say("quiz.time-wait.four", ack=closing[0][1], fin=closing[-1][1])


@generator(
    skill="teardown.three",
    kind="predict",
    level=3,
    beliefs=(ALWAYS_FOUR, BY_ITSELF, MERGED),
    source="rfc:9293#3.8.6.3",
)
def three_or_four(dice: Dice) -> Draft:
    """Whether the passive side's application closes while the ACK of the FIN is still being delayed."""
    case = dice.choice(("within", "after", "fresh"))
    pause = dice.randint(75, 190) if case == "after" else dice.randint(6, 26)
    client, server = ("send({})+0ms; recv; ", "recv; send({}); ") if case != "fresh" else ("", "")
    calls = f"server: listen; accept; {server.format(dice.length())}recv(eof); close+{pause}ms"
    calls += f"\nclient: connect; {client.format(dice.length())}close+{dice.randint(310, 690)}ms"
    beliefs = (BY_ITSELF,) if case == "fresh" else (ALWAYS_FOUR, BY_ITSELF)
    trace, believed = worlds(parse(f"{calls}\nwire: delay {dice.delay()}ms"), beliefs)
    expected: dict[str, Closing] = {MERGED: (("FIN", pause),)}
    key, wrong = lures(trace, believed, _closing, expected)
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _told)),
        leaves(trace, sent(trace, "server", "F.").name),
        (Diagram(trace, leaves(trace, sent(trace, "client", "F.").name)),),
        prompt=say("quiz.three-or-four.prompt", pause=pause),
        why=say(f"quiz.three-or-four.why.{case}", pause=pause),
    )


# A SYN that meets TIME-WAIT

# Whether timestamps are in use and by how much the SYN's is newer, whether its number is higher, and what is believed.
MEETINGS = {
    "newer": ("ts {}", False, {NUMBER: "ACK", BLOCKS: "RST"}),
    "older": ("ts -{}", True, {NUMBER: "SYN-ACK", BLOCKS: "RST"}),
    "higher": ("", True, {STAMPS: "ACK", BLOCKS: "RST"}),
    "lower": ("", False, {FORGOTTEN: "SYN-ACK", BLOCKS: "RST"}),
}


@generator(
    skill="both.unexpected-syn",
    kind="predict",
    level=3,
    beliefs=(NUMBER, STAMPS, BLOCKS, FORGOTTEN),
    source="rfc:6191#2",
)
def syn_meets_time_wait(dice: Dice) -> Draft:
    """What a listening host answers to a SYN for a connection that it has in TIME-WAIT."""
    case = dice.choice(tuple(MEETINGS))
    stamp, higher, expected = MEETINGS[case]
    length, isn, off, at = dice.length(), dice.isn(), dice.length(1001, 99999), dice.randint(4, 40)
    seq, by = length + 2 + (off if higher else -off), at * 1000 - dice.randint(300, 900)
    lines = (
        f"server: listen; accept; recv; send({dice.length()}); close",
        f"client: connect; send({length}); recv; recv(eof); close",
        f"wire: delay {dice.delay()}ms",
        f"forge: c S {seq}:{seq}(0) {stamp.format(by)} @{at}s",
        f"set: client.isn={isn}; tcp_timestamps={int(bool(stamp))}; end={at + 1}s",
    )
    trace = run(parse("\n".join(lines)))
    key, wrong = lures(trace, {}, lambda world: kind(replies(world, "x1")[0]), expected)
    told: Told = {"nxt": add(isn, length + 2), "seq": add(isn, seq), "by": by, "off": off}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda said: say(f"quiz.time-wait.answer.{said.lower()}"))),
        arrival(trace, "x1"),
        (Diagram(trace, before(trace, "x1")),),
        prompt=say("quiz.syn-meets-time-wait.prompt", how=say(f"quiz.time-wait.syn.{case}", **told), **told),
        why=say(f"quiz.syn-meets-time-wait.why.{case}", **told),
    )


# A port that TIME-WAIT holds


def _last(trace: Trace, end: str, call: str) -> str:
    """With what the last call of that name returned."""
    return str(returns(trace, end, call)[-1].result)


def _result(result: str) -> Say:
    return say("quiz.time-wait.ok") if result == "ok" else say("quiz.time-wait.errno", errno=result)


# tcp_tw_reuse, tcp_timestamps, between which seconds the second connect() comes, and who expects what else of it.
PORTS = {
    "off": (0, 1, (3, 50), FORGOTTEN, "ok"),
    "on": (1, 1, (3, 50), BLOCKS, "EADDRNOTAVAIL"),
    "no-stamps": (1, 0, (3, 50), FORGOTTEN, "ok"),
    "loopback": (2, 1, (3, 50), FORGOTTEN, "ok"),
    "over": (0, 1, (66, 80), FOUR_MINUTES, "EADDRNOTAVAIL"),
}


@generator(
    skill="time-wait.ports",
    kind="single",
    level=2,
    beliefs=(FORGOTTEN, BLOCKS, FOUR_MINUTES, SWAPPED),
    source="kernel:ip-sysctl#tcp_tw_reuse",
)
def port_in_time_wait(dice: Dice) -> Draft:
    """What connect() returns to a client whose only port is in TIME-WAIT, or has been."""
    case = dice.choice(tuple(PORTS))
    reuse, stamps, between, belief, expected = PORTS[case]
    seconds = dice.randint(*between)
    lines = (
        "server: listen; accept*{recv(eof); close}",
        f"client: connect; close; connect@{seconds}s",
        f"wire: delay {dice.delay()}ms",
        f"set: client.ip_local_port_range=40000-40000; client.tcp_tw_reuse={reuse}; tcp_timestamps={stamps}",
        f"set: end={seconds + 1}s",
    )
    trace = run(parse("\n".join(lines)))
    formulas = {belief: expected, SWAPPED: "EADDRINUSE"}
    key, wrong = lures(trace, {}, lambda world: _last(world, "client", "connect"), formulas)
    told: Told = {"reuse": reuse, "stamps": stamps, "seconds": seconds}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _result)),
        trace.moment_at(seconds * 1_000_000).index,
        prompt=say("quiz.port-in-time-wait.prompt", **told),
        why=say(f"quiz.port-in-time-wait.why.{case}", **told),
    )


# Who closes first, whether the server's program sets SO_REUSEADDR, tcp_tw_reuse, and who expects what else of it.
AGAIN = (
    ("server", False, 1, HELPS_SERVERS, "ok"),
    ("server", False, 0, AT_THE_CLIENT, "ok"),
    ("server", True, 0, BLOCKS, "EADDRINUSE"),
    ("client", False, 0, PASSIVE, "EADDRINUSE"),
)


@generator(
    skill="time-wait.knobs",
    kind="single",
    level=2,
    beliefs=(HELPS_SERVERS, AT_THE_CLIENT, BLOCKS, PASSIVE, SWAPPED),
    source="man:bind.2",
)
def listening_again(dice: Dice) -> Draft:
    """What a server that has been started again gets when it wants its port back."""
    first, reuses, knob, belief, expected = dice.choice(AGAIN)
    seconds, close = dice.randint(3, 40), f"close+{dice.randint(110, 490)}ms"
    option = "setsockopt(SO_REUSEADDR=1)"
    start, again = (f"{option}; ", f"{option}@{seconds}s; listen") if reuses else ("", f"listen@{seconds}s")
    serves = f"a.{close}" if first == "server" else "a.recv(eof); a.close"
    lines = (
        f"server: {start}l=listen; a=l.accept; {serves}; l.close; {again}",
        f"client: connect; {close if first == 'client' else 'recv(eof); close'}",
        f"wire: delay {dice.delay()}ms",
        f"set: server.tcp_tw_reuse={knob}; end={seconds + 1}s",
    )
    trace = run(parse("\n".join(lines)))
    formulas = {belief: expected, SWAPPED: "EADDRNOTAVAIL"}
    key, wrong = lures(trace, {}, lambda world: _last(world, "server", "listen"), formulas)
    told: Told = {"first": who(first), "knob": knob, "seconds": seconds}
    case = "reuse" if reuses else "plain"
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _result)),
        len(trace.moments) - 1,
        prompt=say(f"quiz.listening-again.prompt.{case}", **told),
        why=say(f"quiz.listening-again.why.{first}-{case}", **told),
    )
