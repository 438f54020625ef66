"""A limit per address on what costs the processor: questions, quizzes, the search, the API, whatever is sent."""

import re
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

COSTLY = re.compile(r"/(?:api/|embed/|export/|og/|s/|[a-z]{2}/(?:quiz/|questions/|search|lab|review|progress))")
REFUSAL = "请求太频繁了，请稍等一会儿再试。\nToo many requests. Please wait a little.\n"


class Limit:
    """Answers 429 where one address asks for too much; each process counts for itself."""

    def __init__(self, app: ASGIApp, limit: RateLimitItem) -> None:
        self.app, self.limit = app, limit
        self.counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is costly, and pass on what is within the limit."""
        if scope["type"] == "http" and (scope["method"] == "POST" or COSTLY.match(scope["path"])):
            client = Request(scope).client
            if not self.counter.hit(self.limit, _whose(client.host) if client else ""):
                wait = str(self.limit.get_expiry())
                answer = PlainTextResponse(REFUSAL, 429, {"retry-after": wait})
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _whose(host: str) -> str:
    """The address, or of IPv6 the network of 64 bits: whoever has one address of it has them all (RFC 6177)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host
