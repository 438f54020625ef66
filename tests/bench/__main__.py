"""Measures, and prints a small table: what, how much, what was promised."""

import gzip
import re
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from app.draw.sequence import sequence
from app.folders import folder
from app.quiz.pool import Pool
from app.sim.scenario import parse
from app.sim.world import run
from app.tcp.segment import Segment
from app.words import load
from tests.bench.kept import beside_a_million, recording
from tests.bench.laboratory import pictures, steps
from tests.bench.load import latencies, requests_per_second, transferred
from tests.bench.served import served

LESSON = "/zh/lessons/three-way-handshake"
ROUNDS, REQUESTS = 5, 800
SEED = 700_000  # from here on, seeds that nothing else uses
RUNS = 300
EXCHANGE = """\
server: listen; accept; recv; send(200); recv(eof); close
client: connect; send(100); recv; close
wire:   delay 50ms
"""


LONG = "server: listen; accept; recv(eof); close\nclient: connect; send({}); close\n"
TURNS = 96
CHAT = (
    f"server: listen; accept; {'recv; send(20); ' * TURNS}close\nclient: connect; {'send(10); recv; ' * TURNS}close\n"
)
REFERENCE = 100_000


class Line(NamedTuple):
    """One measurement and the promise that it keeps or breaks."""

    what: str
    measured: str
    promised: str
    kept: bool


def main() -> int:
    """Measure everything; the exit status says whether all promises are kept."""
    lines = [*simulation(), *machine(), *picture(), *site(), *progress()]
    width = max(len(line.what) for line in lines)
    for line in lines:
        print(f"{line.what:<{width}}  {line.measured:>18}  {line.promised:<12}  {'✓' if line.kept else '✗'}")
    return 0 if all(line.kept for line in lines) else 1


def simulation() -> Iterator[Line]:
    """Handshake, request and response, four-segment teardown: read from text and run."""
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        run(parse(EXCHANGE))
        times.append(time.perf_counter() - begin)
    median = statistics.median(times) * 1000
    yield Line("simulate an exchange, median", f"{median:.2f} ms", "< 2 ms", median < 2)


def machine() -> Iterator[Line]:
    """Segments of a long connection, half of them text, half acknowledgments; beside a loop that only makes values."""
    scenario = parse(LONG.format(500_000))
    rates, loops, segments = [], [], 0
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        segments = len(run(scenario).sent)
        rates.append(segments / (time.perf_counter() - begin))
        begin = time.perf_counter()
        for number in range(REFERENCE):
            Segment(number, number, length=number)
        loops.append(REFERENCE / (time.perf_counter() - begin))
    rate, loop = statistics.median(rates), statistics.median(loops)
    yield Line("segments simulated", f"{rate:,.0f} /s", "≥ 10,000 /s", rate >= 10_000)
    yield Line("…for each a loop could make of nothing", f"1 : {loop / rate:.0f}", "", True)
    short, long = (memory(LONG.format(size)) for size in (125_000, 500_000))
    yield Line("memory of four times the events", f"× {long / short:.2f}", "≤ × 4.4", long / short <= 4.4)


def memory(text: str) -> int:
    """Bytes that a trace takes while it is held."""
    scenario = parse(text)
    run(scenario)
    tracemalloc.start()
    trace = run(scenario)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del trace
    return held


def picture() -> Iterator[Line]:
    """A trace of 200 segments as SVG."""
    trace, words = run(parse(CHAT)), load(folder("content") / "locale")["zh"]
    sequence(trace, words, id="x")
    times = []
    for _ in range(ROUNDS * 5):
        begin = time.perf_counter()
        sequence(trace, words, id="x")
        times.append((time.perf_counter() - begin) * 1000)
    median = statistics.median(times)
    yield Line(f"{len(trace.sent)} segments as SVG, median", f"{median:.1f} ms", "< 10 ms", median < 10)


