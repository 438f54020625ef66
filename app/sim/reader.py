"""Reading the scenario notation: a cursor over a line, and one function for each kind of thing that a line holds."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from app.sim.faults import Cut, Delay, Fault, Forged, Ref, Wire
from app.sim.program import FORMS, Call, Deed, Setting, When
from app.sim.settings import BOUND, BOUNDS, OWN, SYSCTLS
from app.tcp.dialect import DIALECTS

T = TypeVar("T")

SHORT = {"client": "c", "server": "s"}
LONG = {short: long for long, short in SHORT.items()}
MAX_TEXT, MAX_LINES, MAX_CALLS, MAX_SEND, MAX_DURATION = 20_000, 200, 500, 1_000_000, 86_400_000_000
FLAGS = r"(?:-|(?=[SFR.]|P\.)S?F?R?P?\.?)(?![SFRP.-])"
UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}


class ScenarioError(Exception):
    """A mistake in a scenario: where it is (both from 1), and the id and parameters of what to say about it."""

    def __init__(self, message: str, line: int, column: int, **params: str | int) -> None:
        super().__init__(f"{line}:{column}: {message} {params}")
        self.message, self.line, self.column, self.params = message, line, column, params


Place = tuple[int, int]  # line and column, both from 1


class Mentions(NamedTuple):
    """Who and what was spoken of, and where: only the whole scenario tells whether it is there."""

    programs: list[tuple[Place, str, int | None]]
    sysctls: list[tuple[Place, str]]


class Cursor:
    """A place in one line."""

    def __init__(self, text: str, line: int, mentions: Mentions) -> None:
        self.text, self.line, self.mentions = text, line, mentions
        self.at, self.calls = 0, 0

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.line, self.at + 1

    @classmethod
    def lines(cls, text: str, mentions: Mentions) -> Iterator["Cursor"]:
        """A cursor at the beginning of each line that says something; `#` begins a comment."""
        if len(text) > MAX_TEXT or text.count("\n") >= MAX_LINES:
            raise ScenarioError("scenario.too-long", 1, 1, characters=MAX_TEXT, lines=MAX_LINES)
        for number, whole in enumerate(text.splitlines(), start=1):
            cursor = cls(whole.split("#")[0].rstrip(), number, mentions)
            if cursor.text.strip():
                cursor.blank()
                yield cursor

    def blank(self) -> None:
        """Pass over white space."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def fail(self, message: str, at: int | None = None, **params: str | int) -> ScenarioError:
        """The mistake at this place, or at column index `at`."""
        return ScenarioError(message, self.line, (self.at if at is None else at) + 1, **params)

    def match(self, pattern: str) -> str | None:
        """Take what the pattern matches here, and the white space behind it; None where it does not."""
        found = re.compile(pattern).match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        self.blank()
        return found.group()

    def take(self, pattern: str, message: str, **params: str | int) -> str:
        """As `match`, but a mistake where it does not."""
        start = self.at
        found = self.match(pattern)
        if found is None:
            raise self.fail(message, start, **params)
        return found

    def skip(self, literal: str) -> bool:
        """Take that literal if it is here."""
        return self.match(re.escape(literal)) is not None

    def expect(self, literal: str) -> None:
        """Take that literal, which must be here."""
        self.take(re.escape(literal), "scenario.expected-literal", literal=literal)

    def number(self, message: str = "scenario.expected-number", most: int = (1 << 32) - 1) -> int:
        """A whole number from 0 to `most`."""
        start = self.at
        value = int(self.take(r"[0-9]{1,12}(?![0-9])", message))
        if value > most:
            raise self.fail("scenario.number-too-large", start, most=most)
        return value

    def duration(self) -> int:
        """A duration with its unit, in µs."""
        start = self.at
        text = self.take(r"[0-9]{1,11}(?:\.[0-9]{1,6})?(?:s|ms|us)\b", "scenario.expected-duration")
        figure, unit = re.findall(r"[0-9.]+|[a-z]+", text)
        whole, _, fraction = figure.partition(".")
        us = int(whole) * UNITS[unit] + int(fraction.ljust(6, "0") or 0) * UNITS[unit] // 1_000_000
        if us > MAX_DURATION:
            raise self.fail("scenario.duration-too-long", start)
        return us

    def host(self) -> str:
        """A host's name, or `c` and `s` for client and server."""
        place = self.place
        name = self.take(r"[a-z][a-z0-9]*", "scenario.expected-host")
        self.mentions.programs.append((place, LONG.get(name, name), None))
        return LONG.get(name, name)

    def series(self, item: Callable[["Cursor"], T], closing: str | None = None) -> list[T]:
        """Items between semicolons, to the end of the line or to `closing`."""
        items: list[T] = []
        while not self.ended(closing):
            items.append(item(self))
            if not self.ended(closing):
                self.expect(";")
        return items

    def ended(self, closing: str | None) -> bool:
        """Whether the line, or the block that `closing` closes, ends here."""
        return self.at >= len(self.text) or (closing is not None and self.text.startswith(closing, self.at))


