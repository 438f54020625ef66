"""Moments in words, in both languages."""

import pytest

from app.draw.packetdrill import packetdrill
from app.draw.sentences import sentences
from app.sim.trace import Trace
from tests.draw.scenes import played, scenes, trace, words


def told(happened: Trace, lang: str) -> list[tuple[str, ...]]:
    return [sentences(happened, words(lang), moment) for moment in happened.moments]


def test_a_handshake_in_english() -> None:
    start, syn, syn_ack, ack = told(trace("three-segments"), "en")
    assert start == (
        "The server calls listen(): it enters LISTEN.",
        "The client calls connect(): it sends SYN (seq=0) and enters SYN-SENT.",
    )
    assert " ".join(syn) == (
        "The SYN reaches the server: it enters SYN-RECEIVED and answers with SYN-ACK (seq=0 ack=1); "
        "the connection waits in the SYN queue."
    )
    assert syn_ack == (
        "The SYN-ACK reaches the client: it enters ESTABLISHED and answers with ACK (seq=1 ack=1); connect() returns.",
    )
    assert " ".join(ack) == (
        "The ACK reaches the server: it enters ESTABLISHED; the connection moves to the accept queue and accept() "
        "returns a connection."
    )


def test_a_handshake_in_chinese() -> None:
    start, syn, syn_ack, ack = told(trace("three-segments"), "zh")
    assert start[1] == "客户端调用 connect()：发出 SYN（seq=0），进入 SYN-SENT。"
    assert syn == ("SYN 到达服务端：进入 SYN-RECEIVED，回复 SYN-ACK（seq=0 ack=1）；连接进入半连接队列。",)
    assert syn_ack == ("SYN-ACK 到达客户端：进入 ESTABLISHED，回复 ACK（seq=1 ack=1）；connect() 返回。",)
    assert ack == ("ACK 到达服务端：进入 ESTABLISHED；连接移入全连接队列，accept() 取走一个连接。",)


def test_loss_and_retransmission() -> None:
    lines = told(trace("syn-lost"), "en")
    assert lines[1] == ("The SYN is lost on the wire.",)
    assert lines[2] == ("The retransmission timer of the client expires: it retransmits SYN (seq=0).",)


def test_why_a_segment_is_ignored_or_refused() -> None:
    everything = [line for lines in told(trace("final-ack-ignored"), "en") for line in lines]
    assert (
        "Connection 3 · The ACK reaches the server: the accept queue is full, so the ACK is ignored and the request "
        "stays in the SYN queue." in everything
    )
    assert " ".join(told(trace("refused"), "en")[1]) == (
        "The SYN reaches the server: nothing listens there, and there is no such connection; "
        "it answers with RST·ACK (seq=0 ack=1)."
    )


REASONS = [
    (
        (
            "server: listen; accept; recv; send(919); close\nclient: connect; send(932); recv; recv(eof); close\n"
            "forge: c S 5000:5000(0) ts -34519 @35s\n"
        ),
        35_000_000,
        (
            "An injected SYN (seq=5000) reaches the server: its timestamp is older than the last one noted (PAWS); "
            "it answers with ACK (seq=921 ack=934)."
        ),
    ),
    (
        "server: listen; accept; recv; close\nclient: connect; send(100); send(57)\n",
        300_000,
        "The RST reaches the client: its number is that of the peer's FIN, which Linux accepts too; it enters CLOSED.",
    ),
    (
        "server: listen; accept; recv(eof); close\nclient: connect; close\nwire: drop c[.]2\n",
        None,
        (
            "The FIN·ACK reaches the client: the same FIN again, so TIME-WAIT starts anew; it answers with ACK "
            "(seq=2 ack=2)."
        ),
    ),
]


@pytest.mark.parametrize(("text", "at", "sentence"), REASONS)
def test_the_most_special_rule_is_the_reason(text: str, at: int | None, sentence: str) -> None:
    happened = played(text)
    moments = happened.moments if at is None else [happened.moment_at(at)]
    assert sentence in [line for moment in moments for line in sentences(happened, words("en"), moment)]


