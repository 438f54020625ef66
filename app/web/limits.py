"""Limits per address: on what costs the processor (quizzes, search, API, whatever is sent), and on what is kept."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

COSTLY = re.compile(
    r"/(?:api/|embed/|export/|oembed|og/|s/|[a-z]{2}/(?:quiz/|questions/|search|lab|share|review|progress))"
)


class Allowance:
    """How much of something each address may have; each process counts for itself."""

    def __init__(self, limit: RateLimitItem) -> None:
        self.limit = limit
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, request: Request) -> bool:
        """One more for whoever asks, if that is within the limit."""
        return self._counter.hit(self.limit, _whose(request.client.host) if request.client else "")


class Limit:
    """Answers 429 where one address asks for too much; `refuse` is what it says: how many seconds there are to wait."""

    def __init__(self, app: ASGIApp, limit: RateLimitItem, refuse: Callable[[Request, int], Response]) -> None:
        self.app, self.wait, self.refuse, self.allowance = app, limit.get_expiry(), refuse, Allowance(limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is costly, and pass on what is within the limit."""
        costly = scope["type"] == "http" and (scope["method"] == "POST" or COSTLY.match(scope["path"]))
        if costly and not self.allowance.take(Request(scope)):
            response = self.refuse(Request(scope), self.wait)
            response.headers["retry-after"] = str(self.wait)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _whose(host: str) -> str:
    """The address, or of IPv6 the network of 64 bits: whoever has one address of it has them all (RFC 6177)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host
