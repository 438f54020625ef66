"""The two queues of a listener on Linux: what they hold, how much, and what comes of it when one is full."""

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, Redraw, generator, lures, number, options, worlds
from app.quiz.question import Diagram
from app.quiz.say import say
from app.quiz.traces import arrival, before, replies, returns, sent
from app.sim.scenario import parse
from app.sim.trace import Queued, Trace
from app.sim.world import run
from app.tcp.states import State

EXACT, REFUSES, COOKIES = "limit-is-exact", "full-queue-refuses", "cookies-save-the-accept-queue"
SYN_BACKLOG, UNCAPPED = "max-syn-backlog-is-the-limit", "backlog-is-not-capped"
ON_ACCEPT, TOGETHER = "established-on-accept", "both-established-together"
CONNECT_WAITS = "connect-waits-for-accept"
QUEUES = ("syn", "accept")
FIRST = 40000  # the port of the client that connects first
NOTHING = (State.CLOSED, State.LISTEN)


def filling(dice: Dice, count: int) -> str:
    """So many clients, which connect one close behind the other."""
    step = dice.randint(3, 9)
    return "".join(f"client/{n + 1}: connect@{n * step}ms\n" for n in range(count))


def _length(trace: Trace, moment: int, queue: str) -> int:
    queues = trace.queues(moment, "server")
    if queues is None:
        raise LookupError(queue)
    return len(queues.syn if queue == "syn" else queues.accept)


@generator(skill="queues.move", kind="number", level=1, beliefs=(ON_ACCEPT, TOGETHER), source="man:listen.2")
def queue_lengths(dice: Dice) -> Draft:
    """How many connections are in one of the queues at some instant of a diagram."""
    clients, calls = dice.randint(3, 5), sorted(dice.sample(range(91, 240, 7), 2))
    starts = sorted(dice.sample(range(0, 180, 5), clients))
    trace = run(
        parse(
            f"server: listen({clients + dice.randint(1, 9)}); accept@{calls[0]}ms; accept@{calls[1]}ms\n"
            + "".join(f"client/{n}: connect@{start}ms\n" for n, start in enumerate(starts, 1))
            + f"wire: delay {dice.delay()}ms"
        )
    )
    taken_at = [event.at // 1_000 for event in returns(trace, "server", "accept")]
    queue, queues = dice.choice(QUEUES), {}
    for now, then in zip(trace.moments, trace.moments[1:], strict=False):
        if then.at - now.at >= 4_000 and _length(trace, now.index, queue):
            queues[now.index] = {name: _length(trace, now.index, name) for name in QUEUES}
    if taken_at != calls or not queues:  # an accept() that waits is another question
        raise Redraw
    moment = dice.choice(list(queues))
    conns = range(FIRST, FIRST + clients)
    come = sum(trace.state(moment, "server", conn) not in NOTHING for conn in conns)
    opened = sum(trace.state(moment, "client", conn) is State.ESTABLISHED for conn in conns)
    taken = sum(at * 1_000 <= trace.moments[moment].at for at in taken_at)
    guesses = {
        "syn": {ON_ACCEPT: come - taken, TOGETHER: come - opened},
        "accept": {ON_ACCEPT: 0, TOGETHER: opened - taken},
    }
    key, wrong = lures(trace, {}, lambda run: _length(run, moment, queue), guesses[queue], least=1)
    told = {"half": queues[moment]["syn"], "full": queues[moment]["accept"], "come": come, "taken": taken}
    return Draft(
        trace,
        number(key, wrong),
        moment,
        (Diagram(trace, moment),),
        prompt=say(
            "quiz.queue-lengths.prompt",
            queue=say(f"quiz.queues.{queue}"),
            at=trace.moments[moment].at // 1_000 + 2,
            first=calls[0],
            second=calls[1],
        ),
        why=say("quiz.queue-lengths.why", **told),
    )


@generator(skill="queues.limit", kind="number", level=2, beliefs=(EXACT, SYN_BACKLOG, UNCAPPED), source="man:listen.2")
def queue_capacity(dice: Dice) -> Draft:
    """How many fit into one of the queues, given backlog, somaxconn and tcp_max_syn_backlog."""
    backlog, cap = dice.sample(range(3, 10), 2)
    queue, syn_backlog = dice.choice(QUEUES), dice.randint(11, 16)
    crowd = {"syn": "client:\nforge: flood 13 every 1ms @10ms\n", "accept": filling(dice, min(backlog, cap) + 3)}
    scenario = parse(
        f"server: listen({backlog})\n{crowd[queue]}"
        f"set: server.somaxconn={cap}; server.tcp_max_syn_backlog={syn_backlog}; end=600ms"
    )
    trace, believed = worlds(scenario, (EXACT,))
    guesses = {UNCAPPED: backlog + 1}
    guesses |= {SYN_BACKLOG: syn_backlog} if queue == "syn" else {}
    key, wrong = lures(trace, believed, lambda run: _most(run, queue), guesses, least=1, most=4)
    numbers = {"backlog": backlog, "cap": cap, "syn_backlog": syn_backlog}
    return Draft(
        trace,
        number(key, wrong),
        next(m.index for m in trace.moments if _length(trace, m.index, queue) == key),
        prompt=say("quiz.queue-capacity.prompt", queue=say(f"quiz.queues.what.{queue}"), **numbers),
        why=say(f"quiz.queue-capacity.why.{queue}", limit=min(backlog, cap), room=key, **numbers),
    )


def _most(trace: Trace, queue: str) -> int:
    return max(
        len(event.syn if queue == "syn" else event.accept) for event in trace.events if isinstance(event, Queued)
    )


def _answer(trace: Trace, name: str) -> str:
    """What a SYN is answered with: `silence`, `reset`, or `syn-ack`."""
    answers = [one.segment for one in replies(trace, name)]
    if not answers:
        return "silence"
    return "reset" if answers[0].rst else "syn-ack"


@generator(
    skill="queues.syn-dropped",
    kind="predict",
    level=2,
    beliefs=(EXACT, REFUSES, COOKIES, CONNECT_WAITS),
    source="kernel:snmp_counter#TcpExtListenOverflows",
)
def syn_meets_accept_queue(dice: Dice) -> Draft:
    """A SYN finds the accept queue full, or with one place left."""
    backlog, aborts = dice.randint(1, 4), dice.randint(0, 1)
    waiting = backlog + (dice.random() < 0.65)
    scenario = parse(
        f"server: listen({backlog})\n{filling(dice, waiting)}"
        f"client/{waiting + 1}: connect@{dice.randint(251, 399)}ms\n"
        f"wire: delay {dice.delay()}ms\nset: server.tcp_abort_on_overflow={aborts}; end=1800ms"
    )
    trace, believed = worlds(scenario, (EXACT, REFUSES))
    late, full = FIRST + waiting, waiting > backlog
    key, wrong = lures(
        trace,
        believed,
        lambda run: _answer(run, sent(run, "client", "S", late).name),
        {COOKIES: "syn-ack", CONNECT_WAITS: "held"} if full else {CONNECT_WAITS: "held"},
    )
    syn = sent(trace, "client", "S", late).name
    told = {"backlog": backlog, "waiting": waiting, "room": backlog + 1}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda answer: say(f"quiz.queues.syn.{answer}"))),
        arrival(trace, syn),
        (Diagram(trace, before(trace, syn)),),
        prompt=say("quiz.syn-meets-accept-queue.prompt", aborts=aborts, **told),
        why=say(f"quiz.syn-meets-accept-queue.why.{'full' if full else 'room'}", **told),
    )


