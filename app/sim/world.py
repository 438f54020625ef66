"""Runs a scenario in virtual time: the same scenario gives the same trace, always.

At one instant: what `at:` says, then arrivals (forged last), each handled whole, then the calls that they unblock and
those whose time has come, in file order, then timers.
"""

import heapq
from typing import NamedTuple

from app.sim.faults import Forged
from app.sim.host import Address, Endpoint, Host
from app.sim.ledger import Ledger, named
from app.sim.numbers import Numbers, spread
from app.sim.program import Call, Deed, Setting
from app.sim.runner import Runner
from app.sim.scenario import Scenario
from app.sim.settings import SYSCTLS, applied
from app.sim.sockets import SERVER_PORT
from app.sim.trace import Arrived, Befell, Changed, Departed, Event, Key, Lost, Queued, TimedOut, Trace
from app.sim.wire import Carriage, Counts, carry
from app.tcp import calls as tcp
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.dialect import DIALECTS
from app.tcp.listener import Listener, completed, doors, enqueued, limit, removed
from app.tcp.segment import Segment, add
from app.tcp.states import Cause, State
from app.tcp.timeouts import expire, next_expiry
from app.tcp.turn import OPEN_DOORS, Doors, Outcome

MAX_SEGMENTS, MAX_EVENTS = 2_000, 20_000
FIRST_PORT = 40_000
PORTS_PER_HOST = 1_000


class Carried(NamedTuple):
    """A segment under way, with the addresses that its IP header would have."""

    name: str
    source: str
    source_port: int
    target: str
    target_port: int
    conn: int
    segment: Segment


def run(scenario: Scenario) -> Trace:
    """Let everything happen. A run that reaches a bound ends there, and its trace says so (`stopped_by`)."""
    return World(scenario).run()


DEED, ARRIVAL, FORGERY, WAKE, TIMER = range(5)  # the order of what happens at one instant


