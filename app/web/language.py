"""Which language: the one in the address; at `/`, what the visitor read last, or what the browser prefers."""

from collections.abc import Mapping

from babel import negotiate_locale
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.web.preferences import preferences
from app.words import LANGUAGES

COOKIE = "lang"
A_YEAR = 365 * 24 * 3600
CODES = tuple(language.lang for language in LANGUAGES)
DEFAULT = "en"


async def root(request: Request) -> Response:
    """`/` → the course in the visitor's language."""
    headers = {"cache-control": "private, no-cache", "vary": "Accept-Language, Cookie"}
    return RedirectResponse(f"/{preferred(request)}/", 302, headers)


def preferred(request: Request) -> str:
    """The code of the visitor's language: from the cookie, else from `Accept-Language`, else English."""
    return _from_cookie(request.cookies) or _from_header(request.headers.get("accept-language", "")) or DEFAULT


def remember(lang: str, request: Request, response: Response) -> None:
    """Keep the language being read, so that `/` comes back to it."""
    if request.cookies.get(COOKIE) != lang:
        response.set_cookie(COOKIE, lang, max_age=A_YEAR, samesite="lax", httponly=True)


def in_language(lang: str, path: str) -> str:
    """The same page in that language: `/zh/states` → `/en/states`."""
    first, *rest = path.removeprefix("/").split("/")
    return "/".join(("", lang, *rest)) if first in CODES and rest else f"/{lang}/"


def _from_cookie(cookies: Mapping[str, str]) -> str | None:
    lang = cookies.get(COOKIE)
    return lang if lang in CODES else None


def _from_header(header: str) -> str | None:
    tags = [tag for tag, weight in preferences(header).items() if weight > 0]
    return negotiate_locale(tags, CODES, sep="-")
