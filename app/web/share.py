"""The share sheet of a page: its address to copy, to shorten, to scan and to embed, and its experiment as files."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import urlencode

import segno
from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from segno import DataOverflowError

from app.sim.scenario import to_query
from app.sim.writer import duration
from app.web import short_links
from app.web.crawlers import origin
from app.web.download import FORMS
from app.web.experiment import drawable, experiment
from app.web.lab_address import Place
from app.web.oembed import framed, snippet
from app.web.shareable import LONGEST, Shareable, parted, shareable
from app.web.world import World, world
from app.words import Words

NAMES = {  # as the tools that read them are called
    "pcap": "pcap",
    "svg": "SVG",
    "png": "PNG",
    "mermaid": "Mermaid",
    "txt": "ASCII",
    "tcpdump": "tcpdump",
    "json": "JSON",
    "packetdrill": "packetdrill",
}
OF_A_MOMENT = ("svg", "png", "tcpdump")  # those that can show how far things have come


class Export(NamedTuple):
    """The experiment as a file: whole, and (`now`, or "") up to the moment that is shared."""

    form: str
    name: str
    url: str
    now: str


class Which(NamedTuple):
    """One of the two addresses that the rest of the sheet can be about, and where one gets by choosing it."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class ShareView:
    """Addresses as they are sent to somebody; `short`, `qr` and `snippet` are of the one that is chosen."""

    template: ClassVar[str] = "share/index.html"
    title: str
    back: str
    address: str  # as it is posted, to be shortened
    url: str
    which: tuple[Which, ...]  # of this moment or from the start; empty where that is the same
    from_start: bool
    short: str  # "" as long as nobody has made it
    start: str  # the same from the start; "" where that is the same
    start_label: str
    best: str  # the address to send
    qr: str  # a picture of the shortest; "" where that is too long for one
    snippet: str  # for a blog; "" where the page cannot be framed
    exports: tuple[Export, ...]
    too_many: bool  # whether this visitor has made enough short links for now


def share(request: Request, lang: str, to: str = "", start: str = "") -> Response:
    """`/{lang}/share?to=/{lang}/lessons/…`; with `&start=1`, what is to be sent begins at the start."""
    here = world(request)
    words = here.speak(lang)
    return _shown(request, here, words, to, bool(start))


async def shorten(request: Request, lang: str) -> Response:
    """POST `/{lang}/share`: give the place `to` a short link, and come back to the sheet, which then has it."""
    here = world(request)
    words = here.speak(lang)
    form = await request.form(max_files=0, max_fields=2, max_part_size=4 * LONGEST)
    to, start = str(form.get("to", "")), bool(form.get("start"))
    found = await to_thread.run_sync(shareable, request, here, words, to)
    if not await short_links.make(request, here, _sent(found, start)):
        return _shown(request, here, words, to, start, too_many=True)
    url = f"/{lang}/share{_asked(to, start)}#share-short"
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


def _sent(found: Shareable, start: bool) -> str:
    """The address that is to be sent."""
    return found.start if start and found.start else found.address


def _asked(to: str, start: bool) -> str:
    """The query of a sheet."""
    return "?" + urlencode({"to": to} | ({"start": "1"} if start else {}))


def _which(words: Words, found: Shareable, to: str, start: bool) -> tuple[Which, ...]:
    if not found.start:
        return ()
    labels = {False: "share.this", True: found.start_label}
    return tuple(Which(words(label), f"{_asked(to, one)}#share-which", one is start) for one, label in labels.items())


def _shown(
    request: Request, here: World, words: Words, to: str, start: bool = False, *, too_many: bool = False
) -> Response:
    found, site = shareable(request, here, words, to), origin(request)
    path, query = parted(words, to)
    start, sent = start and bool(found.start), _sent(found, start)
    short = short_links.known(here, sent)
    best = site + (short or sent)
    view = ShareView(
        found.title,
        f"{path}?{query}" if query else path,
        found.address,
        site + found.address,
        _which(words, found, to, start),
        start,
        site + short if short else "",
        site + found.start if found.start else "",
        found.start_label,
        best,
        _qr(best),
        _snippet(here, words, site, sent),
        _exports(words, found.experiment) if found.experiment else (),
        too_many,
    )
    page = here.page(request, words, "", _asked(to, start))
    return here.answer(request, words, here.renderer.render(page, view), 429 if too_many else 200)


def _snippet(here: World, words: Words, site: str, address: str) -> str:
    path, _, query = address.partition("?")
    frame = framed(here, words, path.split("/")[2:], query)
    return snippet(site + frame[0], frame[2]) if frame else ""


def _exports(words: Words, place: Place) -> tuple[Export, ...]:
    told = {"lang": words.lang} | ({"num": "abs"} if place.absolute else {})
    query = f"{to_query(place.scenario)}&{urlencode(told)}"
    held = drawable(experiment(query).trace)
    t = "" if place.t is None else f"&t={duration(place.t)}"
    exports = []
    for form in (form for form, kind in FORMS.items() if held or not kind.drawn):
        url = f"/export/{form}?{query}"
        exports.append(Export(form, NAMES[form], url, url + t if t and form in OF_A_MOMENT else ""))
    return tuple(exports)


def _qr(url: str) -> str:
    try:
        code = segno.make_qr(url, error="l")
    except DataOverflowError:
        return ""
    return str(code.svg_inline(border=2, light="#fff", dark="#000", omitsize=True, svgclass="qr", lineclass=None))
