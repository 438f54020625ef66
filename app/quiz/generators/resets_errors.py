"""What a program is told when the other end refuses, resets, closes, dies or is silent: errors of calls on Linux."""

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, generator, lures, options, worlds
from app.quiz.generators.resets import EOF, OPENS, UNREAD
from app.quiz.question import Diagram
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import ENDS, PEER, before, result, returns, sent
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run

REFUSED, SILENCE, BOTH_CHANGE = "reset-is-refused", "silence-means-refused", "ends-change-together"
CRASH, KEEPALIVE, SILENT_PORT = "peer-crash-is-noticed", "keepalive-is-on", "closed-port-is-silent"
PIPE, DELIVERED, DEAF, STAYS = "epipe-at-once", "send-means-delivered", "fin-means-no-receive", "reset-error-stays"
KILLED, MUTE = "killed-process-resets", "dead-process-is-silent"
REFUSES, NEVER = "full-queue-refuses", "connect-never-gives-up"


def _told(trace: Trace, host: str, call: str, nth: int = 1) -> str:
    """What the n-th such call returned: an errno, `ok`, a number; `blocked` if it hasn't."""
    done = returns(trace, host, call)
    return str(done[nth - 1].result) if len(done) >= nth else "blocked"


# The call that is asked about, as (name, which), and who would expect which other error.
ERRORS: dict[str, tuple[str, int, dict[str, str]]] = {
    "refused": ("connect", 1, {REFUSED: "ECONNRESET", SILENT_PORT: "ETIMEDOUT"}),
    "silent": ("connect", 1, {SILENCE: "ECONNREFUSED", NEVER: "blocked"}),
    "aborted": ("send", 2, {REFUSED: "ECONNREFUSED", PIPE: "EPIPE"}),
    "rebooted": ("send", 3, {REFUSED: "ECONNREFUSED", PIPE: "EPIPE"}),
    "crashed": ("recv", 1, {SILENCE: "ECONNRESET", NEVER: "blocked"}),
}


@generator(
    skill="reset.errors",
    kind="single",
    level=1,
    beliefs=(REFUSED, SILENT_PORT, SILENCE, NEVER, PIPE),
    source="rfc:9293#3.5.3",
)
def errno_of_the_call(dice: Dice) -> Draft:
    """Which error a call fails with: refused, silent, aborted, rebooted or crashed."""
    case, end = dice.choice(tuple(ERRORS)), dice.choice(ENDS)
    call, nth, wrong_ones = ERRORS[case]
    end = "client" if call == "connect" else end
    peer, at = PEER[end], dice.randint(391, 590)
    reads = f"{peer}: {OPENS[peer]}; recv; "
    sends = f"{end}: {OPENS[end]}; send({dice.length()}); send({dice.length()})@{at + 200}ms"
    programs, wire, more = {
        "refused": (f"server:\nclient: connect@{at}ms", "", ""),
        "silent": ("server: listen\nclient: connect", "; drop c1..", f"set: tcp_syn_retries={dice.randint(2, 6)}"),
        "aborted": (f"{reads}abort@{at}ms\n{sends}", "", ""),
        "rebooted": (f"{reads}recv\n{sends}; send({dice.length()})@{at + 700}ms", "", f"at: {at}ms {peer}!reboot"),
        "crashed": (f"{reads}recv\n{sends}; recv", "", f"at: {at}ms {peer}!crash"),
    }[case]
    text = f"{programs}\nwire: delay {dice.delay()}ms{wire}\n{more}"
    trace = run(parse(text))
    key, wrong = lures(trace, {}, lambda run: _told(run, end, call, nth), wrong_ones)
    told: Told = {"who": who(end), "peer": who(peer)}
    done = returns(trace, end, call)[nth - 1]
    shown = trace.moment_at(done.at).index - 1
    if case in ("aborted", "rebooted"):
        shown = before(trace, next(one.name for one in trace.sent if one.source == peer and one.segment.rst))
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _failing)),
        trace.moment_at(done.at).index,
        (Diagram(trace, shown),),
        prompt=say(f"quiz.errno-of-the-call.prompt.{case}", **told),
        why=say(f"quiz.errno-of-the-call.why.{case}", **told),
    )


def _failing(errno: str) -> Say:
    return say("quiz.resets.never") if errno == "blocked" else say("quiz.resets.errno", errno=errno)


SEQUENCES = (("send", "send", "recv"), ("send", "recv", "send"), ("recv", "send", "recv"), ("recv", "recv", "send"))


