"""A segment as tcpdump prints it, with relative numbers."""

from app.draw.labels import ack, seq
from app.sim.trace import Sent, Trace

SERVER_PORT = 80


def tcpdump(trace: Trace) -> list[str]:
    """The whole exchange, a line for each segment at the instant at which it is sent, lost ones too."""
    return [tcpdump_line(trace, sent) for sent in trace.sent]


def tcpdump_line(trace: Trace, sent: Sent) -> str:
    """`00:00:00.050000 IP server.80 > client.40000: Flags [S.], seq 0, ack 1, win 65535, length 0`."""
    segment, first, length = sent.segment, seq(sent), sent.segment.length
    parts = [f"Flags [{'none' if segment.letters == '-' else segment.letters}]"]
    if length:
        parts.append(f"seq {first}:{first + length}")
    elif segment.syn or segment.fin or segment.rst:
        parts.append(f"seq {first}")
    if segment.ack is not None:
        parts.append(f"ack {ack(sent)}")
    parts += [f"win {segment.window}", f"length {length}"]
    return f"{timestamp(sent.at)} IP {_address(trace, sent, sent.source)} > {_address(trace, sent, sent.target)}: " + (
        ", ".join(parts)
    )


def timestamp(us: int) -> str:
    """Time of day as tcpdump has it, counted from the beginning of the run."""
    seconds, fraction = divmod(us, 1_000_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"


def local_port(trace: Trace, host: str, peer: str, conn: int) -> int:
    """The port of that end: a connection is named by the client's, and the client is drawn first."""
    order = trace.scenario.hosts.index
    return conn if order(host) <= order(peer) else SERVER_PORT


def _address(trace: Trace, sent: Sent, host: str) -> str:
    peer = sent.target if host == sent.source else sent.source
    return f"{host}.{local_port(trace, host, peer, sent.conn)}"
