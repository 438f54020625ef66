"""Sequence and acknowledgment numbers, from the SYN to the last ACK (RFC 9293 §3.4, §3.5, §3.6)."""

from app.quiz import traces
from app.quiz.dice import Dice
from app.quiz.generator import Draft, generator, lures, number, worlds
from app.quiz.say import Say, say
from app.quiz.tables import Fields, segment_fields
from app.quiz.traces import ENDS, PEER, leaves
from app.sim.scenario import Scenario, parse
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.tcp.segment import CIRCLE, add, distance

SYN, FIN = "syn-takes-no-number", "fin-takes-no-number"
ACK, LAST = "ack-takes-a-number", "ack-names-last-byte"
COUNT, SHARED, SEQ_LAST = "numbers-count-segments", "directions-share-numbers", "seq-names-last-byte"
SKIP = "wrap-skips-zero"
SPEAKING = {
    "client": "server: listen; accept; {heard}\nclient: connect; {said}",
    "server": "server: listen; accept; {said}\nclient: connect; {heard}",
}
NODELAY = "setsockopt(TCP_NODELAY=1)"
HEARD = "recv(eof); close+100ms"


def connection(dice: Dice, programs: str, wire: str = "", isns: dict[str, int] | None = None) -> Scenario:
    """The programs on a wire with a delay, and with ISNs by the dice but for those that are given."""
    isns = {end: dice.isn() for end in ENDS} | (isns or {})
    numbers = "; ".join(f"{end}.isn={isn}" for end, isn in isns.items())
    return parse(f"{programs}\nwire: delay {dice.delay()}ms{wire}\nset: {numbers}")


def speaking(who: str, said: str, heard: str = HEARD) -> str:
    """The programs of a connection on which `who` makes the calls `said`, and the other end the calls `heard`."""
    return SPEAKING[who].format(said=said, heard=heard)


def the(who: str) -> Say:
    """A host within a sentence."""
    return say(f"quiz.numbers.the-{who}")


def seq(trace: Trace, name: str) -> int:
    """The absolute seq of a segment."""
    return trace.segments[name].segment.seq


def ack(trace: Trace, name: str) -> int:
    """The absolute ack of a segment. Raises LookupError where it has none."""
    value = trace.segments[name].segment.ack
    if value is None:
        raise LookupError(name)
    return value


def by(trace: Trace, who: str) -> list[Sent]:
    """What that host sends."""
    return [sent for sent in trace.sent if sent.source == who]


def texts(trace: Trace, who: str) -> list[Sent]:
    """What that host sends with data in it."""
    return [sent for sent in by(trace, who) if sent.segment.length]


def fin(trace: Trace, who: str) -> Sent:
    """The first FIN of that host, which may carry data. Raises LookupError where it sends none."""
    return traces.sent(trace, who, "F.")


def bare(sent: Sent) -> bool:
    """Whether it is an ACK and nothing else."""
    return sent.segment.letters == "." and not sent.segment.length


def last_ack(trace: Trace, who: str) -> int:
    """The last number that a host acknowledges."""
    return ack(trace, by(trace, who)[-1].name)


def sum_of(sent: list[Sent]) -> str:
    """The lengths, as a sum: `213 + 87`."""
    return " + ".join(str(one.segment.length) for one in sent)


def with_last_bytes(trace: Trace) -> Fields:
    """The acks of all segments if each named the last number that has come."""
    return {f"{one.name}.ack": str(add(one.segment.ack, -1)) for one in trace.sent if one.segment.ack is not None}


def recounted(trace: Trace, *, syn: int = 1, fin: int = 1, ack: int = 0) -> Fields:
    """The numbers of all segments if a SYN, a FIN and a bare ACK took that many."""
    more = [(one, (syn - 1) * one.segment.syn + (fin - 1) * one.segment.fin + ack * bare(one)) for one in trace.sent]
    fields = dict(segment_fields(trace))
    for place, sent in enumerate(trace.sent):
        own = sum(n for one, n in more[:place] if one.source == sent.source)
        came = sum(n for one, n in more if one.source != sent.source and any(at <= sent.at for at in one.arrivals))
        fields[f"{sent.name}.seq"] = str(add(sent.segment.seq, own))
        if sent.segment.ack is not None:
            fields[f"{sent.name}.ack"] = str(add(sent.segment.ack, came))
    return fields


def miscounted(trace: Trace, beliefs: tuple[str, ...]) -> dict[str, Fields]:
    """The numbers of all segments as those misconceptions have them."""
    fields = {
        SYN: recounted(trace, syn=0),
        FIN: recounted(trace, fin=0),
        LAST: with_last_bytes(trace),
        ACK: recounted(trace, ack=1),
    }
    return {belief: fields[belief] for belief in beliefs}


