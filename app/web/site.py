"""The site map: a route a line."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.web.api import documentation, router
from app.web.api_trace import router as traces
from app.web.captures import capture
from app.web.carry import carried, carry
from app.web.crawlers import healthz, robots, sitemap
from app.web.download import download
from app.web.embed import embed_lab, embed_lesson
from app.web.export import bring, export
from app.web.forget import ask as ask_to_delete
from app.web.forget import delete, deleted
from app.web.glossary import glossary
from app.web.home import home
from app.web.interview import set_interview
from app.web.lab import change, lab
from app.web.lab_gallery import gallery
from app.web.lab_levels import act, all_levels, level
from app.web.language import root
from app.web.lessons import lesson
from app.web.manifest import manifest
from app.web.move import make_link, make_phrase, move, recover
from app.web.oembed import oembed
from app.web.offline import offline
from app.web.progress import progress
from app.web.questions import answer as answer_question
from app.web.questions import question
from app.web.quiz import answer, begin, quiz
from app.web.quiz import choose as choose_quiz
from app.web.reading_kept import read
from app.web.remarks import leave, remark
from app.web.review import fix, next_question, review
from app.web.search import search
from app.web.share import share, shorten
from app.web.sheet import sheet
from app.web.short_links import follow
from app.web.states import states
from app.web.static import favicon, static, worker
from app.web.theme import choose
from app.web.timers import timers
from app.web.tonight import tonight
from app.web.unfurl import lab_card, lesson_card, quiz_card, site_card
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
    Route("/embed/lab", embed_lab),  # before a language may be called `embed`, or `s`
    Route("/s/{code}", follow),
    Route("/{lang}/", home),
    Route("/{lang}/lessons/{slug}", lesson),
    Route("/{lang}/quiz", choose_quiz),
    Route("/{lang}/quiz/go", begin),
    Route("/{lang}/quiz/{subject}", quiz),
    Route("/{lang}/quiz/{subject}", answer, WRITE),
    Route("/{lang}/questions/{id}", question),
    Route("/{lang}/questions/{id}", answer_question, WRITE),
    Route("/{lang}/review", review),
    Route("/{lang}/review/next", next_question),
    Route("/{lang}/review/fix/{belief}", fix),
    Route("/{lang}/remarks", remark),
    Route("/{lang}/remarks", leave, WRITE),
    Route("/{lang}/lab", lab),
    Route("/{lang}/lab", change, WRITE),
    Route("/{lang}/lab/gallery", gallery),
    Route("/{lang}/lab/levels", all_levels),
    Route("/{lang}/lab/levels/{id}", level),
    Route("/{lang}/lab/levels/{id}", act, WRITE),
    Route("/{lang}/states", states),
    Route("/{lang}/glossary", glossary),
    Route("/{lang}/timers", timers),
    Route("/{lang}/sheet", sheet),
    Route("/{lang}/share", share),
    Route("/{lang}/share", shorten, WRITE),
    Route("/{lang}/search", search),
    Route("/{lang}/offline", offline),
    Route("/{lang}/manifest.webmanifest", manifest),
    Route("/{lang}/progress", progress),
    Route("/{lang}/progress/interview", set_interview, WRITE),
    Route("/{lang}/progress/tonight", tonight),
    Route("/{lang}/progress/move", move),
    Route("/{lang}/progress/move/link", make_link, WRITE),
    Route("/{lang}/progress/move/phrase", make_phrase, WRITE),
    Route("/{lang}/progress/move/recover", recover, WRITE),
    Route("/{lang}/progress/export", export),
    Route("/{lang}/progress/import", bring, WRITE),
    Route("/{lang}/progress/delete", ask_to_delete),
    Route("/{lang}/progress/delete", delete, WRITE),
    Route("/{lang}/progress/deleted", deleted),
    Route("/{lang}/carry/{token}", carry),
    Route("/{lang}/carry/{token}", carried, WRITE),
    Route("/captures/{name}.pcap", capture),
    Route("/export/{form}", download),
    Route("/embed/{lang}/lessons/{slug}", embed_lesson),
    Route("/oembed", oembed),
    Route("/og/{lang}/site.png", site_card),
    Route("/og/{lang}/lab.png", lab_card),
    Route("/og/{lang}/lessons/{slug}.png", lesson_card),
    Route("/og/{lang}/quiz/{subject}.png", quiz_card),
    Route("/api", documentation),
    Route("/theme", choose, WRITE),
    Route("/read", read, WRITE),
    Route("/static/{path:path}", static),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/robots.txt", robots),
    Route("/sitemap.xml", sitemap),
    Route("/favicon.ico", favicon),
    Route("/worker.js", worker),
)


def lay_out(app: FastAPI) -> None:
    """Put the whole map on the application. The API comes first: its addresses would do for a language, too."""
    for api in (router, traces):
        app.include_router(api)
        for one in api.routes:
            if isinstance(one, APIRoute) and "GET" in (one.methods or ()):
                app.add_api_route(
                    one.path, one.endpoint, methods=["HEAD"], response_model=None, include_in_schema=False
                )
    for route in SITE:
        app.add_api_route(
            route.path, route.answer, methods=list(route.methods), response_model=None, include_in_schema=False
        )