@generator(skill="reset.errors", kind="single", level=3, beliefs=(STAYS, EOF, PIPE, REFUSED), source="man:send.2")
def one_reset_several_calls(dice: Dice) -> Draft:
    """A RST has come; what each of the next three calls returns."""
    end, calls, at = dice.choice(ENDS), dice.choice(SEQUENCES), dice.randint(391, 590)
    made = "; ".join(
        f"{call}({dice.length()})@{at + 100 * n}ms" if call == "send" else f"recv@{at + 100 * n}ms"
        for n, call in enumerate(calls, 2)
    )
    text = (
        f"{end}: {OPENS[end]}; send({dice.length()}); {made}\n{PEER[end]}: {OPENS[PEER[end]]}; recv; abort@{at}ms\n"
        f"wire: delay {dice.delay()}ms"
    )
    trace = run(parse(text))

    def results(run: Trace) -> tuple[str, ...]:
        done = {"send": returns(run, end, "send")[1:], "recv": returns(run, end, "recv")}
        return tuple(str(done[call].pop(0).result) for call in calls)

    guesses = {
        STAYS: ("ECONNRESET",) * 3,
        EOF if calls[0] == "recv" else PIPE: tuple("0" if call == "recv" else "EPIPE" for call in calls),
        REFUSED: ("ECONNREFUSED", *results(trace)[1:]),
    }
    key, wrong = lures(trace, {}, results, guesses)
    rst = sent(trace, PEER[end], "R.").name
    told: Told = {"who": who(end), "peer": who(PEER[end])}
    told |= {f"call{n}": f"{call}()" for n, call in enumerate(calls, 1)}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda triple: say("quiz.resets.triple", results=", ".join(triple)))),
        trace.moment_at(returns(trace, end, calls[-1])[-1].at).index,
        (Diagram(trace, before(trace, rst) + 1),),
        prompt=say("quiz.one-reset-several-calls.prompt", **told),
        why=say("quiz.one-reset-several-calls.why", results=", ".join(key), **told),
    )


# What the peer does, how long the second write comes after the first (ms), and who expects which other results.
WRITES: dict[str, tuple[str, tuple[int, int], dict[str, tuple[str, str]]]] = {
    "closed": ("close@{at}ms", (150, 400), {PIPE: ("EPIPE", "EPIPE"), DELIVERED: ("ok", "ok")}),
    "soon": ("close@{at}ms", (2, 9), {PIPE: ("EPIPE", "EPIPE"), BOTH_CHANGE: ("ok", "EPIPE")}),
    "half": ("shutdown(wr)@{at}ms; recv; recv", (150, 400), {PIPE: ("EPIPE", "EPIPE"), DEAF: ("ok", "EPIPE")}),
    "aborted": ("abort@{at}ms", (150, 400), {PIPE: ("EPIPE", "EPIPE"), STAYS: ("ECONNRESET", "ECONNRESET")}),
}


@generator(
    skill="reset.errors",
    kind="single",
    level=2,
    beliefs=(PIPE, DELIVERED, BOTH_CHANGE, DEAF, STAYS),
    source="man:send.2",
)
def two_writes_after_the_end(dice: Dice) -> Draft:
    """The peer has closed, half-closed or aborted: what the next two send() return."""
    end, case, at = dice.choice(ENDS), dice.choice(tuple(WRITES)), dice.randint(391, 590)
    does, gaps, guesses = WRITES[case]
    first, second, gap = dice.length(), dice.length(), dice.randint(*gaps)
    text = (
        f"{end}: {OPENS[end]}; send({dice.length()}); send({first})@{at + 300}ms; send({second})@{at + 300 + gap}ms\n"
        f"{PEER[end]}: {OPENS[PEER[end]]}; recv; {does.format(at=at)}\nwire: delay {dice.delay()}ms"
    )
    trace = run(parse(text))

    def results(run: Trace) -> tuple[str, str]:
        one, two = ("ok" if isinstance(made := result(run, end, "send", n), int) else made for n in (2, 3))
        return one, two

    key, wrong = lures(trace, {}, results, guesses)
    told: Told = {"who": who(end), "peer": who(PEER[end]), "first": first, "second": second, "gap": gap}

    def label(pair: tuple[str, str]) -> Say:
        shown = [str(size) if made == "ok" else made for size, made in zip((first, second), pair, strict=True)]
        return say("quiz.resets.pair", first=shown[0], second=shown[1])

    return Draft(
        trace,
        Choices(options(dice, key, wrong, label)),
        trace.moment_at(returns(trace, end, "send")[2].at).index,
        (Diagram(trace, trace.moment_at((at + 300) * 1_000 - 1).index),),
        prompt=say(f"quiz.two-writes-after-the-end.prompt.{case}", **told),
        why=say(f"quiz.two-writes-after-the-end.why.{case}", **told),
    )