@generator(skill="handshake.ack-number", kind="number", level=1, beliefs=(SYN,), source="rfc:9293#3.4")
def ack_of_the_syn(dice: Dice) -> Draft:
    """The ack of a SYN-ACK, from the client's ISN."""
    trace, believed = worlds(connection(dice, speaking("client", "recv")), (SYN,))
    isn = seq(trace, "c1")
    key, wrong = lures(trace, believed, lambda run: ack(run, "s1"), least=1)
    return Draft(
        trace,
        number(key, wrong, also=frozenset({1})),
        leaves(trace, "s1"),
        prompt=say("quiz.ack-of-the-syn.prompt", isn=isn),
        why=say("quiz.ack-of-the-syn.why", isn=isn, ack=key),
        absolute=True,
    )


@generator(
    skill="handshake.numbering", kind="number", level=1, beliefs=(SYN, ACK, SHARED, SEQ_LAST), source="rfc:9293#3.4"
)
def first_data_byte(dice: Dice) -> Draft:
    """The seq of the first segment with data, from both ISNs; either end may be the first to speak."""
    who, length = dice.choice(ENDS), dice.length()
    trace, believed = worlds(connection(dice, speaking(who, f"send({length})+100ms")), (SYN,))
    isn, other = seq(trace, f"{who[0]}1"), seq(trace, f"{PEER[who][0]}1")
    formulas = {ACK: add(isn, 2), SHARED: add(other, 1), SEQ_LAST: add(isn, length)}
    key, wrong = lures(trace, believed, lambda run: texts(run, who)[0].segment.seq, formulas, most=4)
    isns = {"client": seq(trace, "c1"), "server": seq(trace, "s1")}
    return Draft(
        trace,
        number(key, wrong, also=frozenset({1})),
        leaves(trace, texts(trace, who)[0].name),
        prompt=say("quiz.first-data-byte.prompt", who=the(who), length=length, **isns),
        why=say("quiz.first-data-byte.why", who=the(who), isn=isn, seq=key),
        absolute=True,
    )


@generator(skill="numbers.whole-connection", kind="number", level=1, beliefs=(LAST, COUNT), source="rfc:9293#3.4")
def ack_of_data(dice: Dice) -> Draft:
    """The ack after two or three segments with data, all of which have come."""
    who = dice.choice(ENDS)
    calls = "; ".join(f"send({dice.length()})+{2 if n else 200}ms" for n in range(dice.randint(2, 3)))
    trace = run(connection(dice, speaking(who, f"{NODELAY}; {calls}", "recv(eof)")))
    sent = texts(trace, who)
    start, last = sent[0].segment.seq, sent[-1].segment
    formulas = {LAST: add(last.seq, last.length - 1), COUNT: add(start, len(sent))}
    key, wrong = lures(trace, {}, lambda run: last_ack(run, PEER[who]), formulas)
    return Draft(
        trace,
        number(key, wrong),
        leaves(trace, by(trace, PEER[who])[-1].name),
        prompt=say("quiz.ack-of-data.prompt", who=the(who), seq=start, lengths=sum_of(sent)),
        why=say("quiz.ack-of-data.why", seq=start, lengths=sum_of(sent), ack=key, last=add(key, -1)),
        absolute=True,
    )


@generator(skill="teardown.numbers", kind="number", level=2, beliefs=(FIN, ACK, COUNT), source="rfc:9293#3.4")
def ack_of_a_fin(dice: Dice) -> Draft:
    """The ack of a FIN, which carries data in half of the questions."""
    who, carries = dice.choice(ENDS), dice.random() < 0.5
    rest = f"send({dice.length()}); close" if carries else "close+300ms"
    trace, believed = worlds(connection(dice, speaking(who, f"send({dice.length()})+200ms; {rest}")), (FIN,))
    last = fin(trace, who)
    start, length = last.segment.seq, last.segment.length
    formulas = {ACK: add(start, length + 2), COUNT: add(start, 1)}
    key, wrong = lures(trace, believed, lambda run: last_ack(run, PEER[who]), formulas)
    return Draft(
        trace,
        number(key, wrong),
        traces.arrival(trace, last.name),
        prompt=say(f"quiz.ack-of-a-fin.prompt{'-data' * carries}", who=the(who), seq=start, length=length),
        why=say(f"quiz.ack-of-a-fin.why{'-data' * carries}", fin=add(start, length), seq=start, length=length, ack=key),
        absolute=True,
    )


