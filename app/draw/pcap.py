"""A trace as a capture file: Ethernet, IPv4 and TCP as they would have been on the wire (pcap, microseconds)."""

from io import BytesIO

from dpkt.ethernet import ETH_TYPE_IP, Ethernet
from dpkt.ip import IP, IP_PROTO_TCP
from dpkt.pcap import Writer
from dpkt.tcp import TCP

from app.draw.options import WORD, encoded, parts
from app.sim.forging import forgeries
from app.sim.trace import Sent, Trace
from app.tcp.segment import Segment

BEGINNING = 1_767_225_600  # what virtual time 0 is: 2026-01-01 00:00 UTC
NETWORK = (192, 0, 2)  # TEST-NET-1, RFC 5737
ELSEWHERE = (198, 51, 100)  # TEST-NET-2: where the SYNs of a flood pretend to come from
FLAGS = {"FIN": 0x01, "SYN": 0x02, "RST": 0x04, "PSH": 0x08, "ACK": 0x10, "ECE": 0x40, "CWR": 0x80}
TEXT = b"abcdefghijklmnopqrstuvwxyz"
TTL, MAX_WINDOW = 64, 65535


def pcap(trace: Trace, host: str | None = None) -> bytes:
    """The whole exchange as a capture taken on that host; None: on the wire, where every segment is seen as it leaves.

    A host sees its own segments when they leave, the others' when they arrive, a duplicate twice, a lost one never.
    """
    shifts = _shifts(trace)
    flooded = {forgery.conn for forgery in forgeries(trace.scenario.forged) if forgery.spoofed}
    seen = sorted((at, n) for n, sent in enumerate(trace.sent) for at in sent.seen(host))
    file = BytesIO()
    writer = Writer(file)
    for at, n in seen:
        sent = trace.sent[n]
        writer.writepkt(bytes(_frame(trace, sent, n, shifts, flooded)), BEGINNING + at / 1_000_000)
    return file.getvalue()


def _frame(
    trace: Trace, sent: Sent, number: int, shifts: dict[tuple[str, int], int], flooded: set[int | None]
) -> Ethernet:
    segment, (source_port, target_port) = sent.segment, sent.ports
    options = encoded(parts(segment.options))
    tcp = TCP(
        sport=source_port,
        dport=target_port,
        seq=segment.seq,
        ack=segment.ack or 0,
        off=(20 + len(options)) // WORD,
        flags=sum(FLAGS[flag] for flag in segment.flags),
        win=min(segment.window >> (0 if segment.syn else shifts.get((sent.source, sent.conn), 0)), MAX_WINDOW),
        opts=options,
        data=_text(segment),
    )
    spoofed = sent.conn in flooded
    source, target = (_address(trace, host, sent.conn if spoofed else None) for host in (sent.source, sent.target))
    ip = IP(src=bytes(source), dst=bytes(target), p=IP_PROTO_TCP, ttl=TTL, id=number + 1, df=1, data=tcp)
    ip.len = len(ip)
    return Ethernet(src=_hardware(source), dst=_hardware(target), type=ETH_TYPE_IP, data=ip)


def _address(trace: Trace, host: str, flood: int | None) -> tuple[int, ...]:
    """192.0.2.1 for the first host that is drawn, and so on; another network for who `flood`s a listener."""
    if flood is not None and not trace.scenario.calls(host, "listen"):
        return (*ELSEWHERE, flood % 250 + 1)
    return (*NETWORK, trace.scenario.hosts.index(host) + 1)


def _hardware(address: tuple[int, ...]) -> bytes:
    """A locally administered Ethernet address."""
    return bytes((2, 0, *address))


def _text(segment: Segment) -> bytes:
    """So many bytes of text; which ones depends on where they stand in the stream, so that a repeat is the same."""
    start = segment.seq % len(TEXT)
    repeated = TEXT * (segment.length // len(TEXT) + 2)
    return repeated[start : start + segment.length]


def _shifts(trace: Trace) -> dict[tuple[str, int], int]:
    """By how much each end's windows are shifted: as its SYN says, where both SYNs do (RFC 7323 §2.2)."""
    said = {(s.source, s.conn): s.segment.options.wscale for s in trace.sent if s.segment.syn and not s.forged}
    return {
        key: shift
        for key, shift in said.items()
        if shift is not None and all(other is not None for (_, conn), other in said.items() if conn == key[1])
    }
