"""The captures of real kernels, as files."""

from fastapi import Request, Response

from app.web.not_here import NotHere
from app.web.representation import Representation
from app.web.world import world

MEDIA_TYPE = "application/vnd.tcpdump.pcap"


async def capture(request: Request, name: str) -> Response:
    """`/captures/{name}.pcap`."""
    files = world(request).course.captures
    if name not in files:
        raise NotHere("error.no-page")
    return Representation.of(files[name], MEDIA_TYPE).response(request, cache="public, max-age=86400")
