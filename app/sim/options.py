"""What each socket option changes (socket(7), tcp(7))."""

from collections.abc import Callable
from typing import Any

from app.sim.host import Socket

SECOND, MILLISECOND = 1_000_000, 1_000

# Those that the connection itself must know, as changes of its wishes…
WISHES: dict[str, Callable[[int], dict[str, Any]]] = {
    "SO_KEEPALIVE": lambda n: {"keepalive": bool(n)},
    "SO_RCVBUF": lambda n: {"receive_buffer": n},
    "TCP_KEEPIDLE": lambda n: {"keepalive_time": n * SECOND},
    "TCP_KEEPINTVL": lambda n: {"keepalive_interval": n * SECOND},
    "TCP_KEEPCNT": lambda n: {"keepalive_probes": n},
    "TCP_USER_TIMEOUT": lambda n: {"user_timeout": n * MILLISECOND or None},
    "TCP_NODELAY": lambda n: {"nodelay": bool(n)},
    "TCP_LINGER2": lambda n: {"linger2": n * SECOND},
}

# …and those of the descriptor, as attributes of the socket.
ATTRIBUTES = {
    "SO_LINGER": "linger",
    "SO_REUSEADDR": "reuses",
    "TCP_DEFER_ACCEPT": "deferred",
    "TCP_FASTOPEN": "fast_open",
}


def set_option(socket: Socket, name: str, value: int) -> None:
    """setsockopt(). `name` is a key of `program.SOCKET_OPTIONS`."""
    if name in WISHES:
        socket.wishes = socket.wishes._replace(**WISHES[name](value))
    else:
        setattr(socket, ATTRIBUTES[name], value)
        if name == "SO_REUSEADDR" and socket.endpoint is not None:
            socket.endpoint.reuses = bool(value)
