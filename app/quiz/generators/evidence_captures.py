"""From a capture to its cause, and what a single line of tcpdump says."""

from collections.abc import Hashable
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Choices, Option
from app.quiz.generator import Draft, generator
from app.quiz.generators.evidence import DELIVERED, FIN, MEANS_LOST, Cause, diagnosis
from app.quiz.generators.resets import OPENS
from app.quiz.question import Capture
from app.quiz.say import Told, say, who
from app.quiz.traces import ENDS, sent
from app.sim.scenario import parse
from app.sim.trace import Sent, Trace
from app.sim.world import run

LOST, OVERFLOW, SILENCE, REFUSED = (
    "refused-means-lost",
    "reset-means-overflow",
    "silence-means-refused",
    "reset-is-refused",
)
AGAIN = "retransmission-takes-new-numbers"
DEAF, CRASH, KILLED = "fin-means-no-receive", "peer-crash-is-noticed", "killed-process-resets"
SEQ_LAST, ACK_LAST, DOT = "seq-names-last-byte", "ack-names-last-byte", "dot-means-no-flag"


def captured(trace: Trace) -> Hashable:
    """What a capture on the client shows, without the times."""
    seen = sorted((at, n) for n, one in enumerate(trace.sent) for at in one.seen("client"))
    told = ((trace.sent[n], trace.sent[n].segment) for _, n in seen)
    return tuple(
        (one.source, one.conn, segment.letters, segment.seq, segment.ack, segment.length) for one, segment in told
    )


@generator(
    skill="evidence.diagnosis",
    kind="diagnose",
    level=2,
    beliefs=(LOST, OVERFLOW, SILENCE, AGAIN, MEANS_LOST),
    source="man:tcpdump.1",
)
def capture_of_an_opening(dice: Dice) -> Draft:
    """A handshake that fails or falters, in a capture on the client: why."""
    isns = f"set: client.isn={dice.isn()}; server.isn={dice.isn()}"
    at, wire = dice.randint(3, 90), f"{isns}\nwire: delay {dice.delay()}ms"
    listens = f"server: listen; accept\nclient: connect@{at}ms"
    again = "".join(f"client/{n}: connect@{at + 1_000 * (n - 1)}ms\n" for n in range(1, 4))
    causes = {
        "refused": Cause(f"server:\nclient: connect@{at}ms\n{wire}", {LOST: "dropped", OVERFLOW: "full"}),
        "dropped": Cause(f"{listens}\n{wire}; drop c1..", {SILENCE: "refused", AGAIN: "several"}),
        "ack-lost": Cause(f"{listens}; recv\n{wire}; drop c2..", {MEANS_LOST: "syn-ack-lost", AGAIN: "several"}),
        "full": Cause(f"server: listen(0)\nclient2: connect\nclient: connect@{at + 300}ms\n{wire}"),
        "several": Cause(f"server: listen; accept\n{again}{wire}; drop c1.."),
        "syn-ack-lost": Cause(f"{listens}\n{wire}; drop s1.."),
    }
    found = diagnosis(dice, causes, dice.randint(3_300, 7_900), captured, "quiz.evidence.handshake")
    return Draft(
        found.trace,
        found.form,
        found.last,
        (Capture(found.trace, found.last, at="client", absolute=True),),
        why=say(f"quiz.capture-of-an-opening.why.{found.case}"),
    )


