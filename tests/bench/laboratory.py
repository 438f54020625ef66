"""How long the laboratory takes for a step that nobody has made before, and a chat program's picture of it."""

import statistics
from collections.abc import Iterator

from app.sim.scenario import parse, to_query
from app.sim.world import run
from tests.bench.load import latencies

STEPS, PICTURES = 60, 12
TURNS = 26
PLAIN = "server: listen; accept; recv(eof); close\nclient: connect; send({}); close@400ms\nwire: delay 50ms"
SIXTY = (
    f"server: listen; accept; {'recv; send(20); ' * TURNS}recv(eof); close\n"
    f"client: connect; send({{}}); recv; {'send(10); recv; ' * (TURNS - 1)}close\nwire: delay 50ms"
)


def steps(port: int) -> Iterator[tuple[str, float, int]]:
    """What, the median ms of an action in the lab, and at most how many were promised."""
    for text, promise in ((PLAIN, 8), (SIXTY, 20)):
        segments = len(run(parse(text.format(7))).sent)
        paths = [_address(text, n, f"&t={90 + n}ms&sel=c1") for n in range(STEPS)]
        median = statistics.median(latencies(port, paths))
        yield f"a step in the lab, {segments} segments, median", median, promise


def pictures(port: int) -> tuple[float, float]:
    """The median ms of a picture to share that nobody has asked for, and of one that somebody has."""
    paths = [_address(PLAIN, n, "&t=400ms", "/og/en/lab.png") for n in range(PICTURES)]
    cold = statistics.median(latencies(port, paths))
    return cold, statistics.median(latencies(port, paths))


def _address(text: str, n: int, rest: str, path: str = "/en/lab") -> str:
    return f"{path}?{to_query(parse(text.format(100 + n)))}{rest}"
