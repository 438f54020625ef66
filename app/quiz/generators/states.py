"""The states of both ends after each segment of an exchange (RFC 9293 §3.3.2, §3.5, §3.6)."""

from collections.abc import Collection, Mapping

from app.quiz.dice import Dice
from app.quiz.forms import Table
from app.quiz.generator import Draft, generator, worlds
from app.quiz.generators.numbers import connection, the
from app.quiz.question import Capture
from app.quiz.say import say
from app.quiz.tables import Fields, state_fields, states_table
from app.quiz.traces import ENDS, PEER
from app.sim.scenario import Scenario, parse, written
from app.sim.trace import Arrived, Changed, Sent, Trace
from app.sim.world import run

TOGETHER, SWAPPED = "ends-change-together", "close-wait-is-the-closers"
PASSIVE, BOTH, CLIENT = "time-wait-at-passive-closer", "both-ends-time-wait", "time-wait-at-the-client"
ITSELF, FOUR, REPEATED = "close-wait-closes-itself", "always-four-segments", "acks-are-retransmitted"
ESTABLISHED, BY_SYN = "both-established-together", "established-by-the-syn"
ACCEPT, WAITS = "established-on-accept", "client-waits-for-server"
OPEN_FAILS, LEADS = "simultaneous-open-fails", "fin-leads-to-close-wait"

CLOSING = {  # who closes first: both programs, with what each does in the end
    "client": "server: listen; accept; recv; send({b}); recv(eof); {second}\nclient: connect; send({a}); recv; {first}",
    "server": "server: listen; accept; recv; send({b}); {first}\nclient: connect; send({a}); recv(eof); {second}",
}
ACK_DELAY = 40  # ms, of Linux
NOTHING: Mapping[str, Fields] = {}


def closing(dice: Dice, who: str, second: str, first: str = "close+{pause}ms") -> Scenario:
    """Data both ways, then `who` calls `first`; the other end, having read end-of-file, makes the calls `second`."""
    first = first.format(pause=dice.randint(150, 600))
    return connection(dice, CLOSING[who].format(a=dice.length(), b=dice.length(), first=first, second=second))


def slowly(dice: Dice) -> str:
    """A close() that comes after the ACK of the FIN has left."""
    return f"close+{dice.randint(2 * ACK_DELAY, 500)}ms"


def quickly(dice: Dice) -> str:
    """A close() that comes while that ACK is still delayed."""
    return f"close+{dice.randint(5, ACK_DELAY - 10)}ms"


def farewell(trace: Trace) -> list[Sent]:
    """The segments from the first FIN on."""
    first = next(n for n, sent in enumerate(trace.sent) if sent.segment.fin)
    return list(trace.sent[first:])


def over(sent: Sent) -> int:
    """When a segment has arrived or is lost, µs."""
    return min(sent.arrivals, default=sent.lost_at or sent.at)


def at_once(trace: Trace) -> Mapping[str, list[tuple[int, str]]]:
    """Each end's states and when they begin (µs), if a segment did to its receiver what it does as soon as it is sent.

    In the order in which they come.
    """
    found: dict[str, list[tuple[int, str]]] = {end: [] for end in ENDS}
    for moment in trace.moments:
        bearer: dict[str, int] = {}
        for event in moment.events:
            if isinstance(event, Arrived):
                bearer[event.host] = trace.segments[event.name].at
            elif isinstance(event, Changed):
                found[event.host].append((bearer.get(event.host, event.at), event.after.value))
    return found


def together(history: list[tuple[int, str]], at: int) -> str:
    """The state at an instant of an end that changed as `at_once` tells."""
    return [state for since, state in [(0, "CLOSED"), *history] if since <= at][-1]


def all_together(trace: Trace) -> Fields:
    """The states after each segment if both ends changed together."""
    history = at_once(trace)
    return {f"{sent.name}.{end}": together(history[end], over(sent)) for sent in trace.sent for end in ENDS}


def swapped(states: Mapping[str, str]) -> Mapping[str, str]:
    """Both ends' states if CLOSE-WAIT and LAST-ACK were those of the end that closes first."""
    return {end: states[PEER[end]] for end in ENDS} if {"CLOSE-WAIT", "LAST-ACK"} & set(states.values()) else states


def all_swapped(fields: Fields) -> Fields:
    """The states after each segment in that case."""
    found: dict[str, str] = {}
    for name in {field.partition(".")[0] for field in fields}:
        states = swapped({end: fields[f"{name}.{end}"] for end in ENDS})
        found |= {f"{name}.{end}": states[end] for end in ENDS}
    return found


