"""The timeline sheet: every timer and default, its numbers taken from the machine, its sysctls checked against it."""

from dataclasses import dataclass
from typing import NamedTuple

from app.course.claims import known_host, moment
from app.course.links import Links
from app.course.markdown import Document
from app.course.pen import Pen, plain
from app.course.scenarios import Scenarios
from app.course.source import Mistake
from app.sim.settings import SYSCTLS, applied
from app.tcp.dialect import LINUX, RFC

GROUPS = ("opening", "data", "closing", "limits")
TIMES = (  # what the dialects decide that is a length of time
    "rto_initial",
    "rto_after_syn_loss",
    "rto_min",
    "rto_max",
    "syn_patience",
    "syn_ack_patience",
    "data_patience",
    "ack_delay",
    "challenge_interval",
    "close_wait",
    "time_wait",
    "orphan_fin_wait_2",
    "tw_reuse_delay",
    "keepalive_time",
    "keepalive_interval",
)


class Sysctl(NamedTuple):
    """A sysctl with its default, as text, and where the kernel's documentation defines it."""

    name: str
    default: str
    href: str


class Span(NamedTuple):
    """How a timer ran: when segments left, and when it was over; µs since it was started."""

    sent: tuple[int, ...]
    over: int


@dataclass(frozen=True, slots=True)
class Timer:
    """An entry of the sheet. `rfc` is what RFC 9293 says of it, in µs; `bounded` whether it has a word on that at all.

    `span` is how it runs on Linux with its defaults.
    """

    id: str
    group: str
    name: str
    html: str
    rfc: int | None
    bounded: bool
    sysctls: tuple[Sysctl, ...]
    span: Span | None


def timers(document: Document, links: Links, scenarios: Scenarios) -> tuple[Timer, ...]:
    """The entries, in the order of the file. What is wrong is reported."""
    pen = Pen(document.source, links)
    found = []
    for directive in document.walk():
        tokens = directive.tokens
        if len(tokens) < 4 or tokens[0].type != "heading_open" or tokens[0].tag != "h3":
            document.source.report(directive.line, "a timer begins with its name (### …) and goes on with what it does")
            continue
        said = directive.attributes
        try:
            found.append(
                Timer(
                    directive.id,
                    _group(said.get("group", "")),
                    plain(tokens[1]),
                    pen.blocks(tokens[3:]),
                    _rfc(said.get("rfc")),
                    "rfc" in said,
                    tuple(_sysctl(text, links) for text in said.get("sysctls", "").split()),
                    _span(said, scenarios) if "scenario" in said else None,
                )
            )
        except Mistake as mistake:
            document.source.report(directive.line, str(mistake))
    return tuple(found)


def _group(word: str) -> str:
    if word not in GROUPS:
        raise Mistake(f"there is no group “{word}”: there are {', '.join(GROUPS)}")
    return word


def _rfc(field: str | None) -> int | None:
    """The time that the dialect of the RFC has in that field; None where it sets no limit."""
    if field is not None and field not in TIMES:
        raise Mistake(f"the dialects decide no time called “{field}”")
    value: int | None = getattr(RFC, field) if field else None
    return value


def _sysctl(text: str, links: Links) -> Sysctl:
    """`tcp_syn_retries=6`: the machine must have that default, where it knows the sysctl."""
    name, equals, default = text.partition("=")
    if not equals:
        raise Mistake(f"expected sysctl=default, not “{text}”")
    if name in SYSCTLS and not default.isdecimal():
        raise Mistake(f"{name} is a number, not “{default}”")
    if name in SYSCTLS and applied(LINUX, name, int(default)) != LINUX:
        raise Mistake(f"{name}={default} is not what the machine has by default")
    return Sysctl(name, default, links.resolve(f"kernel:ip-sysctl#{name}")["href"])


def _span(said: dict[str, str], scenarios: Scenarios) -> Span:
    """How the timer ran in its scenario. Raises Mistake where it would be over before it has begun."""
    trace = scenarios.trace(said["scenario"])
    host = known_host(trace, said.get("host", "client"))
    begin, end = said.get("from", "start"), said.get("until", "end")
    start, over = (trace.moments[moment(trace, words)].at for words in (begin, end))
    if over <= start:
        raise Mistake(f"“{end}” does not come after “{begin}”")
    sent = tuple(one.at - start for one in trace.sent if one.source == host and start < one.at <= over)
    return Span(sent, over - start)
