"""What an application does: blocking socket calls in order (the scenario notation's programs)."""

from typing import NamedTuple


class When(NamedTuple):
    """When a call is made: not before the instant `us` (`@`), or `us` after the previous call returned (`+`)."""

    sign: str
    us: int


class Call(NamedTuple):
    """One socket call. `number` is its positional count (a backlog, bytes, a port), `word` its positional word."""

    name: str
    number: int | None = None
    word: str | None = None  # eof, wr, rd, a host, or the name of a socket option
    timeout: int | None = None  # of accept, recv and poll; of sleep, how long
    from_port: int | None = None
    data: int | None = None  # connect(data=n): bytes that Fast Open may send with the SYN
    nonblock: bool = False  # connect(nonblock) returns at once
    value: int | None = None  # setsockopt(NAME=value)
    on: str | None = None  # the socket's name; None: the latest
    binds: str | None = None  # the name given to the socket that comes of it
    when: When | None = None
    block: tuple["Call", ...] | None = None  # accept*{…}: what is done with each connection


class Program(NamedTuple):
    """The calls of one program; `host/2:` is the second program of a host."""

    host: str
    number: int
    calls: tuple[Call, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it gives to its sockets; those in a block are known only there."""
        named = (call.binds for call in self.calls if call.block is None)
        return tuple(dict.fromkeys(name for name in named if name is not None))


class Setting(NamedTuple):
    """`name=value`, for one host or (None) for all. The value of a belief or of a range of ports is text."""

    host: str | None
    name: str
    value: int | str


class Blow(NamedTuple):
    """What befalls a host: `kill`, `crash`, `reboot` or `destroy`."""

    kind: str


BLOW_KINDS = ("kill", "crash", "reboot", "destroy")


class Deed(NamedTuple):
    """What `at:` does at the instant `at`, whatever is blocked: a call of program `number`, a setting, or a blow."""

    at: int
    host: str
    number: int
    deed: Call | Setting | Blow


class Form(NamedTuple):
    """What a call may be given: `number`, `words`, a host or a duration positionally, `options` by name."""

    number: bool = False
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: bool = False
    host: bool = False
    duration: bool = False
    settings: bool = False  # NAME=value of `SOCKET_OPTIONS`


# The socket options that setsockopt knows, each with the largest value that makes sense.
SOCKET_OPTIONS = {
    "SO_LINGER": 3600,  # seconds; 0: close() aborts
    "SO_KEEPALIVE": 1,
    "SO_REUSEADDR": 1,
    "SO_RCVBUF": 1_000_000,  # bytes
    "TCP_KEEPIDLE": 32767,  # seconds
    "TCP_KEEPINTVL": 32767,  # seconds
    "TCP_KEEPCNT": 127,
    "TCP_USER_TIMEOUT": 86_400_000,  # milliseconds
    "TCP_NODELAY": 1,
    "TCP_LINGER2": 3600,  # seconds
    "TCP_DEFER_ACCEPT": 3600,  # seconds
    "TCP_FASTOPEN": 65535,  # how many may wait
}


FORMS: dict[str, Form] = {
    "listen": Form(number=True),
    "accept": Form(options=("timeout",)),
    "connect": Form(host=True, words=("nonblock",), options=("from", "data")),
    "send": Form(number=True, required=True),
    "recv": Form(number=True, words=("eof",), options=("timeout",)),
    "shutdown": Form(words=("wr", "rd"), required=True),
    "close": Form(),
    "abort": Form(),
    "bind": Form(number=True, required=True),
    "setsockopt": Form(settings=True, required=True),
    "getsockopt": Form(words=("SO_ERROR",), required=True),
    "poll": Form(options=("timeout",)),
    "sleep": Form(duration=True, required=True),
}
