"""The headers that tell a browser what this site never does."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
# Of no meaning for what a document loads, some thirty files for a lesson. A worker, which is text/javascript, too, but
# not kept for ever, has a policy of its own.
OF_DOCUMENTS = ("content-security-policy", "cross-origin-opener-policy", "permissions-policy")
LOADED = (b"text/css", b"text/javascript")
_ALL = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_FEW = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name not in OF_DOCUMENTS]


class SameSite:
    """Turns away what another site makes a browser send: by `Sec-Fetch-Site`, or by `Origin` where that is missing.

    Browsers have sent the first to https and localhost since 2023; to plain http elsewhere they send only the second.
    Programs send neither, and carry no cookies that they were not given.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to a form of another site, and pass everything else on."""
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            site, origin = headers.get("sec-fetch-site"), headers.get("origin")
            elsewhere = bool(origin) and _host(origin or "") != headers.get("host")
            if site not in ("same-origin", "none") if site else elsewhere:
                await PlainTextResponse("This form belongs to another site.\n", 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _host(origin: str) -> str | None:
    """The host and port of an origin; None where it is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


class SecurityHeaders:
    """Adds them to every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, the start of a response with the headers added."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                own = dict(said)
                loaded = own.get(b"content-type", b"").startswith(LOADED)
                wanted = _FEW if loaded and b"immutable" in own.get(b"cache-control", b"") else _ALL
                message["headers"] = [*said, *(header for header in wanted if header[0] not in own)]
            await send(message)

        await self.app(scope, receive, send_with_headers)
