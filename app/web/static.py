"""Style sheets, scripts and pictures."""

from fastapi import Request, Response

from app.web.not_here import NotHere
from app.web.world import world


async def static(request: Request, path: str) -> Response:
    """`/static/{version}/{path}`, or without the version."""
    response = world(request).assets.response(path, request)
    if response is None:
        raise NotHere("error.no-page")
    return response


async def favicon(request: Request) -> Response:
    """For browsers that look for it where it has always been."""
    return await static(request, "img/favicon.ico")


async def worker(request: Request) -> Response:
    """The service worker: at the root, so that all pages are its own, and looked for anew each time."""
    return await static(request, "js/worker.js")
