"""Where numbers come from: each statement comes to the number that is really on the wire, in any run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.folders import folder
from app.lab.origins import Origins, origins
from app.sim.program import Setting
from app.sim.scenario import Scenario, parse
from app.sim.trace import Sent, Trace
from app.sim.world import run
from app.tcp.dialect import BELIEFS
from tests.lab.test_forks import STORY, WORDS
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios

SCENARIOS = [parse(path.read_text()) for path in sorted((folder("content") / "scenarios").glob("*.scenario"))]
# Ten bytes of room: not offered anew.
SILLY = "server: listen; accept; recv(10)@2s\nclient: connect; send(66000)\nwire: delay 50ms"
SHRUNK = """
server: listen; accept; recv; send(1000)
client: connect; send(100); setsockopt(SO_RCVBUF=2000); recv@9s
wire: delay 50ms
"""
VAGUE = ("lab.origin.window.room",)  # says nothing that could be counted


def shown(sent: Sent) -> dict[str, int | None]:
    segment = sent.segment
    return {
        "seq": segment.seq if sent.seq is None else sent.seq,
        "ack": segment.ack if sent.ack is None else sent.ack,
        "window": segment.window,
        "len": segment.length,
    }


def holds(trace: Trace) -> None:
    """Every number of every segment is what its statement comes to, and both languages can say it."""
    for sent in trace.sent[:120]:
        said, numbers = origins(trace, sent.name), shown(sent)
        for field in Origins._fields:
            one = getattr(said, field)
            if field != "flags" and one.said.message not in VAGUE:
                assert one.value == numbers[field], (sent.name, field, one, numbers[field])
            for words in WORDS.values():
                assert words(one.said.message, **one.said.params)
            arithmetic(one.said.message, {k: v for k, v in one.said.params.items() if isinstance(v, int)})


def arithmetic(message: str, given: dict[str, int]) -> None:
    """What the sentence reckons before the reader's eyes is right."""
    sums = {
        "after-syn": lambda: given["first"] + 1,
        "after-fin": lambda: given["first"] + 1,
        "after-text": lambda: given["first"] + given["length"],
        "after-syn-and-text": lambda: given["first"] + 1 + given["length"],
        "after-fin-and-text": lambda: given["first"] + given["length"] + 1,
        "believed": lambda: given["first"] + given["takes"],
        "reset": lambda: given["first"] + given["length"] if "first" in given else 0,
        "probe": lambda: given["nxt"] - 1,
        "unread": lambda: given["buffer"] - given["unread"],
        "taken": lambda: given["buffer"] - given["unread"],
    }
    kind = message.rpartition(".")[2]
    if kind in sums and "value" in given and not message.startswith("lab.origin.len"):
        assert given["value"] in (sums[kind](), sums[kind]() % (1 << 32), max(sums[kind](), 0)), (message, given)


def test_a_syn_with_a_fin_takes_two_numbers() -> None:
    story = "server: listen; accept*{}\nclient: connect\nclient/2: connect\nclient/3: connect\n"
    holds(run(parse(story + "wire: drop c1..\nforge: s SF. nxt ack nxt @0s\n")))


def test_a_window_that_is_not_worth_offering_says_so() -> None:
    trace = run(parse(SILLY))
    holds(trace)
    late = next(sent for sent in trace.sent if sent.source == "server" and sent.at > 2_000_000)
    assert origins(trace, late.name).window.said.params == {"value": 0, "room": 10}


def test_a_window_that_is_not_taken_back_says_so() -> None:
    trace = run(parse(SHRUNK))
    holds(trace)
    said = [sent for sent in trace.sent if sent.source == "client"][-1]
    assert origins(trace, said.name).window.said.message == "lab.origin.window.offered"
    assert origins(trace, said.name).window.said.params == {"value": 64535, "room": 1000}


@settings(max_examples=120)
@given(busy_scenarios())
def test_each_statement_comes_to_the_number_on_the_wire(scenario: Scenario) -> None:
    holds(run(scenario))


@settings(max_examples=60)
@given(scenarios(SHORT_WHILE))
def test_whatever_the_scenario(scenario: Scenario) -> None:
    holds(run(scenario))


@pytest.mark.parametrize("number", range(0, len(SCENARIOS), 5))
def test_of_every_lesson(number: int) -> None:
    for scenario in SCENARIOS[number : number + 5]:
        holds(run(scenario))
        holds(run(scenario).in_absolute_numbers())


@settings(max_examples=60)
@given(st.sampled_from(SCENARIOS), st.sampled_from(tuple(BELIEFS)), st.sampled_from((None, "client", "server")))
def test_where_somebody_believes_something_else(scenario: Scenario, belief: str, host: str | None) -> None:
    holds(run(scenario._replace(settings=(*scenario.settings, Setting(host, "belief", belief)))))


# What is said


