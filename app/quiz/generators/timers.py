"""How long TCP tries and waits, on Linux: SYN, SYN-ACK, FIN-WAIT-2 (RFC 9293 §3.8.3, RFC 6298, ip-sysctl)."""

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, Redraw, generator, lures, number, options, worlds
from app.quiz.generators.losses import FORGOTTEN, kind
from app.quiz.question import Diagram
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import ENDS, PEER, arrival, entered, leaves, replies, returns, sent
from app.sim.scenario import Scenario, parse
from app.sim.trace import Changed, Trace
from app.sim.world import run
from app.tcp.states import Cause, State

FROM_THE_START, LAST_TRY, CONSTANT = "backoff-from-the-start", "last-try-is-not-waited-for", "rto-never-grows"
FOUR_MINUTES, SHORTENED = "time-wait-takes-four-minutes", "fin-timeout-shortens-time-wait"
NO_LIMIT, EVERY_LIMIT = "fin-wait-2-has-no-limit", "fin-timeout-limits-every-fin-wait-2"
CLOSES_ITSELF = "close-wait-closes-itself"
SILENT, PASSIVE = "closed-port-is-silent", "time-wait-at-passive-closer"
SECOND = 1_000_000
AT_ONCE = -1
DEFAULT_LINEAR = 4  # tcp_syn_linear_timeouts


def seconds(us: int) -> int:
    """Whole seconds. Raises Redraw where it is none."""
    if us % SECOND:
        raise Redraw
    return us // SECOND


def _unanswered(dice: Dice) -> tuple[Trace, int, int]:
    """A client that hears nothing, and its two sysctls; a default is not set, so that a misconception may change it."""
    retries, linear = dice.randint(3, 6), dice.choice((0, 1, 2, 3, 4, 4, 4, 5))
    sysctls = f"client.tcp_syn_retries={retries}"
    sysctls += f"; client.tcp_syn_linear_timeouts={linear}" * (linear != DEFAULT_LINEAR)
    text = f"server: listen\nclient: connect\nwire: delay {dice.delay()}ms; drop c1..\nset: {sysctls}"
    return run(parse(text)), retries, linear


@generator(
    skill="handshake.syn-lost",
    kind="number",
    level=2,
    beliefs=(FROM_THE_START, CONSTANT),
    source="kernel:ip-sysctl#tcp_syn_linear_timeouts",
)
def syn_again(dice: Dice) -> Draft:
    """When a SYN that nobody answers is sent again for the n-th time."""
    trace, retries, linear = _unanswered(dice)
    nth = dice.randint(2, len(trace.sent) - 1)
    formulas = {FROM_THE_START: 2**nth - 1, CONSTANT: nth}
    key, wrong = lures(trace, {}, lambda world: seconds(world.sent[nth].at), formulas, least=1)
    waits = [seconds(this.at - before.at) for before, this in zip(trace.sent, trace.sent[1 : nth + 1], strict=False)]
    told: Told = {"retries": retries, "linear": linear, "nth": nth, "waits": " + ".join(map(str, waits)), "at": key}
    return Draft(
        trace,
        number(key, wrong, say("quiz.timers.seconds")),
        leaves(trace, trace.sent[nth].name),
        prompt=say("quiz.syn-again.prompt", **told),
        why=say(f"quiz.syn-again.why.{'linear' if linear else 'doubling'}", **told),
    )


@generator(
    skill="loss.gives-up",
    kind="number",
    level=3,
    beliefs=(FROM_THE_START, LAST_TRY, CONSTANT),
    source="kernel:ip-sysctl#tcp_syn_retries",
)
def connect_gives_up(dice: Dice) -> Draft:
    """When connect() returns ETIMEDOUT if nobody answers."""
    trace, retries, linear = _unanswered(dice)
    last = seconds(trace.sent[-1].at)
    given_up = returns(trace, "client", "connect")[0].at
    formulas = {LAST_TRY: last, FROM_THE_START: 2 ** (retries + 1) - 1, CONSTANT: len(trace.sent)}
    key, wrong = lures(trace, {}, lambda _: seconds(given_up), formulas)
    told: Told = {"retries": retries, "linear": linear, "again": len(trace.sent) - 1}
    told |= {"last": last, "wait": key - last, "at": key}
    return Draft(
        trace,
        number(key, wrong, say("quiz.timers.seconds")),
        trace.moment_at(given_up).index,
        prompt=say("quiz.connect-gives-up.prompt", **told),
        why=say(f"quiz.connect-gives-up.why.{'linear' if linear else 'doubling'}", **told),
    )


@generator(
    skill="loss.gives-up",
    kind="number",
    level=2,
    beliefs=(CONSTANT, LAST_TRY),
    source="kernel:ip-sysctl#tcp_synack_retries",
)
def syn_ack_again(dice: Dice) -> Draft:
    """When a SYN-ACK is sent again for the n-th time, or its request is dropped, if no ACK ever comes."""
    retries = dice.randint(2, 6)
    nth = dice.randint(2, retries) if dice.random() < 0.5 else None
    wire = f"delay {dice.delay()}ms; drop c2.."
    programs = "server: listen; accept\nclient: connect; recv"
    trace = run(parse(f"{programs}\nwire: {wire}\nset: server.tcp_synack_retries={retries}"))
    tries = [one for one in trace.sent if one.source == "server"]
    gone = next(one.at for one in trace.events if isinstance(one, Changed) and one.cause is Cause.RETRIES_EXHAUSTED)
    ends = gone if nth is None else tries[nth].at
    last = seconds(tries[-1].at - tries[0].at)
    formulas = {CONSTANT: retries + 1, LAST_TRY: last} if nth is None else {CONSTANT: nth}
    key, wrong = lures(trace, {}, lambda _: seconds(ends - tries[0].at), formulas, least=1)
    told: Told = {"retries": retries, "nth": nth or 0, "last": last, "at": key}
    asked = "gone" if nth is None else "again"
    return Draft(
        trace,
        number(key, wrong, say("quiz.timers.seconds")),
        trace.moment_at(ends).index,
        prompt=say(f"quiz.syn-ack-again.prompt.{asked}", **told),
        why=say(f"quiz.syn-ack-again.why.{asked}", **told),
    )


