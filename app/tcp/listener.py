"""A listener and its two queues (RFC 4987 §2.2; Linux `listen(2)`, `tcp_abort_on_overflow`).

RFC 9293 knows no queues: a SYN turns the listening endpoint itself. With sockets the listener stays and each SYN makes
an embryonic endpoint, which waits in the SYN queue until its third segment has come and in the accept queue until the
program takes it.
"""

from typing import NamedTuple

from app.tcp.dialect import Dialect
from app.tcp.turn import Doors


class Listener(NamedTuple):
    """Connections are named by the client's port; the queues are in order of arrival."""

    port: int
    backlog: int
    syn: tuple[int, ...] = ()
    accept: tuple[int, ...] = ()
    cookies: bool = False  # SYN cookies have been sent


def limit(listener: Listener, dialect: Dialect) -> int | None:
    """The limit of each queue, min(backlog, somaxconn); a queue holds one more. None where the dialect has no bound."""
    return None if dialect.somaxconn is None else min(listener.backlog, dialect.somaxconn)


def doors(listener: Listener, dialect: Dialect, cookie: int) -> Doors:
    """What it has room for: Linux finds a queue full when it holds more than the limit.

    `cookie` is the ISN that a SYN cookie for the connection in question has.
    """
    bound = limit(listener, dialect)
    if bound is None:
        return Doors()
    return Doors(len(listener.accept) <= bound, len(listener.syn) <= bound, cookie, listener.cookies)


def enqueued(listener: Listener, conn: int) -> Listener:
    """A SYN has come: the connection waits for its third segment."""
    return listener._replace(syn=(*listener.syn, conn))


def completed(listener: Listener, conn: int) -> Listener:
    """The handshake is complete: the connection waits to be accepted."""
    return removed(listener, conn)._replace(accept=(*listener.accept, conn))


def removed(listener: Listener, conn: int) -> Listener:
    """The connection has gone, or was accepted."""
    return listener._replace(
        syn=tuple(other for other in listener.syn if other != conn),
        accept=tuple(other for other in listener.accept if other != conn),
    )
