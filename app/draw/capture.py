"""A segment as tcpdump prints it, with relative numbers."""

from app.draw import options, windows
from app.draw.addresses import named
from app.draw.labels import ack, seq
from app.sim.trace import Sent, Trace
from app.tcp.segment import CIRCLE, add


def tcpdump(trace: Trace) -> list[str]:
    """The whole exchange, a line for each segment at the instant at which it is sent, lost ones too."""
    known = windows.shifts(trace)
    return [tcpdump_line(named(trace, sent), windows.window(sent, known)) for sent in trace.sent]


def captured(trace: Trace, until: int, host: str | None = None, *, absolute: bool = False) -> list[str]:
    """What a capture on that host (None: on the wire) shows up to that instant, µs."""
    seen = sorted((at, n) for n, sent in enumerate(trace.sent) for at in sent.seen(host) if at <= until)
    told = trace.in_absolute_numbers() if absolute else trace
    known = windows.shifts(trace)
    return [
        tcpdump_line(named(trace, told.sent[n])._replace(at=at), windows.window(told.sent[n], known)) for at, n in seen
    ]


def tcpdump_line(sent: Sent, window: int) -> str:
    """`00:00:00.050000 IP server.80 > client.40000: Flags [S.], seq 0, ack 1, win 65535, options […], length 0`.

    `window` is the field of the header. Timestamps alone are left out: every segment has them. A number from before the
    first one wraps around, as tcpdump prints it (`%u`).
    """
    segment, first, length = sent.segment, seq(sent) % CIRCLE, sent.segment.length
    letters = segment.letters
    parts = [f"Flags [{'none' if letters == '-' else letters}]"]
    if length:
        parts.append(f"seq {first}:{add(first, length)}")
    elif segment.syn or segment.fin or segment.rst:
        parts.append(f"seq {first}")
    if (acknowledgment := ack(sent)) is not None:
        parts.append(f"ack {acknowledgment % CIRCLE}")
    parts.append(f"win {window}")
    if (segment.syn or segment.options.sack) and (found := options.parts(segment.options, _base(sent))):
        parts.append(f"options [{','.join(part.told for part in found)}]")
    parts.append(f"length {length}")
    (source, target), (own, other) = (sent.source, sent.target), sent.ports
    return f"{timestamp(sent.at)} IP {source}.{own} > {target}.{other}: {', '.join(parts)}"


def _base(sent: Sent) -> int:
    """What the numbers of the other side count from, as the acknowledgment number shows them."""
    ack_number = sent.segment.ack
    return 0 if ack_number is None or sent.ack is None else ack_number - sent.ack


def timestamp(us: int) -> str:
    """Time of day as tcpdump has it, counted from the beginning of the run."""
    seconds, fraction = divmod(us, 1_000_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
