"""A capture file that a real kernel's traffic was written to → segments, so that they can be told like a trace's."""

from io import BytesIO

from dpkt.dpkt import Error
from dpkt.ethernet import Ethernet
from dpkt.ip import IP
from dpkt.pcap import DLT_EN10MB, Reader
from dpkt.tcp import TCP, parse_opts

from app.draw.pcap import FLAGS
from app.sim.trace import Sent
from app.tcp.segment import Options, Segment, distance

End = tuple[bytes, int]  # address, port
MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMPS = 2, 3, 4, 5, 8


def recorded(file: bytes) -> tuple[Sent, ...]:
    """The segments of a pcap file (raw IPv4 or Ethernet), in order; the sender of the first SYN is the client.

    Times are µs from the first segment. Raises ValueError where it is no such file.
    """
    try:
        reader = Reader(BytesIO(file))
        packets = [(at, Ethernet(raw).data if reader.datalink() == DLT_EN10MB else IP(raw)) for at, raw in reader]
    except Error as error:
        raise ValueError(f"not a capture of TCP over IPv4: {error}") from error
    found: list[Sent] = []
    isns: dict[tuple[End, End], int] = {}
    names: dict[bytes, str] = {}
    for at, packet in packets:
        if not isinstance(packet, IP) or not isinstance(packet.data, TCP):
            raise ValueError("not a capture of TCP over IPv4")
        tcp: TCP = packet.data
        own, other = (packet.src, tcp.sport), (packet.dst, tcp.dport)
        segment = _segment(tcp)
        names.setdefault(packet.src, "client" if not names else "server")
        names.setdefault(packet.dst, "server" if len(names) == 1 else "client")
        if segment.syn:
            isns[own, other] = segment.seq
        found.append(
            Sent(
                f"{names[packet.src][0]}{1 + sum(sent.source == names[packet.src] for sent in found)}",
                tcp.sport if names[packet.src] == "client" else tcp.dport,
                round((at - packets[0][0]) * 1_000_000),
                names[packet.src],
                names[packet.dst],
                segment,
                None if (own, other) not in isns else distance(isns[own, other], segment.seq),
                None if segment.ack is None or (other, own) not in isns else distance(isns[other, own], segment.ack),
                (),
                ports=(tcp.sport, tcp.dport),
            )
        )
    return tuple(found)


def _segment(tcp: TCP) -> Segment:
    on = {flag: bool(tcp.flags & bit) for flag, bit in FLAGS.items()}
    return Segment(
        tcp.seq,
        tcp.ack if on["ACK"] else None,
        syn=on["SYN"],
        fin=on["FIN"],
        rst=on["RST"],
        psh=on["PSH"],
        ece=on["ECE"],
        cwr=on["CWR"],
        length=len(tcp.data),
        window=tcp.win,
        options=_options(tcp),
    )


def _options(tcp: TCP) -> Options:
    said = {kind: data for kind, data in parse_opts(tcp.opts) if data or kind == SACK_PERMITTED}

    def numbers(kind: int, width: int) -> tuple[int, ...]:
        data = said.get(kind, b"")
        return tuple(int.from_bytes(data[at : at + width]) for at in range(0, len(data), width))

    edges = numbers(SACK, 4)
    stamps = numbers(TIMESTAMPS, 4)
    return Options(
        mss=next(iter(numbers(MSS, 2)), None),
        wscale=next(iter(numbers(WINDOW_SCALE, 1)), None),
        sack_permitted=SACK_PERMITTED in said,
        timestamps=(stamps[0], stamps[1]) if stamps else None,
        sack=tuple(zip(edges[::2], edges[1::2], strict=True)),
    )
