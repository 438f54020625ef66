"""What the site tells whoever runs it: a line for each answer, numbers for Prometheus, and whether it is ready."""

import logging
import re
import time

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from pythonjsonlogger.json import JsonFormatter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.progress.migrations import is_current
from app.progress.store import write_nothing
from app.progress.trouble import Trouble
from app.web.not_here import NotHere
from app.web.world import world

LOG = logging.getLogger("ackademy.access")
BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS"))
CARRYING = re.compile(r"(?<=/carry/).+", re.DOTALL | re.IGNORECASE)  # whoever has it has the progress; routed or not


class Numbers:
    """Answers counted and timed, by the pattern of their route: not by address, of which there is no end."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.answers = Counter("ackademy_answers", "Answers given", labels, registry=self.registry)
        self.seconds = Histogram(
            "ackademy_answer_seconds", "How long answers took", ("route",), buckets=BUCKETS, registry=self.registry
        )


class Watch:
    """Counts, times and logs every answer. Where neither is asked for, `create_app` leaves it out."""

    def __init__(self, app: ASGIApp, numbers: Numbers, *, log: bool) -> None:
        self.app, self.numbers, self.log = app, numbers, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and note when and how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        finally:
            taken = time.perf_counter() - begin
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.numbers.answers.labels(method, route, str(status)).inc()
            self.numbers.seconds.labels(route).observe(taken)
            if self.log:
                path = CARRYING.sub("{token}", scope["path"])
                told = {"method": scope["method"], "path": path, "route": route, "status": status}
                LOG.info("answered", extra=told | {"ms": round(taken * 1000, 2)})


def log_as_json() -> None:
    """Let every log line be one JSON object on standard error, with time, level and message."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter("{asctime}{levelname}{name}{message}", style="{"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


async def metrics(request: Request) -> Response:
    """`/metrics`, for Prometheus; not there unless it was asked for."""
    if not world(request).settings.metrics:
        raise NotHere("error.no-page")
    numbers: Numbers = request.app.state.numbers
    return Response(generate_latest(numbers.registry), media_type=CONTENT_TYPE_LATEST)


async def readyz(request: Request) -> Response:
    """`ready` where progress can be kept. Else 503 and why."""
    here = world(request)
    try:
        if not is_current(here.store):
            return PlainTextResponse("the database is not migrated\n", 503)
        if not here.writer.alive:
            return PlainTextResponse("the writer has stopped\n", 503)
        await here.writer.write(write_nothing)
    except Trouble as trouble:
        return PlainTextResponse(f"{trouble}\n", 503)
    return PlainTextResponse("ready\n")
