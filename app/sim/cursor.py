"""A cursor over the lines of a scenario, and the mistakes that it points at."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeVar

T = TypeVar("T")

SHORT = {"client": "c", "server": "s"}
LONG = {short: long for long, short in SHORT.items()}
MAX_TEXT, MAX_LINES, MAX_DURATION = 20_000, 200, 86_400_000_000
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
        if not self.text.startswith(literal, self.at):
            return False
        self.at += len(literal)
        self.blank()
        return True

    def expect(self, literal: str) -> None:
        """Take that literal, which must be here."""
        if not self.skip(literal):
            raise self.fail("scenario.expected-literal", literal=literal)

    def number(self, message: str = "scenario.expected-number", most: int = (1 << 32) - 1) -> int:
        """A whole number from 0 to `most`, decimal or `0x…`."""
        start = self.at
        text = self.take(r"0x[0-9a-fA-F]{1,8}\b|[0-9]{1,12}(?![0-9])", message)
        value = int(text, 16 if text.startswith("0x") else 10)
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


def series(item: Callable[[Cursor], T]) -> Callable[[Cursor], list[T]]:
    """A reader of items to the end of the line; a line is read once: a fork changes one, and the others stay."""

    @lru_cache(maxsize=128)
    def read(text: str) -> tuple[tuple[T, ...], Mentions]:
        cursor = Cursor(text, 1, Mentions([], []))
        return tuple(cursor.series(item)), cursor.mentions

    def reader(cursor: Cursor) -> list[T]:
        line, start = cursor.line, cursor.at
        try:
            items, mentions = read(cursor.text[start:])
        except ScenarioError as error:
            raise ScenarioError(error.message, line, start + error.column, **error.params) from None
        cursor.at = len(cursor.text)
        cursor.mentions.programs.extend(((line, start + at), host, n) for (_, at), host, n in mentions.programs)
        cursor.mentions.sysctls.extend(((line, start + at), name) for (_, at), name in mentions.sysctls)
        return list(items)

    return reader
