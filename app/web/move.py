"""Carry it on elsewhere: a link that works once with its code for a camera, a recovery phrase, a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import ClassVar, Literal
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import segno
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from app.progress import learners, tokens
from app.progress.tokens import LASTS, BadToken
from app.progress.transfer import LARGEST
from app.web.amounts import minutes
from app.web.carry import gone_on_as, private
from app.web.learners import learner_of
from app.web.world import World, world
from app.words import Words

SHOWN = "to-carry"  # a cookie for as long as a link lasts: what was made is shown again after a reload
PHRASE_MOST = 1000  # characters

Kind = Literal["link", "phrase"]


@dataclass(frozen=True)
class MoveView:
    """What can be carried away from here, and how to bring something here. Complaints are about what was sent."""

    template: ClassVar[str] = "progress/move.html"
    learner: bool
    link: str
    qr: str
    local: bool  # whether the link's address is one of this machine alone
    lasts: str
    used: bool  # the link that was made here opens nothing any more
    phrase: tuple[str, ...]
    typed: str
    phrase_complaint: str
    file_complaint: str
    most: int  # bytes of a file


async def move(request: Request, lang: str) -> Response:
    """`/{lang}/progress/move`."""
    here = world(request)
    return show_move(request, here, here.speak(lang))


async def make_link(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/move/link`: make a link and show it."""
    return await _made(request, lang, "link", tokens.link)


async def make_phrase(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/move/phrase`: make a phrase in the page's language and show it."""
    said: tokens.Lang = "zh" if lang == "zh" else "en"
    return await _made(
        request, lang, "phrase", lambda connection, whose, now: tokens.phrase(connection, whose, said, now)
    )


async def recover(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/move/recover`: become the learner whose phrase was typed."""
    here = world(request)
    words = here.speak(lang)
    form = await request.form(max_files=0, max_fields=4, max_part_size=4 * PHRASE_MOST)
    said = str(form.get("phrase", ""))[:PHRASE_MOST]
    browser, now = learner_of(here, request), here.now()
    try:
        learner = await here.writer.write(lambda connection: tokens.recover(connection, said, browser, now), browser)
    except BadToken as bad:
        told = words(f"carry.bad.{'no-phrase' if bad.reason == 'unknown' else bad.reason}", word=bad.word)
        return show_move(request, here, words, typed=said, phrase_complaint=told)
    return gone_on_as(here, request, lang, learner)


def show_move(
    request: Request,
    here: World,
    words: Words,
    *,
    typed: str = "",
    phrase_complaint: str = "",
    file_complaint: str = "",
    status: int = 0,
) -> Response:
    """The page with what was just made, or with a complaint. Raises Trouble."""
    browser, now = learner_of(here, request), here.now()
    kind, _, secret = unquote(request.cookies.get(SHOWN, "")).partition(":")
    with here.store.reading() as connection:
        learner = learners.known(connection, browser) if browser else None
        opens = _opens(connection, kind, secret, learner, now)
    url = f"{origin(request)}/{words.lang}/carry/{secret}" if kind == "link" and opens else ""
    view = MoveView(
        learner=learner is not None,
        link=url,
        qr=qr_code(url, words("carry.qr")) if url else "",
        local=_is_local(origin(request)),
        lasts=minutes(words, int(LASTS.total_seconds() // 60)),
        used=learner is not None and kind == "link" and not opens,
        phrase=tuple(secret.split()) if kind == "phrase" and opens else (),
        typed=typed,
        phrase_complaint=phrase_complaint,
        file_complaint=file_complaint,
        most=LARGEST,
    )
    complaint = bool(phrase_complaint or file_complaint)
    return private(request, here, words, view, status or (422 if complaint else 200), f"/{words.lang}/progress/move")


def origin(request: Request) -> str:
    """How another device reaches this site: as its operator says, else as this one did."""
    return world(request).settings.origin or str(request.base_url).rstrip("/")


def qr_code(url: str, label: str) -> str:
    """The address as a picture for a camera: black on white whatever the theme, as scanners want it."""
    code = segno.make_qr(url, error="m")
    return code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, title=label, svgclass="qr")


async def _made(request: Request, lang: str, kind: Kind, make: Callable[[Connection, UUID, datetime], str]) -> Response:
    """Make the secret, durably, and show it on the page; for somebody of whom nothing is kept there is none to make."""
    here = world(request)
    here.speak(lang)
    response = RedirectResponse(f"/{lang}/progress/move#{kind}", 303, {"cache-control": "no-store"})
    browser, now = learner_of(here, request), here.now()
    if browser is None:
        return response
    secret = await here.writer.write(lambda connection: _make(connection, browser, now, make), browser)
    if secret:
        secure = request.url.scheme == "https" or here.settings.origin.startswith("https:")
        lasts = int(LASTS.total_seconds())
        shown = quote(f"{kind}:{secret}")
        response.set_cookie(SHOWN, shown, max_age=lasts, samesite="strict", httponly=True, secure=secure)
    return response


def _make(
    connection: Connection, browser: UUID, now: datetime, make: Callable[[Connection, UUID, datetime], str]
) -> str:
    learner = learners.lock(connection, browser)
    return make(connection, learner, now) if learner else ""


def _opens(connection: Connection, kind: str, secret: str, learner: UUID | None, now: datetime) -> bool:
    """Whether what this browser was shown is this learner's and still works."""
    try:
        if kind == "link":
            return tokens.find(connection, "link", secret.encode(), now) == learner
        return kind == "phrase" and tokens.find(connection, "phrase", tokens.entropy(secret), now) == learner
    except BadToken:
        return False


def _is_local(url: str) -> bool:
    """Whether only this machine can open addresses that begin so."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
