"""Who is in which state at an instant, who keeps TIME-WAIT, and what a state lets a program do (RFC 9293 §3.6.1)."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import pairwise

from app.quiz.dice import Dice
from app.quiz.forms import Choices, Option
from app.quiz.generator import Draft, Redraw, generator, lures, options, worlds
from app.quiz.generators.numbers import by, connection, the
from app.quiz.generators.states import (
    ACCEPT,
    BOTH,
    CLIENT,
    ESTABLISHED,
    ITSELF,
    PASSIVE,
    SWAPPED,
    TOGETHER,
    WAITS,
    at_once,
    closing,
    crossing_fins,
    farewell,
    over,
    quickly,
    slowly,
    swapped,
    together,
)
from app.quiz.question import Capture, Diagram
from app.quiz.say import Say, host, say
from app.quiz.traces import ENDS, PEER, returns
from app.sim.scenario import Scenario, parse, written
from app.sim.trace import Changed, Trace
from app.sim.world import run

CONNECT, RST, UNREAD = "connect-waits-for-accept", "rst-leaves-time-wait", "close-with-unread-data-sends-fin"
DEAF, MUTE, SPEAKS = "fin-means-no-receive", "no-data-after-fin-received", "fin-sender-may-send"
SHUTDOWN, ABRUPT, TOLD = "close-is-shutdown", "close-is-abrupt", "shut-rd-tells-the-peer"
MARGIN = 3  # ms that an instant keeps from everything that happens


def state_at(trace: Trace, end: str, ms: int) -> str:
    """The state of an end at an instant."""
    return trace.state(trace.moment_at(1000 * ms).index, end, trace.sent[0].conn).value


def spells(instants: list[int]) -> list[tuple[int, int]]:
    """The spells that those instants (µs) bound, as their first and last ms; they keep away from what happens then."""
    found = [(a // 1000 + MARGIN, b // 1000 - MARGIN) for a, b in pairwise(sorted(set(instants)))]
    return [(first, last) for first, last in found if first <= last]


def ends_in(trace: Trace, state: str, ms: int) -> frozenset[str]:
    """The ends that are in that state at an instant."""
    return frozenset(end for end in ENDS if state_at(trace, end, ms) == state)


def which(what: str, ends: frozenset[str]) -> Say:
    """Which of the two ends: `quiz.states.WHAT.client`, `.server`, `.both` or `.neither`."""
    return say(f"quiz.states.{what}.{'both' if len(ends) == 2 else next(iter(ends), 'neither')}")


def delay_of(trace: Trace) -> int:
    """The one-way delay, ms."""
    return (over(trace.sent[0]) - trace.sent[0].at) // 1000


@generator(
    skill="handshake.established",
    kind="single",
    level=1,
    beliefs=(ESTABLISHED, ACCEPT, WAITS, CONNECT, TOGETHER),
    source="rfc:9293#3.10.7.4",
)
def who_is_established(dice: Dice) -> Draft:
    """Who is ESTABLISHED at an instant of a handshake; the third segment may be lost, accept() is late."""
    lost, accept = dice.choice((False, True)), dice.randint(700, 950)
    programs = f"server: listen; accept@{accept}ms\nclient: connect; send({dice.length()})+{dice.randint(150, 400)}ms"
    trace = run(connection(dice, programs, "; drop c2" if lost else ""))
    answer, third, data = (trace.segments[name] for name in ("s1", "c2", "c3"))
    made = data if lost else third  # what lets the server be ESTABLISHED
    now = dice.randint(*dice.choice(spells([answer.at, over(answer), made.at, over(made), 1000 * accept])))
    client, server = now >= over(answer) / 1000, now >= over(made) / 1000
    formulas = {
        ESTABLISHED: frozenset(ENDS),
        ACCEPT: _standing(client, False),
        WAITS: _standing(server, server),
        CONNECT: _standing(False, server),
        TOGETHER: frozenset(end for end in ENDS if together(at_once(trace)[end], 1000 * now) == "ESTABLISHED"),
    }
    key, wrong = lures(trace, {}, lambda run: ends_in(run, "ESTABLISHED", now), formulas)
    upto = trace.moment_at(1000 * now).index
    return Draft(
        trace,
        Choices(options(dice, key, wrong, partial(which, "established"))),
        upto,
        (Capture(trace, upto),),
        say(
            "quiz.who-is-established.prompt",
            delay=delay_of(trace),
            fate=say(f"quiz.states.third.{'lost' if lost else 'fine'}"),
            accept=accept,
            now=now,
        ),
        say(
            "quiz.who-is-established.why",
            client=over(answer) // 1000,
            server=over(made) // 1000,
            now=now,
            carrier=say(f"quiz.states.carrier.{'data' if lost else 'ack'}"),
        ),
    )


def _standing(client: bool, server: bool) -> frozenset[str]:
    return frozenset(end for end, stands in zip(ENDS, (client, server), strict=True) if stands)


@generator(
    skill="teardown.states",
    kind="single",
    level=2,
    beliefs=(ITSELF, PASSIVE, SWAPPED, TOGETHER),
    source="rfc:9293#3.10.7.4",
)
def state_at_an_instant(dice: Dice) -> Draft:
    """The state of one end at an instant of a close."""
    scenario = closing(dice, dice.choice(ENDS), dice.choice((slowly, quickly))(dice))
    trace, believed = worlds(scenario, (ITSELF, PASSIVE))
    instants = [at for sent in farewell(trace) for at in (sent.at, over(sent))]
    now, end, (key, wrong) = _telling(dice, trace, believed, spells(instants))
    upto = trace.moment_at(1000 * now).index
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _named)),
        upto,
        (Capture(trace, upto),),
        say("quiz.state-at-an-instant.prompt", delay=delay_of(trace), now=now, host=the(end)),
        say(f"quiz.state-at-an-instant.why.{key.lower()}", host=the(end), peer=the(PEER[end])),
    )


def _telling(
    dice: Dice, trace: Trace, believed: Mapping[str, Trace], when: list[tuple[int, int]]
) -> tuple[int, str, tuple[str, list[tuple[str, str]]]]:
    """An instant and an end whose state misconceptions tell differently, and what they say. Raises Redraw."""
    found = [(spell, end) for spell in when for end in ENDS]
    for spell, end in dice.sample(found, len(found)):
        now = dice.randint(*spell)
        states = swapped({one: state_at(trace, one, now) for one in ENDS})
        formulas = {SWAPPED: states[end], TOGETHER: together(at_once(trace)[end], 1000 * now)}
        with suppress(Redraw):
            return now, end, lures(trace, believed, partial(state_at, end=end, ms=now), formulas)
    raise Redraw


def _named(state: str) -> Say:
    return say("quiz.states.state", state=state)


@generator(skill="time-wait.who", kind="single", level=1, beliefs=(PASSIVE, BOTH, RST, CLIENT), source="rfc:9293#3.6.1")
def who_keeps_time_wait(dice: Dice) -> Draft:
    """Which end keeps TIME-WAIT, after an ordinary close, one at the same time, or a reset."""
    make = dice.choice((_ordinary, _ordinary, _crossing, _aborted))
    trace, believed = worlds(make(dice), (RST,) if make is _aborted else (PASSIVE, BOTH))
    fins = [sent.source for sent in trace.sent if sent.segment.fin]
    formulas = {CLIENT: frozenset({"client"}), BOTH: frozenset(ENDS)}
    if fins:
        formulas[PASSIVE] = frozenset({fins[1]})
    key, wrong = lures(trace, believed, _waiting, formulas)
    last = trace.moment_at(over(trace.sent[-1])).index
    story = "reset" if not fins else "crossing" if len(key) == 2 else "ordinary"
    return Draft(
        trace,
        Choices(options(dice, key, wrong, partial(which, "time-wait"))),
        last,
        (Capture(trace, last),),
        why=say(f"quiz.who-keeps-time-wait.why.{story}", first=the(_opener(trace))),
    )


def _waiting(trace: Trace) -> frozenset[str]:
    return frozenset(e.host for e in trace.events if isinstance(e, Changed) and e.after.value == "TIME-WAIT")


def _opener(trace: Trace) -> str:
    """Who ends the connection first, by a FIN or a RST."""
    return next(sent.source for sent in trace.sent if sent.segment.fin or sent.segment.rst)


def _ordinary(dice: Dice) -> Scenario:
    return closing(dice, dice.choice(ENDS), dice.choice((slowly, quickly))(dice))


def _crossing(dice: Dice) -> Scenario:
    return crossing_fins(dice)[0]


def _aborted(dice: Dice) -> Scenario:
    return closing(dice, dice.choice(ENDS), "close", first="abort+{pause}ms")


STORIES = {  # what the end that begins to close has called, and what the other
    "half": ("shutdown(wr)", "sleep(1ms)"),
    "closed": ("close", "sleep(1ms)"),
    "both-half": ("shutdown(wr)", "shutdown(wr)"),
    "half-closed": ("shutdown(wr)", "close"),
}

JUDGED = {  # who takes a call that succeeds for one that fails, or the other way: by call, result, own FIN sent
    ("send", False, True): SPEAKS,
    ("recv", False, True): SHUTDOWN,
    ("recv", True, True): DEAF,
}
CALLS = {"close": "close()", "shutdown(wr)": "shutdown(SHUT_WR)", "shutdown(rd)": "shutdown(SHUT_RD)"}


@generator(
    skill="half-close.who-may-send",
    kind="several",
    level=2,
    beliefs=(MUTE, SPEAKS, DEAF, SHUTDOWN),
    source="rfc:9293#3.6.1",
)
def which_calls_succeed(dice: Dice) -> Draft:
    """Which of send() and recv() at either end would succeed now. The machine makes the calls."""
    first, story = dice.choice(ENDS), dice.choice(tuple(STORIES))
    second = PEER[first]
    calls = {f"{end}.{call}": (end, call) for end in (first, second) for call in (f"send({dice.length()})", "recv")}
    at = dice.randint(400, 700)
    base = closing(dice, first, f"{STORIES[story][1]}+{dice.randint(20, 60)}ms", first=f"{STORIES[story][0]}@{at}ms")
    now = at + dice.randint(200, 400)
    made = "; ".join(f"{now}ms {call}" for call in calls)
    trace, believed = worlds(parse(f"{written(base)}at: {made}"), (MUTE,))
    found = []
    for end, call in calls.values():
        fits = succeeds(trace, end, call, now)
        closed = end == first or STORIES[story][1] in CALLS
        mute = succeeds(believed[MUTE], end, call, now) != fits
        label = say("quiz.states.call", host=host(end), call=call if "(" in call else f"{call}()")
        found.append(Option(label, fits, MUTE if mute else JUDGED.get((call[:4], fits, closed))))
    dice.shuffle(found)
    upto = trace.moment_at(1000 * now - 1).index
    words = {"first": the(first), "second": the(second)}
    return Draft(
        trace,
        Choices(tuple(found), several=True),
        trace.moment_at(1000 * now).index,
        (Diagram(trace, upto),),
        say("quiz.which-calls-succeed.prompt", story=say(f"quiz.states.story.{story}", **words), now=now),
        say(f"quiz.which-calls-succeed.why.{story}", **words),
    )


def succeeds(trace: Trace, end: str, call: str, ms: int) -> bool:
    """Whether that call, made at an instant, does not fail (it may still wait)."""
    made = [one for one in returns(trace, end, call.partition("(")[0]) if one.called_at == 1000 * ms]
    return all(isinstance(one.result, int) for one in made)


MISTAKEN = {  # the call that is made, and the call that each misconception takes it for
    "close": {SHUTDOWN: "shutdown(wr)", ABRUPT: "abort"},
    "unread": {SHUTDOWN: "shutdown(wr)"},
    "shutdown(wr)": {DEAF: "close", TOLD: "shutdown(rd)"},
    "shutdown(rd)": {TOLD: "shutdown(wr)", SHUTDOWN: "close"},
}


@generator(
    skill="calls.close-shutdown",
    kind="single",
    level=2,
    beliefs=(UNREAD, SHUTDOWN, ABRUPT, DEAF, TOLD),
    source="man:shutdown.2",
)
def close_or_shutdown(dice: Dice) -> Draft:
    """What a call sends, and what becomes of data that comes after it."""
    end, case = dice.choice(ENDS), dice.choice(tuple(MISTAKEN))
    peer, unread, at = PEER[end], case == "unread", dice.randint(400, 700)
    reads = {one: "" if unread and one == end else "; recv" for one in ENDS}
    lengths = {one: dice.length() for one in ENDS}
    server = f"server: listen; accept{reads['server']}; send({lengths['server']})"
    client = f"client: connect; send({lengths['client']}){reads['client']}"
    base = written(connection(dice, f"{server}\n{client}"))
    late = f"{at + dice.randint(200, 400)}ms {peer}.send({dice.length()})"

    def calling(call: str) -> Scenario:
        return parse(f"{base}at: {at}ms {end}.{call}; {late}")

    call = "close" if unread else case
    trace, believed = worlds(calling(call), (UNREAD,) if unread else ())
    formulas = {belief: effect(run(calling(other)), end, at) for belief, other in MISTAKEN[case].items()}
    key, wrong = lures(trace, believed, lambda run: effect(run, end, at), formulas)
    words: dict[str, int | Say] = {"host": the(end), "peer": the(peer), "bytes": lengths[peer]}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, _told)),
        trace.moment_at(1000 * at).index,
        (Diagram(trace, trace.moment_at(1000 * at - 1).index),),
        say(f"quiz.close-or-shutdown.prompt.{case.partition('(')[0]}", **words, call=CALLS[call]),
        say(f"quiz.close-or-shutdown.why.{case.replace('(', '-').rstrip(')')}", **words),
    )


def effect(trace: Trace, end: str, ms: int) -> str:
    """What that end sends at an instant, and with what it answers later data: `fin-ack`, `nothing-rst`; `rst` alone."""
    own = [sent for sent in by(trace, end) if sent.at >= 1000 * ms]
    now = [sent.segment for sent in own if sent.at == 1000 * ms]
    if any(segment.rst for segment in now):
        return "rst"
    late = [sent for sent in by(trace, PEER[end]) if sent.at > 1000 * ms and sent.segment.length]
    answer = next(sent.segment for sent in own if sent.at >= over(late[0]))
    return f"{'fin' if now else 'nothing'}-{'rst' if answer.rst else 'ack'}"


def _told(effect: str) -> Say:
    return say(f"quiz.states.effect.{effect}")
