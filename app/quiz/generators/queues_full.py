"""The last ACK of a handshake meets a full accept queue on Linux: its fate, what both ends believe, what mends it."""

from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, Redraw, generator, lures, number, options
from app.quiz.generators.queues import CONNECT_WAITS, EXACT, FIRST, NOTHING, ON_ACCEPT, REFUSES, TOGETHER, filling
from app.quiz.question import Diagram
from app.quiz.say import Say, say
from app.quiz.traces import arrival, before, entered, replies, result, returns, sent
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.tcp.states import State

CLIENT_WAITS = "client-waits-for-server"
REFUSED, STEADY, BOTH_CHANGE = "reset-is-refused", "rto-never-grows", "ends-change-together"


ABORTS = "server.tcp_abort_on_overflow=1; "  # its default is not set, so that a misconception may change it


class Race(NamedTuple):
    """Two requests are let in while the accept queue has room: for one more, the second's last ACK comes too late."""

    trace: Trace
    backlog: int
    winner: int
    loser: int

    def ack(self, conn: int) -> str:
        """The last ACK of a handshake."""
        return sent(self.trace, "client", ".", conn).name


def _race(
    dice: Dice, *, room: int = 1, first: str = "", second: str = "", accepts: str = "", more: str = "end=2900ms"
) -> Race:
    """`first` and `second` are what the two clients do after connect(), `accepts` what the server does.

    `room` is how many places the accept queue has left.
    """
    backlog, start, delay = dice.randint(room, 3), dice.randint(211, 299), dice.delay()
    waiting = backlog + 1 - room
    text = (
        f"server: listen({backlog}){accepts}\n{filling(dice, waiting)}"
        f"client/{waiting + 1}: connect@{start}ms{first}\n"
        f"client/{waiting + 2}: connect@{start + dice.randint(3, 2 * delay - 3)}ms{second}\n"
        f"wire: delay {delay}ms\nset: {more}"
    )
    trace = run(parse(text))
    return Race(trace, backlog, FIRST + waiting, FIRST + waiting + 1)


def _fate(trace: Trace, ack: str) -> str:
    """What becomes of a request at its last ACK: `established`, `ignored` or `reset`."""
    if replies(trace, ack):
        return "reset"
    state = trace.state(arrival(trace, ack), "server", trace.segments[ack].conn)
    return "established" if state is State.ESTABLISHED else "ignored"


@generator(
    skill="queues.ack-ignored",
    kind="predict",
    level=2,
    beliefs=(EXACT, REFUSES, TOGETHER, ON_ACCEPT),
    source="kernel:ip-sysctl#tcp_abort_on_overflow",
)
def last_ack_meets_accept_queue(dice: Dice) -> Draft:
    """Two last ACKs come where the accept queue has one place left, or two: what becomes of the second.

    Two, so that who takes the limit to be exact lets both SYNs in, too.
    """
    late = dice.random() < 0.6
    race = _race(dice, room=1 if late else 2)
    conn = race.loser
    ack = race.ack(conn)
    key, wrong = lures(
        race.trace,
        {},
        lambda run: _fate(run, ack),
        {TOGETHER: "established", REFUSES: "reset"} if late else {EXACT: "ignored", ON_ACCEPT: "held"},
    )
    told = {"backlog": race.backlog, "waiting": race.backlog + late, "port": conn}
    return Draft(
        race.trace,
        Choices(options(dice, key, wrong, lambda fate: say(f"quiz.queues.ack.{fate}"))),
        arrival(race.trace, ack),
        (Diagram(race.trace, before(race.trace, ack)),),
        prompt=say("quiz.last-ack-meets-accept-queue.prompt", **told),
        why=say(f"quiz.last-ack-meets-accept-queue.why.{key}", room=race.backlog + 1, **told),
    )


@generator(
    skill="queues.abort",
    kind="single",
    level=2,
    beliefs=(REFUSES, REFUSED, CLIENT_WAITS),
    source="kernel:ip-sysctl#tcp_abort_on_overflow",
)
def calls_after_overflow(dice: Dice) -> Draft:
    """What connect() and recv() do when the last ACK has met a full accept queue."""
    aborts = dice.randint(0, 1)
    race = _race(dice, second="; recv", more=f"{ABORTS * aborts}end=2900ms")
    trace, conn = race.trace, race.loser
    lure = {REFUSED: "refused"} if aborts else {REFUSES: "reset"}
    key, wrong = lures(trace, {}, lambda run: _came_of_calls(run, conn), {CLIENT_WAITS: "connecting", **lure})
    told = {"backlog": race.backlog, "port": conn, "aborts": aborts}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda came: say(f"quiz.queues.calls.{came}"))),
        arrival(trace, race.ack(conn)),
        (Diagram(trace, before(trace, sent(trace, "server", "S.", conn).name)),),
        prompt=say("quiz.calls-after-overflow.prompt", **told),
        why=say(f"quiz.calls-after-overflow.why.{key}"),
    )


def _came_of_calls(trace: Trace, conn: int) -> str:
    """`reset`: connect() succeeded and recv() failed; `waiting`: recv() has not returned."""
    if result(trace, "client", "connect", conn=conn) != "ok":
        raise LookupError(conn)
    return "reset" if returns(trace, "client", "recv", conn) else "waiting"


Ends = tuple[str, str]  # both ends' states; "" where there is no such connection

