"""A listener and its two queues (RFC 4987 §2.2; Linux `listen(2)`, `tcp_abort_on_overflow`).

RFC 9293 knows no queues: a SYN turns the listening endpoint itself. With sockets the listener stays and each SYN makes
an embryonic endpoint, which waits in the SYN queue until its third segment has come and in the accept queue until the
program takes it.
"""

from typing import NamedTuple

from app.tcp.block import NO_WISHES, Wishes
from app.tcp.dialect import SECOND, Dialect
from app.tcp.turn import Doors

SERVES_FAST_OPEN = 2  # tcp_fastopen's bit
FEWEST = 2  # retransmissions of a SYN,ACK, however crowded the queue


class Listener(NamedTuple):
    """Connections are named by the client's port; the queues are in order of arrival."""

    port: int
    backlog: int
    syn: tuple[int, ...] = ()
    accept: tuple[int, ...] = ()
    cookies: bool = False  # SYN cookies have been sent
    wishes: Wishes = NO_WISHES  # of the connections to come
    deferred: int = 0  # TCP_DEFER_ACCEPT, seconds
    fast_open: int = 0  # TCP_FASTOPEN: how many may wait that came with text
    reuses: bool = False  # SO_REUSEADDR, of the connections to come


def limit(listener: Listener, dialect: Dialect) -> int | None:
    """The limit of each queue, min(backlog, somaxconn); a queue holds one more. None where the dialect has no bound."""
    return None if dialect.somaxconn is None else min(listener.backlog, dialect.somaxconn)


def doors(listener: Listener, dialect: Dialect, cookie: int, fast_open: int) -> Doors:
    """What it has room for: Linux finds a queue full when it holds more than the limit.

    `cookie` is the ISN that a SYN cookie for the connection in question has, `fast_open` its Fast Open cookie.
    """
    bound = limit(listener, dialect)
    if bound is None:
        return Doors(listening=True)
    room = bound + dialect.beyond_limit
    return Doors(
        listening=True,
        accept=len(listener.accept) < room,
        syn=len(listener.syn) < syn_room(room, dialect),
        cookie=cookie,
        cookies=listener.cookies,
        fast_open=fast_open if listener.fast_open and dialect.fast_open & SERVES_FAST_OPEN else None,
        deferred=timeouts_within(listener.deferred * SECOND, dialect),
    )


def syn_room(room: int, dialect: Dialect) -> int:
    """How many the SYN queue holds, where the accept queue holds `room`: as many, but without cookies perhaps fewer."""
    backlog = dialect.max_syn_backlog
    if dialect.max_syn_backlog_rules:
        return backlog
    return room if dialect.syn_cookies else min(room, backlog - (backlog >> 2) + 1)


def timeouts_within(wait: int, dialect: Dialect) -> int:
    """After how many time-outs of a SYN,ACK so much time (µs) has passed."""
    count, passed, rto = 0, 0, dialect.rto_initial
    while passed < wait:
        count, passed, rto = count + 1, passed + rto, min(2 * rto, dialect.rto_max)
    return count


def crowded(listener: Listener, dialect: Dialect) -> bool:
    """Whether the SYN queue is more than half full, so that old requests are given up sooner."""
    bound = limit(listener, dialect)
    return bound is not None and 2 * len(listener.syn) > max(8, bound)


def syn_ack_retries(young: int, waiting: int, dialect: Dialect) -> Dialect:
    """The dialect with fewer retransmissions of SYN,ACK, for a crowded queue (`reqsk_timer_handler`).

    `young` of those who are `waiting` have not seen a time-out yet.
    """
    retries = dialect.syn_ack_retries
    if retries is None:
        return dialect
    young *= 2
    while retries > FEWEST and waiting >= young:
        retries, young = retries - 1, young * 2
    return dialect._replace(syn_ack_retries=retries)


def enqueued(listener: Listener, conn: int) -> Listener:
    """A SYN has come: the connection waits for its third segment."""
    return listener._replace(syn=(*listener.syn, conn))


def completed(listener: Listener, conn: int) -> Listener:
    """The handshake is complete: the connection waits to be accepted."""
    return forgotten(listener, conn)._replace(accept=(*listener.accept, conn))


def forgotten(listener: Listener, conn: int) -> Listener:
    """It waits for its third segment no longer."""
    return listener._replace(syn=tuple(other for other in listener.syn if other != conn))


def accepted(listener: Listener) -> Listener:
    """The first in line has left the accept queue."""
    return listener._replace(accept=listener.accept[1:])