def site() -> Iterator[Line]:
    """The site in a process of its own; rounds alternate so that both paths see the same machine."""
    with served() as server:
        yield Line("cold start", f"{server.cold_start:.2f} s", "< 2 s", server.cold_start < 2)
        for path in ("/healthz", LESSON):
            requests_per_second(server.port, path, REQUESTS // 4)
        pairs = [
            (requests_per_second(server.port, "/healthz", REQUESTS), requests_per_second(server.port, LESSON, REQUESTS))
            for _ in range(ROUNDS)
        ]
        plain, lesson = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(page / bare for bare, page in pairs)
        yield Line("/healthz", f"{plain:.0f} requests/s", "", True)
        yield Line("a lesson page", f"{lesson:.0f} requests/s", "", True)
        yield Line("a lesson page to /healthz", f"{ratio:.2f}", "≥ 0.6", ratio >= 0.6)
        yield from quiz(server.port)
        yield from laboratory(server.port)
        page, everything = first_visit(server.port, LESSON)
        yield Line("the page of a lesson", f"{page / 1000:.1f} KB", "", True)
        yield Line("first visit of a lesson", f"{everything / 1000:.1f} KB", "< 80 KB", everything < 80_000)


def quiz(port: int) -> Iterator[Line]:
    """Questions that nobody has asked before, then answers that a misconception gives, beside the plain-text route."""
    generated = Pool({})
    asked = [(source.id, seed) for seed in range(SEED, SEED + 5) for source in generated.sources]
    answers = {pick: generated.question(*pick).form.mistakes[0][1] for pick in asked}
    made = latencies(port, [f"/en/questions/{id}?seed={seed}" for id, seed in asked])
    other = [(id, seed + 5) for id, seed in asked]
    wrong = {pick: generated.question(*pick).form.mistakes[0][1] for pick in other}
    graded = latencies(port, [f"/en/questions/{id}?seed={seed}&{urlencode(wrong[id, seed])}" for id, seed in other])
    again = latencies(port, [f"/en/questions/{id}?seed={seed}&{urlencode(answers[id, seed])}" for id, seed in asked])
    plain = statistics.median(latencies(port, ["/healthz"] * len(asked)))
    yield Line("/healthz, median", f"{plain:.2f} ms", "", True)
    for what, times, promise in (
        ("a new question, made and rendered, median", made, 10),
        ("an answer to it, graded, both worlds drawn, median", again, 15),
        ("a new question and its answer at once, median", graded, 25),
    ):
        median = statistics.median(times)
        yield Line(what, f"{median:.1f} ms", f"< {promise} ms", median < promise)


def laboratory(port: int) -> Iterator[Line]:
    """What a click in the lab costs: request, simulation, drawing, answer; then what is shared and first fetched."""
    for step in steps(port):
        what = f"a step in the lab, {step.segments} segments, median"
        yield Line(what, f"{step.median:.1f} ms", f"< {step.promise} ms", step.median < step.promise)
        yield Line("…to /healthz in the same round", f"{step.median / step.plain:.0f} : 1", "", True)
    cold, again = pictures(port)
    yield Line("a picture to share, median", f"{cold:.0f} ms", "< 300 ms", cold < 300)
    yield Line("…that somebody has asked for before", f"{again:.1f} ms", "", True)
    _, everything = first_visit(port, "/zh/lab")
    yield Line("first visit of the lab", f"{everything / 1000:.1f} KB", "< 120 KB", everything < 120_000)


def progress() -> Iterator[Line]:
    """What it costs that progress is kept."""
    alone, crowded = beside_a_million(LESSON)
    for page, one in alone.pages.items():
        ratio = crowded.pages[page] / one
        yield Line(f"{page} beside 1,000,000 attempts, alone {one:.1f} ms", f"× {ratio:.2f}", "≤ × 1.3", ratio <= 1.3)
    mine, anonymous = crowded.lesson
    yield Line("a lesson page for a learner, to nobody's", f"{mine / anonymous:.2f}", "≥ 0.5", mine >= 0.5 * anonymous)
    recorded, plain = recording()
    yield Line("answers on record, durable", f"{recorded:.0f} /s", "", True)
    yield Line("…to a minimal insert's", f"{recorded / plain:.2f}", "≥ 0.5", recorded >= 0.5 * plain)


def first_visit(port: int, path: str) -> tuple[int, int]:
    """Bytes of the page, and of everything that it makes a browser fetch."""
    page, body = transferred(port, path)
    html = gzip.decompress(body).decode()
    tags = (tag for tag in re.findall(r"<(?:link|script|img)\b[^>]*>", html) if "apple-touch-icon" not in tag)
    wanted = [url for tag in tags for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', tag)]
    sizes: dict[str, int] = {}
    for url in wanted:
        if url in sizes:
            continue
        sizes[url], body = transferred(port, url)
        if url.endswith(".js"):
            names = re.findall(r'from "\./([^"]+)"', gzip.decompress(body).decode())
            wanted += [f"{url.rpartition('/')[0]}/{name}" for name in names]
    return page, page + sum(sizes.values())


if __name__ == "__main__":
    sys.exit(main())
