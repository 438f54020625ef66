"""The static files, all in memory, each compressed when it is first asked for.

Their address carries the version of the whole tree as a folder.
A folder rather than `?v=…`: so the relative imports of the scripts and the pictures of the style sheets are versioned
with no build step, and every file can be kept for ever by browsers.
"""

import re
from functools import lru_cache
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path

from fastapi import Request, Response

from app.web.representation import Representation

_VERSION = re.compile(r"v-[0-9a-f]{12}/")
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class Assets:
    """What is under `/static/`."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        }
        digest = blake2b(digest_size=6)
        for name, content in self._files.items():
            digest.update(name.encode() + b"\0" + content)
        self.version = f"v-{digest.hexdigest()}"
        self._represented = lru_cache(maxsize=None)(self._represent)

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def url(self, name: str) -> str:
        """The versioned address of a file; a name that does not exist is a mistake in a template."""
        if name not in self._files:
            raise LookupError(f"no static file {name}")
        return f"/static/{self.version}/{name}"

    def response(self, name: str, request: Request) -> Response | None:
        """The answer for that file, named with the version or without; None if there is no such file."""
        version = _VERSION.match(name)
        plain = name[version.end() :] if version else name
        if plain not in self._files:
            return None
        current = name.startswith(f"{self.version}/")
        cache = "public, max-age=31536000, immutable" if current else "no-cache"
        return self._represented(plain).response(request, cache=cache)

    def _represent(self, name: str) -> Representation:
        return Representation.of(self._files[name], _media_type(name))


def _media_type(name: str) -> str:
    return _TYPES.get(Path(name).suffix) or guess_type(name)[0] or "application/octet-stream"
