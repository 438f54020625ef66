"""A trace as a capture file: Ethernet, IPv4 and TCP as they would have been on the wire (pcap, microseconds)."""

from io import BytesIO

from dpkt.ethernet import ETH_TYPE_IP, Ethernet
from dpkt.ip import IP, IP_PROTO_TCP
from dpkt.pcap import Writer
from dpkt.tcp import TCP

from app.draw.addresses import address
from app.draw.options import WORD, encoded, parts
from app.draw.windows import Shifts, shifts, window
from app.sim.trace import Sent, Trace
from app.tcp.segment import Segment

BEGINNING = 1_767_225_600  # what virtual time 0 is: 2026-01-01 00:00 UTC
FLAGS = {"FIN": 0x01, "SYN": 0x02, "RST": 0x04, "PSH": 0x08, "ACK": 0x10, "ECE": 0x40, "CWR": 0x80}
TEXT = b"abcdefghijklmnopqrstuvwxyz"
TTL = 64
SNAPLEN = 262_144  # as tcpdump says unless told otherwise: no frame is cut short


def pcap(trace: Trace, host: str | None = None) -> bytes:
    """The whole exchange as a capture taken on that host; None: on the wire, where every segment is seen as it leaves.

    A host sees its own segments when they leave, the others' when they arrive, a duplicate twice, a lost one never.
    """
    known = shifts(trace)
    seen = sorted((at, n) for n, sent in enumerate(trace.sent) for at in sent.seen(host))
    file = BytesIO()
    writer = Writer(file, snaplen=SNAPLEN)
    for at, n in seen:
        sent = trace.sent[n]
        writer.writepkt(bytes(_frame(trace, sent, n, known)), BEGINNING + at / 1_000_000)
    return file.getvalue()


def _frame(trace: Trace, sent: Sent, number: int, known: Shifts) -> Ethernet:
    segment, (source_port, target_port) = sent.segment, sent.ports
    options = encoded(parts(segment.options))
    tcp = TCP(
        sport=source_port,
        dport=target_port,
        seq=segment.seq,
        ack=segment.ack or 0,
        off=(20 + len(options)) // WORD,
        flags=sum(FLAGS[flag] for flag in segment.flags),
        win=window(sent, known),
        opts=options,
        data=_text(segment),
    )
    source, target = (address(trace, host, sent.conn) for host in (sent.source, sent.target))
    ip = IP(src=bytes(source), dst=bytes(target), p=IP_PROTO_TCP, ttl=TTL, id=number + 1, df=1, data=tcp)
    ip.len = len(ip)
    return Ethernet(src=_hardware(source), dst=_hardware(target), type=ETH_TYPE_IP, data=ip)


def _hardware(address: tuple[int, ...]) -> bytes:
    """A locally administered Ethernet address."""
    return bytes((2, 0, *address))


def _text(segment: Segment) -> bytes:
    """So many bytes of text; which ones depends on where they stand in the stream, so that a repeat is the same."""
    start = segment.seq % len(TEXT)
    repeated = TEXT * (segment.length // len(TEXT) + 2)
    return repeated[start : start + segment.length]
