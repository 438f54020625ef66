"""Somebody who has studied for a while: their answers are on record, each at the time at which it was given."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.progress import attempts, reading, settings
from app.progress.attempts import Answer
from app.progress.tables import LearnerRow
from app.web.learners import COOKIE

NOW = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)  # a Sunday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Student:
    """A browser that has answered something, and what it has answered."""

    def __init__(self, site: FastAPI, **options: Any) -> None:
        self.world = site.state.world
        self.id: UUID = uuid4()
        self.browser = TestClient(site, follow_redirects=False, **options)
        host = self.browser.base_url.host
        domain = host if "." in host else f"{host}.local"  # as the browser files what the site itself sets
        self.browser.cookies.set(COOKIE, self.world.signer.sign(self.id), domain=domain)
        self.answers = 0

    def answered(self, source: str, at: datetime = NOW - HOUR, *, right: bool = True, belief: str = "") -> None:
        """Put an answer to a question of that source on record; a wrong one is that of the misconception."""
        self.answers += 1
        question = self.world.course.pool.question(source, self.answers)
        answer = dict(question.form.key)
        if not right:
            held = [given for name, given in question.form.mistakes if name == belief or not belief]
            answer = dict(held[0] if held else question.form.mistakes[0][1])
        given = Answer(
            key=f"test/{self.answers}",
            skill=question.skill,
            source=source,
            seed=self.answers,
            variant=f"{source}/{self.answers}",
            answer=answer,
            right=right,
            belief=None if right else belief or question.form.mistakes[0][0],
            hinted=False,
            unsure=False,
            seconds=20.0,
            slow=60.0,
            context="review",
            content_version="test",
        )
        self._write(lambda connection: attempts.record(connection, self.id, given, at))

    def read(self, lesson: str, step: str, at: datetime = NOW - HOUR) -> None:
        """Put on record that a step was read."""
        self._write(lambda connection: reading.read(connection, self.id, lesson, step, at))

    def set(self, **values: str) -> None:
        """Set the date of the interview or the time zone."""
        self._write(lambda connection: settings.put(connection, self.id, values, NOW - 30 * DAY))

    def page(self, path: str = "", lang: str = "en") -> str:
        """The text of the progress page, or of one below it."""
        answer = self.browser.get(f"/{lang}/progress{path}")
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def _write(self, work: Callable[[Any], object]) -> None:
        with self.world.store.writing() as connection:
            work(connection)
        self.world.dues.clear()


class Clock:
    """The time on the site, as a test wants it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def learners_of(site: FastAPI) -> int:
    """How many learners there are."""
    with site.state.world.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(LearnerRow)).scalar_one())
