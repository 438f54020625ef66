"""What stood when a segment left: what set it off, what its sender had said and heard on that connection until then."""

from typing import NamedTuple

from app.lab.dialects import dialect_at
from app.sim.trace import Arrived, Befell, Called, Changed, Departed, Sent, TimedOut, Trace
from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.segment import add, distance
from app.tcp.states import Cause

Trigger = Arrived | TimedOut | Called | Befell

# What is fired where a segment is thrown away: it moved nothing.
REFUSED = (
    "ack.missing",
    "ack.too-old",
    "ack.unsent",
    "host.down",
    "sequence.old-stamp",
    "sequence.repeats",
    "sequence.unacceptable",
    "text.ignored",
)


class Circumstance(NamedTuple):
    """`said` is what the sender itself had put on the wire, this segment left out, since its ISN was the one of now.

    `heard` is what had arrived there, the latest last; `before` and `after` are its blocks around that instant.
    `cause` is what the same input has moved the sender by, if it changed its state.
    """

    sent: Sent
    trigger: Trigger | None
    cause: Cause | None
    said: tuple[Sent, ...]
    heard: tuple[Arrived, ...]
    before: Block | None
    after: Block | None
    dialect: Dialect
    trace: Trace

    @property
    def answers(self) -> Sent | None:
        """The segment whose arrival set it off, if it was one."""
        return self.trace.segments[self.trigger.name] if isinstance(self.trigger, Arrived) else None

    @property
    def fired(self) -> tuple[str, ...]:
        """The rules that were asked of that segment and said yes, in order."""
        checks = self.trigger.checks if isinstance(self.trigger, Arrived) else ()
        return tuple(check.rule for check in checks if check.fired)

    def length(self, sent: Sent) -> int:
        """The numbers that a segment takes, as this host counts them."""
        segment = sent.segment
        return segment.length + segment.syn * self.dialect.syn_length + segment.fin * self.dialect.fin_length

    @property
    def furthest(self) -> tuple[Sent, int] | None:
        """SND.NXT, and the segment that took the number before it; None where nothing that takes one was sent."""
        ends = [(one, add(one.segment.seq, self.length(one))) for one in self.said if not one.segment.rst]
        taking = [(one, end) for one, end in ends if one.segment.syn or one.segment.fin or one.segment.length]
        if not taking:
            return None
        start = taking[0][0].segment.seq
        return max(taking, key=lambda pair: distance(start, pair[1]))


def circumstance(trace: Trace, name: str) -> Circumstance:
    """The circumstances of a segment of the run. A forged one was never sent: for it, they are its receiver's."""
    sent = trace.segments[name]
    host = sent.target if sent.forged else sent.source
    said: list[Sent] = []
    heard: list[Arrived] = []
    trigger: Trigger | None = None
    cause: Cause | None = None
    for event in trace.events:
        if sent.forged and isinstance(event, Arrived) and event.name == name:
            break
        if event.host != host:
            continue
        match event:
            case Departed(name=left) if left == name:
                break
            case Departed(conn=sent.conn, name=left):
                said = _since_isn(said, trace.segments[left])
            case Arrived() | TimedOut() | Called() | Befell():
                trigger, cause = event, None
                if isinstance(event, Arrived) and event.conn == sent.conn:
                    heard.append(event)
            case Changed(conn=sent.conn):
                cause = event.cause
    if trigger is not None and trigger.at != sent.at:
        trigger, cause = None, None
    said = _since_isn(said, sent)[:-1] if sent.segment.syn and not sent.forged else said
    index = trace.moment_at(sent.at).index
    blocks = trace.block(index - 1, host, sent.conn), trace.block(index, host, sent.conn)
    dialect = dialect_at(trace.scenario, host, sent.at)
    return Circumstance(sent, trigger, cause, tuple(said), tuple(heard), *blocks, dialect, trace)


def _since_isn(said: list[Sent], new: Sent) -> list[Sent]:
    """With `new`; a SYN of another number begins anew."""
    syns = [one.segment.seq for one in said if one.segment.syn]
    if new.segment.syn and syns and syns[0] != new.segment.seq:
        return [new]
    return [*said, new]


def refused(arrived: Arrived) -> bool:
    """Whether that arrival was of no use."""
    return any(check.fired and check.rule in REFUSED for check in arrived.checks)


def ends(at: Circumstance, sent: Sent) -> dict[int, str]:
    """Where the receiver's RCV.NXT can stand after that segment, the furthest first, by what of it was taken."""
    segment = sent.segment
    number, found = segment.seq, []
    if segment.rst:
        return {}
    if segment.syn:
        number = add(number, at.dialect.syn_length)
        found.append((number, "syn"))
    if segment.length:
        number = add(number, segment.length)
        found.append((number, "syn-and-text" if segment.syn else "text"))
    if segment.fin:
        found.append((add(number, at.dialect.fin_length), "fin-and-text" if segment.length else "fin"))
    return dict(reversed(found))