class World:
    """The hosts, the wire between them, and what is going to happen."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.now = 0
        dialect = DIALECTS[scenario.dialect]
        self.hosts = {
            name: Host(name, dialect, FIRST_PORT + PORTS_PER_HOST * index) for index, name in enumerate(scenario.hosts)
        }
        self.numbers = Numbers({s.host: s.value for s in scenario.settings if s.name == "isn" and s.host})
        for setting in scenario.settings:
            self.set(setting)
        self.runners = [Runner(self.hosts[p.host], p.number, p.calls) for p in scenario.programs]
        self.events: list[Event] = []
        self.ledger = Ledger(self.numbers)
        self.blocks: dict[int, dict[Key, Block | None]] = {}
        self.counts = Counts()
        self.ends: dict[int, frozenset[tuple[str, int]]] = {}  # the two ends of each connection
        self.agenda: list[tuple[int, int, int, object]] = []
        self.order = 0
        self.wakes: set[int] = set()  # the instants at which programs will be asked again
        self.stopped_by: str | None = None

    def run(self) -> Trace:
        """Everything, to the end."""
        for deed in self.scenario.deeds:
            self.plan(deed.at, DEED, deed)
        for index, forged in enumerate(self.scenario.forged):
            self.plan(forged.at, FORGERY, (f"x{index + 1}", forged))
        self.wake()
        while self.agenda and self.stopped_by is None:
            at, kind, _, what = heapq.heappop(self.agenda)
            if self.scenario.end is not None and at > self.scenario.end:
                break
            self.now = at
            self.happen(what)
            if kind <= FORGERY and self.agenda and self.agenda[0][:2] <= (at, FORGERY):
                continue  # what else arrives now is handled before any call sees it
            self.wake()
            self.bound()
        return Trace(self.scenario, tuple(self.ledger.sent), tuple(self.events), self.blocks, self.stopped_by)

    def plan(self, at: int, kind: int, what: object) -> None:
        """Put something on the agenda."""
        self.order += 1
        heapq.heappush(self.agenda, (at, kind, self.order, what))

    def happen(self, what: object) -> None:
        """Take one thing off the agenda."""
        match what:
            case Deed():
                self.do(what)
            case Carried():
                self.arrive(what)
            case Lost():
                self.events.append(what)
            case (str() as name, Forged() as forged):
                self.forge(name, forged)
            case (Endpoint() as endpoint, str() as timer):
                self.time_out(endpoint, timer)

    def bound(self) -> None:
        """A run is bounded in what it makes; `put` counts the segments."""
        if len(self.events) > MAX_EVENTS:
            self.stopped_by = "events"

    # Programs

    def wake(self) -> None:
        """Let every program do what it can, until none can do more; then plan when to ask again."""
        moved = True
        while moved and self.stopped_by is None:
            moved = False
            for runner in list(self.runners):
                progress, started = runner.advance(self, self.events)
                self.runners += started
                moved = moved or progress or bool(started)
            self.bound()
        for runner in self.runners:
            due = runner.due()
            if due is not None and due > self.now and due not in self.wakes:
                self.wakes.add(due)
                self.plan(due, WAKE, None)

    def do(self, deed: Deed) -> None:
        """What `at:` says, whatever is blocked."""
        match deed.deed:
            case Setting() as setting:
                self.set(setting)
                self.events.append(Befell(self.now, deed.host, f"{setting.name}={setting.value}"))
            case Call() as call:
                owner = next(r for r in self.runners if (r.host.name, r.number) == (deed.host, deed.number))
                helper = Runner(owner.host, owner.number, (call._replace(when=None),), owner.current, self.now)
                helper.names, helper.listener = owner.names, owner.listener
                _, started = helper.advance(self, self.events)
                owner.listener = helper.listener
                self.runners += [helper, *started]

    def set(self, setting: Setting) -> None:
        """Change a sysctl, on one host or on all."""
        if setting.name in SYSCTLS:
            for host in self.hosts.values() if setting.host is None else (self.hosts[setting.host],):
                host.dialect = applied(host.dialect, setting.name, setting.value)

    # What a socket call needs (sockets.Kernel)

    def listen(self, host: Host, port: int, backlog: int) -> None:
        """A listener now stands on that port."""
        host.listeners[port] = Listener(port, backlog)
        self.events.append(Changed(self.now, host.name, None, State.CLOSED, State.LISTEN, Cause.PASSIVE_OPEN))
        self.show_queues(host, host.listeners[port])

    def unlisten(self, host: Host, port: int) -> None:
        """The listener closes: what nobody accepted is reset, half-open connections are forgotten."""
        listener = host.listeners.pop(port, None)
        if listener is None:
            return
        self.events.append(Changed(self.now, host.name, None, State.LISTEN, State.CLOSED, Cause.CLOSE))
        for conn in listener.accept:
            endpoint = host.endpoint(conn)
            if endpoint.block.state is not State.CLOSED:
                self.apply(endpoint, tcp.abort(endpoint.block, self.now, host.dialect, Cause.LISTENER_CLOSED))

    def take(self, host: Host, port: int) -> Endpoint | None:
        """The first connection of the accept queue, which leaves it; it may have died while it waited."""
        listener = host.listeners.get(port)
        if listener is None or not listener.accept:
            return None
        conn = listener.accept[0]
        self.queue(host, removed(listener, conn))
        return host.endpoint(conn)

    def connect(self, host: Host, peer: str | None, peer_port: int, port: int | None) -> Endpoint | None:
        """An active OPEN; None where the local address is taken."""
        target = peer or next(name for name in reversed(self.scenario.hosts) if name != host.name)
        address = (host.free_port() if port is None else port, target, peer_port)
        conn = self.conn(host.name, *address)
        if address in host.endpoints or conn is None:
            return None
        outcome = tcp.open_active(self.numbers.isn(host.name, conn, self.now), self.now, host.dialect)
        endpoint = Endpoint(host.name, *address, conn, outcome.block)
        host.endpoints[address] = endpoint
        self.apply(endpoint, outcome)
        return endpoint

    # Segments

    def arrive(self, carried: Carried) -> None:
        """A segment reaches its host: an endpoint's, a listener's, or nobody's."""
        host = self.hosts[carried.target]
        address: Address = (carried.target_port, carried.source, carried.source_port)
        endpoint = host.endpoints.get(address)
        listener = host.listeners.get(carried.target_port)
        if endpoint is not None and self.forsaken(endpoint):
            self.apply(endpoint, tcp.forget(endpoint.block, self.now, self.hosts[endpoint.host].dialect))
            endpoint = None
        room = doors(listener, host.dialect, spread(f"cookie:{address}")) if listener else OPEN_DOORS
        if endpoint is None:
            block = Block(State.CLOSED)
            if listener:
                isn = self.numbers.isn(host.name, carried.conn, self.now)
                block = Block(State.LISTEN, passive=True, iss=isn)
            endpoint = Endpoint(host.name, *address, carried.conn, block)
        elif listener is None:
            room = Doors()
        before = endpoint.block.state
        outcome = segment_arrives(endpoint.block, carried.segment, self.now, host.dialect, room)
        self.events.append(Arrived(self.now, host.name, carried.conn, carried.name, outcome.checks))
        if outcome.block.state not in (State.CLOSED, State.LISTEN):
            host.endpoints[address] = endpoint
        self.apply(endpoint, outcome)
        if listener:
            self.admit(host, listener, endpoint, before, outcome)

    def forsaken(self, endpoint: Endpoint) -> bool:
        """Whether it is half-open and its listener has closed: it will be forgotten without a word."""
        orphaned = endpoint.port not in self.hosts[endpoint.host].listeners
        return orphaned and endpoint.block.passive and endpoint.block.state is State.SYN_RECEIVED

    def admit(self, host: Host, listener: Listener, endpoint: Endpoint, before: State, outcome: Outcome) -> None:
        """Let the queues follow an arrival: into the SYN queue, on to the accept queue, or out."""
        state, conn = outcome.block.state, endpoint.conn
        young = (State.LISTEN, State.SYN_RECEIVED)
        if any(check.rule == "listen.syn-cookie" and check.fired for check in outcome.checks):
            host.listeners[listener.port] = listener._replace(cookies=True)
        elif before is State.LISTEN and state is State.SYN_RECEIVED:
            self.queue(host, enqueued(listener, conn))
        elif before in young and state not in (*young, State.CLOSED):
            self.queue(host, completed(listener, conn))

    def queue(self, host: Host, listener: Listener) -> None:
        """The listener's queues have changed."""
        host.listeners[listener.port] = listener
        self.show_queues(host, listener)

    def show_queues(self, host: Host, listener: Listener) -> None:
        """Record both queues."""
        bound = limit(listener, host.dialect)
        self.events.append(Queued(self.now, host.name, listener.syn, listener.accept, bound))

    def apply(self, endpoint: Endpoint, outcome: Outcome) -> None:
        """An input has been handled: keep the new block, tell of its changes, send what leaves, set its timer."""
        host = self.hosts[endpoint.host]
        endpoint.block = outcome.block
        for change in outcome.changes:
            self.events.append(Changed(self.now, host.name, endpoint.conn, *change))
        for segment in outcome.segments:
            self.put(endpoint, segment)
        address = (endpoint.port, endpoint.peer, endpoint.peer_port)
        if host.endpoints.get(address) is not endpoint:
            return
        gone = outcome.block.state in (State.CLOSED, State.LISTEN)
        self.blocks.setdefault(self.now, {})[host.name, endpoint.conn] = None if gone else outcome.block
        if gone:
            del host.endpoints[address]
            listener = host.listeners.get(endpoint.port)
            if listener and endpoint.conn in listener.syn:
                self.queue(host, removed(listener, endpoint.conn))
            elif listener and endpoint.conn in listener.accept:
                host.departed[endpoint.conn] = endpoint
        elif (expiry := next_expiry(outcome.block)) is not None and expiry != endpoint.planned:
            endpoint.planned = expiry
            self.plan(max(expiry.at, self.now), TIMER, (endpoint, expiry.timer))

    def put(self, endpoint: Endpoint, segment: Segment) -> None:
        """Put a segment on the wire."""
        if len(self.ledger.sent) >= MAX_SEGMENTS:
            self.stopped_by = "segments"
            return
        host, conn = endpoint.host, endpoint.conn
        if segment.syn:
            self.numbers.said(host, conn, segment.seq)
        numbers = self.counts.count(host, conn, segment.letters.replace("P", ""))
        carriage = carry(self.scenario.wire, host, numbers, conn, segment, self.now)
        name = named(host, numbers[None])
        self.ledger.write(name, conn, host, endpoint.peer, segment, self.now, carriage)
        self.events.append(Departed(self.now, host, conn, name))
        carried = Carried(name, host, endpoint.port, endpoint.peer, endpoint.peer_port, conn, segment)
        for at in carriage.arrivals:
            self.plan(at, ARRIVAL, carried)
        if carriage.lost_at is not None:
            self.plan(carriage.lost_at, ARRIVAL, Lost(carriage.lost_at, host, conn, name))

    def forge(self, name: str, forged: Forged) -> None:
        """A segment arrives that its sender never sent."""
        source, hosts = forged.host, self.scenario.hosts
        listening = self.scenario.calls(source, "listen")
        others = [host for host in hosts if host != source]
        owner = next((host for host in others if forged.conn in self.hosts[host].conns), others[0])
        target = owner if listening else others[-1]
        base = target if listening else source
        conn = forged.conn or FIRST_PORT + PORTS_PER_HOST * hosts.index(base)
        ports = (SERVER_PORT, conn) if listening else (conn, SERVER_PORT)
        receiver = self.hosts[target].endpoints.get((ports[1], source, ports[0]))
        own, other = self.numbers.base(source, conn), self.numbers.base(target, conn)
        self.numbers.said(source, conn, own, forged=True)
        seq, ack = forged.seq, forged.ack
        nxt_seq = receiver.block.rcv_nxt if receiver else own
        nxt_ack = receiver.block.snd_nxt if receiver else other
        segment = Segment(
            nxt_seq if seq is None else add(own, seq),
            (nxt_ack if ack is None else add(other, ack)) if forged.has_ack else None,
            syn="S" in forged.flags,
            fin="F" in forged.flags,
            rst="R" in forged.flags,
            psh="P" in forged.flags,
            length=forged.length,
        )
        self.ledger.write(name, conn, source, target, segment, self.now, Carriage((self.now,), None))
        self.arrive(Carried(name, source, ports[0], target, ports[1], conn, segment))

    def time_out(self, endpoint: Endpoint, timer: str) -> None:
        """A timer expires, if it still runs."""
        expiry = next_expiry(endpoint.block)
        if expiry is None or expiry != (self.now, timer):
            return
        if self.forsaken(endpoint):
            self.apply(endpoint, tcp.forget(endpoint.block, self.now, self.hosts[endpoint.host].dialect))
            return
        outcome = expire(endpoint.block, timer, self.now, self.hosts[endpoint.host].dialect)
        self.events.append(TimedOut(self.now, endpoint.host, endpoint.conn, timer))
        self.apply(endpoint, outcome)

    # Names and numbers

    def conn(self, host: str, port: int, peer: str, peer_port: int) -> int | None:
        """A connection is named by the port of the side that opened it, the first of the two in a simultaneous open.

        None where another connection has that name, or where a host would talk to itself.
        """
        ends = frozenset(((host, port), (peer, peer_port)))
        other = self.hosts[peer].endpoints.get((peer_port, host, port)) if peer in self.hosts else None
        conn = other.conn if other else port
        fits = peer in self.hosts and peer != host and self.ends.setdefault(conn, ends) == ends
        return conn if fits else None
