"""A scenario: programs, wire and settings. Text in a file, a query string in a link; the two are the same value.

`parse(written(scenario)) == scenario` and `from_query(to_query(scenario)) == scenario` always hold.
"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from app.sim.faults import Cut, Delay, Fault, Forged, Ref, Wire
from app.sim.program import Call, Deed, Program, Setting
from app.sim.reader import (
    SHORT,
    Cursor,
    Mentions,
    ScenarioError,
    read_calls,
    read_deeds,
    read_forged,
    read_settings,
    read_wire,
)

VERSION = 1  # of the notation; `v` in a link
KEYS = ("wire", "forge", "at", "set")
RESERVED = (*KEYS, "v", "t", *SHORT.values())
MAX_HOSTS, MAX_PROGRAMS = 16, 64


class Scenario(NamedTuple):
    """Everything that a run depends on. Times are µs."""

    programs: tuple[Program, ...]
    wire: tuple[Wire, ...] = ()
    forged: tuple[Forged, ...] = ()
    deeds: tuple[Deed, ...] = ()
    dialect: str = "linux"
    settings: tuple[Setting, ...] = ()
    end: int | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts in the order in which they are drawn: who connects, who does neither, who listens."""
        named = dict.fromkeys(program.host for program in self.programs)
        return tuple(sorted(named, key=lambda host: (self.calls(host, "listen"), not self.calls(host, "connect"))))

    def calls(self, host: str, name: str) -> bool:
        """Whether a program of that host makes that call."""
        return any(p.host == host and any(call.name == name for call in p.calls) for p in self.programs)


def written(scenario: Scenario) -> str:
    """The canonical text."""
    return "".join(f"{key}: {value}".rstrip() + "\n" for key, value in _entries(scenario))


def to_query(scenario: Scenario) -> str:
    """The canonical query string."""
    return urlencode([*_entries(scenario), ("v", VERSION)], safe=":;()@,./*")


def from_query(query: str) -> Scenario:
    """The scenario of a query string; keys that are not the notation's own (`t`, `v`) are passed over.

    Raises ScenarioError, whose line counts the keys.
    """
    pairs = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in ("v", "t")]
    return parse("\n".join(f"{key}: {value}" for key, value in pairs))


def parse(text: str) -> Scenario:
    """Read a scenario. Raises ScenarioError at the first mistake."""
    calls: dict[tuple[str, int], tuple[Call, ...]] = {}
    rest = Scenario(())
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
                rest = rest._replace(wire=(*rest.wire, *read_wire(cursor)))
            case "forge":
                rest = rest._replace(forged=(*rest.forged, *read_forged(cursor)))
            case "at":
                rest = rest._replace(deeds=(*rest.deeds, *read_deeds(cursor)))
            case "set":
                dialect, end, settings = read_settings(cursor)
                rest = rest._replace(
                    dialect=dialect or rest.dialect,
                    end=rest.end if end is None else end,
                    settings=(*rest.settings, *settings),
                )
            case _:
                who, spoken = (host, int(number or 1)), len(mentions.programs)
                calls[who] = (*calls.get(who, ()), *read_calls(cursor))
                for place, peer, _ in mentions.programs[spoken:]:
                    if peer == host:
                        raise ScenarioError("scenario.connects-to-itself", *place, host=host)
    programs = tuple(Program(host, number, done) for (host, number), done in calls.items())
    return _sound(rest._replace(programs=programs), mentions)


def _sound(scenario: Scenario, mentions: Mentions) -> Scenario:
    """What no single line can tell: bounds, programs that are spoken of but not there, sysctls under `rfc`."""
    if len(scenario.hosts) < 2:
        raise ScenarioError("scenario.two-hosts", 1, 1)
    if len(scenario.hosts) > MAX_HOSTS:
        raise ScenarioError("scenario.too-many-hosts", 1, 1, limit=MAX_HOSTS)
    if len(scenario.programs) > MAX_PROGRAMS:
        raise ScenarioError("scenario.too-many-programs", 1, 1, limit=MAX_PROGRAMS)
    for place, host, number in mentions.programs:
        if not any(p.host == host and number in (None, p.number) for p in scenario.programs):
            raise ScenarioError("scenario.unknown-host", *place, host=host, hosts=", ".join(scenario.hosts))
    for place, name in mentions.sysctls:
        if scenario.dialect == "rfc":
            raise ScenarioError("scenario.sysctl-under-rfc", *place, name=name)
    return scenario


