"""From what `ss -tan` shows to its cause: a handshake or a close that is stuck, a listener, the two queue columns."""

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices
from app.quiz.generator import Draft, Redraw, generator, lures, number, options
from app.quiz.generators.resets import CONN, OPENS
from app.quiz.question import Diagram, Sockets
from app.quiz.say import Say, Told, say, who
from app.quiz.traces import ENDS, PEER
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.tcp.block import Block
from app.tcp.segment import distance

ON_ACCEPT, CLIENT_WAITS, NO_TRACE = "established-on-accept", "client-waits-for-server", "syn-leaves-no-trace"
ATTACK, BYTES, FLOOD = "syn-recv-means-attack", "recv-q-is-bytes", "syn-flood-fills-the-accept-queue"
MERGED, MEANS_LOST = "the-ack-waits-for-the-fin", "unacknowledged-means-lost"
PEERS_FAULT, CLOSES_ITSELF = "close-wait-is-the-peers-fault", "close-wait-closes-itself"
FIN, DELIVERED = "fin-takes-no-number", "send-means-delivered"


class Cause(NamedTuple):
    """Something that can have happened, and what is read out of its evidence by those who hold a misconception."""

    scenario: str
    rivals: Mapping[str, str] = {}  # misconception → the cause that it would name instead


class Diagnosis(NamedTuple):
    """A case, the trace that its evidence is of, and the causes to choose from."""

    case: str
    trace: Trace
    form: Choices

    @property
    def last(self) -> int:
        """The moment of the evidence."""
        return len(self.trace.moments) - 1


def diagnosis(
    dice: Dice, causes: Mapping[str, Cause], end: int, shows: Callable[[Trace], Hashable], family: str, **told: Say
) -> Diagnosis:
    """One of the causes that have rivals, as it looks at `end` (ms): each rival really shows something else then.

    Raises Redraw where fewer than two do.
    """
    case = dice.choice([name for name, cause in causes.items() if cause.rivals])
    traces = {
        name: run(parse(f"{causes[name].scenario}\nset: end={end}ms")) for name in (case, *causes[case].rivals.values())
    }
    rivals = causes[case].rivals.items()
    wrong = [(belief, other) for belief, other in rivals if shows(traces[other]) != shows(traces[case])]
    if len(wrong) < 2:
        raise Redraw
    form = Choices(options(dice, case, wrong, lambda cause: say(f"{family}.{cause}", **told)))
    return Diagnosis(case, traces[case], form)


def to_send(block: Block) -> int:
    """What has been given to send and is not acknowledged: Send-Q."""
    return distance(block.snd_una, block.snd_nxt) + block.unsent


def sockets(trace: Trace) -> Hashable:
    """All that decides how `ss -tan` looks at the end."""
    moment = len(trace.moments) - 1
    lines: list[Hashable] = []
    for host in trace.scenario.hosts:
        if queues := trace.queues(moment, host):
            lines.append((host, len(queues.accept), queues.limit))
        for owner, conn in trace.connections:
            block = trace.block(moment, host, conn) if owner == host else None
            lines.append(block and (host, conn, block.state, block.unread, to_send(block)))
    return tuple(lines)


@generator(
    skill="evidence.ss",
    kind="diagnose",
    level=2,
    beliefs=(ON_ACCEPT, NO_TRACE, CLIENT_WAITS, ATTACK, BYTES),
    source="man:ss.8",
)
def stuck_in_the_handshake(dice: Dice) -> Draft:
    """A connection that serves nobody, as `ss` shows it on both ends: what is lost, or who hasn't accepted."""
    server, wire = f"server: listen({dice.randint(4, 511)})", f"wire: delay {dice.delay()}ms"
    client = f"client: connect@{dice.randint(3, 90)}ms"
    accepts = f"{server}; accept\n{client}"
    causes = {
        "syn-lost": Cause(f"{accepts}\n{wire}; drop c1..", {ON_ACCEPT: "not-accepted", NO_TRACE: "syn-ack-lost"}),
        "syn-ack-lost": Cause(
            f"{accepts}\n{wire}; drop s1..", {CLIENT_WAITS: "ack-lost", ON_ACCEPT: "not-accepted", ATTACK: "flood"}
        ),
        "ack-lost": Cause(f"{accepts}\n{wire}; drop c2..", {ON_ACCEPT: "not-accepted", ATTACK: "flood"}),
        "not-accepted": Cause(f"{server}\n{client}\n{wire}", {ON_ACCEPT: "idle", BYTES: "unread"}),
        "idle": Cause(f"{accepts}\n{wire}"),
        "unread": Cause(f"{accepts}; send(1)\n{wire}"),
        "flood": Cause(f"{accepts}\n{wire}\nforge: flood 3 every 9ms @90ms"),
    }
    found = diagnosis(dice, causes, dice.randint(1_611, 5_900), sockets, "quiz.evidence.opening")
    return Draft(
        found.trace,
        found.form,
        found.last,
        tuple(Sockets(found.trace, found.last, host) for host in ENDS),
        why=say(f"quiz.stuck-in-the-handshake.why.{found.case}"),
    )


