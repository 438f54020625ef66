"""The page that a carrying link opens in another browser: it says what would happen, and does it only when asked."""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import learners, tally, tokens
from app.progress.tally import Tally
from app.progress.tokens import BadToken
from app.web.learners import learner_of, remember
from app.web.rendering import View
from app.web.world import World, world
from app.words import Words


@dataclass(frozen=True)
class CarryView:
    """What a link would do in this browser; `problem` says why it does nothing."""

    template: ClassVar[str] = "progress/carry.html"
    problem: str
    there: Tally
    here: Tally
    same: bool  # both are the same progress already


async def carry(request: Request, lang: str, token: str) -> Response:
    """`/{lang}/carry/{token}`: says what the link would do. It does nothing: chat programs look at links, too."""
    here = world(request)
    words = here.speak(lang)
    browser = learner_of(here, request)
    try:
        with here.store.reading() as connection:
            learner = tokens.find(connection, "link", token.encode(), here.now())
            own = learners.known(connection, browser) if browser else None
            mine = tally.of(connection, own) if own else Tally()
            view = CarryView("", tally.of(connection, learner), mine, own == learner)
    except BadToken as bad:
        return _opens_nothing(request, here, words, bad)
    return private(request, here, words, view)


async def carried(request: Request, lang: str, token: str) -> Response:
    """POST `/{lang}/carry/{token}`: use the link up, and go on here with what it leads to."""
    here = world(request)
    words = here.speak(lang)
    browser, now = learner_of(here, request), here.now()
    try:
        learner = await here.writer.write(lambda connection: tokens.redeem(connection, token, browser, now), browser)
    except BadToken as bad:
        return _opens_nothing(request, here, words, bad)
    return gone_on_as(here, request, lang, learner)


def gone_on_as(here: World, request: Request, lang: str, learner: UUID) -> Response:
    """To the progress that this browser has from now on."""
    response = RedirectResponse(f"/{lang}/progress?said=carried", 303, {"cache-control": "no-store"})
    if browser := learner_of(here, request):
        here.dues.pop(browser, None)
    remember(here, request, response, learner)
    return response


def private(request: Request, here: World, words: Words, view: View, status: int = 200, path: str = "") -> Response:
    """A page with a secret on it: kept nowhere, and told to no search engine."""
    page = here.page(request, words, "progress")
    page = replace(page, path=path or page.path, found=False)
    response = here.answer(request, words, here.renderer.render(page, view), status)
    response.headers["cache-control"] = "no-store"
    return response


def _opens_nothing(request: Request, here: World, words: Words, bad: BadToken) -> Response:
    view = CarryView(words(f"carry.bad.{bad.reason}"), Tally(), Tally(), same=False)
    return private(request, here, words, view, 410 if bad.reason == "expired" else 404)