def read_calls(cursor: Cursor) -> list[Call]:
    """`listen(8); accept*{recv; close}; c=connect(server:80, from=40000); close@1s`."""
    return cursor.series(_call)


def _call(cursor: Cursor, nested: bool = False) -> Call:
    cursor.calls += 1
    if cursor.calls > MAX_CALLS:
        raise cursor.fail("scenario.too-many-calls", limit=MAX_CALLS)
    binds = cursor.match(r"[a-z][a-z0-9_]*(?=\s*=)")
    if binds is not None:
        cursor.expect("=")
    on = cursor.match(r"[a-z][a-z0-9_]*(?=\.)")
    if on is not None:
        cursor.expect(".")
    start = cursor.at
    name = cursor.take(r"[a-z]+", "scenario.expected-call", calls=", ".join(FORMS))
    if name not in FORMS:
        raise cursor.fail("scenario.unknown-call", start, call=name, calls=", ".join(FORMS))
    call = Call(name, on=on, binds=binds)
    block: tuple[Call, ...] | None = None
    if name == "accept" and not nested and cursor.skip("*"):
        cursor.expect("{")
        block = tuple(cursor.series(lambda inner: _call(inner, True), "}"))
        cursor.expect("}")
    elif cursor.skip("("):
        call = _arguments(cursor, call)
    if FORMS[name].required and call.number is None and call.word is None:
        raise cursor.fail("scenario.argument-missing", start, call=name)
    sign = cursor.match(r"[@+]")
    return call._replace(block=block, when=When(sign, cursor.duration()) if sign else None)


def _arguments(cursor: Cursor, call: Call) -> Call:
    form = FORMS[call.name]
    while not cursor.skip(")"):
        start = cursor.at
        option = cursor.match(r"[a-z]+(?=\s*=)")
        if option is not None and option in form.options:
            cursor.expect("=")
            if option == "timeout":
                call = call._replace(timeout=cursor.duration())
            else:
                call = call._replace(from_port=cursor.number(most=65535))
        elif (
            option is None
            and form.number
            and call.number is None
            and call.word is None
            and cursor.match(r"(?=[0-9])") is not None
        ):
            call = call._replace(number=cursor.number(most=MAX_SEND))
        elif option is None and form.host and call.word is None:
            call = call._replace(word=cursor.host(), number=cursor.number(most=65535) if cursor.skip(":") else None)
        elif (
            option is None
            and call.word is None
            and call.number is None
            and (word := cursor.match("|".join(form.words) or r"(?!)"))
        ):
            call = call._replace(word=word)
        else:
            raise cursor.fail("scenario.unknown-argument", start, call=call.name)
        if not cursor.skip(","):
            cursor.expect(")")
            break
    return call


def read_wire(cursor: Cursor) -> list[Wire]:
    """`delay 50ms; delay c 400ms@607ms; drop c4; drop s[S.]; dup s2+30ms; late c3+200ms; cut 610ms..900ms`."""
    return cursor.series(_wire)


def _wire(cursor: Cursor) -> Wire:
    kind = cursor.take(r"(?:delay|drop|dup|late|cut)\b", "scenario.expected-wire")
    if kind == "delay":
        host = cursor.host() if cursor.match(r"(?=[a-z])") is not None else None
        us = cursor.duration()
        return Delay(us, host, cursor.duration() if cursor.skip("@") else 0)
    if kind == "cut":
        host = cursor.host() if cursor.match(r"(?=[a-z])") is not None else None
        start = cursor.duration()
        cursor.expect("..")
        end = cursor.duration()
        if end <= start:
            raise cursor.fail("scenario.empty-range")
        return Cut(start, end, host)
    ref = _ref(cursor)
    if kind == "drop":
        return Fault(kind, ref)
    cursor.expect("+")
    return Fault(kind, ref, cursor.duration())


