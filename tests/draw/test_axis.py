"""The time axis: monotone whatever happens, and every row as far below another as it needs to be."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.draw.axis import UNIT, Need, height, is_long, laid_out
from app.draw.clock import about, clock

DELAY = 50_000
WAITS = st.integers(0, 10**9)


@given(st.lists(WAITS, min_size=1, max_size=30), st.data())
def test_rows_never_rise_and_needs_are_met(waits: list[int], data: st.DataObject) -> None:
    times = [sum(waits[: index + 1]) for index in range(len(waits))]
    rows = range(len(times))
    pairs = st.tuples(st.sampled_from(rows), st.sampled_from(rows), st.integers(0, 60))
    needs = [Need(a, b, room) for a, b, room in data.draw(st.lists(pairs, max_size=20)) if a < b]
    flights = [(times[need.upper], times[need.lower]) for need in needs]
    ys = laid_out(times, needs, flights, DELAY, 40, UNIT)
    assert ys[0] == 40
    assert all(a < b for a, b in pairwise(ys))
    assert all(ys[need.lower] - ys[need.upper] >= need.room for need in needs)


@given(WAITS, WAITS)
def test_a_longer_wait_is_never_drawn_shorter(one: int, other: int) -> None:
    short, long = sorted((one, other))
    for scale in (30, UNIT):
        assert height(short, DELAY, scale) <= height(long, DELAY, scale)


def test_usual_delays_are_to_scale_and_long_waits_are_not() -> None:
    assert height(DELAY // 2, DELAY, UNIT) * 2 == height(DELAY, DELAY, UNIT) == UNIT
    assert is_long(1_000_000, DELAY)
    assert not is_long(2 * DELAY, DELAY)
    assert height(60_000_000, DELAY, UNIT) < 3 * UNIT


def test_idle_time_takes_less_room_than_time_under_way() -> None:
    idle = laid_out([0, DELAY], [], [], DELAY, 0, UNIT)
    busy = laid_out([0, DELAY], [], [(0, DELAY)], DELAY, 0, UNIT)
    assert idle[1] < busy[1] == UNIT


def test_times_are_written_as_people_write_them() -> None:
    assert [clock(us) for us in (0, 250, 50_000, 1_500, 1_000_000, 1_050_000, 60_900_000)] == [
        "0 ms",
        "250 µs",
        "50 ms",
        "1.5 ms",
        "1 s",
        "1.05 s",
        "60.9 s",
    ]
    assert [about(us) for us in (979_000, 210_000, 59_950_000, 450_000, 240_000_000)] == [
        "0.98 s",
        "210 ms",
        "60 s",
        "450 ms",
        "240 s",
    ]