@generator(
    skill="evidence.tcpdump",
    kind="diagnose",
    level=2,
    beliefs=(DEAF, FIN, CRASH, KILLED, REFUSED),
    source="man:tcpdump.1",
)
def capture_of_an_end(dice: Dice) -> Draft:
    """The end of a connection, in a capture on the client: half-closed, aborted, or forgotten by the server."""
    said, first, second, more = (dice.length() for _ in range(4))
    at, wire = dice.randint(311, 490), f"wire: delay {dice.delay()}ms"
    server = "server: listen; accept; recv"
    client = f"client: connect; send({said}); "
    writes = f"{client}send({more})@{at + dice.randint(200, 390)}ms"
    answers = f"send({first})+120ms; send({second})+120ms; close+120ms"
    half = f"{server}(eof); {answers}\n{client}"
    causes = {
        "half-closed": Cause(f"{half}shutdown(wr)@{at}ms; recv(eof); close\n{wire}", {DEAF: "late", FIN: "fin-lost"}),
        "aborted": Cause(f"{server}; abort@{at}ms\n{writes}\n{wire}", {CRASH: "crashed", KILLED: "killed"}),
        "forgotten": Cause(
            f"{server}; recv; listen; accept\n{writes}\n{wire}\nat: {at}ms server!reboot",
            {CRASH: "crashed", REFUSED: "refused"},
        ),
        "late": Cause(f"{half}close@{at}ms\n{wire}"),
        "fin-lost": Cause(f"{server}; sleep(400ms); {answers}\n{client}shutdown(wr)@{at}ms\n{wire}; drop c[F.]"),
        "crashed": Cause(f"{server}; recv\n{writes}\n{wire}\nat: {at}ms server!crash"),
        "killed": Cause(f"{server}; recv\n{writes}\n{wire}\nat: {at}ms server!kill"),
        "refused": Cause(f"server: l=listen; a=l.accept; l.close; a.recv; a.recv\n{writes}\n{wire}"),
    }
    found = diagnosis(dice, causes, dice.randint(1_400, 2_900), captured, "quiz.evidence.ending")
    return Draft(
        found.trace,
        found.form,
        found.last,
        (Capture(found.trace, found.last, at="client"),),
        why=say(f"quiz.capture-of-an-end.why.{found.case}"),
    )


class Line(NamedTuple):
    """The last line of a capture on the host that sends it."""

    trace: Trace
    sent: Sent

    @property
    def told(self) -> Told:
        """What it says, with the numbers that people confuse."""
        one, length = self.sent, self.sent.segment.length
        seq, ack = one.seq or 0, one.ack or 0
        told: Told = {"who": who(one.source), "peer": who(one.target), "seq": seq, "ack": ack, "length": length}
        return told | {"end": seq + length, "last": seq + length - 1, "next": seq + 1, "heard": ack - 1}


def _line(dice: Dice, *, fin: bool) -> Line:
    """Data both ways; then one end sends more, and later its FIN."""
    end, said, answered, more = dice.choice(ENDS), dice.length(), dice.length(), dice.length()
    does = {"client": f"send({said}); recv", "server": f"recv; send({answered})"}
    does[end] += f"; send({more})@400ms; shutdown(wr)@600ms"
    programs = "".join(f"{name}: {OPENS[name]}; {does[name]}\n" for name in ENDS)
    trace = run(parse(f"{programs}wire: delay {dice.delay()}ms"))
    if fin:
        return Line(trace, sent(trace, end, "F."))
    return Line(trace, next(one for one in trace.sent if one.source == end and one.at == 400_000))


def _judged(dice: Dice, line: Line, beliefs: dict[str, str], name: str) -> Draft:
    """Four statements about it, by what they are about; two or three are true. `beliefs`: who misjudges which."""
    truths = [True, True, False, dice.random() < 0.5]
    subjects = list(beliefs)
    dice.shuffle(truths)
    dice.shuffle(subjects)
    judged = zip(subjects, truths, strict=True)
    form = Choices(
        tuple(
            Option(say(f"quiz.evidence.line.{about}.{str(true).lower()}", **line.told), true, beliefs[about])
            for about, true in judged
        ),
        several=True,
    )
    moment = line.trace.moment_at(line.sent.at).index
    return Draft(
        line.trace,
        form,
        moment,
        (Capture(line.trace, moment, at=line.sent.source),),
        prompt=say(f"quiz.{name}.prompt", who=who(line.sent.source)),
        why=say(f"quiz.{name}.why", **line.told),
    )


@generator(
    skill="evidence.tcpdump",
    kind="several",
    level=1,
    beliefs=(SEQ_LAST, ACK_LAST, DOT, DELIVERED),
    source="man:tcpdump.1",
)
def line_with_data(dice: Dice) -> Draft:
    """What a line of tcpdump says of a segment with data."""
    beliefs = {"bytes": SEQ_LAST, "heard": ACK_LAST, "flag": DOT, "arrived": DELIVERED}
    return _judged(dice, _line(dice, fin=False), beliefs, "line-with-data")


@generator(
    skill="evidence.tcpdump", kind="several", level=2, beliefs=(FIN, ACK_LAST, DOT, DEAF), source="man:tcpdump.1"
)
def line_with_fin(dice: Dice) -> Draft:
    """What a line of tcpdump says of a FIN."""
    beliefs = {"answer": FIN, "heard": ACK_LAST, "flag": DOT, "onward": DEAF}
    return _judged(dice, _line(dice, fin=True), beliefs, "line-with-fin")
