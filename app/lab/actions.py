"""What can be done at a moment of a run: calls on each end of a connection, blows to hosts, faults of segments.

Everything is data: what to call it, and the scenario that it leads to. What would lead nowhere is not offered.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from app.lab import forks
from app.lab.dialects import dialect_at
from app.lab.said import Said, said
from app.lab.sockets import Handle, handles
from app.sim.faults import Fault
from app.sim.program import BLOW_KINDS, Program
from app.sim.scenario import Scenario
from app.sim.trace import Befell, Trace
from app.sim.writer import duration
from app.tcp import calls as tcp
from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.states import ARCS, Cause, State

SENT_BYTES = 100
COPY_AFTER = 30_000  # µs
LATE_BY = 200_000  # µs
STEPS = (1_000, 100, 10, 1)  # µs


class Action(NamedTuple):
    """Something that can be done, and what comes of it."""

    what: Said
    scenario: Scenario


class EndActions(NamedTuple):
    """The calls that make sense on a host's end of a connection; `conn` None: on the host itself, or its listener."""

    host: str
    conn: int | None
    state: State
    calls: tuple[Action, ...]


class HostActions(NamedTuple):
    """What may befall a host."""

    host: str
    blows: tuple[Action, ...]


class SegmentActions(NamedTuple):
    """What can be done to a segment."""

    name: str
    actions: tuple[Action, ...]


class Possible(NamedTuple):
    """All that can be done at a moment: calls and blows come at `at` (µs), just after what has happened then."""

    at: int
    ends: tuple[EndActions, ...]
    hosts: tuple[HostActions, ...]
    in_flight: tuple[SegmentActions, ...]


def possible(trace: Trace, at: int, *, segments: bool = True) -> Possible:
    """What can be done when the clock stands at `at` (µs); without `segments` nothing is said of those on the wire."""
    then = instant(trace, at)
    held, down = handles(trace, then), _down(trace, at)
    ends = [_host(trace, at, then, host, held) for host in trace.scenario.hosts if host not in down]
    ends += [_end(trace, at, then, key, held) for key in trace.connections if key[0] not in down]
    hosts = tuple(HostActions(host, _blows(trace, at, then, host, down=host in down)) for host in trace.scenario.hosts)
    flying = tuple(SegmentActions(name, on_segment(trace, name)) for name in (in_flight(trace, at) if segments else ()))
    return Possible(then, tuple(end for end in ends if end.calls), hosts, flying)


def instant(trace: Trace, at: int) -> int:
    """The instant (µs) of what is done when the clock stands at `at`.

    What `at:` says comes before all else of its instant. So where something happens at `at`, it is a round while later,
    but before the next thing happens.
    """
    times = [moment.at for moment in trace.moments]
    if at not in times:
        return at
    after = min((time for time in times if time > at), default=at + 2 * STEPS[0])
    return at + next((step for step in STEPS if at + step < after), 1)


def in_flight(trace: Trace, at: int) -> tuple[str, ...]:
    """The segments that are on the wire after what happens at `at` (µs), in the order in which they were sent."""
    real = (sent for sent in trace.sent if sent.at <= at and not sent.forged)
    return tuple(sent.name for sent in real if any(end > at for end in (*sent.arrivals, sent.lost_at or -1)))