def test_the_syn_ack_of_a_simultaneous_open_is_no_retransmission() -> None:
    happened = played("server: connect(client:5, from=5)\nclient: connect(server:5, from=5)\n")
    assert "The SYN reaches the client: it enters SYN-RECEIVED and answers with SYN-ACK (seq=0 ack=1)." in (
        sentences(happened, words("en"), happened.moment_at(50_000))
    )


def test_a_host_that_reboots_enters_closed_once() -> None:
    happened = played("server: listen; accept; recv\nclient: connect\nat: 500ms server!reboot\n")
    assert sentences(happened, words("en"), happened.moment_at(500_000)) == (
        "The server has rebooted and remembers no connection: it enters CLOSED.",
    )


def test_a_failed_call_says_its_errno() -> None:
    assert told(trace("refused"), "zh")[-1] == (
        "RST·ACK 到达客户端：进入 CLOSED；connect() 失败，errno 为 ECONNREFUSED。",
    )


def test_a_moment_of_mere_waiting_is_told_too() -> None:
    happened = played("server: listen; accept@1s\nclient: connect@2s\n")
    assert told(happened, "en")[1] == ("The server calls accept() and waits.",)


@pytest.mark.parametrize(
    ("lang", "call", "returns"),
    [
        ("en", "The client calls sendto(100 bytes, MSG_FASTOPEN): it sends SYN (seq=0)", "sendto() returns."),
        ("zh", "客户端调用 sendto(100 字节, MSG_FASTOPEN)：发出 SYN（seq=0）", "sendto() 返回。"),
    ],
)
def test_fast_open_is_called_as_a_program_calls_it(lang: str, call: str, returns: str) -> None:
    happened = played("server: listen; accept; recv\nclient: connect(data=100); close\n")
    lines = [line for lines in told(happened, lang) for line in lines]
    assert any(line.startswith(call) for line in lines)
    assert any(line.endswith(returns) for line in lines)
    assert "sendto(3, ..., 100, MSG_FASTOPEN, ..., ...) = 100" in packetdrill(happened, "client")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "The ACK reaches the client: it opens the window to 1000 bytes; it answers with ACK (seq=1001 ack=1 "),
        ("zh", "ACK 到达客户端：窗口从 0 打开到 1000 字节；回复 ACK（seq=1001 ack=1 "),
    ],
)
def test_a_window_that_opens_is_told_once(lang: str, sentence: str) -> None:
    happened = played(
        "server: setsockopt(SO_RCVBUF=1000); listen; accept; recv(1000)@3s; recv\nclient: connect; send(1500); recv\n"
    )
    lines = [line for lines in told(happened, lang) for line in lines]
    opens = [line for line in lines if ("opens the window" if lang == "en" else "打开到") in line]
    assert len(opens) == 1
    assert opens[0].startswith(sentence)


def test_a_window_opens_as_far_as_its_field_can_say() -> None:
    """RFC 7323 §2.3: 2010 bytes of room are 1 in a field of units of 1024."""
    happened = played("server: listen; accept; recv(2010)@4s\nclient: connect; send(66000)\n")
    assert any("it opens the window to 1024 bytes" in line for lines in told(happened, "en") for line in lines)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_acknowledges_nothing_new_may_still_count(lang: str) -> None:
    rule = words(lang)("rule.ack.duplicate")
    assert "SND.UNA" in rule
    assert ("window" if lang == "en" else "窗口") in rule


@pytest.mark.parametrize(
    ("client", "call"),
    [
        ("send(20); send(20)@200ms; send(20)@210ms", "send(20)"),  # held by Nagle's algorithm
        ("shutdown(rd)@210ms", "shutdown(SHUT_RD)"),
    ],
)
def test_a_call_that_returned_at_once_does_not_wait(client: str, call: str) -> None:
    happened = played(f"server: listen; accept\nclient: connect; {client}\n")
    assert sentences(happened, words("en"), happened.moment_at(210_000)) == (
        f"The client calls {call}: it returns at once; nothing is sent.",
    )


@pytest.mark.parametrize("name", sorted(scenes()))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_moment_that_shows_something_is_told_in_clean_sentences(name: str, lang: str) -> None:
    for sentence in (sentence for lines in told(trace(name), lang) for sentence in lines):
        assert sentence.endswith("." if lang == "en" else "。")
        assert "  " not in sentence
        assert "） " not in sentence
        assert sentence[0] == sentence[0].upper()
