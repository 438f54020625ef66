"""Pages for what goes wrong: in the right language, with a way on."""

import logging
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.progress.trouble import Trouble
from app.web.language import in_language, preferred
from app.web.not_here import Link, NotHere
from app.web.page import Page
from app.web.security import HEADERS
from app.web.theme import chosen
from app.web.world import world
from app.words import Words

LOG = logging.getLogger("ackademy")

_REASONS = {404: "error.no-page", 405: "error.method", 422: "error.input"}


class Saying(NamedTuple):
    """What went wrong, in one language."""

    tag: str
    title: str
    sentence: str


@dataclass(frozen=True)
class ErrorView:
    """What went wrong, in a sentence, and where to go from here: the best way first."""

    template: ClassVar[str] = "errors/error.html"
    status: int
    title: str
    sentence: str
    links: tuple[Link, ...]
    again: tuple[Saying, ...] = ()  # the same in other languages


def handle(app: FastAPI) -> None:
    """Give every kind of error its page."""
    app.add_exception_handler(NotHere, not_here)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(Trouble, troubled)
    app.add_exception_handler(Exception, broken)


async def not_here(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, and says why."""
    assert isinstance(error, NotHere)
    return _page(request, 404, error.reason, *error.links, **error.about)


async def refused(request: Request, error: Exception) -> Response:
    """What the router turns away: no route, or not with this method."""
    assert isinstance(error, HTTPException)
    if _path(request).startswith("/api/"):
        return await http_exception_handler(request, error)
    response = _page(request, error.status_code, _REASONS.get(error.status_code, "error.input"))
    response.headers.update(error.headers or {})
    return response


async def malformed(request: Request, error: Exception) -> Response:
    """Input that a route cannot read."""
    if _path(request).startswith("/api/"):
        assert isinstance(error, RequestValidationError)
        return await request_validation_exception_handler(request, error)
    return _page(request, 422, "error.input")


async def troubled(request: Request, error: Exception) -> Response:
    """The database cannot do what was asked: nothing was kept, and the page says so."""
    assert isinstance(error, Trouble)
    LOG.error("progress: %s", error)
    response = _page(request, 503, f"error.trouble.{error.reason}")
    response.headers["retry-after"] = "5"
    return response


def too_many(request: Request, wait: int) -> Response:
    """Somebody asks for more than they may, and has to wait so many seconds. It costs next to nothing: it is kept.

    In the language of the address; where that has none, in the visitor's, and once more in the other.
    """
    path = _path(request)
    if path.startswith("/api/") or path == "/oembed":
        return JSONResponse({"detail": f"too many requests; wait {wait} seconds"}, 429, {"cache-control": "no-store"})
    here, known = world(request), _first(path) in world(request).words
    words = _spoken(request)
    others = () if known else tuple(other for other in here.words.values() if other is not words)
    page = Page(words, f"/{words.lang}/", "", chosen(request), "", here.settings.origin, found=False)
    kept = here.renderer.remembered(page, _too_many, words, wait, others)
    return kept.response(request, cache="no-store", status=429)


def _too_many(words: Words, wait: int, others: tuple[Words, ...]) -> ErrorView:
    tongues = (words, *others)
    first, *again = (Saying(one.tag, one("error.429.title"), one("error.too-many", wait=wait)) for one in tongues)
    home = Link(words("error.link.course"), f"/{words.lang}/")
    return ErrorView(429, first.title, first.sentence, (home,), tuple(again))


async def broken(request: Request, error: Exception) -> Response:
    """A mistake of ours. It is raised outside of all other layers, so the headers are added here."""
    response = _page(request, 500, "error.server")
    response.headers.update(HEADERS)
    return response


def _page(request: Request, status: int, reason: str, *links: Link, **about: object) -> Response:
    here = world(request)
    words = _spoken(request)
    if reason == "error.no-language":
        links = tuple(_translation(request, other) for other in here.words.values())
    home = Link(words("error.link.course"), f"/{words.lang}/")
    title = f"error.{status}.title" if f"error.{status}.title" in words else "error.422.title"
    path = _path(request)
    view = ErrorView(status, words(title), words(reason, path=path, **about), (*links, home))
    page = Page(words, quote(path), "", chosen(request), "", here.settings.origin, found=False)
    return here.renderer.render(page, view).response(request, cache="no-store", status=status)


def _first(path: str) -> str:
    """The first part of a path; a language, for most."""
    return path.removeprefix("/").partition("/")[0]


def _spoken(request: Request) -> Words:
    """The words in the language of the address; where that has none, in the visitor's."""
    known, lang = world(request).words, _first(_path(request))
    return known[lang if lang in known else preferred(request)]


def _translation(request: Request, words: Words) -> Link:
    """The same page in a language that there is."""
    _, _, *rest = _path(request).split("/")
    url = quote("/".join(("", words.lang, *rest))) if rest else in_language(words.lang, "/")
    return Link(words("error.link.language", name=words.name), url)


def _path(request: Request) -> str:
    return str(request.scope["path"])
