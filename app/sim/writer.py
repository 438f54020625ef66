"""Writing a scenario: each kind of thing as the notation has it, the inverse of the readers."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from app.sim.cursor import SHORT
from app.sim.faults import Cut, Delay, Fault, Flood, Forged, Ref, Wire
from app.sim.program import Blow, Call, Deed, Setting

if TYPE_CHECKING:
    from app.sim.scenario import Scenario


def duration(us: int) -> str:
    """A duration in the largest unit that leaves it whole: `50ms`."""
    for unit, size in (("s", 1_000_000), ("ms", 1_000)):
        if us % size == 0:
            return f"{us // size}{unit}"
    return f"{us}us"


Entries = Iterator[tuple[str, str]]


def entries(scenario: "Scenario") -> Entries:
    """Each line: its key, and what stands after the colon."""
    for _, part in PARTS:
        yield from part(scenario)


def _programs(scenario: "Scenario") -> Entries:
    for program in scenario.programs:
        key = program.host if program.number == 1 else f"{program.host}/{program.number}"
        yield key, _calls(program.calls)


def _at(scenario: "Scenario") -> Entries:
    if scenario.deeds:
        yield "at", "; ".join(map(_deed, scenario.deeds))


def _on_the_wire(scenario: "Scenario") -> Entries:
    if scenario.wire:
        yield "wire", "; ".join(map(_wire, scenario.wire))


def _forge(scenario: "Scenario") -> Entries:
    if scenario.forged:
        yield "forge", "; ".join(map(_forged, scenario.forged))


def _set(scenario: "Scenario") -> Entries:
    settings = [scenario.dialect] if scenario.dialect != "linux" else []
    settings += map(_setting, scenario.settings)
    if scenario.end is not None:
        settings.append(f"end={duration(scenario.end)}")
    if settings:
        yield "set", "; ".join(settings)


# The parts of the text in their order: what of a scenario each is written from, and how.
PARTS: tuple[tuple[Callable[["Scenario"], object], Callable[["Scenario"], Entries]], ...] = (
    (attrgetter("programs"), _programs),
    (attrgetter("deeds"), _at),
    (attrgetter("wire"), _on_the_wire),
    (attrgetter("forged"), _forge),
    (attrgetter("dialect", "settings", "end"), _set),
)


@lru_cache(maxsize=128)
def _calls(calls: tuple[Call, ...]) -> str:
    """A program: a fork changes one, and the others are not written again."""
    return "; ".join(map(call_text, calls))


def call_text(call: Call) -> str:
    """A call as the notation has it: `a=connect(server:80)+1s`."""
    given = arguments(call)
    text = f"{call.binds}=" if call.binds else ""
    text += f"{call.on}." if call.on else ""
    text += call.name + ("*" if call.block is not None else "")
    text += f"({', '.join(given)})" if given else ""
    text += "{" + "; ".join(map(call_text, call.block)) + "}" if call.block is not None else ""
    return text + (f"{call.when.sign}{duration(call.when.us)}" if call.when else "")


def arguments(call: Call) -> list[str]:
    """What stands in a call's parentheses, one by one."""
    if call.value is not None:
        return [f"{call.word}={call.value}"]
    if call.name == "sleep" and call.timeout is not None:
        return [duration(call.timeout)]
    given = [str(call.number)] if call.number is not None and not call.word else []
    if call.word:
        given.append(call.word if call.number is None else f"{call.word}:{call.number}")
    if call.nonblock:
        given.append("nonblock")
    if call.from_port is not None:
        given.append(f"from={call.from_port}")
    if call.data is not None:
        given.append(f"data={call.data}")
    if call.timeout is not None:
        given.append(f"timeout={duration(call.timeout)}")
    return given


def _ref(ref: Ref) -> str:
    host = SHORT.get(ref.host, f"{ref.host}.")
    if ref.flags is not None:
        whose = f"{host.rstrip('.')}:{ref.conn}." if ref.conn is not None else host
        return f"{whose}[{ref.flags}]" + ("" if (ref.first, ref.last) == (1, None) else _range(ref))
    numbers = _range(ref)
    return f"{host.rstrip('.')}:{ref.conn}.{numbers}" if ref.conn is not None else host + numbers


def _range(ref: Ref) -> str:
    return str(ref.first) if ref.first == ref.last else f"{ref.first}..{ref.last or ''}"


def _wire(wire: Wire) -> str:
    match wire:
        case Delay(us, host, since):
            whose = f"{SHORT.get(host, host)} " if host else ""
            return f"delay {whose}{duration(us)}" + (f"@{duration(since)}" if since else "")
        case Cut(start, end, host):
            return f"cut {SHORT.get(host, host) + ' ' if host else ''}{duration(start)}..{duration(end)}"
        case Fault(kind, ref, us):
            return f"{kind} {_ref(ref)}" + (f"+{duration(us)}" if kind != "drop" else "")


def _forged(forged: Forged | Flood) -> str:
    if isinstance(forged, Flood):
        return f"flood {forged.number} every {duration(forged.every)} @{duration(forged.at)}"
    conn = "" if forged.conn is None else f":{forged.conn}"
    host = SHORT.get(forged.host, forged.host)
    seq = "nxt" if forged.seq is None else f"{forged.seq}:{forged.seq + forged.length}"
    seq += f"({forged.length})" if forged.seq is not None or forged.length else ""
    ack = f" ack {'nxt' if forged.ack is None else forged.ack}" if forged.has_ack else ""
    ts = "" if forged.ts is None else f" ts {forged.ts}"
    return f"{host}{conn} {forged.flags} {seq}{ack}{ts} @{duration(forged.at)}"


def _setting(setting: Setting) -> str:
    return f"{setting.host + '.' if setting.host else ''}{setting.name}={setting.value}"


def _deed(deed: Deed) -> str:
    who = deed.host if deed.number == 1 else f"{deed.host}/{deed.number}"
    match deed.deed:
        case Call() as call:
            what = f".{call_text(call)}"
        case Setting(_, name, value):
            what = f".{name}={value}"
        case Blow(kind):
            what = f"!{kind}"
    return f"{duration(deed.at)} {who}{what}"