def told(trace: Trace, name: str) -> list[str]:
    return [getattr(origins(trace, name), field).said.message.removeprefix("lab.origin.") for field in Origins._fields]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c1", "seq.isn ack.nothing-yet window.empty flags.syn len.syn"),
        ("s1", "seq.isn ack.after-syn window.empty flags.syn-ack len.syn"),
        ("c2", "seq.after-syn ack.after-syn window.empty flags.ack-of-syn len.none"),
        ("c3", "seq.after-syn ack.after-syn window.empty flags.text-pushed len.text"),
        ("s2", "seq.after-syn ack.after-text window.taken flags.ack-of-text len.none"),
        ("c5", "seq.after-text ack.after-text window.empty flags.fin len.fin"),
        ("s4", "seq.after-text ack.after-fin window.empty flags.ack-delayed len.none"),
        ("c6", "seq.after-fin ack.after-fin window.empty flags.ack-of-fin len.none"),
    ],
)
def test_a_whole_connection(name: str, said: str) -> None:
    assert " ".join(told(run(STORY), name)) == said


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (
            "server:\nclient: connect",
            "s1",
            "seq.reset-zero ack.reset window.reset flags.reset-closed len.reset",
        ),
        (
            "server: listen; accept; recv\nclient: connect; send(9)+1s\nat: 500ms server!reboot",
            "s2",
            "seq.reset-ack ack.reset-none window.reset flags.reset-closed len.reset",
        ),
        (
            "server: listen; accept; recv\nclient: connect; send(100)\nwire: drop c3",
            "c4",
            "seq.again ack.after-syn window.empty flags.again len.text",
        ),
        (
            "server: listen; accept; recv\nclient: connect; send(100)\nforge: s R 500:500(0) @1s",
            "c4",
            "seq.after-text ack.after-syn window.empty flags.ack-challenge-rst len.none",
        ),
        (
            "server: listen; accept; recv\nclient: connect; send(100)\nforge: c S -50:-50(0) @1s",
            "s3",
            "seq.after-syn ack.after-text window.empty flags.ack-challenge-syn len.none",
        ),
        (
            "server: listen; accept\nclient: setsockopt(SO_KEEPALIVE=1); setsockopt(TCP_KEEPIDLE=1); connect; send(5)",
            "c4",
            "seq.probe ack.after-syn window.empty flags.ack-keepalive len.none",
        ),
        (
            "server: listen; accept\nclient: connect; send(70000)",
            "s44",
            "seq.after-syn ack.after-text window.taken flags.ack-of-text len.none",
        ),
        (
            "server: listen; accept\nclient: connect\nset: server.tcp_syncookies=2",
            "s1",
            "seq.cookie ack.after-syn window.empty flags.syn-cookie len.syn",
        ),
        (
            "server: listen; accept; close+300ms\nclient: connect; send(100); recv",
            "s3",
            "seq.after-syn ack.after-text window.unread flags.reset-unread len.reset",
        ),
        (
            "server: connect(client:5, from=5)\nclient: connect(server:5, from=5)\nset: client.isn=7",
            "c2",
            "seq.again ack.after-syn window.empty flags.syn-crossed len.syn",
        ),
        (
            "server: connect(client:5, from=5)\nclient: connect(server:5, from=5)",
            "c3",
            "seq.after-syn ack.after-syn window.empty flags.ack-crossed len.none",
        ),
        (
            "server: listen; accept\nclient: connect\nforge: c R nxt @1s; c . 5:15(10) ack 1 @2s",
            "x2",
            "seq.forged ack.forged window.forged flags.forged len.text",
        ),
    ],
)
def test_a_segment_of_its_own_kind(text: str, name: str, said: str) -> None:
    assert " ".join(told(run(parse(text)), name)) == said


def test_a_sentence_shows_its_reckoning() -> None:
    trace = run(STORY)
    ack = origins(trace, "s1").ack.said
    assert WORDS["en"](ack.message, **ack.params) == (
        "= 0 + 1: c1 is a SYN and takes one number; the next one expected is 1"
    )
    seq = origins(trace, "c5").seq.said
    assert WORDS["zh"](seq.message, **seq.params) == "= 1 + 100：接在 c3 的 100 字节后面"


# The words

LISTENER, CLIENT = "server: listen; accept; recv", "client: connect; send(9)"
SMALL = "server: setsockopt(SO_RCVBUF=2000); listen; accept; recv(3000)@1500ms; recv(eof); close"
KINDS = [
    f"{SMALL}\nclient: connect; send(3000); close",
    f"{LISTENER}\n{CLIENT}\nforge: c . nxt ack nxt @1s; c P. 10:20(10) ack 1 ts -900 @2s; s . nxt ack -500 @3s",
    f"{LISTENER}\n{CLIENT}\nwire: drop c3\nforge: s . nxt ack 5 @200ms",
    f"{LISTENER}\n{CLIENT}\nat: 1s client!destroy",
    f"{LISTENER}\nclient: setsockopt(SO_LINGER=0); connect\nat: 1s client!kill",
    f"{LISTENER}\nclient: connect\nforge: c S 5:5(0) @60ms",
    f"{LISTENER}\nclient: connect\nforge: c . 1:1(0) ack 500 @60ms",
    f"{LISTENER}\n{CLIENT}\nset: belief=ack-names-last-byte",
    "server: listen; close@1s\nclient: connect",
    SILLY,
    SHRUNK,
    "server: listen(0)\nclient: connect\nclient/2: connect+1s\nset: server.belief=full-queue-refuses",
    "server: connect(client:5, from=5)\nclient: connect(server:5, from=5)\nset: client.belief=simultaneous-open-fails",
    "server: listen; accept; recv(eof)\nclient: connect; close\nset: belief=fin-takes-no-number",
]
SPARE = {"lab.origin.ack.nxt", "lab.origin.seq.nxt", "lab.origin.window.room"}  # for what no other statement fits


def test_everything_that_can_be_said_is_said_somewhere() -> None:
    runs = map(run, (*SCENARIOS, *map(parse, KINDS)))
    said = {one.said.message for trace in runs for sent in trace.sent for one in origins(trace, sent.name)}
    messages = {message for message in WORDS["en"].messages if message.startswith("lab.origin.")}
    assert messages - SPARE == said
