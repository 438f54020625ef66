"""Capture files: what tshark reads in them is what the trace says, and every checksum is right."""

import struct
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from dpkt.pcap import Reader

from app.draw.pcap import BEGINNING, pcap
from app.sim.scenario import parse
from app.sim.trace import Sent, Trace
from app.sim.world import run
from tests.draw.scenes import scenes, trace

CHECKED = ("-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "http.tcp.port:9")
COMPLAINTS = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 || _ws.expert.severity >= 8388608"
FIELDS = ("tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags", "tcp.options.mss_val")
SOME = [
    "01_normal_close_4seg",
    "04d_syn_lost_all_default",
    "14_simultaneous_open",
    "23b_rst_in_window",
    "26a_tfo_cookie_then_data",
    "27b_syn_flood_cookies1",
    "29_data_lost_fin_behind",
    "31a_isn_wrap_client",
    "38_ecn_negotiation",
    "three clients",
]


@pytest.mark.parametrize("name", sorted(scenes()))
def test_checksums_and_lengths(name: str) -> None:
    for _, frame in Reader(BytesIO(pcap(trace(name)))):
        ip, tcp = frame[14:34], frame[34:]
        assert ones_complement(ip) == 0
        assert struct.unpack("!H", ip[2:4])[0] == len(frame) - 14
        assert ones_complement(ip[12:20] + struct.pack("!BBH", 0, 6, len(tcp)) + tcp) == 0
        assert (tcp[12] >> 4) * 4 <= len(tcp)


def test_no_frame_is_longer_than_the_file_says() -> None:
    file = BytesIO(pcap(run(parse("server: listen; accept; recv\nclient: connect; send(3000)"))))
    longest = max(len(frame) for _, frame in Reader(file))
    assert longest == 14 + 1500
    (snaplen,) = struct.unpack("=I", file.getvalue()[16:20])
    assert snaplen >= longest


def ones_complement(data: bytes) -> int:
    """RFC 1071: 0 where the checksum is right."""
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@pytest.mark.parametrize("name", SOME)
def test_tshark_reads_it_without_a_complaint(name: str, tshark: str, tmp_path: Path) -> None:
    file = tmp_path / "trace.pcap"
    file.write_bytes(pcap(trace(name)))
    assert shark(tshark, file, "-Y", COMPLAINTS) == []


@pytest.mark.parametrize("name", SOME)
def test_tshark_reads_what_the_trace_says(name: str, tshark: str, tmp_path: Path) -> None:
    file = tmp_path / "trace.pcap"
    file.write_bytes(pcap(trace(name)))
    fields = [argument for field in FIELDS for argument in ("-e", field)]
    read = [line.split("\t") for line in shark(tshark, file, "-T", "fields", *fields)]
    assert read == [expected(sent) for sent in sorted(trace(name).sent, key=lambda sent: sent.at)]


def expected(sent: Sent) -> list[str]:
    """A segment's fields as tshark prints them."""
    segment, bits = sent.segment, ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")
    flags = sum(1 << bits.index(flag) for flag in segment.flags)
    mss = "" if segment.options.mss is None else str(segment.options.mss)
    numbers = (*sent.ports, segment.seq, segment.ack or 0, segment.length)
    return [*map(str, numbers), f"0x{flags:04x}", mss]


def shark(tshark: str, file: Path, *arguments: str) -> list[str]:
    done = subprocess.run(
        [tshark, "-r", file, *CHECKED, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()


LOSSY = "server: listen; accept; recv; close\nclient: connect; send(100); recv; close\nwire: drop s2; dup c3+20ms\n"


def times(happened: Trace, host: str | None) -> list[int]:
    return [round((at - BEGINNING) * 1e6) for at, _ in Reader(BytesIO(pcap(happened, host)))]


def test_a_host_sees_what_it_sends_and_what_arrives() -> None:
    happened = run(parse(LOSSY))
    assert times(happened, None) == sorted(sent.at for sent in happened.sent)
    for host in ("client", "server"):
        own = [sent.at for sent in happened.sent if sent.source == host]
        come = [at for sent in happened.sent if sent.target == host for at in sent.arrivals]
        assert times(happened, host) == sorted(own + come)
        assert len(times(happened, host)) != len(happened.sent)


def test_windows_are_shifted_once_both_syns_have_said_so() -> None:
    def windows(settings: str) -> list[int]:
        frames = Reader(BytesIO(pcap(run(parse(LOSSY + settings)))))
        return [struct.unpack("!H", frame[48:50])[0] for _, frame in frames][:3]

    assert windows("") == [65535, 65535, 65535 >> 10]
    assert windows("set: server.tcp_window_scaling=0") == [65535, 65535, 65535]


def test_nothing_that_happened_is_an_empty_capture() -> None:
    assert len(pcap(trace("nobody does anything"))) == 24
