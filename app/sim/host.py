"""A machine on the wire: its endpoints, its listener, its dialect. No time passes here; the world drives it."""

from app.tcp.block import Block
from app.tcp.dialect import Dialect
from app.tcp.listener import Listener
from app.tcp.timeouts import Expiry


class Endpoint:
    """One side of one connection, as the host keeps it. `conn` is the client's port."""

    def __init__(self, host: str, port: int, peer: str, peer_port: int, conn: int, block: Block) -> None:
        self.host, self.port, self.peer, self.peer_port = host, port, peer, peer_port
        self.conn, self.block = conn, block
        self.planned: Expiry | None = None  # the time-out that stands on the agenda
        self.error_seen = False  # the errno that ended it has been returned by a call


Address = tuple[int, str, int]  # local port, peer, peer's port


class Host:
    """What a machine knows."""

    def __init__(self, name: str, dialect: Dialect, first_port: int) -> None:
        self.name, self.dialect = name, dialect
        self.next_port = first_port
        self.endpoints: dict[Address, Endpoint] = {}
        self.listeners: dict[int, Listener] = {}
        self.departed: dict[int, Endpoint] = {}  # died while waiting to be accepted

    def free_port(self) -> int:
        """The next port for a connect() that does not bind one."""
        used = {port for port, _, _ in self.endpoints}
        while self.next_port in used:
            self.next_port += 1
        self.next_port += 1
        return self.next_port - 1

    @property
    def conns(self) -> list[int]:
        """The connections that it has an end of."""
        return [endpoint.conn for endpoint in self.endpoints.values()]

    def endpoint(self, conn: int) -> Endpoint:
        """The endpoint of that connection."""
        living = (endpoint for endpoint in self.endpoints.values() if endpoint.conn == conn)
        return next(living, None) or self.departed[conn]
