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
    word: str | None = None  # eof, wr, rd, or a host
    timeout: int | None = None
    from_port: int | None = None
    on: str | None = None  # the socket's name; None: the latest
    binds: str | None = None  # the name given to the socket that comes of it
    when: When | None = None
    block: tuple["Call", ...] | None = None  # accept*{…}: what is done with each connection


class Program(NamedTuple):
    """The calls of one program; `host/2:` is the second program of a host."""

    host: str
    number: int
    calls: tuple[Call, ...]


class Setting(NamedTuple):
    """`name=value`, for one host or (None) for all."""

    host: str | None
    name: str
    value: int


class Deed(NamedTuple):
    """What `at:` does at the instant `at`, whatever is blocked: a call of program `number`, or a setting."""

    at: int
    host: str
    number: int
    deed: Call | Setting


class Form(NamedTuple):
    """What a call may be given: `number` and `words` positionally, `options` by name."""

    number: bool = False
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: bool = False
    host: bool = False


FORMS: dict[str, Form] = {
    "listen": Form(number=True),
    "accept": Form(options=("timeout",)),
    "connect": Form(host=True, options=("from",)),
    "send": Form(number=True, required=True),
    "recv": Form(number=True, words=("eof",), options=("timeout",)),
    "shutdown": Form(words=("wr", "rd"), required=True),
    "close": Form(),
    "abort": Form(),
}
