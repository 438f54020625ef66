"""oEmbed: a blog that is given a link to a lesson or to the lab learns how to show it in a frame (oembed.com)."""

from html import escape
from urllib.parse import SplitResult, parse_qs, urlsplit

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from app.web.answering import whole
from app.web.crawlers import origin
from app.web.experiment import Unreadable, drawable, experiment
from app.web.reading import NoSuchStep, read
from app.web.world import World, world
from app.words import Words

WIDTH, HEIGHT = 640, 600
NARROWEST = 240


def oembed(request: Request) -> Response:
    """`/oembed?url=…&format=json&maxwidth=…&maxheight=…`."""
    here, query = world(request), request.query_params
    if query.get("format", "json") != "json":
        return JSONResponse({"detail": "only format=json"}, 501)
    site = origin(request)
    address = _parted(query.get("url", ""))
    if address is None or f"{address.scheme}://{address.netloc}" != site:
        return JSONResponse({"detail": "that is not an address of this site"}, 404)
    _, lang, *rest = [*address.path.split("/"), ""]
    found = (
        framed(here, here.words[lang], [part for part in rest if part], address.query) if lang in here.words else None
    )
    if found is None:
        return JSONResponse({"detail": "there is nothing to embed at that address"}, 404)
    frame, picture, title = found
    width = whole(query.get("maxwidth"), NARROWEST, WIDTH, WIDTH)
    height = whole(query.get("maxheight"), NARROWEST, HEIGHT, HEIGHT)
    return JSONResponse(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": "Ackademy",
            "provider_url": f"{site}/",
            "title": title,
            "html": snippet(site + frame, title, width, height),
            "width": width,
            "height": height,
            "thumbnail_url": site + picture,
            "thumbnail_width": 1200,
            "thumbnail_height": 630,
            "cache_age": 86_400,
        },
        headers={"access-control-allow-origin": "*"},
    )


def _parted(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def snippet(url: str, title: str, width: int | str = "100%", height: int = HEIGHT) -> str:
    """The frame as HTML."""
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" frameborder="0" allow="clipboard-write"></iframe>'
    )


def framed(here: World, words: Words, rest: list[str], query: str) -> tuple[str, str, str] | None:
    """Where the frame and the picture of a page are, and its title; None where there is none."""
    lang = words.lang
    if len(rest) == 2 and rest[0] == "lessons":
        lesson = here.course.editions[lang].lessons.get(rest[1])
        if lesson is None or not lesson.steps:
            return None
        try:
            step = read(lesson, {"step": parse_qs(query).get("step", ["1"])[-1]}).step
        except NoSuchStep:
            return None
        place = f"{lang}/lessons/{lesson.slug}"
        return f"/embed/{place}?step={step}", f"/og/{place}.png?step={step}", lesson.title
    if rest == ["lab"]:
        try:
            asked = experiment(query)
        except Unreadable:
            return None
        if not drawable(asked.trace):
            return None
        title = here.experiments.title(asked.scenario, lang) or words("share.card.what-if")
        return f"/embed/lab?{asked.query}&lang={lang}", f"/og/{lang}/lab.png?{asked.query}", title
    return None
