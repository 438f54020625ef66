"""A capture file read: who is the client, and what is refused."""

from io import BytesIO

import pytest
from dpkt.ethernet import Ethernet
from dpkt.ip import IP, IP_PROTO_TCP
from dpkt.pcap import Writer
from dpkt.tcp import TCP

from app.draw.pcap import FLAGS, pcap
from app.draw.recorded import recorded
from app.sim.scenario import parse
from app.sim.world import run
from app.tcp.segment import Options

NEAR, FAR, OTHER = (bytes((10, 0, 0, last)) for last in (1, 2, 3))
PORTS = {NEAR: 40000, FAR: 80, OTHER: 90}
SYN, ACK = FLAGS["SYN"], FLAGS["ACK"]


def packet(source: bytes, target: bytes, flags: int, options: bytes = b"") -> Ethernet:
    """A segment in its frame."""
    tcp = TCP(sport=PORTS[source], dport=PORTS[target], flags=flags, seq=100, ack=100, opts=options)
    tcp.off = (20 + len(options)) // 4
    ip = IP(src=source, dst=target, p=IP_PROTO_TCP, data=tcp)
    ip.len = len(ip)
    return Ethernet(data=ip)


def capture(*packets: Ethernet) -> bytes:
    """A capture file of those."""
    file = BytesIO()
    writer = Writer(file)
    for second, one in enumerate(packets):
        writer.writepkt(bytes(one), second)
    return file.getvalue()


def test_what_the_machine_writes_is_read_as_it_was() -> None:
    trace = run(parse("server: listen; accept; recv\nclient: connect; send(100)@200ms\nwire: delay 50ms"))
    read = recorded(pcap(trace))
    assert [(sent.name, sent.source, sent.at) for sent in read] == [
        (sent.name, sent.source, sent.at) for sent in trace.sent
    ]


def test_the_client_is_who_sends_the_first_syn_whatever_came_before() -> None:
    read = recorded(capture(packet(FAR, NEAR, ACK), packet(FAR, NEAR, SYN | ACK), packet(NEAR, FAR, SYN)))
    assert [(sent.name, sent.source, sent.target, sent.conn) for sent in read] == [
        ("s1", "server", "client", 40000),
        ("s2", "server", "client", 40000),
        ("c1", "client", "server", 40000),
    ]


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"no capture", "not a capture of TCP over IPv4"),
        (capture(), "it has no SYN without ACK"),
        (capture(packet(NEAR, FAR, ACK)), "it has no SYN without ACK"),
        (capture(packet(NEAR, FAR, SYN), packet(OTHER, FAR, SYN)), "not a capture of two hosts: it has 3"),
        (capture(packet(NEAR, NEAR, SYN)), "not a capture of two hosts: it has 1"),
    ],
)
def test_what_is_no_capture_of_a_client_and_a_server_is_refused(file: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        recorded(file)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (bytes((8, 6, 0, 0, 0, 1, 1, 1)), "the TCP option 8 cannot have 4 bytes"),
        (bytes((5, 6, 0, 0, 0, 1, 1, 1)), "the TCP option 5 cannot have 4 bytes"),
        (bytes((2, 2, 1, 1)), "the TCP option 2 cannot have 0 bytes"),
        (bytes((1, 1, 1, 8)), "the last TCP option is cut short"),
    ],
)
def test_an_option_that_is_too_short_is_refused(options: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        recorded(capture(packet(NEAR, FAR, SYN, options)))


def test_options_that_are_whole_are_read() -> None:
    options = bytes((2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7))
    (sent,) = recorded(capture(packet(NEAR, FAR, SYN, options)))
    assert sent.segment.options == Options(mss=1460, wscale=7, sack_permitted=True, timestamps=(7, 9))
