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
LENGTHS = {MSS: (2,), WINDOW_SCALE: (1,), SACK_PERMITTED: (0,), SACK: (8, 16, 24, 32), TIMESTAMPS: (8,)}  # of the data


def recorded(file: bytes) -> tuple[Sent, ...]:
    """The segments of a pcap file (raw IPv4 or Ethernet), in order; who sends the first SYN without ACK is the client.

    Times are µs from the first segment. Raises ValueError where it is no such file, or not of a client and a server.
    """
    try:
        reader = Reader(BytesIO(file))
        packets = [(at, Ethernet(raw).data if reader.datalink() == DLT_EN10MB else IP(raw)) for at, raw in reader]
    except Error as error:
        raise ValueError(f"not a capture of TCP over IPv4: {error}") from error
    if not all(isinstance(packet, IP) and isinstance(packet.data, TCP) for _, packet in packets):
        raise ValueError("not a capture of TCP over IPv4")
    names = _names([packet for _, packet in packets])
    found: list[Sent] = []
    isns: dict[tuple[End, End], int] = {}
    for at, packet in packets:
        tcp: TCP = packet.data
        own, other = (packet.src, tcp.sport), (packet.dst, tcp.dport)
        segment = _segment(tcp)
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


def _names(packets: list[IP]) -> dict[bytes, str]:
    """What the two hosts are called, by address. Raises ValueError where nobody is the client, or there are others."""
    opening = (packet.src for packet in packets if packet.data.flags & (FLAGS["SYN"] | FLAGS["ACK"]) == FLAGS["SYN"])
    client = next(opening, None)
    if client is None:
        raise ValueError("not a capture of how a connection begins: it has no SYN without ACK")
    hosts = {address for packet in packets for address in (packet.src, packet.dst)}
    if len(hosts - {client}) != 1:
        raise ValueError(f"not a capture of two hosts: it has {len(hosts)}")
    return {address: "client" if address == client else "server" for address in hosts}


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
    """The options that are known. Raises ValueError where one is not as long as it must be."""
    parsed = parse_opts(tcp.opts)
    if None in parsed:
        raise ValueError("the last TCP option is cut short")
    said = {kind: data for kind, data in parsed if kind in LENGTHS}
    for kind, data in said.items():
        if len(data) not in LENGTHS[kind]:
            raise ValueError(f"the TCP option {kind} cannot have {len(data)} bytes")

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
