"""A browser that sends two first answers at once gets two learners: its next request makes them one.

Neither answer knows of the other, and the later cookie takes the place of the earlier one. So a new learner's tag comes
in a second cookie as well, whose name is the learner's own: nothing takes its place.
"""

from uuid import UUID

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.progress import history, learners
from app.progress.trouble import Trouble
from app.web.learners import FIRST, learner_of
from app.web.world import World, world


class OneLearner:
    """Makes one of the learners that a browser has become at once.

    Only of those that began in this browser within an hour: another site of the same domain could give it more cookies.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, after the two are one; where they cannot be now, the next request tries again."""
        if scope["type"] == "http" and (others := await _joined(Request(scope))):
            send = _dropping(others, send)
        await self.app(scope, receive, send)


async def _joined(request: Request) -> tuple[str, ...]:
    """The cookies of learners that are part of this browser's learner now."""
    found = tuple(name for name in request.cookies if name.startswith(FIRST))
    if len(found) < 2:
        return ()
    here = world(request)
    own = learner_of(here, request)
    firsts = {learner: name for name in found if (learner := here.signer.learner(request.cookies[name]))}
    if own is None or firsts.pop(own, None) is None:
        return ()
    try:
        await here.writer.write(lambda connection: _join(here, connection, sorted(firsts), own), own)
    except Trouble:
        return ()
    here.dues.pop(own, None)
    return tuple(firsts.values())


def _join(here: World, connection: Connection, others: list[UUID], own: UUID) -> None:
    for other in others:
        if learners.known(connection, other):  # not one that has been deleted since
            history.merge(connection, other, own, here.now())


def _dropping(names: tuple[str, ...], send: Send) -> Send:
    """Let the answer take these cookies away."""

    async def send_and_drop(message: Message) -> None:
        if message["type"] == "http.response.start":
            dropped = Response()
            for name in names:
                dropped.delete_cookie(name, samesite="lax", httponly=True)
            said = [header for header in dropped.raw_headers if header[0] == b"set-cookie"]
            message["headers"] = [*message.get("headers", ()), *said]
        await send(message)

    return send_and_drop
