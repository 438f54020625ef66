"""A file that somebody sends, in memory, and no longer than it may be."""

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

FRAME = 100_000  # bytes that a form may have besides the file
PATIENCE = 4  # how many times too long a file may be and still be heard to its end, for an answer that gets there


class TooLarge(Exception):
    """There is more of it than is taken."""


async def uploaded(request: Request, field: str, most: int) -> bytes:
    """The file of that field, empty where there is none. Raises TooLarge."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return b""
    stream = _bounded(request.stream(), most + FRAME)
    try:
        form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=4).parse()
    except MultiPartException:
        return b""
    try:
        file = form.get(field)
        content = await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await form.close()
    if len(content) > most:
        raise TooLarge
    return content


async def _bounded(stream: AsyncGenerator[bytes, None], most: int) -> AsyncGenerator[bytes, None]:
    """The stream; what is too long is read on without being kept, so that the browser will listen to the answer."""
    length = 0
    async for chunk in stream:
        length += len(chunk)
        if length > PATIENCE * most:
            break
        if length <= most:
            yield chunk
    if length > most:
        raise TooLarge
