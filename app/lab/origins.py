"""Where each number of a segment came from: why its seq, its ack, its window and its flags are what they are.

Each statement is worked out from what had happened before the segment left; the segment only chooses where an instant
leaves several possibilities. `value` is what the statement comes to, so that it can be held against what was really
sent. Numbers are shown as the trace shows them: relative where the ISN is known, else as they are on the wire.
"""

from typing import NamedTuple

from app.lab.circumstances import Circumstance, circumstance, ends, refused
from app.lab.dialects import dialect_at
from app.lab.flags import flags
from app.lab.forged import forged
from app.lab.isns import numbers
from app.lab.origin import Origin, Scale, origin
from app.lab.windows import window
from app.sim.numbers import spread
from app.sim.trace import Sent, TimedOut, Trace
from app.tcp.opening import ISN_STEP
from app.tcp.segment import add, distance


class Origins(NamedTuple):
    """A statement for each field; `len` is what the segment takes of the sequence space."""

    seq: Origin
    ack: Origin
    window: Origin
    flags: Origin
    len: Origin


def origins(trace: Trace, name: str) -> Origins:
    """Where the numbers of that segment come from. `name` is as the trace has it: c1, s2, x1."""
    at = circumstance(trace, name)
    if at.sent.forged:
        return Origins(*forged(at))
    return Origins(seq(at), ack(at), window(at), flags(at), length(at))


# SEQ


def seq(at: Circumstance) -> Origin:
    """Of the sequence number."""
    segment, scale = at.sent.segment, Scale.of_seq(at.sent)
    if segment.rst and (stateless := _stateless(at)) is not None:
        return stateless
    takes = bool(segment.syn or segment.fin or segment.length)
    same = (one for one in at.said if one.segment.seq == segment.seq and _takes(one) and not one.segment.rst)
    if takes and (first := next(same, None)) is not None:
        return origin("seq.again", "3.10.8", scale, first.segment.seq, name=first.name)
    if segment.syn:
        return _isn(at, scale)
    if at.furthest is None:
        return _by_block(at, scale)
    last, nxt = at.furthest
    if nxt == segment.seq:
        return _behind("seq", at, last, nxt, scale)
    if not takes and add(nxt, -1) == segment.seq:
        asks = isinstance(at.trigger, TimedOut) and at.trigger.timer == "window-probe"
        return origin("seq.probe", "3.8.6.1" if asks else "3.8.4", scale, add(nxt, -1), nxt=scale.shown(nxt))
    syn = at.said[0]
    alone = add(syn.segment.seq, at.dialect.syn_length)
    if syn.segment.syn and syn.segment.length and alone == segment.seq:
        return origin("seq.after-syn", "3.4", scale, alone, name=syn.name, first=scale.shown(syn.segment.seq))
    return _by_block(at, scale)


def _by_block(at: Circumstance, scale: Scale) -> Origin:
    """What the sender's block says: what is sent again in part begins where the peer's acknowledgment stands."""
    for block in (at.before, at.after):
        if block is not None and block.snd_una == at.sent.segment.seq:
            return origin("seq.una", "3.10.8", scale, block.snd_una)
    nxt = next((b.snd_nxt for b in (at.before, at.after) if b and b.snd_nxt == at.sent.segment.seq), None)
    return origin("seq.nxt", "3.4", scale, nxt)


def _stateless(at: Circumstance) -> Origin | None:
    """Of a reset that answers a segment where no connection stands: the peer's own ACK, or 0 (§3.5.2)."""
    cause, scale = at.answers, Scale.of_seq(at.sent)
    if cause is None or (at.sent.segment.seq and cause.segment.ack is None):
        return None
    if cause.segment.ack is None:
        return origin("seq.reset-zero", "3.5.2", scale, 0, name=cause.name)
    return origin("seq.reset-ack", "3.5.2", scale, _meant(at, cause), name=cause.name)


def _isn(at: Circumstance, scale: Scale) -> Origin:
    """Of a SYN's number."""
    sent, trace = at.sent, at.trace
    if "listen.syn-cookie" in at.fired:
        cookie = spread(f"cookie:{(sent.ports[0], sent.target, sent.ports[1])}")
        return origin("seq.cookie", "RFC 4987 3.6", scale, cookie, isn=cookie)
    if "time-wait.new-connection" in at.fired:
        old = at.before.snd_nxt if at.before is not None else 0
        return origin("seq.isn-beyond", "3.6.1", scale, add(old, ISN_STEP), isn=add(old, ISN_STEP), old=old)
    known = numbers(trace.scenario, trace.sent[: trace.sent.index(sent)])
    isn = known.isn(sent.source, sent.conn, sent.at)
    fixed = any((s.host, s.name, s.value) == (sent.source, "isn", isn) for s in trace.scenario.settings)
    return origin("seq.isn-set" if fixed else "seq.isn", "3.4.1", scale, isn, isn=isn)