def likewise(trace: Trace, run: Trace) -> Fields:
    """The states of another run after those of its segments that say the same as the ones of that name in `trace`."""
    real = trace.segments
    alike = {
        s.name for s in run.sent if s.name in real and (s.segment, s.fate) == (real[s.name].segment, real[s.name].fate)
    }
    return {field: state for field, state in state_fields(run).items() if field.partition(".")[0] in alike}


def filled(
    trace: Trace, names: Collection[str], believed: Mapping[str, Trace], formulas: Mapping[str, Fields]
) -> Table:
    """The table of states, with what each misconception writes where its world has the same segment."""
    worlds = {belief: likewise(trace, run) for belief, run in believed.items()}
    return states_table(trace, names, {}, {**worlds, **formulas})


@generator(
    skill="handshake.states",
    kind="states",
    level=1,
    beliefs=(BY_SYN, ESTABLISHED, ACCEPT, WAITS, TOGETHER),
    source="rfc:9293#3.5",
)
def handshake_states(dice: Dice) -> Draft:
    """A handshake: nothing is lost, or the SYN, or the third segment before data or before a silence."""
    story, wire, speaks, names = dice.choice(
        (
            ("whole", "", 200, ("c1", "s1", "c2")),
            ("syn", "; drop c1", 200, ("c1", "c2", "s1", "c3")),
            ("ack", "; drop c2", 200, ("s1", "c2", "c3")),
            ("silence", "; drop c2", 1500, ("s1", "c2", "s2", "c3")),
        )
    )
    accept = dice.randint(2500, 4000)
    programs = (
        f"server: listen; accept@{accept}ms\nclient: connect; send({dice.length()})+{speaks + dice.randint(1, 90)}ms"
    )
    trace, believed = worlds(connection(dice, programs, wire), (BY_SYN,))
    fields = state_fields(trace)
    made = {name for name in names if fields[f"{name}.server"] == "ESTABLISHED"}
    formulas = {
        ESTABLISHED: {f"{name}.server": "ESTABLISHED" for name in names if fields[f"{name}.client"] == "ESTABLISHED"},
        ACCEPT: {f"{name}.server": "SYN-RECEIVED" for name in made},
        WAITS: {f"{name}.client": "SYN-SENT" for name in set(names) - made},
        TOGETHER: all_together(trace),
    }
    return Draft(
        trace,
        filled(trace, names, believed, formulas),
        trace.moment_at(over(trace.segments[names[-1]])).index,
        prompt=say("quiz.handshake-states.prompt", accept=accept),
        why=say(f"quiz.handshake-states.why.{story}"),
    )


def _closing_states(
    id: str, trace: Trace, believed: Mapping[str, Trace], who: str, formulas: Mapping[str, Fields] = NOTHING
) -> Draft:
    """A question on the states during a close that `who` begins."""
    names = [sent.name for sent in farewell(trace)]
    formulas = {SWAPPED: all_swapped(state_fields(trace)), TOGETHER: all_together(trace), **formulas}
    return Draft(
        trace,
        filled(trace, names, believed, formulas),
        trace.moment_at(over(trace.sent[-1])).index,
        why=say(f"quiz.{id}.why", first=the(who), second=the(PEER[who])),
    )


@generator(
    skill="teardown.states",
    kind="states",
    level=1,
    beliefs=(PASSIVE, BOTH, ITSELF, SWAPPED, TOGETHER),
    source="rfc:9293#3.6",
)
def four_segment_states(dice: Dice) -> Draft:
    """A close with four segments, begun by either end."""
    who = dice.choice(ENDS)
    trace, believed = worlds(closing(dice, who, slowly(dice)), (PASSIVE, BOTH, ITSELF))
    return _closing_states("four-segment-states", trace, believed, who)


@generator(
    skill="teardown.three",
    kind="states",
    level=2,
    beliefs=(FOUR, PASSIVE, BOTH, SWAPPED, TOGETHER),
    source="rfc:9293#3.3.2",
)
def three_segment_states(dice: Dice) -> Draft:
    """A close whose second segment is FIN and ACK in one."""
    who = dice.choice(ENDS)
    trace, believed = worlds(closing(dice, who, quickly(dice)), (PASSIVE, BOTH))
    as_ever = {FOUR: {f"{farewell(trace)[1].name}.{who}": "FIN-WAIT-2"}}
    return _closing_states("three-segment-states", trace, believed, who, as_ever)