@generator(
    skill="pressure.syn-flood",
    kind="predict",
    level=2,
    beliefs=(REFUSES, SYN_BACKLOG),
    source="kernel:ip-sysctl#tcp_syncookies",
)
def syn_meets_syn_queue(dice: Dice) -> Draft:
    """A SYN finds the SYN queue full, with SYN cookies on or off."""
    backlog, cookies = dice.randint(2, 6), dice.randint(0, 1)
    waiting = backlog + 1
    scenario = parse(
        f"server: listen({backlog})\nclient: connect@{dice.randint(181, 389)}ms\nwire: delay {dice.delay()}ms\n"
        f"forge: flood {waiting} every {dice.randint(3, 9)}ms @{dice.randint(21, 59)}ms\n"
        f"set: server.tcp_syncookies={cookies}; end=900ms"
    )
    trace, believed = worlds(scenario, (REFUSES, SYN_BACKLOG))
    key, wrong = lures(trace, believed, _stored)
    syn = sent(trace, "client", "S").name
    told = {"backlog": backlog, "waiting": waiting}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda answer: say(f"quiz.queues.half.{answer}"))),
        arrival(trace, syn),
        (Diagram(trace, before(trace, syn)),),
        prompt=say("quiz.syn-meets-syn-queue.prompt", cookies=cookies, **told),
        why=say(f"quiz.syn-meets-syn-queue.why.{key}", **told),
    )


def _stored(trace: Trace) -> str:
    """What becomes of the client's SYN; a SYN-ACK that leaves the SYN queue as it was is a cookie."""
    syn = sent(trace, "client", "S").name
    answer = _answer(trace, syn)
    if answer != "syn-ack":
        return answer
    before_it, after_it = (_length(trace, moment, "syn") for moment in (before(trace, syn), arrival(trace, syn)))
    return "stored" if after_it > before_it else "cookie"
