"""The answer to an experiment that cannot be read: a page for people, JSON for programs."""

from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from app.web.errors import ErrorView
from app.web.experiment import Misspelt, Unreadable
from app.web.language import CODES, preferred
from app.web.not_here import Link
from app.web.page import Page
from app.web.theme import chosen
from app.web.world import world


def refusal(request: Request, complaint: Unreadable, *, as_json: bool = False) -> Response:
    """413 or 422, and a sentence that says where the mistake is and what was expected."""
    here = world(request)
    lang = parse_qs(request.url.query).get("lang", [""])[-1]
    words = here.words[lang if lang in CODES else preferred(request)]
    sentence = complaint.told(words)
    if as_json:
        where = {"key": complaint.key, "column": complaint.column} if isinstance(complaint, Misspelt) else {}
        return JSONResponse({"detail": sentence, **where}, complaint.status, {"cache-control": "no-store"})
    home = Link(words("error.link.course"), f"/{words.lang}/")
    view = ErrorView(complaint.status, words("error.422.title"), sentence, (home,))
    page = Page(words, request.url.path, "", chosen(request), "", here.settings.origin, found=False)
    return here.renderer.render(page, view).response(request, cache="no-store", status=complaint.status)
