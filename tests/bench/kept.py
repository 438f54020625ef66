"""What progress costs: pages beside a million attempts, a learner's lesson, and an answer that is durable."""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlmodel import insert

from app.progress import attempts
from app.progress.attempts import Answer
from app.progress.keys import Signer
from app.progress.place import Place
from app.progress.tables import AttemptRow, LearnerRow
from app.quiz.pool import Pool
from app.web.learners import COOKIE
from tests.bench.load import CHINESE, latencies, requests_per_second
from tests.bench.served import KEY, inserting, served

ME = UUID(int=1)
MINE, OTHERS, EACH = 100, 9_999, 100  # attempts of the learner who asks; other learners, and the attempts of each
PAGES = {"home": "/zh/", "review": "/zh/review", "progress": "/zh/progress"}
ROUNDS, VISITS, REQUESTS = 5, 12, 400
NOW = datetime.now(UTC)
SOURCES = Pool({}).sources


class Visits(NamedTuple):
    """Median milliseconds of each page, and a lesson's requests per second for a learner and for nobody."""

    pages: dict[str, float]
    lesson: tuple[float, float]


def beside_a_million(lesson: str) -> tuple[Visits, Visits]:
    """The same learner's pages alone in the database, and among 10,000 learners with 1,000,000 attempts."""
    return _visits(_mine, lesson), _visits(_crowded, lesson)


def recording() -> tuple[float, float]:
    """Answers per second: through the project's writer, and by a minimal route that inserts a row and commits."""
    with inserting() as server:
        for path in ("/plain", "/recorded"):
            requests_per_second(server.port, path, REQUESTS // 4)
        pairs = [
            (
                requests_per_second(server.port, "/recorded", REQUESTS),
                requests_per_second(server.port, "/plain", REQUESTS),
            )
            for _ in range(ROUNDS)
        ]
    recorded, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
    return recorded, plain


def _visits(filled: Callable[[Path], None], lesson: str) -> Visits:
    with served(filled) as server:
        cookie = f"{CHINESE}; {COOKIE}={Signer(KEY).sign(ME)}"
        latencies(server.port, [*PAGES.values(), lesson] * 2, cookie)
        pages = {
            name: statistics.median(latencies(server.port, [path] * VISITS, cookie)) for name, path in PAGES.items()
        }
        pairs = [
            (
                requests_per_second(server.port, lesson, REQUESTS, cookie),
                requests_per_second(server.port, lesson, REQUESTS),
            )
            for _ in range(ROUNDS)
        ]
        mine, anonymous = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Visits(pages, (mine, anonymous))


def _mine(data: Path) -> None:
    store = Place(data=data).store()
    with store.writing() as connection:
        for number in range(MINE):
            attempts.record(connection, ME, _answer(number), NOW - timedelta(hours=3 * (MINE - number)))
    store.close()


def _crowded(data: Path) -> None:
    _mine(data)
    store = Place(data=data).store()
    rows = [_answer(number)._asdict() | {"at": NOW - timedelta(hours=number)} for number in range(EACH)]
    for first in range(0, OTHERS, 500):
        others = [UUID(int=2 + number) for number in range(first, min(first + 500, OTHERS))]
        given = [
            row | {"learner": other, "id": UUID(int=(other.int << 32) + number)}
            for other in others
            for number, row in enumerate(rows)
        ]
        with store.writing() as connection:
            connection.execute(
                insert(LearnerRow), [{"id": other, "created_at": NOW, "merged_into": None} for other in others]
            )
            connection.execute(insert(AttemptRow), given)
    store.close()


def _answer(number: int) -> Answer:
    source = SOURCES[number * 7 % len(SOURCES)]
    return Answer(
        key=f"bench/{number}",
        skill=source.skill,
        source=source.id,
        seed=number,
        variant=f"{source.id}/{number}",
        answer={"number": str(number)},
        right=number % 3 > 0,
        belief=None,
        hinted=False,
        unsure=False,
        seconds=12.0,
        slow=60.0,
        context="quiz",
        content_version="bench",
    )
