"""The evening that is under way: its length and its beginning, kept by the browser for as long as it is looked at."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fastapi import Request, Response

from app.web.answering import whole

COOKIE = "evening"
USUAL, SHORTEST, LONGEST = 90, 10, 600  # minutes
BREAK = 3 * 3600  # seconds after which whoever comes back to the plan begins another evening


class Evening(NamedTuple):
    """How many minutes there are, and since when; `began` is in UTC, in whole seconds."""

    minutes: int
    began: datetime


def under_way(request: Request, now: datetime) -> Evening | None:
    """The evening of this browser; None where there is none, or the cookie is nonsense."""
    minutes, _, began = request.cookies.get(COOKIE, "").partition("-")
    length, since = whole(minutes, SHORTEST, LONGEST, 0), whole(began, 0, int(now.timestamp()), 0)
    evening = Evening(length, datetime.fromtimestamp(since, UTC))
    return evening if length and now - evening.began <= timedelta(minutes=LONGEST) else None


def planned(request: Request, now: datetime) -> Evening:
    """The evening that is asked for: of the length in the address, else the one under way, else of the usual one."""
    before = under_way(request, now)
    length = whole(request.query_params.get("minutes"), SHORTEST, LONGEST, before.minutes if before else USUAL)
    return Evening(length, before.began if before else now.replace(microsecond=0))


def keep(response: Response, evening: Evening) -> None:
    """Let the browser come back to it."""
    value = f"{evening.minutes}-{int(evening.began.timestamp())}"
    response.set_cookie(COOKIE, value, max_age=BREAK, samesite="lax", httponly=True)
