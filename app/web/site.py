"""The site map: a route a line."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI

from app.web.api import documentation, router
from app.web.captures import capture
from app.web.crawlers import healthz, robots, sitemap
from app.web.glossary import glossary
from app.web.home import home
from app.web.language import root
from app.web.lessons import lesson
from app.web.questions import answer as answer_question
from app.web.questions import question
from app.web.quiz import answer, begin, quiz
from app.web.quiz import choose as choose_quiz
from app.web.search import search
from app.web.states import states
from app.web.static import favicon, static
from app.web.theme import choose
from app.web.timers import timers
from app.web.watch import metrics, readyz

READ = ("GET", "HEAD")
WRITE = ("POST",)


class Route(NamedTuple):
    """Who answers at an address, and to which methods."""

    path: str
    answer: Callable[..., Any]
    methods: tuple[str, ...] = READ


SITE = (
    Route("/", root),
    Route("/{lang}/", home),
    Route("/{lang}/lessons/{slug}", lesson),
    Route("/{lang}/quiz", choose_quiz),
    Route("/{lang}/quiz/go", begin),
    Route("/{lang}/quiz/{subject}", quiz),
    Route("/{lang}/quiz/{subject}", answer, WRITE),
    Route("/{lang}/questions/{id}", question),
    Route("/{lang}/questions/{id}", answer_question, WRITE),
    Route("/{lang}/states", states),
    Route("/{lang}/glossary", glossary),
    Route("/{lang}/timers", timers),
    Route("/{lang}/search", search),
    Route("/captures/{name}.pcap", capture),
    Route("/api", documentation),
    Route("/theme", choose, WRITE),
    Route("/static/{path:path}", static),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/robots.txt", robots),
    Route("/sitemap.xml", sitemap),
    Route("/favicon.ico", favicon),
)


def lay_out(app: FastAPI) -> None:
    """Put the whole map on the application. The API comes first: its addresses would do for a language, too."""
    app.include_router(router)
    for route in SITE:
        app.add_api_route(
            route.path, route.answer, methods=list(route.methods), response_model=None, include_in_schema=False
        )
