"""A trace for the terminal, and as tcpdump and ss print it."""

from io import BytesIO
from socket import inet_ntoa

import pytest
from dpkt.pcap import Reader

from app.draw.capture import captured
from app.draw.pcap import pcap
from app.draw.text import exchange, ss, tcpdump
from tests.draw.scenes import played, scenes, trace, words

CLOSE = "server: listen; accept; recv(eof); close\nclient: connect; send(100); close\nwire: drop c4\nset: end=300ms\n"


def test_an_exchange_can_be_read_in_a_terminal() -> None:
    assert exchange(trace("three-segments"), words("en")).splitlines() == [
        "         Client                                                     Server",
        "                      |                                            |LISTEN           0 ms",
        "   0 ms  SYN-SENT     | --- SYN seq=0 ---------------------------->|SYN-RECEIVED    50 ms",
        " 100 ms  ESTABLISHED  |<------------------ SYN-ACK seq=0 ack=1 --- |                50 ms",
        " 100 ms               | --- ACK seq=1 ack=1 ---------------------->|ESTABLISHED    150 ms",
    ]


def test_a_lost_segment_ends_in_an_x() -> None:
    lines = exchange(played(CLOSE), words("en")).splitlines()
    assert " 100 ms  FIN-WAIT-1   | --- FIN·ACK seq=101 ack=1 --x              |" in lines


def test_a_forged_segment_has_no_departure() -> None:
    lines = exchange(trace("old-syn"), words("zh")).splitlines()
    assert any("~~~ 注入 SYN seq=-1000 ~" in line and line.startswith(" " * 10) for line in lines)


def test_several_connections_are_numbered() -> None:
    text = exchange(trace("queue-flow"), words("en"))
    assert "#3 SYN seq=0" in text
    assert "#2 ESTABLISHED" in text


@pytest.mark.parametrize("name", sorted(scenes()))
def test_every_segment_has_a_line(name: str) -> None:
    happened = trace(name)
    arrows = [line for line in exchange(happened, words("en")).splitlines() if "seq=" in line]
    assert len(arrows) == len(happened.sent) == len(tcpdump(happened))


def test_tcpdump_prints_what_tcpdump_prints() -> None:
    happened = played("server: listen; accept; recv; close\nclient: connect; send(100); recv(eof); close\n")
    assert tcpdump(happened)[:5] == [
        (
            "00:00:00.000000 IP client.40000 > server.80: Flags [S], seq 0, win 65535, "
            "options [mss 1460,sackOK,TS val 0 ecr 0,nop,wscale 10], length 0"
        ),
        (
            "00:00:00.050000 IP server.80 > client.40000: Flags [S.], seq 0, ack 1, win 65535, "
            "options [mss 1460,sackOK,TS val 50 ecr 0,nop,wscale 10], length 0"
        ),
        "00:00:00.100000 IP client.40000 > server.80: Flags [.], ack 1, win 63, length 0",
        "00:00:00.100000 IP client.40000 > server.80: Flags [P.], seq 1:101, ack 1, win 63, length 100",
        "00:00:00.150000 IP server.80 > client.40000: Flags [.], ack 101, win 63, length 0",
    ]


def test_tcpdump_prints_no_options_where_there_are_none() -> None:
    happened = played("server: listen\nclient: connect\nforge: c S 5000:5000(0) @10ms\n")
    forged = next(line for line in tcpdump(happened) if "seq 5000" in line)
    assert forged.endswith("Flags [S], seq 5000, win 65535, length 0")


def test_tcpdump_prints_no_negative_number() -> None:
    happened = played(
        "server: listen; accept\nclient: connect; send(100)\n"
        "forge: s R -500:-500(0) @1s; c P. -5:5(10) ack -499899 @2s; c P. -5:5(10) ack 1 @3s\n"
    )
    lines = tcpdump(happened)
    assert "Flags [R], seq 4294966796, win 63, length 0" in lines[5]
    assert "Flags [P.], seq 4294967291:5, ack 4294467397, win 63, length 10" in lines[6]
    assert not any(" -" in line for line in lines)


def test_who_floods_has_the_same_address_everywhere() -> None:
    happened = played("server: listen(5)\nclient: connect@1s\nforge: flood 3 every 10ms @100ms\n")
    sources = [inet_ntoa(frame[26:30]) for _, frame in Reader(BytesIO(pcap(happened))) if frame[47] == 0x02]
    lines = [line.split(" IP ")[1].split(": ")[0] for line in tcpdump(happened) if "Flags [S]," in line]
    assert sources[:3] == [f"198.51.100.{n}" for n in (1, 2, 3)]
    assert lines == [*(f"198.51.100.{n}.{999 + n} > server.80" for n in (1, 2, 3)), "client.40000 > server.80"]
    assert any("server.80 > 198.51.100.1.1000: Flags [S.]" in line for line in tcpdump(happened))
    listed = ss(happened, happened.moment_at(130_000).index, "server")
    assert [line.split()[-1] for line in listed.splitlines()[2:]] == [f"198.51.100.{n}:{999 + n}" for n in (1, 2, 3)]
    assert "client.1000" not in "".join(captured(happened, 1_000_000, "server"))


def test_ss_shows_a_listener_by_who_waits_and_its_limit() -> None:
    happened = trace("final-ack-ignored")
    assert ss(happened, happened.moment_at(400_000).index, "server").splitlines() == [
        "State      Recv-Q Send-Q Local Address:Port Peer Address:Port",
        "LISTEN     2      1      0.0.0.0:80         0.0.0.0:*",
        "ESTAB      0      0      server:80          client:40000",
        "ESTAB      0      0      server:80          client:40001",
        "SYN-RECV   0      0      server:80          client:40002",
    ]


def test_ss_shows_what_is_unread_and_what_is_unacknowledged() -> None:
    happened = played("server: listen; accept\nclient: connect; send(100); close@1s\n")
    sent = happened.moment_at(100_000).index
    assert ss(happened, sent, "client").splitlines()[1].split()[:3] == ["ESTAB", "0", "100"]
    come = happened.moment_at(150_000).index
    assert ss(happened, come, "server").splitlines()[2].split()[:3] == ["ESTAB", "100", "0"]
    closed = happened.moment_at(1_050_000).index
    assert ss(happened, closed, "server").splitlines()[2].split()[:3] == ["CLOSE-WAIT", "101", "0"]


def test_ss_lists_nothing_of_a_closed_connection() -> None:
    happened = trace("refused")
    assert len(ss(happened, len(happened.moments) - 1, "client").splitlines()) == 1
