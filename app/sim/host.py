"""A machine on the wire: its endpoints, its listener, its dialect. No time passes here; the world drives it."""

from itertools import chain

from app.tcp.block import NO_WISHES, Block, Wishes
from app.tcp.dialect import Dialect
from app.tcp.listener import Listener
from app.tcp.states import State
from app.tcp.timeouts import Expiry, next_expiry

Address = tuple[int, str, int]


class Endpoint:
    """One side of one connection, as the host keeps it. `conn` is the client's port.

    `reuses` is the SO_REUSEADDR of its socket, which an accepted one has from its listener and TIME-WAIT keeps.
    """

    def __init__(
        self, host: str, port: int, peer: str, peer_port: int, conn: int, block: Block, *, reuses: bool = False
    ) -> None:
        self.host, self.port, self.peer, self.peer_port = host, port, peer, peer_port
        self.conn, self.block, self.reuses = conn, block, reuses
        self.address: Address = (port, peer, peer_port)  # local port, peer, peer's port
        self.due: Expiry | None = None  # the first of its timers to expire
        self.planned: Expiry | None = None  # the time-out that stands on the agenda
        self.error_seen = False  # the errno that ended it has been returned by a call
        self.rounds = 0  # keepalive or window probes begun while nothing else was left to happen

    def become(self, block: Block) -> None:
        """Be what an input has made of it."""
        self.block, self.due = block, next_expiry(block)


class Host:
    """What a machine knows."""

    def __init__(self, name: str, dialect: Dialect, ports: tuple[int, int]) -> None:
        """`ports` are the first and the last that a connect() without bind() takes (`ip_local_port_range`)."""
        self.name, self.dialect, self.ports = name, dialect, ports
        self.next_port = ports[0]
        self.up = True
        self.news = 0  # how often something has happened here that its programs may have waited for
        self.endpoints: dict[Address, Endpoint] = {}
        self.listeners: dict[int, Listener] = {}
        self.departed: list[Endpoint] = []  # died while waiting to be accepted
        self.cookies: dict[str, int] = {}  # Fast Open cookies by the server that gave them (RFC 7413 §4.1.3)

    def free_port(self, peer: str, peer_port: int, now: int) -> int | None:
        """The next port for a connect() that does not bind one; None where the range is used up for that peer."""
        first, last = self.ports
        start = self.next_port if first <= self.next_port <= last else first
        for port in chain(range(start, last + 1), range(first, start)):
            if self.available((port, peer, peer_port), now, bound=False):
                self.next_port = port + 1
                return port
        return None

    def available(self, address: Address, now: int, *, bound: bool) -> bool:
        """Whether connect() may have that address: nobody has it, or it may be taken out of TIME-WAIT.

        Linux (`tcp_twsk_unique`): with timestamps, a bound port at once, an ephemeral one after `tcp_tw_reuse_delay`.
        """
        endpoint = self.endpoints.get(address)
        if endpoint is None:
            return True
        block = endpoint.block
        if block.state is not State.TIME_WAIT or not block.timestamps or block.time_wait_at is None:
            return False
        waited = now - (block.time_wait_at - self.dialect.two_msl)
        return bound or (self.dialect.tw_reuse == 1 and waited >= self.dialect.tw_reuse_delay)

    @property
    def conns(self) -> list[int]:
        """The connections that it has an end of."""
        return [endpoint.conn for endpoint in self.endpoints.values()]

    def waiting(self, conn: int) -> Endpoint:
        """The endpoint of that name that waits to be accepted: one that died there came before one that lives."""
        endpoint = next(end for end in (*self.departed, *self.endpoints.values()) if end.conn == conn)
        if endpoint in self.departed:
            self.departed.remove(endpoint)
        return endpoint


class Socket:
    """What a program's name stands for: a listener's port, or an endpoint, or neither yet, or neither any more."""

    def __init__(self, port: int | None = None, endpoint: Endpoint | None = None) -> None:
        self.port, self.endpoint = port, endpoint
        self.closed = False  # by close() or abort(): the descriptor is gone
        self.deaf = False  # by shutdown(rd)
        self.bound: int | None = None  # by bind()
        self.wishes: Wishes = NO_WISHES
        self.linger: int | None = None  # SO_LINGER, seconds
        self.reuses = False  # SO_REUSEADDR
        self.deferred = 0  # TCP_DEFER_ACCEPT, seconds
        self.fast_open = 0  # TCP_FASTOPEN

    def child(self, endpoint: Endpoint) -> "Socket":
        """What accept() gives: what was wished of the listener holds for its connections, too (Linux, `sk_clone`)."""
        socket = Socket(endpoint=endpoint)
        socket.wishes, socket.linger = endpoint.block.wishes, self.linger
        return socket

    @property
    def conn(self) -> int | None:
        """The connection that it is of, if it is of one."""
        return self.endpoint.conn if self.endpoint else None

    @property
    def fresh(self) -> bool:
        """Whether it is neither listening nor connected, nor ever was."""
        return self.port is None and self.endpoint is None and not self.closed
