"""Light, dark, or as the system is: one cookie, set by a form that needs no script."""

from typing import Annotated, Literal, cast, get_args
from urllib.parse import urlsplit

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from app.web.language import A_YEAR

COOKIE = "theme"
Theme = Literal["system", "light", "dark"]


async def choose(to: Annotated[Theme, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Keep the choice and return to the page it was made on."""
    response = RedirectResponse(back if _is_here(back) else "/", 303)
    if to == "system":
        response.delete_cookie(COOKIE, samesite="lax", httponly=True)
    else:
        response.set_cookie(COOKIE, to, max_age=A_YEAR, samesite="lax", httponly=True)
    return response


def chosen(request: Request) -> Theme:
    """The theme that this browser was told to keep."""
    theme = request.cookies.get(COOKIE)
    return cast(Theme, theme) if theme in get_args(Theme) else "system"


def _is_here(url: str) -> bool:
    """Whether it is a path of this site; two slashes, of either kind, begin the name of another."""
    return url.startswith("/") and url[1:2] not in ("/", "\\") and url.isprintable() and not urlsplit(url).netloc
