"""`/s/{code}`: a short link leads to the address that it was made for."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import short_links
from app.progress.trouble import Trouble
from app.web.not_here import NotHere
from app.web.world import World, world

A_DAY = 86_400


async def follow(request: Request, code: str) -> Response:
    """`/s/{code}`: to an address of this site. It never changes, but whoever runs the site may take a link away."""
    here = world(request)
    with here.store.reading() as connection:
        address = short_links.lead(connection, code)
    if address is None:
        raise NotHere("error.no-short-link", code=code[: short_links.LONGEST])
    return RedirectResponse(address, 302, {"cache-control": f"public, max-age={A_DAY}"})


def known(here: World, address: str) -> str:
    """The short path of that address; "" where it has none, or where the database cannot say."""
    try:
        with here.store.reading() as connection:
            code = short_links.find(connection, address)
    except Trouble:
        return ""
    return f"/s/{code}" if code else ""


async def make(request: Request, here: World, address: str) -> bool:
    """Let that address have a short path; whether it has one now, or (False) too many were made. Raises Trouble."""
    if known(here, address):
        return True
    if here.new_links and not here.new_links.take(request):
        return False
    await here.writer.write(lambda connection: short_links.keep(connection, address))
    return True