@generator(skill="both.close", kind="states", level=3, beliefs=(LEADS, CLIENT), source="rfc:9293#3.6")
def simultaneous_close_states(dice: Dice) -> Draft:
    """Two FINs that cross; now and then one of them is lost."""
    scenario, who, lag = crossing_fins(dice, dice.choice(("", "", "; drop c5", "; drop s4")))
    trace = run(scenario)
    names = [sent.name for sent in farewell(trace) if sent.arrivals][:4]
    fields = state_fields(trace)
    formulas = {
        LEADS: {field: "CLOSE-WAIT" for field, state in fields.items() if state == "CLOSING"},
        CLIENT: {field: "CLOSED" for field, state in fields.items() if field[3:] == "server" and state == "TIME-WAIT"},
    }
    lost = any(not sent.arrivals for sent in trace.sent)
    return Draft(
        trace,
        filled(trace, names, {}, formulas),
        trace.moment_at(over(trace.segments[names[-1]])).index,
        (Capture(trace, len(trace.moments) - 1),),
        say("quiz.simultaneous-close-states.prompt", first=the(who), second=the(PEER[who]), lag=lag),
        say(f"quiz.simultaneous-close-states.why.{'lost' if lost else 'whole'}"),
    )


def crossing_fins(dice: Dice, wire: str = "") -> tuple[Scenario, str, int]:
    """Both ends close before the other's FIN can have come; who is first, and by how many ms."""
    who, at, lag = dice.choice(ENDS), dice.randint(400, 800), dice.randint(2, 8)
    close = {who: f"close@{at}ms", PEER[who]: f"close@{at + lag}ms"}
    server = f"server: listen; accept; recv; send({dice.length()}); {close['server']}"
    client = f"client: connect; send({dice.length()}); recv; {close['client']}"
    return connection(dice, f"{server}\n{client}", wire), who, lag


@generator(skill="both.open", kind="states", level=3, beliefs=(OPEN_FAILS, TOGETHER), source="rfc:9293#3.5")
def simultaneous_open_states(dice: Dice) -> Draft:
    """Two SYNs that cross."""
    who, lag, port = dice.choice(ENDS), dice.randint(2, 8), dice.randint(5001, 9998)
    begins = {who: "", PEER[who]: f"@{lag}ms"}
    programs = "\n".join(f"{end}: connect({PEER[end]}:{port}, from={port}){begins[end]}" for end in ENDS)
    trace, believed = worlds(connection(dice, programs), (OPEN_FAILS,))
    names = [sent.name for sent in trace.sent if sent.segment.syn]
    fields = state_fields(trace)
    hasty = [name for name in names if "ESTABLISHED" in (fields[f"{name}.{end}"] for end in ENDS)]
    formulas = {TOGETHER: {f"{name}.{end}": "ESTABLISHED" for name in hasty for end in ENDS}}
    return Draft(
        trace,
        filled(trace, names, believed, formulas),
        trace.moment_at(over(trace.segments[names[-1]])).index,
        (Capture(trace, len(trace.moments) - 1),),
        say("quiz.simultaneous-open-states.prompt", first=the(who), second=the(PEER[who]), lag=lag, port=port),
    )


@generator(
    skill="teardown.fin-lost",
    kind="states",
    level=2,
    beliefs=(PASSIVE, SWAPPED, TOGETHER),
    source="rfc:9293#3.10.7.4",
)
def lossy_close_states(dice: Dice) -> Draft:
    """A close that loses one of its four segments."""
    who, place = dice.choice(ENDS), dice.randrange(4)
    second = f"close+{dice.choice((dice.randint(95, 140), dice.randint(900, 1500)))}ms"
    whole = closing(dice, who, second)
    unhurt = run(whole)
    lost = farewell(unhurt)[place].name
    trace, believed = worlds(parse(f"{written(whole)}wire: drop {lost}"), (PASSIVE,))
    names = [sent.name for sent in farewell(trace)][place : place + 3]
    arrived = {field: state for field, state in state_fields(unhurt).items() if field.startswith(f"{lost}.")}
    formulas = {SWAPPED: all_swapped(state_fields(trace)), TOGETHER: {**all_together(trace), **arrived}}
    return Draft(
        trace,
        filled(trace, names, believed, formulas),
        trace.moment_at(over(trace.segments[names[-1]])).index,
        why=say(f"quiz.lossy-close-states.why.{place + 1}", first=the(who), second=the(PEER[who])),
    )
