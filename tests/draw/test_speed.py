"""How long a picture takes. The figures are recorded, not judged; what is asserted is that work stays linear."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest

from app.draw.panels import moments
from app.draw.sequence import phase, sequence
from app.sim.trace import Trace
from tests.draw.scenes import played, words


def chat(rounds: int) -> Trace:
    """A trace of about two segments a round."""
    return played(
        f"server: listen; accept; {'recv; send(20); ' * rounds}close\n"
        f"client: connect; {'send(10); recv; ' * rounds}close\n"
    )


def milliseconds(work: Callable[[], object]) -> float:
    def once() -> float:
        start = perf_counter()
        work()
        return (perf_counter() - start) * 1000

    return median(once() for _ in range(9))


def test_two_hundred_segments(record_property: Callable[[str, object], None]) -> None:
    happened = chat(96)
    assert len(happened.sent) >= 200
    svg = sequence(happened, words("zh"), id="x").svg
    phase(svg, 0, 9)
    record_property("sequence_ms", milliseconds(lambda: sequence(happened, words("zh"), id="x")))
    record_property("phase_ms", milliseconds(lambda: phase(svg, 50, 150)))


def test_work_grows_with_the_trace_and_not_with_its_square() -> None:
    short, long = chat(48), chat(192)
    ratio = milliseconds(lambda: sequence(long, words("en"), id="x")) / milliseconds(
        lambda: sequence(short, words("en"), id="x")
    )
    assert ratio < 16  # four times the segments: 4 if linear, 16 if quadratic


@pytest.mark.parametrize("rounds", [10])
def test_panels_of_a_lesson_sized_trace(rounds: int, record_property: Callable[[str, object], None]) -> None:
    happened = chat(rounds)
    record_property("moments_ms", milliseconds(lambda: moments(happened, words("en"))))