@generator(skill="handshake.numbering", kind="number", level=2, beliefs=(SYN, ACK, COUNT), source="rfc:9293#3.4")
def numbers_used(dice: Dice) -> Draft:
    """How many numbers one end uses up, from its SYN to its FIN."""
    who = dice.choice(ENDS)
    calls = "; ".join(f"send({dice.length()})+150ms" for _ in range(dice.randint(1, 3)))
    answers = f"recv; send({dice.length()}); {HEARD}"
    trace = run(connection(dice, speaking(who, f"{calls}; recv; close+300ms", answers)))
    isn, sent = seq(trace, f"{who[0]}1"), by(trace, who)
    acks, data = sum(map(bare, sent)), texts(trace, who)
    length = sum(one.segment.length for one in data)
    formulas = {SYN: length + 1, ACK: length + 2 + acks, COUNT: len(data) + 2}
    key, wrong = lures(trace, {}, lambda run: distance(isn, last_ack(run, PEER[who])), formulas)
    return Draft(
        trace,
        number(key, wrong),
        len(trace.moments) - 1,
        prompt=say(
            "quiz.numbers-used.prompt",
            who=the(who),
            syn="SYN" if who == "client" else "SYN-ACK",
            count=len(data),
            lengths=sum_of(data),
            acks=acks,
        ),
        why=say("quiz.numbers-used.why", length=length, total=key, acks=acks),
        absolute=True,
    )


def _near_the_top(dice: Dice, who: str) -> tuple[Scenario, int]:
    """A connection whose data passes 2^32, and the length of that data."""
    length = dice.length()
    isn = CIRCLE - dice.randint(2, length + 1)
    return connection(dice, speaking(who, f"send({length})+200ms; close+300ms"), isns={who: isn}), length


@generator(skill="numbers.wrap", kind="number", level=2, beliefs=(SYN, FIN, SKIP), source="rfc:9293#3.4")
def around_the_circle(dice: Dice) -> Draft:
    """The ack of data that passes 2^32, or of the FIN behind it; the ISN is shown in one base or the other."""
    who, asked = dice.choice(ENDS), dice.choice(("data", "fin"))
    scenario, length = _near_the_top(dice, who)
    trace = run(scenario)
    isn = seq(trace, f"{who[0]}1")
    last = texts(trace, who)[-1] if asked == "data" else fin(trace, who)

    def asks(run: Trace) -> int:
        acks = [one for one in by(run, PEER[who]) if one.at >= last.arrivals[0]]
        return ack(run, acks[0].name)

    right = asks(trace)
    key, wrong = lures(trace, {}, asks, {SYN if asked == "data" else FIN: add(right, -1), SKIP: add(right, 1)})
    hexadecimal = dice.random() < 0.5
    return Draft(
        trace,
        number(key, wrong),
        traces.arrival(trace, last.name),
        prompt=say(
            f"quiz.around-the-circle.prompt-{asked}",
            who=the(who),
            isn=f"0x{isn:08x}" if hexadecimal else str(isn),
            length=length,
        ),
        why=say(f"quiz.around-the-circle.why-{asked}", length=length, sum=key + CIRCLE, ack=key, hex=hex(key), isn=isn),
        absolute=True,
    )


@generator(skill="numbers.wrap", kind="number", level=3, beliefs=(LAST, SKIP), source="rfc:9293#3.4")
def bytes_across_the_wrap(dice: Dice) -> Draft:
    """How long a segment is, from its seq just below 2^32 and its ack."""
    who = dice.choice(ENDS)
    scenario, _ = _near_the_top(dice, who)
    trace = run(scenario)
    sent = texts(trace, who)[0]
    answer = next(one for one in by(trace, PEER[who]) if one.at >= sent.arrivals[0])
    start, end = sent.segment.seq, ack(trace, answer.name)
    length = sent.segment.length
    key, wrong = lures(trace, {}, lambda _: distance(start, end), {LAST: length + 1, SKIP: length - 1})
    shown = (f"0x{start:08x}", f"0x{end:08x}") if dice.random() < 0.5 else (str(start), str(end))
    return Draft(
        trace,
        number(key, wrong, say("quiz.numbers.bytes")),
        leaves(trace, answer.name),
        prompt=say("quiz.bytes-across-the-wrap.prompt", who=the(who), seq=shown[0], ack=shown[1]),
        why=say("quiz.bytes-across-the-wrap.why", seq=start, ack=end, length=key),
        absolute=True,
    )
