"""Finding a free stretch beside an arrow."""

from hypothesis import given
from hypothesis import strategies as st

from app.draw.placement import CLEAR, Band, blocked, spot

STRETCH = st.tuples(st.floats(0, 200), st.floats(0, 200)).map(sorted)


@given(st.lists(STRETCH, max_size=8), st.floats(1, 150), st.floats(0, 200))
def test_a_spot_is_free_and_inside(taken: list[list[float]], width: float, wanted: float) -> None:
    middle = spot(0, 200, width, wanted, sorted((low, high) for low, high in taken))
    if middle is None:
        return
    left, right = middle - width / 2, middle + width / 2
    assert left >= -1e-6
    assert right <= 200 + 1e-6
    assert all(right <= low + 1e-6 or left >= high - 1e-6 for low, high in taken if low < high)


def test_the_spot_nearest_to_the_wanted_one_is_taken() -> None:
    assert spot(0, 200, 20, 100, [(80, 120)]) in (70, 130)
    assert spot(0, 200, 20, 100, []) == 100
    assert spot(0, 200, 90, 100, [(80, 120)]) is None


@given(st.floats(-60, 60), st.floats(-0.6, 0.6), st.floats(0, 200))
def test_outside_what_is_blocked_two_lines_are_far_apart(y: float, rise: float, x: float) -> None:
    own, other = Band(0, 0.25, 0, 200, -1, 1), Band(y, rise, -CLEAR, 200 + CLEAR, -1, 1)
    stretches = blocked(own, -13, -1, [other])
    if not any(low <= x <= high for low, high in stretches):
        gap = other.at(x) - own.at(x)
        assert gap + 1 <= -13 + 1e-6 or gap - 1 >= -1 - 1e-6
