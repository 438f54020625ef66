"""Which steps a learner has read: kept beside the page, never in its way."""

import logging
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Connection

from app.progress import learners, reading
from app.progress.study import ANSWERS
from app.progress.trouble import Trouble
from app.web.learners import COUNTED, FRESH, learner_of
from app.web.world import World, world

LOG = logging.getLogger("ackademy")

MOST = 400  # steps in one form: more than the course has
LONGEST = 200  # characters of a step's name


class Step(NamedTuple):
    """A step of a lesson, by its names."""

    lesson: str
    id: str


async def read(request: Request) -> Response:
    """`/read`: the steps that a script saw being read, each `lesson#step`; 204 when they are kept.

    403 for somebody who is no learner: their place stays in their browser. 503 where they could not be kept; what was
    read before there was a learner is sent again with the next page, a single step is not, and nobody is bothered.
    """
    here = world(request)
    form = await request.form(max_files=0, max_fields=MOST, max_part_size=LONGEST)
    steps = [step for text in form.getlist("step") if isinstance(text, str) and (step := _step(here, text))]
    learner = learner_of(here, request)
    if learner is None:
        return Response(status_code=403)
    here.places.pop(learner, None)
    try:
        known = await here.writer.write(lambda connection: _keep(here, connection, learner, steps), learner)
    except Trouble as trouble:
        LOG.warning("reading: %s", trouble)
        return Response(status_code=503)
    return Response(status_code=204 if known else 403)


def note(here: World, request: Request, step: Step) -> None:
    """A page shows this step: kept for a learner, after the page has gone out. What goes wrong is logged, no more."""
    learner = learner_of(here, request) if request.method == "GET" else None
    if learner is None:
        return
    last, now = here.places.get(learner), here.now()
    if last and last[0] == step and timedelta() <= now - last[1] < FRESH:
        return
    if len(here.places) >= COUNTED:
        here.places.clear()
    here.places[learner] = step, now

    def done(written: "Future[bool]") -> None:
        error = written.exception()
        if error or not written.result():
            here.places.pop(learner, None)
        if error:
            LOG.warning("reading: %s", error)

    with suppress(RuntimeError):  # the server is about to stop
        here.writer.submit(lambda connection: _keep(here, connection, learner, [step]), learner).add_done_callback(done)


def _keep(here: World, connection: Connection, learner: UUID, steps: list[Step]) -> bool:
    """Keep them, in that order, for a learner who is known: who has deleted everything is not made anew by a visit."""
    now = here.now()
    if learners.lock(connection, learner) is None:
        return False
    for place, step in enumerate(steps):
        reading.read(connection, learner, step.lesson, step.id, now + timedelta(microseconds=place))
    return True


def _step(here: World, text: str) -> Step | None:
    """The step of that name, or the answers of the lesson, if the course has it."""
    slug, _, id = text.partition("#")
    lesson = next(iter(here.course.editions.values())).lessons.get(slug)
    return Step(slug, id) if lesson and (id == ANSWERS or any(step.id == id for step in lesson.steps)) else None