class Closing(NamedTuple):
    """A connection that one end closes first."""

    active: str
    delay: int
    said: int
    answered: int
    at: int  # when the active end closes, ms

    def scenario(self, cut: str = "", *, since: int = 0, first: str = "", then: str = "close+100ms") -> str:
        """`cut` is whose segments are lost, from `since` ms after the first close() on.

        `first` is what the active end does right before it closes, `then` what the passive one does at end of file.
        """
        does = {
            "client": f"connect; send({self.said}); recv",
            "server": f"listen; accept; recv; send({self.answered})",
        }
        passive = PEER[self.active]
        closes = f"{first}@{self.at}ms; close" if first else f"close@{self.at}ms"
        lost = f"; cut {cut} {self.at + since}ms..90s" if cut else ""
        return (
            f"{self.active}: {does[self.active]}; {closes}\n{passive}: {does[passive]}; recv(eof); {then}\n"
            f"wire: delay {self.delay}ms{lost}"
        )

    @property
    def causes(self) -> dict[str, Cause]:
        """Where it can get stuck."""
        active, passive, never = self.active, PEER[self.active], "sleep(90s)"
        between = self.delay + 60  # after the ACK of the first FIN, before the second FIN
        late_byte = "send(1)+100ms; close"
        return {
            "fin-lost": Cause(self.scenario(active), {MERGED: "not-closed", FIN: "byte-lost"}),
            "ack-lost": Cause(self.scenario(passive, then=never), {MERGED: "not-closed", MEANS_LOST: "fin-lost"}),
            "not-closed": Cause(
                self.scenario(then=never), {PEERS_FAULT: "last-ack-lost", CLOSES_ITSELF: "second-fin-lost"}
            ),
            "second-fin-lost": Cause(
                self.scenario(passive, since=between), {FIN: "second-byte-lost", CLOSES_ITSELF: "not-closed"}
            ),
            "last-ack-lost": Cause(
                self.scenario(active, since=between), {MEANS_LOST: "second-fin-lost", FIN: "second-byte-lost"}
            ),
            "byte-lost": Cause(self.scenario(active, first="send(1)")),
            "second-byte-lost": Cause(self.scenario(passive, since=between, then=late_byte)),
        }


@generator(
    skill="evidence.diagnosis",
    kind="diagnose",
    level=3,
    beliefs=(MERGED, MEANS_LOST, PEERS_FAULT, CLOSES_ITSELF, FIN),
    source="rfc:9293#3.6",
)
def stuck_in_the_close(dice: Dice) -> Draft:
    """A close that gets no further, as `ss` shows it on both ends: what is missing."""
    closing = Closing(dice.choice(ENDS), dice.delay(), dice.length(), dice.length(), dice.randint(311, 590))
    told = {"active": who(closing.active), "passive": who(PEER[closing.active])}
    found = diagnosis(dice, closing.causes, dice.randint(2_900, 24_000), sockets, "quiz.evidence.closing", **told)
    stuck = PEER[closing.active] if found.case == "last-ack-lost" else closing.active
    state = found.trace.state(found.last, stuck, CONN).value
    return Draft(
        found.trace,
        found.form,
        found.last,
        tuple(Sockets(found.trace, found.last, host) for host in ENDS),
        prompt=say("quiz.stuck-in-the-close.prompt", stuck=who(stuck), state=state, active=told["active"]),
        why=say(f"quiz.stuck-in-the-close.why.{found.case}", **told),
    )


