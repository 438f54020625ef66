"""How long the laboratory takes for a step that nobody has made before, and a chat program's picture of it."""

import statistics
from collections.abc import Iterator
from typing import NamedTuple

from app.sim.scenario import parse, to_query
from app.sim.world import run
from tests.bench.load import latencies

STEPS, ROUNDS, PICTURES = 60, 5, 12
TURNS = 26
PLAIN = "server: listen; accept; recv(eof); close\nclient: connect; send({}); close@400ms\nwire: delay 50ms"
SIXTY = (
    f"server: listen; accept; {'recv; send(20); ' * TURNS}recv(eof); close\n"
    f"client: connect; send({{}}); recv; {'send(10); recv; ' * (TURNS - 1)}close\nwire: delay 50ms"
)


class Step(NamedTuple):
    """A step in the lab: of how many segments, its median and that of the plain-text route (ms), what was promised."""

    segments: int
    median: float
    plain: float
    promise: int


def steps(port: int) -> Iterator[Step]:
    """Actions that nobody has made before, in rounds beside the plain-text route; the round in which that was quickest.

    So what counts is the machine's quietest moment, as the plain-text route has it, not the step's own luck.
    """
    for text, promise in ((PLAIN, 8), (SIXTY, 20)):
        segments = len(run(parse(text.format(7))).sent)
        rounds = []
        for number in range(ROUNDS):
            paths = [_address(text, number * STEPS + n, f"&t={90 + n}ms&sel=c1") for n in range(STEPS)]
            plain = statistics.median(latencies(port, ["/healthz"] * STEPS))
            rounds.append((plain, statistics.median(latencies(port, paths))))
        plain, median = min(rounds)
        yield Step(segments, median, plain, promise)


def pictures(port: int) -> tuple[float, float]:
    """The median ms of a picture to share that nobody has asked for, and of one that somebody has."""
    paths = [_address(PLAIN, n, "&t=400ms", "/og/en/lab.png") for n in range(PICTURES)]
    cold = statistics.median(latencies(port, paths))
    return cold, statistics.median(latencies(port, paths))


def _address(text: str, n: int, rest: str, path: str = "/en/lab") -> str:
    return f"{path}?{to_query(parse(text.format(100 + n)))}{rest}"
