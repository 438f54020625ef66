"""Arithmetic on the 32-bit circle, and how the flags of a segment are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tcp.acceptance import acceptable, acknowledges_something, segment_length
from app.tcp.block import Block
from app.tcp.dialect import RFC
from app.tcp.segment import CIRCLE, HALF, Segment, add, before, distance, within
from app.tcp.states import State

NUMBERS = st.one_of(
    st.integers(0, CIRCLE - 1), st.sampled_from([0, 1, HALF - 1, HALF, HALF + 1, CIRCLE - 2, CIRCLE - 1])
)
STEPS = st.integers(-HALF, HALF - 1)


@given(NUMBERS, STEPS)
def test_distance_undoes_add(number: int, step: int) -> None:
    assert 0 <= add(number, step) < CIRCLE
    assert distance(number, add(number, step)) == step


@given(NUMBERS, STEPS, STEPS)
def test_steps_add_up(number: int, one: int, two: int) -> None:
    assert add(add(number, one), two) == add(number, one + two)


@given(NUMBERS, NUMBERS)
def test_distance_there_and_back(a: int, b: int) -> None:
    there, back = distance(a, b), distance(b, a)
    assert -HALF <= there < HALF
    assert there == -back or there == back == -HALF  # half the circle is as far one way as the other


@given(NUMBERS, NUMBERS)
def test_before_is_a_strict_order_on_less_than_half_the_circle(a: int, b: int) -> None:
    assert not before(a, a)
    if abs(distance(a, b)) != HALF:
        assert before(a, b) == (distance(a, b) > 0)
        assert before(a, b) != before(b, a) or a == b


@given(NUMBERS, NUMBERS, STEPS)
def test_before_does_not_care_where_zero_is(a: int, b: int, turn: int) -> None:
    assert before(a, b) == before(add(a, turn), add(b, turn))


@given(NUMBERS, st.integers(0, 1 << 30), STEPS)
def test_within_a_window(low: int, size: int, offset: int) -> None:
    assert within(low, add(low, offset), add(low, size)) == (0 <= offset < size)


@pytest.mark.parametrize(("a", "b"), [(4294967291, 5), (0, 1), (CIRCLE - 1, 0), (HALF - 1, HALF), (HALF, CIRCLE - 1)])
def test_before_across_zero(a: int, b: int) -> None:
    assert before(a, b)
    assert not before(b, a)


@given(NUMBERS, st.integers(1, 65535), STEPS, st.integers(0, 3000))
def test_acceptable_is_table_6(nxt: int, window: int, offset: int, length: int) -> None:
    """Beginning or end inside the window; counted here on a line, not on the circle."""
    block = Block(State.ESTABLISHED, rcv_nxt=nxt, rcv_wnd=window)
    numbers = range(offset, offset + max(length, 1))
    inside = numbers[0] in range(window) or numbers[-1] in range(window)
    if offset + length < HALF:
        assert acceptable(block, Segment(add(nxt, offset), length=length), length) == inside


@given(NUMBERS, st.integers(-3, 3), st.integers(0, 3))
def test_acceptable_when_the_window_is_shut(nxt: int, offset: int, length: int) -> None:
    """Only what is empty and exactly next."""
    block = Block(State.ESTABLISHED, rcv_nxt=nxt, rcv_wnd=0)
    assert acceptable(block, Segment(add(nxt, offset), length=length), length) == (offset == 0 and length == 0)


@given(NUMBERS, st.integers(0, 65535), STEPS)
def test_acknowledges_something(una: int, flying: int, offset: int) -> None:
    """SND.UNA < SEG.ACK =< SND.NXT."""
    block = Block(State.ESTABLISHED, snd_una=una, snd_nxt=add(una, flying))
    assert acknowledges_something(block, add(una, offset)) == (0 < offset <= flying)


@pytest.mark.parametrize(
    ("segment", "length"),
    [
        (Segment(1000, syn=True), 1),
        (Segment(1000, syn=True, length=20), 21),
        (Segment(1000, 1, syn=True), 1),
        (Segment(1000, 1), 0),
        (Segment(1000, 1, length=300), 300),
        (Segment(1000, 1, fin=True), 1),
        (Segment(1000, 1, fin=True, length=300), 301),
        (Segment(1000, rst=True), 0),
    ],
)
def test_what_occupies_sequence_numbers(segment: Segment, length: int) -> None:
    assert segment_length(segment, RFC) == length


@pytest.mark.parametrize(
    ("segment", "letters", "flags"),
    [
        (Segment(0, syn=True), "S", ("SYN",)),
        (Segment(0, 0, syn=True), "S.", ("SYN", "ACK")),
        (Segment(0, 0), ".", ("ACK",)),
        (Segment(0, 0, psh=True, length=1), "P.", ("PSH", "ACK")),
        (Segment(0, 0, fin=True), "F.", ("FIN", "ACK")),
        (Segment(0, 0, fin=True, psh=True, length=1), "FP.", ("FIN", "PSH", "ACK")),
        (Segment(0, rst=True), "R", ("RST",)),
        (Segment(0, 0, rst=True), "R.", ("RST", "ACK")),
        (Segment(0), "-", ()),
    ],
)
def test_letters_and_flags(segment: Segment, letters: str, flags: tuple[str, ...]) -> None:
    assert segment.letters == letters
    assert segment.flags == flags


def test_an_acknowledgment_of_zero_is_one() -> None:
    assert Segment(0, 0).letters == "."
