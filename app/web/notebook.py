"""The answers to the quiz that a browser is in: its own words, in a cookie, without anything that is not known to it.

What they are worth is found out anew each time, so nothing in it needs to be believed.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping

from fastapi import Request, Response

from app.quiz.answers import Answer
from app.web.answering import joined

COOKIE = "quiz"
A_MONTH = 30 * 24 * 3600
LONGEST = 3900  # bytes: browsers keep cookies of 4096
UNPACKED = 64_000


def answers_of(request: Request, quiz: str) -> dict[int, Answer]:
    """The answers given in that quiz, by number; none when the browser is in another one, or the cookie is not ours."""
    try:
        packed = urlsafe_b64decode(request.cookies.get(COOKIE, "").encode())
        unpacked = zlib.decompressobj().decompress(packed, UNPACKED)
        said = json.loads(unpacked) if unpacked else {}
        if said.get("quiz") != quiz:
            return {}
        return {int(number): joined((str(k), str(v)) for k, v in given.items()) for number, given in said["a"].items()}
    except (Error, ValueError, zlib.error, AttributeError, KeyError, TypeError):
        return {}


def keep(response: Response, quiz: str, answers: Mapping[int, Answer]) -> None:
    """Write them down. Of answers that are too long together the first are forgotten."""
    kept = dict(answers)
    while True:
        text = json.dumps({"quiz": quiz, "a": kept}, ensure_ascii=False, separators=(",", ":"))
        value = urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()
        if len(value) <= LONGEST or not kept:
            break
        del kept[min(kept)]
    response.set_cookie(COOKIE, value, max_age=A_MONTH, samesite="lax", httponly=True)
