"""A scenario: programs, wire and settings. Text in a file, a query string in a link; the two are the same value.

`parse(written(scenario)) == scenario` and `from_query(to_query(scenario)) == scenario` always hold.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus

from app.sim.cursor import SHORT, Cursor, Mentions, ScenarioError
from app.sim.faults import Flood, Forged, Wire
from app.sim.program import Call, Deed, Program, Setting
from app.sim.reader import read_calls, read_deeds, read_settings
from app.sim.wire_reader import MAX_FLOOD, read_forged, read_wire
from app.sim.writer import PARTS, Entries, entries

VERSION = 1  # of the notation; `v` in a link
KEYS = ("wire", "forge", "at", "set")
RESERVED = (*KEYS, "v", "t", "sel", "num", *SHORT.values())  # what a link says of itself, and the short names of hosts
MAX_HOSTS, MAX_PROGRAMS = 16, 64


class Scenario(NamedTuple):
    """Everything that a run depends on. Times are µs."""

    programs: tuple[Program, ...]
    wire: tuple[Wire, ...] = ()
    forged: tuple[Forged | Flood, ...] = ()
    deeds: tuple[Deed, ...] = ()
    dialect: str = "linux"
    settings: tuple[Setting, ...] = ()
    end: int | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts in the order in which they are drawn: who connects, who does neither, who listens."""
        made: dict[str, set[str]] = {}
        for program in self.programs:
            made.setdefault(program.host, set()).update([call.name for call in program.calls])
        return tuple(sorted(made, key=lambda host: ("listen" in made[host], "connect" not in made[host])))

    def calls(self, host: str, name: str) -> bool:
        """Whether a program of that host makes that call."""
        return any(p.host == host and any(call.name == name for call in p.calls) for p in self.programs)


def written(scenario: Scenario) -> str:
    """The canonical text."""
    return "".join(f"{key}: {value}".rstrip() + "\n" for key, value in entries(scenario))


def to_query(scenario: Scenario) -> str:
    """The canonical query string."""
    return _query(_written(part(scenario)) for _, part in PARTS)


def queries(scenario: Scenario) -> Callable[[Scenario], str]:
    """`to_query` for its forks: what a fork has left as it was is not written again."""
    own = [(field, field(scenario), part, _written(part(scenario))) for field, part in PARTS]

    def query(fork: Scenario) -> str:
        return _query(text if field(fork) == before else _written(part(fork)) for field, before, part, text in own)

    return query


def _query(parts: Iterable[str]) -> str:
    return "&".join([*filter(None, parts), f"v={VERSION}"])


def _written(lines: Entries) -> str:
    return "&".join([f"{key}={_quoted(value)}" for key, value in lines])


@lru_cache(maxsize=256)
def _quoted(value: str) -> str:
    """A line as a link has it: a fork changes one, and the others are not quoted again."""
    return quote_plus(value, safe=":;()@,./*")


def from_query(query: str) -> Scenario:
    """The scenario of a query string; keys that are not the notation's own (`t`, `v`) are passed over.

    Raises ScenarioError, whose line counts the keys.
    """
    pairs = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in ("v", "t")]
    return parse("\n".join(f"{key}: {value}" for key, value in pairs))


def parse(text: str) -> Scenario:
    """Read a scenario. Raises ScenarioError at the first mistake."""
    calls: dict[tuple[str, int], tuple[Call, ...]] = {}
    wire: list[Wire] = []
    forged: list[Forged | Flood] = []
    deeds: list[Deed] = []
    settings: list[Setting] = []
    dialect, end = "linux", None
    mentions = Mentions([], [])
    for cursor in Cursor.lines(text, mentions):
        place = cursor.place
        key = cursor.take(r"[a-z][a-z0-9]{0,30}(?:/[0-9]{1,2})?(?=\s*:)", "scenario.expected-key")
        host, _, number = key.partition("/")
        if host in RESERVED and (number or host not in KEYS):
            raise ScenarioError("scenario.expected-key", *place)
        cursor.skip(":")
        match key:
            case "wire":
                wire += read_wire(cursor)
            case "forge":
                forged += read_forged(cursor)
            case "at":
                deeds += read_deeds(cursor)
            case "set":
                spoken, until, values = read_settings(cursor)
                dialect, end = spoken or dialect, end if until is None else until
                settings += values
            case _:
                who, before = (host, int(number or 1)), len(mentions.programs)
                calls[who] = (*calls.get(who, ()), *read_calls(cursor))
                for place, peer, _ in mentions.programs[before:]:
                    if peer == host:
                        raise ScenarioError("scenario.connects-to-itself", *place, host=host)
    programs = tuple(Program(host, number, done) for (host, number), done in calls.items())
    told = Scenario(programs, tuple(wire), tuple(forged), tuple(deeds), dialect, tuple(settings), end)
    return _sound(told, mentions)


def _sound(scenario: Scenario, mentions: Mentions) -> Scenario:
    """What no single line can tell: bounds, programs that are spoken of but not there, sysctls under `rfc`."""
    hosts = {program.host for program in scenario.programs}
    if len(hosts) < 2:
        raise ScenarioError("scenario.two-hosts", 1, 1)
    if len(hosts) > MAX_HOSTS:
        raise ScenarioError("scenario.too-many-hosts", 1, 1, limit=MAX_HOSTS)
    if len(scenario.programs) > MAX_PROGRAMS:
        raise ScenarioError("scenario.too-many-programs", 1, 1, limit=MAX_PROGRAMS)
    injected = sum(forged.number if isinstance(forged, Flood) else 1 for forged in scenario.forged)
    if injected > MAX_FLOOD:
        raise ScenarioError("scenario.too-many-forged", 1, 1, limit=MAX_FLOOD)
    for place, host, number in mentions.programs:
        if not any(p.host == host and number in (None, p.number) for p in scenario.programs):
            raise ScenarioError("scenario.unknown-host", *place, host=host, hosts=", ".join(scenario.hosts))
    for place, name in mentions.sysctls:
        if scenario.dialect == "rfc":
            raise ScenarioError("scenario.sysctl-under-rfc", *place, name=name)
    return scenario