def _ref(cursor: Cursor) -> Ref:
    """`c1`, `c4..7`, `c5..`, `c:40001.2`, `s[S.]`, `s[S.]1`, `client2.1`."""
    place = cursor.place
    name = cursor.take(r"[cs](?=[0-9:\[])|[a-z][a-z0-9]*(?=[.:\[])", "scenario.expected-segment")
    host = LONG.get(name, name)
    cursor.mentions.programs.append((place, host, None))
    conn = None
    if cursor.skip(":"):
        conn = cursor.number(most=65535)
        cursor.expect(".")
    elif name not in LONG:
        cursor.skip(".")
    if cursor.skip("["):
        flags = cursor.take(FLAGS, "scenario.expected-flags").replace("P", "")
        cursor.expect("]")
        nth = cursor.match(r"[0-9]{1,6}")
        return Ref(host, int(nth or 1), int(nth) if nth else None, flags, conn)
    start = cursor.at
    first = cursor.number("scenario.expected-segment", 100_000)
    last: int | None = first
    if cursor.skip(".."):
        last = cursor.number(most=100_000) if cursor.match(r"(?=[0-9])") is not None else None
    if first < 1 or (last is not None and last < first):
        raise cursor.fail("scenario.empty-range", start)
    return Ref(host, first, last, None, conn)


def read_forged(cursor: Cursor) -> list[Forged]:
    """`c S 100102:100102(0) @1s; c R nxt @616ms; s . 1:101(100) ack 1 @2s`."""
    return cursor.series(_forged)


def _forged(cursor: Cursor) -> Forged:
    host = cursor.host()
    conn = cursor.number(most=65535) if cursor.skip(":") else None
    flags = cursor.take(FLAGS, "scenario.expected-flags")
    seq, length = None, 0
    if not cursor.skip("nxt"):
        seq = _relative(cursor)
        cursor.expect(":")
        end_at, end = cursor.at, _relative(cursor)
        length = end - seq
        if cursor.skip("("):
            if cursor.number(most=65535) != length:
                raise cursor.fail("scenario.length-mismatch", end_at, length=length)
            cursor.expect(")")
        if not 0 <= length <= 65535:
            raise cursor.fail("scenario.length-mismatch", end_at, length=length)
    elif cursor.skip("("):
        length = cursor.number(most=65535)
        cursor.expect(")")
    ack, has_ack = None, "." in flags
    ack_at = cursor.at
    if cursor.skip("ack"):
        if not has_ack:
            raise cursor.fail("scenario.ack-without-flag", ack_at, flags=flags)
        ack = None if cursor.skip("nxt") else _relative(cursor)
    cursor.expect("@")
    return Forged(host, flags, seq, length, ack, has_ack, cursor.duration(), conn)


def _relative(cursor: Cursor) -> int:
    return int(cursor.take(r"-?[0-9]{1,10}", "scenario.expected-number"))


def read_deeds(cursor: Cursor) -> list[Deed]:
    """`1s client.close; 2s client/2.send(100); 810ms server.tcp_abort_on_overflow=1`."""
    return cursor.series(_deed)


def _deed(cursor: Cursor) -> Deed:
    at, place, host = cursor.duration(), cursor.place, cursor.host()
    number = cursor.number(most=64) if cursor.skip("/") else 1
    cursor.mentions.programs.append((place, host, number))
    cursor.expect(".")
    if cursor.match(r"(?=[a-z0-9_]+\s*=)") is not None:
        return Deed(at, host, number, _value(cursor, host, tuple(SYSCTLS)))
    return Deed(at, host, number, _call(cursor))


def read_settings(cursor: Cursor) -> tuple[str | None, int | None, list[Setting]]:
    """`rfc; client.isn=4294967295; tcp_syn_retries=2; end=5.5s` as (dialect, end, settings)."""
    dialect: str | None = None
    end: int | None = None
    settings: list[Setting] = []

    def item(cursor: Cursor) -> None:
        nonlocal dialect, end
        if (named := cursor.match("|".join(rf"{name}\b" for name in DIALECTS))) is not None:
            dialect = named
        elif cursor.match(r"end(?=\s*=)") is not None:
            cursor.expect("=")
            end = cursor.duration()
        else:
            own = cursor.match(rf"(?=(?:{'|'.join(OWN)})\b)") is not None
            host = cursor.host() if own or cursor.match(r"(?=[a-z][a-z0-9]*\.)") is not None else None
            if host is not None:
                cursor.expect(".")
            settings.append(_value(cursor, host, (*OWN, *SYSCTLS)))

    cursor.series(item)
    return dialect, end, settings


def _value(cursor: Cursor, host: str | None, known: tuple[str, ...]) -> Setting:
    start = cursor.at
    name = cursor.take(r"[a-z][a-z0-9_]*", "scenario.expected-setting")
    if name not in known:
        raise cursor.fail("scenario.unknown-setting", start, name=name, known=", ".join(known))
    if name in SYSCTLS:
        cursor.mentions.sysctls.append(((cursor.line, start + 1), name))
    cursor.expect("=")
    return Setting(host, name, cursor.number(most=BOUNDS.get(name, BOUND)))
