"""For machines: is it alive, what may be read, what is there."""

from xml.sax.saxutils import escape

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from app.web.language import DEFAULT, in_language
from app.web.representation import Representation
from app.web.world import world
from app.words import Words

CLOSED = (
    "/theme",
    "/read",
    "/*/search",
    "/*/quiz/",
    "/*/questions/",
    "/*/remarks",
    "/*/review",
    "/*/progress",
    "/*/carry/",
    "/*/offline",
    "/api/",
    "/export/",
    "/embed/",
    "/oembed",
)

_URLSET = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    "{urls}</urlset>\n"
)


async def healthz() -> Response:
    """`ok`, and nothing else."""
    return PlainTextResponse("ok")


async def robots(request: Request) -> Response:
    """Everything may be read but what has no end, and what is one learner's."""
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    text = f"User-agent: *\nAllow: /\n{closed}\nSitemap: {origin(request)}/sitemap.xml\n"
    return Representation.of(text.encode(), "text/plain").response(request, cache="no-cache")


async def sitemap(request: Request) -> Response:
    """Every page in every language, each with its translations."""
    here = world(request)
    lessons = (f"lessons/{slug}" for slug in next(iter(here.course.editions.values())).lessons)
    laboratory = ("lab", "lab/gallery", "lab/levels")
    pages = (
        f"/{DEFAULT}/{page}" for page in ("", *lessons, *laboratory, "quiz", "states", "glossary", "timers", "sheet")
    )
    urls = "".join(_url(origin(request), page, here.words) for page in pages)
    return Representation.of(_URLSET.format(urls=urls).encode(), "application/xml").response(request, cache="no-cache")


def _url(origin: str, path: str, words: dict[str, Words]) -> str:
    def here(lang: str) -> str:
        return escape(origin + in_language(lang, path))

    return "".join(
        f"<url><loc>{here(lang)}</loc>"
        + "".join(
            f'<xhtml:link rel="alternate" hreflang="{other.tag}" href="{here(other.lang)}"/>'
            for other in words.values()
        )
        + "</url>\n"
        for lang in words
    )


def origin(request: Request) -> str:
    """How the site is known; where nobody said, as it was just called. These answers are not remembered."""
    return world(request).settings.origin or str(request.base_url).rstrip("/")