@generator(
    skill="evidence.diagnosis",
    kind="diagnose",
    level=2,
    beliefs=(FLOOD, ATTACK, BYTES, PEERS_FAULT, CLOSES_ITSELF),
    source="man:ss.8",
)
def server_in_trouble(dice: Dice) -> Draft:
    """What ails a server, from the sockets that `ss` lists on it."""
    backlog, delay, sends = dice.randint(1, 3), dice.delay(), f"send({dice.length()})"
    wire = f"wire: delay {delay}ms"
    early = [7 * n for n in range(backlog + 1)]
    racing = [*early[:-1], 300, 300 + dice.randint(3, 2 * delay - 3)]
    full, roomy = f"server: listen({backlog})", f"server: listen({dice.randint(9, 511)}); accept*"
    closing = _clients(early, f"{sends}; close@400ms")
    reads = dice.choice(("recv(eof)", "recv"))  # the FIN is read, or not
    causes = {
        "full": Cause(f"{full}\n{_clients(early, sends)}{wire}", {FLOOD: "flood", BYTES: "unread"}),
        "overflow": Cause(f"{full}\n{_clients(racing, sends)}{wire}", {ATTACK: "flood", BYTES: "unread"}),
        "leak": Cause(
            f"{roomy}{{{reads}; sleep(90s)}}\n{closing}{wire}",
            {PEERS_FAULT: "silent-clients", CLOSES_ITSELF: "passing"},
        ),
        "flood": Cause(f"{full}; accept\nclient:\n{wire}\nforge: flood {backlog + 1} every 9ms @90ms"),
        "unread": Cause(f"{roomy}{{sleep(90s)}}\n{_clients(early, sends)}{wire}"),
        "silent-clients": Cause(f"{roomy}{{recv(eof); close}}\n{closing}{wire}; cut client 420ms..90s"),
        "passing": Cause(f"{roomy}{{recv; close}}\n{_clients(early, f'{sends}; recv(eof); close')}{wire}"),
    }
    found = diagnosis(dice, causes, dice.randint(900, 2_500), sockets, "quiz.evidence.server")
    asked = "leak" if found.case == "leak" else "full"
    told = "leak-unread" if found.case == "leak" and reads == "recv" else found.case
    return Draft(
        found.trace,
        found.form,
        found.last,
        (Sockets(found.trace, found.last, "server"),),
        prompt=say(f"quiz.server-in-trouble.prompt.{asked}"),
        why=say(f"quiz.server-in-trouble.why.{told}", backlog=backlog, room=backlog + 1),
    )


def _clients(starts: list[int], does: str) -> str:
    """Clients that connect at those times (ms) and do all the same."""
    return "".join(f"client/{n}: connect@{at}ms; {does}\n" for n, at in enumerate(starts, 1))


class Column(NamedTuple):
    """A number that `ss` prints: where it stands, and who expects which other."""

    host: str
    line: str  # the state
    column: str
    value: Callable[[Trace], int]
    guesses: Mapping[str, int]


@generator(skill="evidence.ss", kind="number", level=2, beliefs=(BYTES, FIN, DELIVERED), source="man:ss.8")
def queue_columns(dice: Dice) -> Draft:
    """What `ss` prints as Recv-Q or Send-Q in a line."""
    end, length, read = dice.choice(ENDS), dice.length(211), dice.length(21, 199)
    peer, clients, sizes = PEER[end], dice.randint(2, 5), [dice.length() for _ in range(5)]
    starts = sorted(dice.sample(range(0, 90, 4), clients))
    waits = "".join(f"client/{n}: connect@{at}ms; send({sizes[n - 1]})\n" for n, at in enumerate(starts, 1))
    opened = f"{end}: {OPENS[end]}; send({length})@300ms"
    cut = f"; cut {end} 290ms..9s"
    text, lost, column = {
        "listen": (
            f"server: listen({clients + dice.randint(1, 40)})\n{waits}",
            "",
            Column("server", "LISTEN", "Recv-Q", _waiting, {BYTES: sum(sizes[:clients])}),
        ),
        "end-of-file": (
            f"{end}: {OPENS[end]}; recv({read}); sleep(9s)\n{peer}: {OPENS[peer]}; send({length})@150ms; close@250ms\n",
            "",
            Column(end, "CLOSE-WAIT", "Recv-Q", lambda run: _block(run, end).unread + 1, {FIN: length - read}),
        ),
        "unacknowledged": (
            f"{opened}\n{peer}: {OPENS[peer]}; recv\n",
            cut,
            Column(end, "ESTAB", "Send-Q", lambda run: to_send(_block(run, end)), {DELIVERED: 0}),
        ),
        "closing": (
            f"{opened}; close\n{peer}: {OPENS[peer]}; recv\n",
            cut,
            Column(end, "FIN-WAIT-1", "Send-Q", lambda run: to_send(_block(run, end)), {FIN: length, DELIVERED: 1}),
        ),
    }[case := dice.choice((*("listen", "end-of-file", "closing") * 2, "unacknowledged"))]
    trace = run(parse(f"{text}wire: delay {dice.delay()}ms{lost}\nset: end={dice.randint(451, 990)}ms"))
    key, wrong = lures(trace, {}, column.value, column.guesses, least=1)
    last = len(trace.moments) - 1
    told: Told = {"who": who(column.host), "line": column.line, "column": column.column}
    return Draft(
        trace,
        number(key, wrong),
        last,
        (Diagram(trace, last),),
        prompt=say(f"quiz.queue-columns.prompt.{case}", length=length, read=read, **told),
        why=say(f"quiz.queue-columns.why.{case}", length=length, left=length - read, key=key, **told),
    )


def _block(trace: Trace, host: str) -> Block:
    block = trace.block(len(trace.moments) - 1, host, CONN)
    if block is None:
        raise LookupError(host)
    return block


def _waiting(trace: Trace) -> int:
    queues = trace.queues(len(trace.moments) - 1, "server")
    return len(queues.accept) if queues else 0
