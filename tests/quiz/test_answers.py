"""Answers as people write them: what is understood, and what is asked for again."""

import pytest

from app.quiz.answers import Malformed, diagnosed, flags, number, state
from app.tcp.states import State


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("4294967290", 4294967290),
        ("4,294,967,290", 4294967290),
        (" 4 294 967 295 ", 2**32 - 1),
        ("1'000_000", 1000000),
        ("0xFFFFFFFA", 4294967290),
        ("0x0", 0),
        ("５５５", 555),
    ],
)
def test_a_number_in_any_writing(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["4294967296", "4,294,967,296", "999999999999"])
def test_a_number_of_more_than_32_bits_is_too_large(text: str) -> None:
    with pytest.raises(Malformed) as malformed:
        number(text)
    assert malformed.value.reason.message == "quiz.malformed.too-large"


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", "ten", "0x", "0x100000000", "٣", "1" * 13])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(Malformed) as malformed:
        number(text)
    assert malformed.value.reason.message == "quiz.malformed.number"


@pytest.mark.parametrize("known", State)
def test_a_state_in_any_writing(known: State) -> None:
    for text in (known.value, known.value.lower(), known.value.replace("-", "_"), known.value.replace("-", " ")):
        assert state(text) == known.value


@pytest.mark.parametrize(
    ("text", "known"), [("SYN_RCVD", "SYN-RECEIVED"), ("syn-recv", "SYN-RECEIVED"), ("ESTAB", "ESTABLISHED")]
)
def test_a_state_as_tools_name_it(text: str, known: str) -> None:
    assert state(text) == known


@pytest.mark.parametrize("text", ["", "FIN-WAIT", "OPEN", "FIN-WAIT-3"])
def test_what_is_no_state(text: str) -> None:
    with pytest.raises(Malformed):
        state(text)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("SYN", "S"),
        ("SYN,ACK", "S."),
        ("ack syn", "S."),
        ("SYN-ACK", "S."),
        ("[S.]", "S."),
        ("fin ack", "F."),
        ("PSH,ACK", "."),
        ("P.", "."),
        ("RST", "R"),
        (".", "."),
        ("PSH", "-"),
    ],
)
def test_flags_by_name_or_letter(text: str, letters: str) -> None:
    assert flags(text) == letters


@pytest.mark.parametrize("text", ["", "URGENT", "SYN,NACK", "1", "[]"])
def test_what_are_no_flags(text: str) -> None:
    with pytest.raises(Malformed):
        flags(text)


def test_the_misconception_that_explains_most_is_named() -> None:
    given = {"a": "1", "b": "2", "c": "3"}
    guesses = (("one", {"a": "1"}), ("two", {"a": "1", "b": "2"}), ("none", {"c": "4"}))
    assert diagnosed(given, {"a", "b", "c"}, guesses) == "two"
    assert diagnosed(given, {"a", "c"}, guesses) == "one"


def test_no_misconception_is_named_for_less_than_half_of_what_is_wrong() -> None:
    given = {"a": "1", "b": "2", "c": "3"}
    assert diagnosed(given, {"a", "b", "c"}, (("one", {"a": "1"}),)) is None
    assert diagnosed(given, {"c"}, (("one", {"a": "1"}),)) is None
    assert diagnosed(given, set(), (("one", {"a": "1"}),)) is None
