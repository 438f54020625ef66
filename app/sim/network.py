"""The hosts' TCP and the wire between them: listeners and their queues, endpoints, segments, timers."""

from typing import Any, NamedTuple

from app.sim.agenda import ARRIVAL, TIMER, Agenda
from app.sim.forging import FLOOD_OPTIONS, Forgery, Relation, made
from app.sim.host import Address, Endpoint, Host, Socket
from app.sim.ledger import Ledger, named
from app.sim.numbers import Numbers, spread
from app.sim.program import Call
from app.sim.scenario import Scenario
from app.sim.sockets import SERVER_PORT
from app.sim.trace import Arrived, Changed, Departed, Event, Key, Lost, Queued, TimedOut
from app.sim.wire import Carriage, Counts, carry, plain
from app.tcp import calls as tcp
from app.tcp.arrivals import segment_arrives
from app.tcp.block import Block
from app.tcp.dialect import DIALECTS, SECOND
from app.tcp.listener import (
    Listener,
    accepted,
    completed,
    crowded,
    doors,
    enqueued,
    forgotten,
    limit,
    syn_ack_retries,
    timeouts_within,
)
from app.tcp.segment import Segment, add
from app.tcp.states import ARCS, Cause, State
from app.tcp.timeouts import expire
from app.tcp.turn import OPEN_DOORS, Check, Outcome

MAX_SEGMENTS = 2_000
FIRST_PORT = 40_000
PORTS_PER_HOST = 1_000
CLIENT_FAST_OPEN, FREE_FAST_OPEN = 1, 4  # tcp_fastopen's bits
IDLE = ("keepalive", "window-probe")  # timers that only ask a peer whether it is still there
KNOCKING = (State.LISTEN, State.SYN_RECEIVED, State.TIME_WAIT)  # what arrives in these may want the listener's room


class Carried(NamedTuple):
    """A segment under way, with the addresses that its IP header would have."""

    name: str
    source: str
    source_port: int
    target: str
    target_port: int
    conn: int
    segment: Segment


