"""Requests on a few kept connections, as lean as Python allows, so that the server is what is measured."""

import asyncio
import time

CONNECTIONS = 8
REQUEST = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n"
CHINESE = "lang=zh"


def requests_per_second(port: int, path: str, requests: int, cookie: str = CHINESE) -> float:
    """How many answers came in a second, of so many requests. Anything but 200 is an error."""
    return asyncio.run(_measure(port, path, requests, cookie))


def latencies(port: int, paths: list[str], cookie: str = CHINESE) -> list[float]:
    """How long each of those took, ms, one after the other on one connection."""
    return asyncio.run(_in_turn(port, paths, cookie))


def transferred(port: int, path: str) -> tuple[int, bytes]:
    """The bytes of one answer as they came over the wire, head included, and its body."""
    return asyncio.run(_once(port, path))


async def _measure(port: int, path: str, requests: int, cookie: str) -> float:
    request = REQUEST.format(path=path, cookie=cookie).encode()
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    await asyncio.gather(*(_repeat(*stream, request, requests // CONNECTIONS) for stream in streams))
    seconds = time.perf_counter() - begin
    for _, writer in streams:
        writer.close()
    return requests // CONNECTIONS * CONNECTIONS / seconds


async def _repeat(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, times: int
) -> tuple[bytes, bytes]:
    head = body = b""
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        _, _, length = head.lower().partition(b"content-length: ")
        body = await reader.readexactly(int(length.partition(b"\r")[0]))
    return head, body


async def _in_turn(port: int, paths: list[str], cookie: str) -> list[float]:
    stream = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for path in paths:
        begin = time.perf_counter()
        await _repeat(*stream, REQUEST.format(path=path, cookie=cookie).encode(), 1)
        times.append((time.perf_counter() - begin) * 1000)
    stream[1].close()
    return times


async def _once(port: int, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, body = await _repeat(reader, writer, REQUEST.format(path=path, cookie=CHINESE).encode(), 1)
    writer.close()
    return len(head) + len(body), body
