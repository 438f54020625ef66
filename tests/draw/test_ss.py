"""`ss -tan`: Recv-Q and Send-Q as `tcp_diag_get_info` counts them."""

from pathlib import Path

from app.draw.sockets import ss
from tests.sim.telling import tell


def queues(story: str, host: str, at: int) -> list[str]:
    trace = tell(story + "\nwire: delay 50ms\n")
    return [" ".join(line.split()[:3]) for line in ss(trace, trace.moment_at(at).index, host).splitlines()[1:]]


def test_a_fin_counts_one_until_a_read_says_end_of_file() -> None:
    close = "server: listen; accept; {}close@700ms\nclient: connect; close@200ms"
    assert queues(close.format(""), "server", 650_000) == ["LISTEN 0 128", "CLOSE-WAIT 1 0"]
    assert queues(close.format("recv; "), "server", 650_000) == ["LISTEN 0 128", "CLOSE-WAIT 0 0"]


def test_close_is_no_read_of_end_of_file() -> None:
    close = "server: listen; accept; close@{}ms\nclient: connect; close@500ms"
    assert queues(close.format(700), "server", 720_000)[1:] == ["LAST-ACK 1 1"]
    assert queues(close.format(500), "server", 560_000)[1:] == ["CLOSING 1 1"]


def test_a_fin_behind_a_shut_window_is_counted_before_it_leaves() -> None:
    close = "server: listen; accept\nclient: connect; send(70000); {}"
    without, queued = (int(queues(close.format(end), "client", 2_000_000)[0].split()[2]) for end in ("", "close+1s"))
    assert queued == without + 1


def test_fast_open_makes_a_socket_at_once() -> None:
    trace = tell(Path("content/scenarios/fast-open.scenario").read_text(encoding="utf-8"))
    answers = [one for one in trace.sent if one.source == "server" and one.segment.length]
    early = next(
        one for one in answers if trace.state(trace.moment_at(one.at).index, "server", one.conn).value == "SYN-RECEIVED"
    )
    assert "SYN-RECV   0      200" in ss(trace, trace.moment_at(early.at).index, "server")