class Network:
    """Everything below the socket calls. What comes to pass is told to `events`, what will is put on the agenda."""

    def __init__(self, scenario: Scenario, agenda: Agenda, events: list[Event]) -> None:
        self.scenario, self.agenda, self.events = scenario, agenda, events
        dialect = DIALECTS[scenario.dialect]
        first = {name: FIRST_PORT + PORTS_PER_HOST * index for index, name in enumerate(scenario.hosts)}
        self.hosts = {name: Host(name, dialect, (port, port + PORTS_PER_HOST - 1)) for name, port in first.items()}
        self.numbers = Numbers({s.host: int(s.value) for s in scenario.settings if s.name == "isn" and s.host})
        self.ledger = Ledger(self.numbers)
        self.blocks: dict[int, dict[Key, Block | None]] = {}
        self.counts = Counts()
        self.ends: dict[int, frozenset[tuple[str, int]]] = {}  # the two ends of each connection
        self.spoofed: set[int] = set()  # connections from addresses where nobody is
        self.stamps: dict[Key, int] = {}  # the last timestamp that each end sent
        self.carried = 0  # segments on the wire, every copy counted
        self.full = False  # as many as may be

    @property
    def now(self) -> int:
        """Virtual time, µs."""
        return self.agenda.now

    # What a socket call needs (sockets.Kernel)

    def listen(self, host: Host, port: int, backlog: int, socket: Socket) -> None:
        """A listener now stands on that port. A host with several is told of as one: it is in LISTEN, or it is not."""
        if not host.listeners:
            self.events.append(Changed(self.now, host.name, None, State.CLOSED, State.LISTEN, Cause.PASSIVE_OPEN))
        host.listeners[port] = Listener(port, backlog)._replace(**inherited(socket))
        self.show_queues(host, host.listeners[port])

    def tune(self, host: Host, port: int, socket: Socket) -> None:
        """An option of a listener has been set: it holds for the connections to come.

        Linux copies the listener's socket when the handshake is complete (`sk_clone`): half-open ones have it, too.
        """
        host.listeners[port] = listener = host.listeners[port]._replace(**inherited(socket))
        deferred = timeouts_within(listener.deferred * SECOND, host.dialect)
        for endpoint in [end for end in host.endpoints.values() if end.port == port]:
            if endpoint.block.passive_opening and not endpoint.block.fast_open:
                endpoint.reuses = listener.reuses
                block = endpoint.block._replace(wishes=listener.wishes, deferred=deferred)
                self.apply(endpoint, Outcome(block))

    def unlisten(self, host: Host, port: int) -> None:
        """The listener closes: what nobody accepted is reset, half-open connections are forgotten."""
        listener = host.listeners.get(port)
        self.vanish(host, port, Cause.CLOSE)
        for conn in listener.accept if listener else ():
            endpoint = host.waiting(conn)
            state = endpoint.block.state
            if state is not State.CLOSED:
                cause = Cause.LISTENER_CLOSED if (state, Cause.LISTENER_CLOSED) in ARCS else Cause.ABORT
                self.apply(endpoint, tcp.abort(endpoint.block, self.now, host.dialect, cause))

    def vanish(self, host: Host, port: int, cause: Cause = Cause.HOST_DOWN) -> None:
        """The listener is gone."""
        if host.listeners.pop(port, None) is not None and not host.listeners:
            self.events.append(Changed(self.now, host.name, None, State.LISTEN, State.CLOSED, cause))

    def take(self, host: Host, port: int) -> Endpoint | None:
        """The first connection of the accept queue, which leaves it; it may have died while it waited."""
        listener = host.listeners.get(port)
        if listener is None or not listener.accept:
            return None
        self.queue(host, accepted(listener))
        return host.waiting(listener.accept[0])

    def connect(self, host: Host, call: Call, socket: Socket) -> Endpoint | None:
        """An active OPEN; None where the local address is taken."""
        target = call.word or next(name for name in reversed(self.hosts) if name != host.name)
        peer_port = call.number or SERVER_PORT
        bound = socket.bound if call.from_port is None else call.from_port
        port = host.free_port(target, peer_port, self.now) if bound is None else bound
        if port is None or not host.available((port, target, peer_port), self.now, bound=bound is not None):
            return None
        conn = self.conn(host.name, port, target, peer_port)
        if conn is None:
            return None
        address = (port, target, peer_port)
        if (old := host.endpoints.get(address)) is not None:
            self.apply(old, tcp.forget(old.block, self.now, host.dialect, Cause.ADDRESS_REUSED))
        isn = self.numbers.isn(host.name, conn, self.now)
        outcome = self.opened(host, call.data or 0, target, socket, isn)
        endpoint = Endpoint(host.name, *address, conn, outcome.block, reuses=bool(socket.reuses))
        host.endpoints[address] = endpoint
        self.apply(endpoint, outcome)
        return endpoint

    def opened(self, host: Host, data: int, peer: str, socket: Socket, isn: int) -> Outcome:
        """The active OPEN itself, with Fast Open where `data` is given and the host does it (RFC 7413 §4.2)."""
        cookie, free = host.cookies.get(peer), bool(host.dialect.fast_open & FREE_FAST_OPEN)
        asks = bool(data) and bool(host.dialect.fast_open & CLIENT_FAST_OPEN)
        riding = min(data, host.dialect.mss) if asks and (cookie is not None or free) else 0
        shown = (0 if cookie is None and not free else cookie) if asks else None
        outcome = tcp.open_active(isn, self.now, host.dialect, wishes=socket.wishes, riding=riding, cookie=shown)
        if data == riding:
            return outcome
        return outcome._replace(block=outcome.block._replace(unsent=data - riding))

    # Segments

    def arrive(self, carried: Carried) -> None:
        """A segment reaches its host: an endpoint's, a listener's, or nobody's."""
        host, segment, conn = self.hosts[carried.target], carried.segment, carried.conn
        host.news += 1
        if not host.up:
            self.events.append(Arrived(self.now, host.name, conn, carried.name, (Check("host.down", True),)))
            return
        now, dialect = self.now, host.dialect
        address: Address = (carried.target_port, carried.source, carried.source_port)
        endpoint = host.endpoints.get(address)
        listener = host.listeners.get(carried.target_port)
        if endpoint is not None and self.forsaken(endpoint):
            self.apply(endpoint, tcp.forget(endpoint.block, now, dialect))
            endpoint = None
        if endpoint is None:
            block = Block(State.CLOSED)
            if listener:
                isn = self.numbers.isn(host.name, conn, now)
                block = Block(State.LISTEN, passive=True, iss=isn, wishes=listener.wishes)
            endpoint = Endpoint(host.name, *address, conn, block, reuses=listener is not None and listener.reuses)
        before, room = endpoint.block, OPEN_DOORS
        knocks = before.state in KNOCKING
        if listener and knocks:
            cookies = spread(f"cookie:{address}"), spread(f"fast-open:{carried.source}")
            room = doors(listener, dialect, *cookies)
        outcome = segment_arrives(before, segment, now, dialect, room)
        self.events.append(Arrived(now, host.name, conn, carried.name, outcome.checks))
        if listener and knocks and reopened(outcome):
            endpoint = self.successor(host, listener, endpoint)
        if outcome.block.state not in (State.CLOSED, State.LISTEN):
            host.endpoints[address] = endpoint
        if segment.syn and segment.ack is not None and segment.options.cookie:
            host.cookies[carried.source] = segment.options.cookie
        self.apply(endpoint, outcome)
        if listener and knocks:
            self.admit(host, listener, endpoint, before, outcome)

    def successor(self, host: Host, listener: Listener, old: Endpoint) -> Endpoint:
        """The endpoint of what a TIME-WAIT makes way for; the old one is gone, though a program may still hold it."""
        endpoint = Endpoint(host.name, *old.address, old.conn, old.block, reuses=listener.reuses)
        old.become(tcp.forget(old.block, self.now, host.dialect, Cause.ADDRESS_REUSED).block)
        if old.conn in listener.accept:
            host.departed.append(old)
        return endpoint

    def forsaken(self, endpoint: Endpoint) -> bool:
        """Whether it is half-open and its listener has closed: it will be forgotten without a word."""
        orphaned = endpoint.port not in self.hosts[endpoint.host].listeners
        return orphaned and endpoint.block.passive and endpoint.block.state is State.SYN_RECEIVED

    def admit(self, host: Host, listener: Listener, endpoint: Endpoint, before: Block, outcome: Outcome) -> None:
        """Let the queues follow an arrival: into the SYN queue, on to the accept queue, or out."""
        state, conn = outcome.block.state, endpoint.conn
        new = before.state is State.LISTEN or reopened(outcome)
        listener = host.listeners.get(listener.port, listener)
        if any(check.rule == "listen.syn-cookie" and check.fired for check in outcome.checks):
            host.listeners[listener.port] = listener._replace(cookies=True)
        elif new and state is State.SYN_RECEIVED:
            self.queue(host, (completed if outcome.block.fast_open else enqueued)(listener, conn))
        elif state in (State.LISTEN, State.SYN_RECEIVED, State.CLOSED):
            return
        elif new or (before.state is State.SYN_RECEIVED and not before.fast_open):
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
        host, block, now = self.hosts[endpoint.host], outcome.block, self.agenda.now
        endpoint.become(block)
        for change in outcome.changes:
            self.events.append(Changed(now, host.name, endpoint.conn, *change))
        for segment in outcome.segments:
            self.put(endpoint, segment)
        address = endpoint.address
        if host.endpoints.get(address) is not endpoint:
            return
        gone = block.state in (State.CLOSED, State.LISTEN)
        self.blocks.setdefault(now, {})[host.name, endpoint.conn] = None if gone else block
        if gone:
            del host.endpoints[address]
            listener = host.listeners.get(endpoint.port)
            if listener and endpoint.conn in listener.syn:
                self.queue(host, forgotten(listener, endpoint.conn))
            elif listener and endpoint.conn in listener.accept:
                host.departed.append(endpoint)
        elif endpoint.due is not None and endpoint.due != endpoint.planned:
            endpoint.planned = endpoint.due
            self.agenda.plan(max(endpoint.due.at, now), TIMER, (endpoint, endpoint.due.timer))

    def put(self, endpoint: Endpoint, segment: Segment) -> None:
        """Put a segment on the wire."""
        if self.carried >= MAX_SEGMENTS:
            self.full = True
            return
        host, conn, now = endpoint.host, endpoint.conn, self.agenda.now
        if segment.syn:
            self.numbers.said(host, conn, segment.seq)
        flags = plain(segment)
        numbers = self.counts.count(host, conn, flags)
        carriage = carry(self.scenario.wire, host, numbers, conn, flags, now)
        if conn in self.spoofed and endpoint.peer_port == conn:  # nobody is there
            carriage = carriage if carriage.lost_at else Carriage((), (now + carriage.arrivals[0]) // 2)
        if segment.options.timestamps is not None:
            self.stamps[host, conn] = segment.options.timestamps[0]
        name = named(host, numbers[None])
        ends = (host, endpoint.peer), (endpoint.port, endpoint.peer_port)
        error = self.hosts[host].dialect.written_ack  # whoever reads it knows what is meant
        written = segment if segment.ack is None or not error else segment._replace(ack=add(segment.ack, error))
        self.ledger.write(name, conn, *ends, written, now, carriage)
        self.events.append(Departed(now, host, conn, name))
        carried = Carried(name, host, endpoint.port, endpoint.peer, endpoint.peer_port, conn, segment)
        self.carried += max(len(carriage.arrivals), 1)
        for at in carriage.arrivals:
            self.agenda.plan(at, ARRIVAL, carried)
        if carriage.lost_at is not None:
            self.agenda.plan(carriage.lost_at, ARRIVAL, Lost(carriage.lost_at, host, conn, name))

    def forge(self, forgery: Forgery) -> None:
        """A segment arrives that its sender never sent."""
        if self.carried >= MAX_SEGMENTS:
            self.full = True
            return
        hosts, forged = list(self.hosts), forgery.forged
        target = next((host for host in hosts if self.scenario.calls(host, "listen")), hosts[-1])
        source = next(host for host in hosts if host != target)
        own_side = True  # whether the forged sender is the one that connects
        if forged is not None:
            source, others = forged.host, [host for host in hosts if host != forged.host]
            connects = self.scenario.calls(source, "connect")
            asked = not connects and any(self.scenario.calls(host, "connect") for host in others)
            own_side = not self.scenario.calls(source, "listen") and not asked
            owner = next((host for host in others if forged.conn in self.hosts[host].conns), others[0])
            target = others[-1] if own_side else owner
        first = self.hosts[source if own_side else target].ports[0]
        conn = forgery.conn or first
        ports = (conn, SERVER_PORT) if own_side else (SERVER_PORT, conn)
        self.ends.setdefault(conn, frozenset(((source, ports[0]), (target, ports[1]))))
        if forgery.spoofed:
            self.spoofed.add(conn)
        receiver = self.hosts[target].endpoints.get((ports[1], source, ports[0]))
        own, other = self.numbers.base(source, conn), self.numbers.base(target, conn)
        self.numbers.said(source, conn, own, forged=True)
        segment = Segment(own, syn=True, options=FLOOD_OPTIONS)
        if forged is not None:
            expected = (receiver.block.rcv_nxt, receiver.block.snd_nxt) if receiver else (own, other)
            stamps = self.stamps.get((source, conn), 0), self.stamps.get((target, conn), 0)
            segment = made(forged, Relation(own, other, *expected, *stamps))
        self.carried += 1
        carriage = Carriage((self.now,), None)
        self.ledger.write(forgery.name, conn, (source, target), ports, segment, self.now, carriage)
        self.arrive(Carried(forgery.name, source, ports[0], target, ports[1], conn, segment))

    def time_out(self, endpoint: Endpoint, timer: str) -> None:
        """A timer expires."""
        host = self.hosts[endpoint.host]
        host.news += 1
        if self.forsaken(endpoint):
            self.apply(endpoint, tcp.forget(endpoint.block, self.now, host.dialect))
            return
        dialect, listener = host.dialect, host.listeners.get(endpoint.port)
        if listener and endpoint.block.passive_opening and crowded(listener, dialect):
            half_open = (other.block for other in host.endpoints.values() if other.block.passive_opening)
            dialect = syn_ack_retries(sum(not block.retries for block in half_open), len(listener.syn), dialect)
        outcome = expire(endpoint.block, timer, self.now, dialect)
        endpoint.rounds += timer in IDLE and not endpoint.block.probes and bool(outcome.segments)
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


def inherited(socket: Socket) -> dict[str, Any]:
    """What a listener has of its socket's options."""
    return {
        "wishes": socket.wishes,
        "deferred": socket.deferred,
        "fast_open": socket.fast_open,
        "reuses": bool(socket.reuses),
    }


def reopened(outcome: Outcome) -> bool:
    """Whether a SYN has made a new connection out of a TIME-WAIT."""
    return any(change.cause is Cause.NEW_CONNECTION for change in outcome.changes)