def on_segment(trace: Trace, name: str, at: int | None = None) -> tuple[Action, ...]:
    """What can be done to that segment. With `at` (µs) also to let an old duplicate of it arrive then."""
    scenario, sent = trace.scenario, trace.segments[name]
    if sent.forged:
        return _offered([(said("lab.do.unforge", name=name), partial(forks.unforge, scenario, name))])
    faults = {item.kind for item in scenario.wire if isinstance(item, Fault) and item.ref == forks.ref(name)}
    wishes: list[Wish] = []
    if not sent.arrivals:
        wishes.append((said("lab.do.deliver", name=name), partial(forks.deliver, trace, name)))
    else:
        wishes.append((said("lab.do.lose", name=name), partial(forks.lose, scenario, name)))
        if "dup" not in faults:
            words = said("lab.do.duplicate", name=name, ms=COPY_AFTER // 1_000)
            wishes.append((words, partial(forks.duplicate, scenario, name, COPY_AFTER)))
        if "late" not in faults:
            words = said("lab.do.delay", name=name, ms=LATE_BY // 1_000)
            wishes.append((words, partial(forks.delay, scenario, name, LATE_BY)))
    undoable = [kind for kind in ("dup", "late") if kind in faults]
    wishes += [(said(f"lab.do.undo-{kind}", name=name), partial(forks.undo, scenario, kind, name)) for kind in undoable]
    if at is not None:
        wishes.append((said("lab.do.replay", name=name), partial(forks.replay, trace, name, instant(trace, at))))
    return _offered(wishes)


Wish = tuple[Said, Callable[[], Scenario]]


def _offered(wishes: list[Wish]) -> tuple[Action, ...]:
    """Those of the wishes that can be fulfilled."""
    return tuple(_fulfilled(wishes))


def _fulfilled(wishes: list[Wish]) -> Iterator[Action]:
    for what, fork in wishes:
        try:
            scenario = fork()
        except forks.ForkError:
            continue
        yield Action(what, scenario)


def _end(trace: Trace, at: int, then: int, key: tuple[str, int], held: tuple[Handle, ...]) -> EndActions:
    """On one end of a connection: what the first program that holds it can do."""
    host, conn = key
    moment = trace.moment_at(at).index
    block, state = trace.block(moment, host, conn), trace.state(moment, host, conn)
    if block is None:
        return EndActions(host, conn, state, ())
    mine = [one for one in held if (one.host, one.conn, one.closed, one.iss) == (host, conn, False, block.iss)]
    if not mine:
        return EndActions(host, conn, state, ())
    calls = sensible(block, then, dialect_at(trace.scenario, host, then))
    return EndActions(host, conn, state, _called(trace.scenario, then, mine[0], calls))


def sensible(block: Block, now: int, dialect: Dialect) -> tuple[str, ...]:
    """The calls that do something to that endpoint, by the machine's own tables: `send(100)`, `close` and so on."""
    calls = []
    try:
        tcp.send(block, SENT_BYTES, now, dialect)
        calls.append(f"send({SENT_BYTES})")
    except tcp.CallError:
        pass
    closes = (block.state, Cause.CLOSE) in ARCS and not block.fin_wanted
    if block.unread:
        calls.append("recv")
    if closes and block.state is not State.SYN_SENT:
        calls.append("shutdown(wr)")
    if closes or (block.fin_wanted and not block.orphan and block.state is not State.TIME_WAIT):
        calls.append("close")
    if (block.state, Cause.ABORT) in ARCS and block.state is not State.TIME_WAIT:
        calls.append("abort")
    return tuple(calls)


def _host(trace: Trace, at: int, then: int, host: str, held: tuple[Handle, ...]) -> EndActions:
    """On a host where no connection is meant: to open one, to listen, to accept, to let the listener go."""
    scenario, moment = trace.scenario, trace.moment_at(at).index
    state, queues = trace.state(moment, host, 0), trace.queues(moment, host)
    latest = [handle for handle in held if handle.host == host and handle.name is None]
    server = scenario.calls(host, "listen")
    actions: tuple[Action, ...] = ()
    if state is State.LISTEN:
        owner = next((h for h in latest if any(c.name == "listen" for c in _program(scenario, h).calls)), None)
        if owner is not None:
            calls = ["accept"] if queues is not None and queues.accept else []
            calls += ["close"] if owner.conn is None and not owner.closed else []
            actions = _called(scenario, then, owner, tuple(calls))
    elif server or not any(h.conn and not h.closed and trace.block(moment, host, h.conn) for h in latest):
        actions = _opened(scenario, then, host, "listen" if server else "connect")
    return EndActions(host, None, state, actions)


def _program(scenario: Scenario, handle: Handle) -> Program:
    return next(program for program in scenario.programs if program[:2] == handle[:2])


def _opened(scenario: Scenario, then: int, host: str, call: str) -> tuple[Action, ...]:
    """By a program of its own, so that what it opens can be told from all else; by one that does nothing, if any."""
    programs = [program for program in scenario.programs if program.host == host]
    text = f"{call}@{duration(then)}" + ("; accept" if call == "listen" else "")
    idle = next((program for program in programs if not program.calls), None)
    number = idle.number if idle else max(program.number for program in programs) + 1
    fork = partial(forks.rewrite, scenario, host, number) if idle else partial(forks.add_program, scenario, host)
    return _offered([(said("lab.do.call", who=_who(host, number), call=call), partial(fork, text))])


def _who(host: str, number: int) -> str:
    """A program as the notation names it."""
    return host if number == 1 else f"{host}/{number}"


def _called(scenario: Scenario, then: int, handle: Handle, calls: tuple[str, ...]) -> tuple[Action, ...]:
    who = _who(handle.host, handle.number)
    return _offered(
        [
            (
                said("lab.do.call-between", who=who, call=call),
                partial(forks.call, scenario, then, handle.host, handle.call(call), handle.number),
            )
            for call in calls
        ]
    )


def _blows(trace: Trace, at: int, then: int, host: str, *, down: bool) -> tuple[Action, ...]:
    """What may befall it: a host that is down can only be started, and one without connections loses none."""
    moment = trace.moment_at(at).index
    blocks = [trace.block(moment, *key) for key in trace.connections if key[0] == host]
    alive = any(block is not None for block in blocks)
    owns = trace.state(moment, host, 0) is State.LISTEN or any(block and not block.orphan for block in blocks)
    sense = {"kill": owns and not down, "crash": not down, "reboot": True, "destroy": alive and not down}
    return _offered(
        [
            (said(f"lab.do.{kind}", host=host), partial(forks.befall, trace.scenario, then, host, kind))
            for kind in BLOW_KINDS
            if sense[kind]
        ]
    )


def _down(trace: Trace, at: int) -> frozenset[str]:
    """The hosts that have crashed and not been started again."""
    down: set[str] = set()
    for event in trace.events:
        if isinstance(event, Befell) and event.at <= at:
            if event.what == "crash":
                down.add(event.host)
            elif event.what == "reboot":
                down.discard(event.host)
    return frozenset(down)
