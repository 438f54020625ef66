"""WHEN: which moment words name."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.when import Nonsense, moment, time
from app.sim.world import run

TWO = """server:   listen; accept; accept
client:   connect
client/2: connect@20ms
wire:     delay 50ms; drop s1
"""


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("start", 0),
        ("c1 sent", 0),
        ("c1  arrives", 50),
        ("s1 sent", 50),
        ("100ms", 100),
        ("0.12s", 100),
        ("149999us", 100),
        ("c2 arrives", 150),
        ("client returns connect", 100),
        ("client:40000 returns connect", 100),
        ("client enters ESTABLISHED", 100),
        ("server leaves LISTEN", 50),
        ("server enters ESTABLISHED", 150),
        ("server calls recv", 150),
        ("server returns recv[1]", 250),
        ("end", 300),
    ],
)
def test_words_name_a_moment(handshake: Trace, when: str, at: int) -> None:
    assert handshake.moments[moment(handshake, when)].at == at * 1000


def test_a_lost_segment_has_a_moment_at_which_it_is_lost(traced: Callable[[str], Trace]) -> None:
    trace = traced(TWO)
    lost = trace.segments["s1"].lost_at
    assert lost is not None
    assert trace.moments[moment(trace, "s1 lost")].at == lost


def test_a_connection_is_named_by_its_port(traced: Callable[[str], Trace]) -> None:
    trace = traced(TWO)
    first, second = (moment(trace, f"client:{port} enters ESTABLISHED") for port in (40001, 40000))
    assert first < second


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("c9 sent", "there is no segment c9: the run has c1…c3, s1…s2"),
        ("c1 lost", "c1 is never lost: it arrives at 50ms"),
        ("client enters SYN_SENT", "there is no state SYN_SENT"),
        ("client enters TIME-WAIT", "client never enters TIME-WAIT"),
        ("client:40001 enters ESTABLISHED", "client:40001 never enters ESTABLISHED"),
        ("klient enters ESTABLISHED", "there is no host klient: the scenario has client, server"),
        ("client returns close", "client never returns close"),
        ("client returns send[2]", "client returns send 1 times"),
        ("c1 arrived", "names no moment"),
        ("", "names no moment"),
    ],
)
def test_words_that_name_none_are_explained(handshake: Trace, when: str, said: str) -> None:
    with pytest.raises(Nonsense) as mistake:
        moment(handshake, when)
    assert said in str(mistake.value)


def test_a_lost_segment_never_arrives(traced: Callable[[str], Trace]) -> None:
    with pytest.raises(Nonsense, match="s1 never arrives: it is lost"):
        moment(traced(TWO), "s1 arrives")


HANDSHAKE = run(parse("server: listen\nclient: connect\n"))
WORDS = st.sampled_from(
    ["c1", "s1", "sent", "arrives", "client", "client:40000", "enters", "calls", "CLOSED", "1ms", "[2]"]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=4).map(" ".join)))
def test_junk_is_a_mistake_and_nothing_worse(when: str) -> None:
    with suppress(Nonsense):
        assert 0 <= moment(HANDSHAKE, when) < len(HANDSHAKE.moments)


@given(st.integers(0, 10**9 - 1), st.sampled_from(["us", "ms", "s"]))
def test_every_whole_duration_is_read_exactly(number: int, unit: str) -> None:
    assert time(f"{number}{unit}") == number * {"us": 1, "ms": 1_000, "s": 1_000_000}[unit]
