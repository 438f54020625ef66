"""The site. A route reads its input, calls one thing, renders; the map of all routes is `site.py`."""

from app.web.app import create_app
from app.web.settings import Settings

__all__ = ["Settings", "create_app"]