def _takes(sent: Sent) -> bool:
    return bool(sent.segment.syn or sent.segment.fin or sent.segment.length)


def _behind(field: str, at: Circumstance, last: Sent, nxt: int, scale: Scale) -> Origin:
    """What follows `last`: its number, and what it takes."""
    segment, first = last.segment, scale.shown(last.segment.seq)
    lengths = at.dialect.syn_length, at.dialect.fin_length
    if lengths != (1, 1) and (segment.syn or segment.fin):
        return origin(
            f"{field}.believed", "3.4", scale, nxt, name=last.name, first=first, takes=distance(segment.seq, nxt)
        )
    kind = "syn" if segment.syn else "fin" if segment.fin else "text"
    both = segment.length and (segment.syn or segment.fin)
    message = f"{field}.after-{kind}-and-text" if both else f"{field}.after-{kind}"
    return origin(message, "3.4", scale, nxt, name=last.name, first=first, length=segment.length)


# ACK


def ack(at: Circumstance) -> Origin:
    """Of the acknowledgment number."""
    segment, cause = at.sent.segment, at.answers
    scale = Scale.of_ack(at.sent)
    if segment.ack is None:
        message = "ack.reset-none" if segment.rst else "ack.nothing-yet" if segment.syn else "ack.none"
        return origin(message, "3.5.2" if segment.rst else "3.1", scale, None)
    written = at.dialect.written_ack
    if segment.rst and cause is not None and cause.segment.ack is None and not segment.seq:
        end = add(cause.segment.seq, at.length(cause))
        first, taken = scale.shown(cause.segment.seq), at.length(cause)
        return origin("ack.reset", "3.5.2", scale, add(end, written), name=cause.name, first=first, length=taken)
    expected = add(segment.ack, -written)
    if (found := _moved_to(at, expected)) is not None:
        last, kind = found
        end = next(number for number, how in ends(at, last).items() if how == kind)
        return _expects(at, last, end, kind, scale)
    nxt = next((b.rcv_nxt for b in (at.before, at.after) if b is not None and b.rcv_nxt == expected), None)
    return origin("ack.nxt", "3.4", scale, None if nxt is None else add(nxt, written))


def _moved_to(at: Circumstance, expected: int) -> tuple[Sent, str] | None:
    """The segment that moved RCV.NXT to that number: the last that did not come in vain, else the last of all."""
    found = [
        (arrived, one, kind)
        for arrived in reversed(at.heard)
        for one in (at.trace.segments[arrived.name],)
        if (kind := ends(at, one).get(expected)) is not None
    ]
    useful = [(one, kind) for arrived, one, kind in found if not refused(arrived)]
    return next(iter(useful or [(one, kind) for _, one, kind in found]), None)


def _expects(at: Circumstance, last: Sent, end: int, kind: str, scale: Scale) -> Origin:
    first, dialect = scale.shown(last.segment.seq), at.dialect
    if dialect.written_ack:
        nxt = scale.shown(end)
        return origin("ack.misread", "3.1", scale, add(end, dialect.written_ack), name=last.name, nxt=nxt)
    if (dialect.syn_length, dialect.fin_length) != (1, 1) and kind != "text":
        takes = distance(last.segment.seq, end)
        return origin("ack.believed", "3.4", scale, end, name=last.name, first=first, takes=takes)
    if last.segment.syn and kind.startswith("fin"):  # two numbers of a forged segment: nobody sends such a thing
        return origin("ack.nxt", "3.4", scale, end)
    return origin(f"ack.after-{kind}", "3.4", scale, end, name=last.name, first=first, length=last.segment.length)


def _meant(at: Circumstance, cause: Sent) -> int:
    """SEG.ACK of a segment as it is meant: who writes it down wrongly is understood all the same."""
    written = 0 if cause.forged else dialect_at(at.trace.scenario, cause.source, cause.at).written_ack
    return add(cause.segment.ack or 0, -written)


# Length


def length(at: Circumstance) -> Origin:
    """Of what it takes of the sequence space."""
    segment = at.sent.segment
    kind = "reset" if segment.rst else "syn" if segment.syn else "fin" if segment.fin else "none"
    if segment.length:
        kind = "text" if kind == "none" else f"{kind}-and-text"
    return origin(f"len.{kind}", "3.4", Scale(0), segment.length, length=segment.length)