def duration(us: int) -> str:
    """A duration in the largest unit that leaves it whole: `50ms`."""
    for unit, size in (("s", 1_000_000), ("ms", 1_000)):
        if us % size == 0:
            return f"{us // size}{unit}"
    return f"{us}us"


def _entries(scenario: Scenario) -> Iterable[tuple[str, str]]:
    for program in scenario.programs:
        key = program.host if program.number == 1 else f"{program.host}/{program.number}"
        yield key, "; ".join(map(_call, program.calls))
    if scenario.deeds:
        yield "at", "; ".join(map(_deed, scenario.deeds))
    if scenario.wire:
        yield "wire", "; ".join(map(_wire, scenario.wire))
    if scenario.forged:
        yield "forge", "; ".join(map(_forged, scenario.forged))
    settings = [scenario.dialect] if scenario.dialect != "linux" else []
    settings += map(_setting, scenario.settings)
    if scenario.end is not None:
        settings.append(f"end={duration(scenario.end)}")
    if settings:
        yield "set", "; ".join(settings)


def _call(call: Call) -> str:
    given = [str(call.number)] if call.number is not None and not call.word else []
    if call.word:
        given.append(call.word if call.number is None else f"{call.word}:{call.number}")
    if call.from_port is not None:
        given.append(f"from={call.from_port}")
    if call.timeout is not None:
        given.append(f"timeout={duration(call.timeout)}")
    text = f"{call.binds}=" if call.binds else ""
    text += f"{call.on}." if call.on else ""
    text += call.name + ("*" if call.block is not None else "")
    text += f"({', '.join(given)})" if given else ""
    text += "{" + "; ".join(map(_call, call.block)) + "}" if call.block is not None else ""
    return text + (f"{call.when.sign}{duration(call.when.us)}" if call.when else "")


def _ref(ref: Ref) -> str:
    host = SHORT.get(ref.host, f"{ref.host}.")
    if ref.flags is not None:
        whose = f"{host.rstrip('.')}:{ref.conn}." if ref.conn is not None else host
        return f"{whose}[{ref.flags}]" + ("" if ref.last is None else str(ref.first))
    numbers = str(ref.first) if ref.first == ref.last else f"{ref.first}..{ref.last or ''}"
    return f"{host.rstrip('.')}:{ref.conn}.{numbers}" if ref.conn is not None else host + numbers


def _wire(wire: Wire) -> str:
    match wire:
        case Delay(us, host, since):
            whose = f"{SHORT.get(host, host)} " if host else ""
            return f"delay {whose}{duration(us)}" + (f"@{duration(since)}" if since else "")
        case Cut(start, end, host):
            return f"cut {SHORT.get(host, host) + ' ' if host else ''}{duration(start)}..{duration(end)}"
        case Fault(kind, ref, us):
            return f"{kind} {_ref(ref)}" + (f"+{duration(us)}" if kind != "drop" else "")


def _forged(forged: Forged) -> str:
    conn = "" if forged.conn is None else f":{forged.conn}"
    host = SHORT.get(forged.host, forged.host)
    seq = "nxt" if forged.seq is None else f"{forged.seq}:{forged.seq + forged.length}"
    seq += f"({forged.length})" if forged.seq is not None or forged.length else ""
    ack = f" ack {'nxt' if forged.ack is None else forged.ack}" if forged.has_ack else ""
    return f"{host}{conn} {forged.flags} {seq}{ack} @{duration(forged.at)}"


def _setting(setting: Setting) -> str:
    return f"{setting.host + '.' if setting.host else ''}{setting.name}={setting.value}"


def _deed(deed: Deed) -> str:
    who = deed.host if deed.number == 1 else f"{deed.host}/{deed.number}"
    what = _call(deed.deed) if isinstance(deed.deed, Call) else f"{deed.deed.name}={deed.deed.value}"
    return f"{duration(deed.at)} {who}.{what}"
