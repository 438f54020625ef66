"""The notation of `conversations/*.tcp`: one endpoint, what reaches it, and all that it does about it.

The first line is a comment, the name of the test. Then a header, then events, each followed by what it must cause:

    under rfc linux                  the dialects that must behave so; `with receive_buffer=50` changes fields of them
    continues active-open            begins where that conversation ends
    isn 4294967290 100               our ISN and the peer's; without it the conversation is held with several pairs

    > S. 0:0(0) ack 1                a segment arrives: letters, first:end(length), and perhaps `ack` and `win`
    connect                          a call: connect listen send(100) recv(100) shutdown(wr) close abort
    +1s                              time passes; nothing may happen on the way, what happens at its end must be told
    the accept queue is full         …the accept queue has room, the SYN queue is full, cookies are out

    < . 1:1(0) ack 1                 a segment that leaves; all of them, in order. None written: silence
    = ESTABLISHED                    a state that is entered; all of them, in order. None written: the state stays
    ! ECONNREFUSED                   the errno that a call gives, or that the connection ends with. None written: none
    by syn-sent.syn-ack              a rule that fired
    ? RCV.NXT 101, unread 100        what the block holds afterwards

Numbers are relative to the ISN of the side that counts them, absolute with an `@`. A line that is none of these is an
error, as is an expectation that follows no event.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

FOLDER = Path(__file__).parent / "conversations"

CALLS = r"(?P<call>connect|listen|send|recv|shutdown|close|abort)(?:\((?P<given>\d+|wr)\))?"
SEGMENT = (
    r"(?P<letters>-|S?F?R?P?\.?) (?P<seq>@?-?\d+):(?P<end>@?-?\d+)\((?P<length>\d+)\)"
    r"(?: ack (?P<ack>@?-?\d+))?(?: win (?P<window>\d+))?"
)
DURATION = r"(?P<figure>\d+(?:\.\d+)?)(?P<unit>us|ms|s|h)"
QUEUES = "the accept queue is full|the accept queue has room|the SYN queue is full|cookies are out"
CIRCLE = 1 << 32
UNITS = {"h": 3_600_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}


class NotationError(Exception):
    """A conversation that is not written as it should be; names file and line."""


@dataclass(frozen=True)
class Number:
    """A sequence number as written."""

    value: int
    absolute: bool


@dataclass(frozen=True)
class Written:
    """A segment as written."""

    letters: str
    seq: Number
    length: int
    ack: Number | None
    window: int | None


@dataclass
class Exchange:
    """An event and all that it must cause."""

    line: int
    text: str
    segment: Written | None = None
    call: str | None = None
    given: str | None = None
    wait: int | None = None
    queue: str | None = None
    leaves: list[Written] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    errno: str | None = None
    rules: list[str] = field(default_factory=list)
    holds: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Conversation:
    """A whole file."""

    path: Path
    title: str
    dialects: tuple[str, ...]
    changes: dict[str, int]
    isns: tuple[int, int] | None
    continues: str | None
    exchanges: list[Exchange]


def read(path: Path) -> Conversation:
    """The conversation in that file. Raises NotationError at the first line that is not understood."""
    return parse(path.read_text(encoding="utf-8"), path)


def parse(text: str, path: Path) -> Conversation:
    """The conversation that is `text`; `path` is where it came from."""
    lines = text.splitlines()

    def fail(line: int, message: str) -> NoReturn:
        raise NotationError(f"{path.name}:{line}: {message}")

    if not lines or not lines[0].startswith("# "):
        fail(1, "the first line is a comment, the name of the test")
    conversation = Conversation(path, lines[0][2:].strip(), (), {}, None, None, [])
    for line, what in _said(lines[1:], start=2):
        if not _header(conversation, what) and not _event(conversation, line, what):
            if not conversation.exchanges:
                fail(line, f"an event comes first, not {what!r}")
            if not _expectation(conversation.exchanges[-1], what):
                fail(line, f"not understood: {what!r}")
    if not conversation.dialects:
        fail(len(lines), "under which dialect?")
    if not conversation.exchanges:
        fail(len(lines), "nothing happens")
    return conversation


def _said(lines: list[str], start: int) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start):
        if what := line.split("#")[0].strip():
            yield number, what


def _header(conversation: Conversation, what: str) -> bool:
    if conversation.exchanges:
        return False
    if found := re.fullmatch(r"under((?: (?:rfc|linux))+)(?: with((?: \w+=\d+)+))?", what):
        conversation.dialects = tuple(found[1].split())
        changes = (change.split("=") for change in (found[2] or "").split())
        conversation.changes = {name: int(value) for name, value in changes}
    elif found := re.fullmatch(r"isn (\d+) (\d+)", what):
        conversation.isns = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"continues ([a-z0-9-]+)", what):
        conversation.continues = found[1]
    else:
        return False
    return True


def _event(conversation: Conversation, line: int, what: str) -> bool:
    exchange = Exchange(line, what)
    if what.startswith("> ") and (segment := written(what[2:])):
        exchange.segment = segment
    elif found := re.fullmatch(CALLS, what):
        exchange.call, exchange.given = found["call"], found["given"]
    elif found := re.fullmatch(r"\+" + DURATION, what):
        exchange.wait = round(float(found["figure"]) * UNITS[found["unit"]])
    elif re.fullmatch(QUEUES, what):
        exchange.queue = what
    else:
        return False
    conversation.exchanges.append(exchange)
    return True


def _expectation(exchange: Exchange, what: str) -> bool:
    if what.startswith("< ") and (segment := written(what[2:])):
        exchange.leaves.append(segment)
    elif found := re.fullmatch(r"= ([A-Z0-9-]+)", what):
        exchange.states.append(found[1])
    elif (found := re.fullmatch(r"! (E[A-Z]+)", what)) and exchange.errno is None:
        exchange.errno = found[1]
    elif found := re.fullmatch(r"by ([a-z0-9.-]+)", what):
        exchange.rules.append(found[1])
    elif what.startswith("? ") and (held := re.findall(r"([A-Za-z.]+) (-?\d+|[\d.]+m?s)(?:, |$)", what[2:])):
        exchange.holds += held
    else:
        return False
    return True


def written(text: str) -> Written | None:
    """A segment in packetdrill's way of writing; None if it is not written so, or its length does not add up."""
    found = re.fullmatch(SEGMENT, text)
    if found is None:
        return None
    seq, end, length = _number(found["seq"]), _number(found["end"]), int(found["length"])
    after = seq.value + length
    adds_up = end == Number(after % CIRCLE if seq.absolute else after, seq.absolute)
    if not adds_up or ("." in found["letters"]) != (found["ack"] is not None):
        return None
    window = None if found["window"] is None else int(found["window"])
    return Written(found["letters"], seq, length, _number(found["ack"]) if found["ack"] else None, window)


def _number(text: str) -> Number:
    return Number(int(text.removeprefix("@")), text.startswith("@"))
