"""The share sheet of a page: its address to copy, to scan and to embed; from the start or from this moment."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import segno
from fastapi import Request, Response
from segno import DataOverflowError

from app.web.crawlers import origin
from app.web.not_here import NotHere
from app.web.oembed import framed, snippet
from app.web.world import world

LONGEST = 4_000
SHARED = ("lessons", "lab", "quiz", "questions")
MOMENT = {"lessons": ("step", "t"), "lab": ("t", "sel")}  # what an address from the start does without


@dataclass(frozen=True)
class ShareView:
    """Addresses as they are sent to somebody."""

    template: ClassVar[str] = "share/index.html"
    back: str
    url: str
    start: str  # the same from the start; "" where that is the same
    qr: str  # a picture; "" where the address is too long for one
    snippet: str  # for a blog; "" where the page cannot be framed


async def share(request: Request, lang: str) -> Response:
    """`/{lang}/share?to=/{lang}/lessons/…`."""
    here = world(request)
    words = here.speak(lang)
    to = request.query_params.get("to", "")
    address = urlsplit(to)
    parts = [part for part in address.path.split("/") if part]
    known = to.startswith(f"/{lang}/") and len(parts) > 1 and parts[1] in SHARED and to.isprintable()
    if not known or len(to) > LONGEST:
        raise NotHere("error.no-page")
    site = origin(request)
    left_out = MOMENT.get(parts[1], ())
    kept = [(key, value) for key, value in parse_qsl(address.query, keep_blank_values=True) if key not in left_out]
    start = address.path + (f"?{urlencode(kept, safe=':;()@,./*')}" if kept else "")
    whole = address.path + (f"?{address.query}" if address.query else "")
    frame = framed(here, words, parts[1:], address.query)
    view = ShareView(
        to,
        site + whole,
        site + start if start != whole and left_out else "",
        _qr(site + whole),
        snippet(site + frame[0], frame[2]) if frame else "",
    )
    page = here.page(request, words, "", "?" + urlencode({"to": to}))
    return here.answer(request, words, here.renderer.render(page, view))


def _qr(url: str) -> str:
    try:
        code = segno.make_qr(url, error="l")
    except DataOverflowError:
        return ""
    return str(code.svg_inline(border=2, light="#fff", dark="#000", omitsize=True, svgclass="qr", lineclass=None))
