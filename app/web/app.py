"""The application, made from its settings."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI
from limits import parse

from app.progress.place import Place
from app.web.api import TITLE, VERSION
from app.web.errors import handle, too_many
from app.web.firsts import OneLearner
from app.web.limits import Limit
from app.web.security import SameSite, SecurityHeaders
from app.web.settings import Settings
from app.web.site import lay_out
from app.web.watch import Numbers, Watch
from app.web.world import World

YOUNG = 20_000  # objects made before the collector looks at those that have come since; Python's own number is 700


@contextmanager
def settled() -> Iterator[None]:
    """What is built in here stays as long as the process: the garbage collector is spared looking at it.

    That is a third of the time to start, and a pause less for whoever asks for a page. Afterwards it looks less often:
    a page makes some thousands of objects, and next to none of them is part of a cycle.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG)
        gc.enable()


def create_app(settings: Settings | None = None, place: Place | None = None) -> FastAPI:
    """Build the site; `place` is where progress is kept.

    Raises `CatalogError` or `ContentError`, which name file and line, for malformed content.
    """
    app = FastAPI(title=TITLE, version=VERSION, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    chosen = settings or Settings()
    with settled():
        app.state.world = World(chosen, place or Place())
    lay_out(app)
    handle(app)
    app.add_middleware(OneLearner)
    app.add_middleware(SameSite)
    if chosen.limit:
        app.add_middleware(Limit, limit=parse(chosen.limit), refuse=too_many)
    app.add_middleware(SecurityHeaders)
    app.state.numbers = Numbers()
    if chosen.metrics or chosen.log:
        app.add_middleware(Watch, numbers=app.state.numbers, log=bool(chosen.log))
    return app