# How the peer ends, and what others expect recv() to come to: eof, reset, timeout or waiting.
DEATHS: dict[str, dict[str, str]] = {
    "killed": {KILLED: "reset", MUTE: "waiting"},
    "unread": {UNREAD: "eof", MUTE: "waiting"},
    "crash": {CRASH: "reset", KEEPALIVE: "timeout"},
    "cable": {CRASH: "reset", KEEPALIVE: "timeout"},
}
CAME_OF_RECV = {"0": "eof", "ECONNRESET": "reset", "ETIMEDOUT": "timeout", "blocked": "waiting"}


@generator(
    skill="calls.deaths",
    kind="predict",
    level=2,
    beliefs=(KILLED, MUTE, UNREAD, CRASH, KEEPALIVE),
    source="rfc:9293#3.5.1",
)
def idle_when_the_peer_dies(dice: Dice) -> Draft:
    """An end that waits in recv(), while the other's process is killed, its machine stops, or the cable is cut."""
    end, case, at = dice.choice(ENDS), dice.choice(tuple(DEATHS)), dice.randint(611, 990)
    peer, length, delay = PEER[end], dice.length(), dice.delay()
    reads = "sleep(9s)" if case == "unread" else "recv; recv"
    blow = (
        f"; cut {at}ms..14400s" if case == "cable" else f"\nat: {at}ms {peer}!{'crash' if case == 'crash' else 'kill'}"
    )
    scenario = parse(
        f"{end}: {OPENS[end]}; send({length}); recv\n{peer}: {OPENS[peer]}; {reads}\n"
        f"wire: delay {delay}ms{blow}\nset: end=10800s"
    )
    trace, believed = worlds(scenario, {"unread": (UNREAD,), "crash": (KEEPALIVE,)}.get(case, ()))
    key, wrong = lures(trace, believed, lambda run: CAME_OF_RECV[_told(run, end, "recv")], DEATHS[case])
    told: Told = {"who": who(end), "peer": who(peer), "length": length}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda which: say(f"quiz.resets.recv.{which}"))),
        min(trace.moment_at(at * 1_000).index + 1, len(trace.moments) - 1),
        (Diagram(trace, trace.moment_at(at * 1_000 - 1).index),),
        prompt=say(f"quiz.idle-when-the-peer-dies.prompt.{case}", **told),
        why=say(f"quiz.idle-when-the-peer-dies.why.{case}", **told),
    )


@generator(
    skill="handshake.refused",
    kind="predict",
    level=2,
    beliefs=(SILENT_PORT, REFUSED, SILENCE, NEVER, REFUSES),
    source="rfc:9293#3.10.7.1",
)
def connect_to_nobody(dice: Dice) -> Draft:
    """connect() to a port where nobody listens, through a firewall that drops, to a listener that is full."""
    case, retries, delay, at = dice.choice(("closed", "dropped", "full")), dice.randint(2, 6), dice.delay(), 300
    backlog = dice.randint(0, 2)
    fills = "".join(f"client/{n + 2}: connect@{5 * n}ms\n" for n in range(backlog + 1)) if case == "full" else ""
    server = {"closed": "", "dropped": "listen; accept", "full": f"listen({backlog})"}[case]
    scenario = parse(
        f"server: {server}\n{fills}client: connect(from=50000)@{at}ms\n"
        f"wire: delay {delay}ms{'; drop c1..' * (case == 'dropped')}\nset: client.tcp_syn_retries={retries}"
    )
    trace, believed = worlds(scenario, (SILENT_PORT,) if case == "closed" else ())
    trip = 2 * delay
    guesses = {
        "closed": {REFUSED: ("ECONNRESET", trip)},
        "dropped": {SILENCE: ("ECONNREFUSED", _came_of_connect(trace)[1]), NEVER: ("", 0)},
        "full": {REFUSES: ("ECONNREFUSED", trip), NEVER: ("", 0)},
    }[case]
    key, wrong = lures(trace, believed, _came_of_connect, guesses)
    told: Told = {"retries": retries, "backlog": backlog, "room": backlog + 1, "trip": trip}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _ending)),
        trace.moment_at(returns(trace, "client", "connect", 50000)[0].at).index,
        (Diagram(trace, trace.moment_at(at * 1_000).index),),
        prompt=say(f"quiz.connect-to-nobody.prompt.{case}", **told),
        why=say(f"quiz.connect-to-nobody.why.{case}", seconds=key[1] // 1_000, **told),
    )


def _came_of_connect(trace: Trace) -> tuple[str, int]:
    """What connect() returned, and after how many ms."""
    done = returns(trace, "client", "connect", 50000)[0]
    return str(done.result), (done.at - done.called_at) // 1_000


def _ending(how: tuple[str, int]) -> Say:
    errno, after = how
    if not errno:
        return say("quiz.resets.connect.never")
    if after < 1_000:
        return say("quiz.resets.connect.soon", errno=errno, ms=after)
    return say("quiz.resets.connect.late", errno=errno, seconds=after // 1_000)