# What the first to close calls, what the second does, and the state that is asked about.
WAITS = {
    "time-wait": ("close", "recv(eof); close", State.TIME_WAIT),
    "orphan": ("close", "recv(eof)", State.FIN_WAIT_2),
    "half": ("shutdown(wr)", "recv(eof)", State.FIN_WAIT_2),
}


def _closing(dice: Dice, first: str, closes: str, then: str, timeout: int) -> Scenario:
    """A connection whose one end closes first, with its tcp_fin_timeout."""
    ends = {first: f"{closes}@{dice.randint(310, 990)}ms", PEER[first]: then}
    programs = f"server: listen; accept; {ends['server']}\nclient: connect; {ends['client']}"
    return parse(f"{programs}\nwire: delay {dice.delay()}ms\nset: {first}.tcp_fin_timeout={timeout}")


def _lasts(trace: Trace, end: str, state: State) -> int:
    """How long that end stays in that state (s); AT_ONCE where it is over in less, 0 where it never ends."""
    changes = [one for one in trace.events if isinstance(one, Changed) and one.host == end]
    since = [one.at for one in changes if one.after is state]
    left = [one.at for one in changes if one.before is state]
    if not since or (left and left[0] - since[0] < SECOND):
        return AT_ONCE
    return seconds(left[0] - since[0]) if left else 0


@generator(
    skill="close-wait.fin-wait-2",
    kind="predict",
    level=2,
    beliefs=(SHORTENED, FOUR_MINUTES, NO_LIMIT, EVERY_LIMIT, CLOSES_ITSELF),
    source="kernel:ip-sysctl#tcp_fin_timeout",
)
def fin_timeout(dice: Dice) -> Draft:
    """How long a state lasts with a given tcp_fin_timeout: TIME-WAIT, or FIN-WAIT-2 after close() or shutdown()."""
    case, first = dice.choice(tuple(WAITS)), dice.choice(ENDS)
    timeout = dice.randint(6, 48)
    closes, then, state = WAITS[case]
    beliefs = (SHORTENED, FOUR_MINUTES) if case == "time-wait" else (CLOSES_ITSELF,)
    trace, believed = worlds(_closing(dice, first, closes, then, timeout), beliefs)
    formulas = {"orphan": {NO_LIMIT: 0}, "half": {EVERY_LIMIT: timeout}}.get(case, {})
    key, wrong = lures(trace, believed, lambda world: _lasts(world, first, state), formulas)
    told: Told = {"first": who(first), "second": who(PEER[first]), "timeout": timeout}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _span)),
        len(trace.moments) - 1,
        (Diagram(trace, entered(trace, first, trace.sent[0].conn, state)),),
        prompt=say(f"quiz.fin-timeout.prompt.{case}", **told),
        why=say(f"quiz.fin-timeout.why.{case}", **told),
    )


def _span(length: int) -> Say:
    if length == AT_ONCE:
        return say("quiz.timers.at-once")
    return say("quiz.timers.span", seconds=length) if length else say("quiz.timers.no-limit")


@generator(
    skill="close-wait.fin-wait-2",
    kind="predict",
    level=3,
    beliefs=(NO_LIMIT, SILENT, FORGOTTEN, PASSIVE),
    source="kernel:ip-sysctl#tcp_fin_timeout",
)
def late_fin(dice: Dice) -> Draft:
    """What the first to close answers to a FIN that comes before or after its tcp_fin_timeout."""
    first, timeout, late = dice.choice(ENDS), dice.randint(5, 20), dice.random() < 0.5
    pause = timeout + dice.randint(2, 15) if late else dice.randint(1, timeout - 2)
    scenario = _closing(dice, first, "close", f"recv(eof); close+{pause}s", timeout)
    trace, believed = worlds(scenario, () if late else (PASSIVE,))
    formulas = {FORGOTTEN: ("RST", "CLOSED")}
    if late:
        formulas = {NO_LIMIT: ("ACK", "TIME-WAIT"), SILENT: ("nothing", "CLOSED")}

    def answer(world: Trace) -> tuple[str, str]:
        fin = sent(world, PEER[first], "F.")
        said = [kind(one) for one in replies(world, fin.name)]
        return (said or ["nothing"])[0], world.state(arrival(world, fin.name), first, fin.conn).value

    key, wrong = lures(trace, believed, answer, formulas)
    told: Told = {"first": who(first), "second": who(PEER[first]), "timeout": timeout, "pause": pause}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda said: say("quiz.timers.answer." + "-".join(said).lower()))),
        arrival(trace, sent(trace, PEER[first], "F.").name),
        prompt=say("quiz.late-fin.prompt", **told),
        why=say(f"quiz.late-fin.why.{'late' if late else 'early'}", **told),
    )
