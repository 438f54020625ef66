"""`ackademy simulate`: a scenario from a file, and what happened as text, as a capture, as a picture."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from unicodedata import east_asian_width

from app.draw.capture import captured, tcpdump
from app.draw.mermaid import mermaid
from app.draw.packetdrill import packetdrill
from app.draw.pcap import pcap
from app.draw.sequence import sequence
from app.draw.standalone import standalone
from app.draw.svg import phase
from app.draw.text import exchange
from app.folders import folder
from app.sim.cursor import ScenarioError
from app.sim.export import to_json
from app.sim.scenario import parse, written
from app.sim.trace import Trace
from app.sim.when import time
from app.sim.world import run
from app.words import Words, load

FAILED, WRONG_INPUT = 1, 2
LARGEST = 4_000  # pixels of a picture's longer side
USUAL = "txt"


class Wishes(NamedTuple):
    """What was asked for besides the form: a host, an instant (µs), the ground of a picture."""

    on: str | None
    at: int | None
    theme: str


class Form(NamedTuple):
    """A way to tell what happened, how it is made, and which of the wishes it heeds."""

    help: str
    make: Callable[[Trace, Words, Wishes], str | bytes]
    heeds: tuple[str, ...] = ()


def _tcpdump(trace: Trace, _: Words, wishes: Wishes) -> str:
    """On a host what it sees; on the wire every segment as it is sent, lost ones too."""
    lines = tcpdump(trace) if wishes.on is None else captured(trace, trace.moments[-1].at, wishes.on)
    return "".join(f"{line}\n" for line in lines)


def _svg(trace: Trace, words: Words, wishes: Wishes) -> str:
    from app.web.palette import palettes  # noqa: PLC0415 - text is quicker without a web server

    svg = sequence(trace, words, id="diagram").svg
    if wishes.at is not None and trace.moments:
        svg = phase(svg, trace.moment_at(wishes.at).index, len(trace.moments) - 1)
    colours = palettes(folder("static"))["dark" if wishes.theme == "dark" else "light"]
    return standalone(svg, colours, written(trace.scenario))


def _png(trace: Trace, words: Words, wishes: Wishes) -> bytes:
    from app.web.png import Painter  # noqa: PLC0415

    drawing = sequence(trace, words, id="diagram")
    zoom = min(2.0, LARGEST / max(drawing.height, drawing.width))
    return Painter(folder("static")).paint(_svg(trace, words, wishes), zoom)


PRINTED = {
    USUAL: Form("as text", lambda trace, words, _: exchange(trace, words) + "\n"),
    "json": Form("the trace as JSON", lambda trace, *_: json.dumps(to_json(trace), ensure_ascii=False) + "\n"),
    "mermaid": Form("as a Mermaid diagram", lambda trace, words, _: mermaid(trace, words)),
    "tcpdump": Form("as tcpdump would print it", _tcpdump, ("on",)),
    "packetdrill": Form("as a packetdrill script", lambda trace, _, wishes: packetdrill(trace, wishes.on), ("on",)),
}
SAVED = {
    "pcap": Form("as a capture file, which Wireshark opens", lambda trace, _, w: pcap(trace, w.on), ("on",)),
    "svg": Form("as a picture", _svg, ("at", "theme")),
    "png": Form("as a picture", _png, ("at", "theme")),
}
UNHEEDED = {
    "on": "--on says whose capture or script it is: give --pcap, --tcpdump or --packetdrill, too.",
    "at": "--at says which moment a picture shows: give --svg or --png, too.",
    "theme": "--theme says on which ground a picture is: give --svg or --png, too.",
}


def simulate(options: argparse.Namespace) -> int:
    """Run a scenario and print what happens, or save it as a file."""
    words = load(folder("content") / "locale")[options.lang]
    try:
        text = sys.stdin.read() if options.file == "-" else Path(options.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return _complain(f"Cannot read {options.file}: {error}", WRONG_INPUT)
    try:
        scenario = parse(text)
    except ScenarioError as mistake:
        return _complain(_pointed_out(mistake, options.file, text, words), WRONG_INPUT)
    if options.on is not None and options.on not in scenario.hosts:
        return _complain(f"There is no host {options.on}; there are {', '.join(scenario.hosts)}.", WRONG_INPUT)
    saved = next((name for name in SAVED if getattr(options, name) is not None), None)
    form = SAVED[saved] if saved else PRINTED[options.form]
    for wish, complaint in UNHEEDED.items():
        if getattr(options, wish) is not None and wish not in form.heeds:
            return _complain(complaint, WRONG_INPUT)
    at = None if options.at is None else time(options.at)
    if options.at is not None and at is None:
        return _complain(f"{options.at} is no time: write 20us, 50ms or 1.5s.", WRONG_INPUT)
    trace = run(scenario)
    status = _told(form.make(trace, words, Wishes(options.on, at, options.theme or "light")), saved, options)
    if status == 0 and trace.stopped_by:
        return _complain(words(f"scenario.stopped-by-{trace.stopped_by}"))
    return status


def _told(made: str | bytes, saved: str | None, options: argparse.Namespace) -> int:
    """Print it, or write it where it was asked for."""
    if saved is None and isinstance(made, str):
        print(made, end="")
        return 0
    content, file = made.encode() if isinstance(made, str) else made, getattr(options, saved or "")
    if file == "-":
        sys.stdout.buffer.write(content)
        return 0
    try:
        Path(file).write_bytes(content)
    except OSError as error:
        return _complain(f"Cannot write {file}: {error.strerror}", WRONG_INPUT)
    return 0


def _pointed_out(mistake: ScenarioError, file: str, text: str, words: Words) -> str:
    """The mistake as a compiler shows one: where, what, and the line with a caret under the place."""
    name = "<stdin>" if file == "-" else file
    lines = text.splitlines()
    line = lines[mistake.line - 1] if mistake.line <= len(lines) else ""
    said = words(mistake.message, **mistake.params)
    under = "".join(_blank(character) for character in line[: mistake.column - 1])
    return f"{name}:{mistake.line}:{mistake.column}: {said}\n  {line}\n  {under}^"


def _blank(character: str) -> str:
    """As wide as the character in a terminal."""
    return "\t" if character == "\t" else "  " if east_asian_width(character) in "FW" else " "


def _complain(sentence: str, status: int = FAILED) -> int:
    print(sentence, file=sys.stderr)
    return status
