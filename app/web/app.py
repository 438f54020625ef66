"""The application, made from its settings."""

from fastapi import FastAPI

from app.web.api import TITLE, VERSION
from app.web.errors import handle
from app.web.security import SecurityHeaders
from app.web.settings import Settings
from app.web.site import lay_out
from app.web.world import World


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the site. Raises `CatalogError` or `ContentError`, which name file and line, for malformed content."""
    app = FastAPI(title=TITLE, version=VERSION, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.world = World(settings or Settings())
    lay_out(app)
    handle(app)
    app.add_middleware(SecurityHeaders)
    return app
