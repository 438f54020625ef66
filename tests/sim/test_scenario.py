"""The notation: what it says, that nothing is lost in writing, and where a mistake is."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from app.folders import folder
from app.sim.cursor import ScenarioError
from app.sim.faults import Cut, Delay, Fault, Forged, Ref
from app.sim.program import Call, Deed, Program, Setting, When
from app.sim.scenario import Scenario, from_query, parse, to_query, written
from app.sim.writer import duration
from app.words import load
from tests.sim.scenarios import busy_scenarios, scenarios

HERE = "‸"  # in a text below: the place that the mistake must name

BOARD = """
server: listen; accept; recv; close
client: connect; send(100); close
wire:   delay 50ms; drop c1
"""


@settings(max_examples=100)
@given(st.one_of(scenarios(), busy_scenarios()))
def test_written_and_read(scenario: Scenario) -> None:
    assert parse(written(scenario)) == scenario
    assert from_query(to_query(scenario)) == scenario


@settings(max_examples=50)
@given(scenarios())
def test_there_is_one_way_to_write_it(scenario: Scenario) -> None:
    assert written(parse(written(scenario))) == written(scenario)
    assert to_query(from_query(to_query(scenario))) == to_query(scenario)


@settings(max_examples=50)
@given(scenarios(), st.randoms(use_true_random=False))
def test_white_space_and_comments_say_nothing(scenario: Scenario, random: Random) -> None:
    def airy(line: str) -> str:
        return re.sub(r"(?<=[;,{(=]) ?|(?=[;,})])", lambda _: random.choice(["", " ", " \t "]), line)

    text = "   # and why\n".join(airy(line) for line in written(scenario).splitlines())
    assert parse(f"# a story\n\n{text}") == scenario


@settings(max_examples=50)
@given(scenarios())
def test_a_link_survives_being_pasted(scenario: Scenario) -> None:
    query = to_query(scenario)
    assert re.fullmatch(r"[A-Za-z0-9\-._~:;/()@,*+%=&]*", query)
    assert dict(parse_qsl(query))["v"] == "1"
    assert from_query(query + "&t=250ms") == scenario


def test_what_the_board_says() -> None:
    assert parse(BOARD) == Scenario(
        programs=(
            Program("server", 1, (Call("listen"), Call("accept"), Call("recv"), Call("close"))),
            Program("client", 1, (Call("connect"), Call("send", 100), Call("close"))),
        ),
        wire=(Delay(50_000), Fault("drop", Ref("client", 1, 1))),
    )


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("listen(8)", Call("listen", 8)),
        ("lst=listen", Call("listen", binds="lst")),
        (
            "connect(server:80, from=40000)@100ms",
            Call("connect", 80, "server", from_port=40000, when=When("@", 100_000)),
        ),
        ("a.send(100)", Call("send", 100, on="a")),
        ("b=lst.accept(timeout=1s)", Call("accept", timeout=1_000_000, on="lst", binds="b")),
        ("recv(eof)", Call("recv", word="eof")),
        ("recv(200, timeout=500ms)", Call("recv", 200, timeout=500_000)),
        ("shutdown(wr)+1.5s", Call("shutdown", word="wr", when=When("+", 1_500_000))),
        ("accept*{recv(eof); close}", Call("accept", block=(Call("recv", word="eof"), Call("close")))),
        ("accept*{}", Call("accept", block=())),
        ("close@1us", Call("close", when=When("@", 1))),
    ],
)
def test_calls(text: str, call: Call) -> None:
    assert parse(f"server:\nclient: {text}").programs[1].calls == (call,)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("delay c 400ms@607ms", Delay(400_000, "client", 607_000)),
        ("delay client2 1s", Delay(1_000_000, "client2")),
        ("drop c4..7", Fault("drop", Ref("client", 4, 7))),
        ("drop s5..", Fault("drop", Ref("server", 5, None))),
        ("drop s[S.]", Fault("drop", Ref("server", 1, None, "S."))),
        ("drop s[FP.]2", Fault("drop", Ref("server", 2, 2, "F."))),  # P does not count
        ("drop c:40001.2", Fault("drop", Ref("client", 2, 2, conn=40001))),
        ("drop c:40001.[S]", Fault("drop", Ref("client", 1, None, "S", 40001))),
        ("dup s2+30ms", Fault("dup", Ref("server", 2, 2), 30_000)),
        ("late client2.3+200ms", Fault("late", Ref("client2", 3, 3), 200_000)),
        ("cut 610ms..900ms", Cut(610_000, 900_000)),
        ("cut s 0s..1s", Cut(0, 1_000_000, "server")),
    ],
)
def test_wire(text: str, wire: object) -> None:
    assert parse(f"server:\nclient:\nclient2:\nwire: {text}").wire == (wire,)


@pytest.mark.parametrize(
    ("text", "forged"),
    [
        ("c S 100102:100102(0) @1s", Forged("client", "S", 100102, 0, None, False, 1_000_000)),
        ("c R nxt @616ms", Forged("client", "R", None, 0, None, False, 616_000)),
        ("s P. 1:101(100) ack -5 @2s", Forged("server", "P.", 1, 100, -5, True, 2_000_000)),
        ("s:40001 . nxt ack nxt @2s", Forged("server", ".", None, 0, None, True, 2_000_000, 40001)),
        ("c - 7:8 @0s", Forged("client", "-", 7, 1, None, False, 0)),
    ],
)
def test_forged(text: str, forged: Forged) -> None:
    assert parse(f"server:\nclient:\nforge: {text}").forged == (forged,)


def test_deeds_and_settings() -> None:
    scenario = parse("""
        server: listen
        client/2: connect
        client: connect
        at:  1s client.close; 2s client/2.send(100); 810ms server.tcp_abort_on_overflow=1
        set: client.isn=4294967293; tcp_syn_retries=2; end=5.5s
    """)
    assert scenario.deeds == (
        Deed(1_000_000, "client", 1, Call("close")),
        Deed(2_000_000, "client", 2, Call("send", 100)),
        Deed(810_000, "server", 1, Setting("server", "tcp_abort_on_overflow", 1)),
    )
    assert scenario.settings == (Setting("client", "isn", 4294967293), Setting(None, "tcp_syn_retries", 2))
    assert (scenario.dialect, scenario.end) == ("linux", 5_500_000)


def test_a_key_that_is_repeated_continues() -> None:
    assert parse("server: listen\nclient: connect\nserver: accept; close") == parse(
        "server: listen; accept; close\nclient: connect"
    )


def test_hosts_stand_from_those_who_connect_to_those_who_listen() -> None:
    assert parse("server: listen\nrouter:\nclient2: connect\nclient: connect").hosts == (
        "client2",
        "client",
        "router",
        "server",
    )


@pytest.mark.parametrize(
    ("us", "text"),
    [(0, "0s"), (1, "1us"), (1_000, "1ms"), (1_500, "1500us"), (1_500_000, "1500ms"), (61_000_000, "61s")],
)
def test_duration(us: int, text: str) -> None:
    assert duration(us) == text


MISTAKES = [
    ("‸listen\nclient: connect", "scenario.expected-key"),
    ("server: listen\n‸Client: connect", "scenario.expected-key"),
    ("‸v: listen\nclient: connect", "scenario.expected-key"),  # reserved in a link
    ("‸c: listen\nclient: connect", "scenario.expected-key"),  # means the client
    ("‸", "scenario.two-hosts"),
    ("‸client: connect", "scenario.two-hosts"),
    ("server: listen\nclient: ‸conect", "scenario.unknown-call"),
    ("server: listen\nclient: connect; ‸; close", "scenario.expected-call"),
    ("server: listen\nclient: connect ‸close", "scenario.expected-literal"),
    ("server: listen\nclient: connect; ‸send", "scenario.argument-missing"),
    ("server: listen\nclient: send(‸-1)", "scenario.unknown-argument"),
    ("server: listen\nclient: send(‸1000001)", "scenario.number-too-large"),
    ("server: listen\nclient: send(100‸", "scenario.expected-literal"),
    ("server: listen\nclient: recv(100, ‸eof)", "scenario.unknown-argument"),
    ("server: listen\nclient: close(‸1)", "scenario.unknown-argument"),
    ("server: listen\nclient: connect(‸sever)", "scenario.unknown-host"),
    ("server: listen\nclient: connect(from=‸65536)", "scenario.number-too-large"),
    ("server: listen; accept*{recv; accept‸*{close}}\nclient: connect", "scenario.expected-literal"),
    ("server: listen; accept*{recv‸\nclient: connect", "scenario.expected-literal"),
    ("server: listen\nclient: connect@‸100", "scenario.expected-duration"),
    ("server: listen\nclient: connect@‸10min", "scenario.expected-duration"),
    ("server: listen\nclient: connect@‸86401s", "scenario.duration-too-long"),
    ("server: listen\nclient: connect\nwire: ‸lose c1", "scenario.expected-wire"),
    ("server: listen\nclient: connect\nwire: delay 50ms; drop ‸1", "scenario.expected-segment"),
    ("server: listen\nclient: connect\nwire: drop ‸x1", "scenario.expected-segment"),
    ("server: listen\nclient: connect\nwire: drop ‸client2.1", "scenario.unknown-host"),
    ("server: listen\nclient: connect\nwire: drop c‸0", "scenario.empty-range"),
    ("server: listen\nclient: connect\nwire: drop c‸5..3", "scenario.empty-range"),
    ("server: listen\nclient: connect\nwire: drop c[‸X]", "scenario.expected-flags"),
    ("server: listen\nclient: connect\nwire: drop c[‸.S]", "scenario.expected-flags"),
    ("server: listen\nclient: connect\nwire: dup c1‸", "scenario.expected-literal"),
    ("server: listen\nclient: connect\nforge: c ‸X 0:0(0) @1s", "scenario.expected-flags"),
    ("server: listen\nclient: connect\nforge: c S ‸x @1s", "scenario.expected-number"),
    ("server: listen\nclient: connect\nforge: c S 0:‸1(0) @1s", "scenario.length-mismatch"),
    ("server: listen\nclient: connect\nforge: c S 0:‸-1 @1s", "scenario.length-mismatch"),
    ("server: listen\nclient: connect\nforge: c S 0:0(0)‸", "scenario.expected-literal"),
    ("server: listen\nclient: connect\nforge: ‸d S 0:0(0) @1s", "scenario.unknown-host"),
    ("server: listen\nclient: connect\nat: ‸client.close", "scenario.expected-duration"),
    ("server: listen\nclient: connect\nat: 1s ‸client/2.close", "scenario.unknown-host"),
    ("server: listen\nclient: connect\nat: 1s client.‸tcp_mtu=1", "scenario.unknown-setting"),
    ("server: listen\nclient: connect\nset: ‸bsd", "scenario.unknown-setting"),
    ("server: listen\nclient: connect\nset: client.isn=‸4294967296", "scenario.number-too-large"),
    ("server: listen\nclient: connect\nset: client.isn=‸-1", "scenario.expected-number"),
    ("server: listen\nclient: connect\nset: tcp_syncookies=‸3", "scenario.number-too-large"),
    ("server: listen\nclient: connect\nset: rfc; client.‸tcp_syn_retries=2", "scenario.sysctl-under-rfc"),
    ("# a comment\n\n  server: listen\n  client: connect; ‸flose", "scenario.unknown-call"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_says_where_it_is_and_what_was_expected(marked: str, message: str) -> None:
    before = marked.partition(HERE)[0]
    with pytest.raises(ScenarioError) as caught:
        parse(marked.replace(HERE, ""))
    error = caught.value
    assert (error.line, error.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert error.message == message
    for words in load(folder("content") / "locale").values():
        assert words(error.message, **error.params)


def test_every_message_that_can_be_raised_has_words() -> None:
    source = Path(app.__file__).parent / "sim"
    raised = {found for path in source.glob("*.py") for found in re.findall(r'"(scenario\.[a-z-]+)"', path.read_text())}
    assert len(raised) > 20
    for path in folder("content").glob("locale/*/scenario.po"):
        assert raised <= set(re.findall(r'msgid "(.+)"', path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize(
    "text",
    [
        "server: listen\n" + "\n" * 200 + "client: connect",
        "server: listen\nclient: " + "connect; " * 3_000,
        "server: listen\n" + "\n".join(f"h{number}: connect" for number in range(16)),
        "\n".join(f"h{number % 16}/{number}: connect" for number in range(1, 66)),
        "server: listen\nclient: " + "close; " * 501,
        "server/" + "1" * 5_000 + ": listen\nclient: connect",
        "server: listen(" + "1" * 5_000 + ")\nclient: connect",
    ],
    ids=["lines", "characters", "hosts", "programs", "calls", "program number", "number"],
)
def test_what_is_too_much_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        parse(text)


SEED = """server: listen(8); accept*{recv(eof); send(200); close}
client: a=connect(server:80, from=40000); a.send(100); recv; close@1s; connect+300ms
client/2: connect; shutdown(wr)
at: 1s client.close; 810ms server.tcp_syncookies=1
wire: delay 50ms; delay c 400ms@607ms; drop c4; drop c5..; drop s[S.]; dup s2+30ms; cut 610ms..900ms
forge: c S 100102:100102(0) @1s; s R. nxt ack nxt @616ms
set: linux; client.isn=4294967293; end=5.5s
"""
PIECES = st.sampled_from(
    [*"0123456789.;:,()[]{}@+*=/ #-\n%&\x00é", "..", "99999999999", "ms", "c1", "[S.]", "accept*{", "rfc", "v:", "nxt"]
)


@settings(max_examples=250)
@given(st.data())
def test_a_scenario_with_something_wrong_in_it(data: st.DataObject) -> None:
    text = SEED
    for _ in range(data.draw(st.integers(1, 4))):
        at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 6))
        text = text[:at] + data.draw(st.just("") | PIECES) + text[at + gone :]
    read_or_refused(text)


@given(st.text())
def test_junk(text: str) -> None:
    read_or_refused(text)
    read_or_refused(text, from_query)


@given(st.text(alphabet="cs:;1.[]()S.@ =&%\n", max_size=200))
def test_junk_of_the_right_letters(text: str) -> None:
    read_or_refused(f"server: {text}\nclient:{text}\nwire: {text}\nforge: {text}")
    read_or_refused(text, from_query)


def read_or_refused(text: str, reader: Callable[[str], Scenario] = parse) -> None:
    """It is a scenario, which can be written, or a mistake with a place; nothing else is ever raised."""
    error = None
    try:
        scenario = reader(text)
    except ScenarioError as caught:
        error = caught
    if error is None:
        assert parse(written(scenario)) == scenario
    else:
        assert (error.line >= 1, error.column >= 1, error.message[:9]) == (True, True, "scenario.")


def test_a_link_with_the_old_name_of_a_belief_is_read() -> None:
    text = "server: listen\nclient: connect\nset: server.belief={}\n"
    old, new = parse(text.format("both-established-together")), parse(text.format("established-by-the-syn"))
    assert old == new
    assert "established-by-the-syn" in written(old)
