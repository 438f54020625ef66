"""Delete everything, really: a page that says what would go, and what went."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from app.progress import learners, tally
from app.progress.tally import Tally
from app.web.answering import whole
from app.web.learners import drop, learner_of
from app.web.move import SHOWN
from app.web.world import World, world

COUNTED = ("answers", "steps", "settings", "levels", "remarks")
MOST = 10**9
GONE, MOMENT = "gone", 60  # the cookie of somebody who has just deleted everything, and how many seconds it lasts


@dataclass(frozen=True)
class ForgetView:
    """What would be deleted, or what has been; with nothing in it, there is nothing."""

    template: ClassVar[str] = "progress/delete.html"
    tally: Tally
    done: bool
    empty: bool


async def ask(request: Request, lang: str) -> Response:
    """`/{lang}/progress/delete`: what would go, and the button."""
    here = world(request)
    browser = learner_of(here, request)
    with here.store.reading() as connection:
        learner = learners.known(connection, browser) if browser else None
        counted = tally.of(connection, learner) if learner else Tally()
    return _page(request, here, lang, ForgetView(counted, done=False, empty=learner is None))


async def delete(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/delete`: it is gone from the database, and the cookie from the browser."""
    here = world(request)
    here.speak(lang)
    browser = learner_of(here, request)
    gone = Tally()
    if browser:
        gone = await here.writer.write(lambda connection: _forget(connection, browser), browser, erasing=True)
        here.dues.pop(browser, None)
    counts = {name: getattr(gone, name) for name in COUNTED}
    headers = {"cache-control": "no-store", "clear-site-data": '"cache"'}
    response = RedirectResponse(f"/{lang}/progress/deleted?{urlencode(counts)}", 303, headers)
    drop(request, response)
    response.delete_cookie(SHOWN, samesite="strict", httponly=True)
    response.set_cookie(GONE, "1", max_age=MOMENT, samesite="strict", httponly=True)
    return response


async def deleted(request: Request, lang: str) -> Response:
    """`/{lang}/progress/deleted?answers=…`: what went. Whoever has deleted nothing is led to where that is done."""
    here = world(request)
    if GONE not in request.cookies:
        return RedirectResponse(f"/{lang}/progress/delete", 303, {"cache-control": "no-store"})
    counts = {name: whole(request.query_params.get(name), 0, MOST, 0) for name in COUNTED}
    view = ForgetView(Tally(None, **counts), done=True, empty=not any(counts.values()))
    return _page(request, here, lang, view, f"?{urlencode(counts)}")


def _forget(connection: Connection, browser: UUID) -> Tally:
    learner = learners.known(connection, browser)
    counted = tally.of(connection, learner) if learner else Tally()
    learners.forget(connection, browser)
    return counted


def _page(request: Request, here: World, lang: str, view: ForgetView, query: str = "") -> Response:
    words = here.speak(lang)
    page = here.page(request, words, "progress", query)
    return here.answer(request, words, here.renderer.render(page, view))
