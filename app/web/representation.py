"""Bytes ready to be sent, made once: a body, compressed where that helps, with its ETag."""

import gzip
from dataclasses import dataclass
from hashlib import blake2b

from fastapi import Request, Response
from isal import igzip

from app.web.preferences import takes_gzip

_COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "application/xml", "image/svg+xml")


SWIFT = 2  # ISA-L's level: a little smaller than zlib's first, and several times quicker


@dataclass(frozen=True, eq=False)
class Representation:
    """What a URL answers with, whoever asks. `body` is gzip where `compressed`."""

    body: bytes
    compressed: bool
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, media_type: str, *, once: bool = False) -> "Representation":
        """Compress what is text: well, or swiftly what is sent only `once`; pictures are compressed already."""
        compressed = media_type.startswith(_COMPRESSIBLE)
        body = content
        if compressed:
            body = igzip.compress(content, SWIFT, mtime=0) if once else gzip.compress(content, mtime=0)
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        return cls(body, compressed, media_type, f'"{blake2b(body, digest_size=8).hexdigest()}"')

    def response(self, request: Request, *, cache: str, status: int = 200) -> Response:
        """The answer to this request: 304 where the browser has it, gzip where the browser takes it."""
        headers = {"etag": self.etag, "cache-control": cache, "vary": "Accept-Encoding"}
        if status == 200 and self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        body = self.body
        if self.compressed:
            if takes_gzip(request.headers.get("accept-encoding", "")):
                headers["content-encoding"] = "gzip"
            else:
                body = gzip.decompress(body)
        headers["content-type"] = self.media_type
        return Response(body, status, headers)
