"""Where the numbers of a segment come from that nobody sent: the scenario says them, and from where they count."""

from app.lab.circumstances import Circumstance, ends
from app.lab.isns import numbers
from app.lab.origin import Origin, Scale, origin
from app.sim.forging import forgeries
from app.tcp.segment import add


def forged(at: Circumstance) -> tuple[Origin, Origin, Origin, Origin, Origin]:
    """Of seq, ack, window, flags and length of a forged segment; `at` is how its receiver stands."""
    sent, trace = at.sent, at.trace
    entry = next(one for one in forgeries(trace.scenario.forged) if one.name == sent.name).forged
    known = numbers(trace.scenario, trace.sent[: trace.sent.index(sent)])
    own, other = known.base(sent.source, sent.conn), known.base(sent.target, sent.conn)
    seq = _number("seq", entry and entry.seq, own, _next(at, own, "rcv_nxt", sent.segment.seq), Scale.of_seq(sent))
    ack = origin("ack.none", "3.1", Scale(0), None)
    if sent.segment.ack is not None and entry is not None:
        nxt = _next(at, other, "snd_nxt", sent.segment.ack)
        ack = _number("ack", entry.ack, other, nxt, Scale.of_ack(sent))
    if entry is None:
        seq = origin("seq.flood", "3.4.1", Scale.of_seq(sent), own)
    size = sent.segment.length
    return (
        seq,
        ack,
        origin("window.forged", "3.1", Scale(0), sent.segment.window),
        origin("flags.flood" if entry is None else "flags.forged", "3.1", Scale(0), None),
        origin("len.text" if size else "len.forged", "3.4", Scale(0), size, length=size),
    )


def _number(field: str, written: int | None, base: int, nxt: int, scale: Scale) -> Origin:
    """As the scenario writes it: from the first ISN on, or `nxt`."""
    if written is None:
        return origin(f"{field}.forged-next", "3.4", scale, nxt)
    return origin(f"{field}.forged", "3.4", scale, add(base, written), number=written)


def _next(at: Circumstance, base: int, field: str, said: int) -> int:
    """What `nxt` stands for: the receiver's RCV.NXT or SND.NXT; where it has no connection, the ISN.

    Of an instant in which much happens the trace has only the beginning and the end; between them, what the receiver
    had said and heard by then tells. Before any SYN has come, RCV.NXT is 0 on the wire.
    """
    blocks = [int(getattr(block, field)) for block in (at.before, at.after) if block is not None]
    if field == "snd_nxt":
        between = [] if at.furthest is None else [at.furthest[1]]
    else:
        between = [end for arrived in at.heard for end in ends(at, at.trace.segments[arrived.name])] + [0]
    candidates = (*blocks[:1], base, *blocks[1:], *between) if at.before else (base, *blocks, *between)
    return next((number for number in candidates if number == said), candidates[0])