ENDS_BELIEVED: dict[str, dict[str, Ends]] = {
    "ignored": {
        TOGETHER: ("ESTABLISHED", "ESTABLISHED"),
        CLIENT_WAITS: ("SYN-SENT", "SYN-RECEIVED"),
        REFUSES: ("", ""),
    },
    "reset": {BOTH_CHANGE: ("", ""), CLIENT_WAITS: ("SYN-SENT", "")},
    "established": {ON_ACCEPT: ("ESTABLISHED", "SYN-RECEIVED"), CLIENT_WAITS: ("SYN-SENT", "ESTABLISHED")},
}


def _end(state: str) -> Say | str:
    return state or say("quiz.queues.nothing")


@generator(
    skill="pressure.accept-slow",
    kind="single",
    level=2,
    beliefs=(TOGETHER, CLIENT_WAITS, REFUSES, BOTH_CHANGE, ON_ACCEPT),
    source="kernel:ip-sysctl#tcp_abort_on_overflow",
)
def both_ends_at_overflow(dice: Dice) -> Draft:
    """What client and server take a connection for, right after its last ACK has met the accept queue."""
    aborts, late = dice.randint(0, 1), dice.random() < 0.7
    race = _race(dice, more=f"{ABORTS * aborts}end=1200ms")
    trace, conn = race.trace, race.loser if late else race.winner
    moment = arrival(trace, race.ack(conn))

    def ends(run: Trace) -> Ends:
        client, server = (run.state(moment, host, conn) for host in ("client", "server"))
        return "" if client in NOTHING else client.value, "" if server in NOTHING else server.value

    fate = _fate(trace, race.ack(conn))
    key, wrong = lures(trace, {}, ends, ENDS_BELIEVED[fate])
    told = {"backlog": race.backlog, "waiting": race.backlog + late, "port": conn, "aborts": aborts}
    return Draft(
        trace,
        Choices(
            options(dice, key, wrong, lambda both: say("quiz.queues.ends", client=_end(both[0]), server=_end(both[1])))
        ),
        moment,
        (Diagram(trace, before(trace, sent(trace, "server", "S.", conn).name)),),
        prompt=say("quiz.both-ends-at-overflow.prompt", **told),
        why=say(f"quiz.both-ends-at-overflow.why.{fate}"),
    )


@generator(
    skill="pressure.accept-slow",
    kind="single",
    level=2,
    beliefs=(CONNECT_WAITS, ON_ACCEPT, TOGETHER),
    source="man:listen.2",
)
def bytes_before_accept(dice: Dice) -> Draft:
    """A client sends to a program that doesn't accept(): from the accept queue, or left outside of it."""
    late, length = dice.random() < 0.5, dice.length()
    sends = f"; send({length})"
    race = _race(dice, second=sends) if late else _race(dice, first=sends)
    trace, conn = race.trace, race.loser if late else race.winner
    lure = {TOGETHER: "acknowledged"} if late else {ON_ACCEPT: "repeated"}

    def came(run: Trace) -> str:
        block = run.block(len(run.moments) - 1, "client", conn)
        return "acknowledged" if block and block.snd_una == block.snd_nxt else "repeated"

    key, wrong = lures(trace, {}, came, {CONNECT_WAITS: "connecting", **lure})
    told = {"backlog": race.backlog, "length": length, "waiting": race.backlog + late, "port": conn}
    return Draft(
        trace,
        Choices(options(dice, key, wrong, lambda which: say(f"quiz.queues.bytes.{which}", length=length))),
        arrival(trace, race.ack(conn)),
        (Diagram(trace, before(trace, sent(trace, "server", "S.", conn).name)),),
        prompt=say("quiz.bytes-before-accept.prompt", **told),
        why=say(f"quiz.bytes-before-accept.why.{key}", length=length),
    )


@generator(
    skill="queues.ack-ignored",
    kind="number",
    level=3,
    beliefs=(ON_ACCEPT, STEADY),
    source="kernel:ip-sysctl#tcp_abort_on_overflow",
)
def when_room_is_made(dice: Dice) -> Draft:
    """When the server's end becomes ESTABLISHED after accept() has made room for an ACK that was ignored."""
    accepted = dice.randint(451, 6499)
    race = _race(dice, accepts=f"; accept@{accepted}ms", more="end=9s")
    trace, conn = race.trace, race.loser
    syn_ack = sent(trace, "server", "S.", conn)
    trip = trace.segments[race.ack(conn)].arrivals[0] - syn_ack.at
    comes = [(syn_ack.at + trip) // 1_000 + 1_000 * second for second in (1, 2, 3, 4, 5, 6, 7)]
    if min(abs(at - accepted) for at in comes) < 150:
        raise Redraw
    key, wrong = lures(
        trace,
        {},
        lambda run: run.moments[entered(run, "server", conn, State.ESTABLISHED)].at // 1_000,
        {ON_ACCEPT: accepted, STEADY: next(at for at in comes if at > accepted)},
        least=1,
    )
    told = {"port": conn, "at": syn_ack.at // 1_000, "trip": trip // 1_000, "accepted": accepted}
    return Draft(
        trace,
        number(key, wrong, say("quiz.queues.ms")),
        entered(trace, "server", conn, State.ESTABLISHED),
        (Diagram(trace, arrival(trace, race.ack(conn))),),
        prompt=say("quiz.when-room-is-made.prompt", **told),
        why=say("quiz.when-room-is-made.why", repeated=key - trip // 1_000, key=key, **told),
    )
