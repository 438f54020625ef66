"""Blocking socket calls over endpoints: what each call does when it is made, and when it returns.

A call is `begin` (its effect, once) and `poll` (its result, or None while it blocks). A failed one gives an errno name.
"""

from collections.abc import Callable
from typing import Protocol

from app.sim.host import Endpoint, Host
from app.sim.program import Call
from app.tcp import calls as tcp
from app.tcp.calls import CallError
from app.tcp.states import State
from app.tcp.turn import Outcome

Result = str | int
DEFAULT_BACKLOG = 128
SERVER_PORT = 80
READ_SIZE = 65536


class Kernel(Protocol):
    """What a socket call needs of the world."""

    now: int

    def listen(self, host: Host, port: int, backlog: int) -> None:
        """Let a listener stand on that port."""

    def unlisten(self, host: Host, port: int) -> None:
        """Let it go, and what nobody has accepted with it."""

    def take(self, host: Host, port: int) -> Endpoint | None:
        """The first connection of the accept queue, which leaves it."""

    def connect(self, host: Host, peer: str | None, peer_port: int, port: int | None) -> Endpoint | None:
        """An active OPEN; None where the local port is taken."""

    def apply(self, endpoint: Endpoint, outcome: Outcome) -> None:
        """Let an endpoint be what an input has made of it."""


class Socket:
    """What a program's name stands for: a listener's port, or an endpoint, or neither any more."""

    def __init__(self, port: int | None = None, endpoint: Endpoint | None = None) -> None:
        self.port, self.endpoint = port, endpoint
        self.closed = False  # by close() or abort(): the descriptor is gone
        self.deaf = False  # by shutdown(rd)

    @property
    def conn(self) -> int | None:
        """The connection that it is of, if it is of one."""
        return self.endpoint.conn if self.endpoint else None


class Pending:
    """A call that has been made: when, by whom, on which socket, and what it has gathered so far."""

    def __init__(self, kernel: Kernel, host: Host, call: Call, socket: Socket | None) -> None:
        self.kernel, self.host, self.call, self.socket = kernel, host, call, socket
        self.called_at = kernel.now
        self.gathered = 0
        self.opened: Socket | None = None  # the socket that comes of the call

    @property
    def deadline(self) -> int | None:
        """When a call with a time-out gives up."""
        return None if self.call.timeout is None else self.called_at + self.call.timeout

    def begin(self) -> Result | None:
        """Make the call."""
        needs = NEEDS.get(self.call.name)
        if self.socket is not None and self.socket.closed and self.call.name in DESCRIPTOR_CALLS:
            return "EBADF"
        if needs and (self.socket is None or getattr(self.socket, needs) is None):
            return "ENOTCONN" if needs == "endpoint" else "EINVAL"
        try:
            return BEGIN[self.call.name](self)
        except CallError as error:
            return self._failure(error)

    def poll(self) -> Result | None:
        """The result, once there is one."""
        result = POLL[self.call.name](self)
        timed_out = self.deadline is not None and self.kernel.now >= self.deadline
        return "EAGAIN" if result is None and timed_out else result

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint that the call is about; `NEEDS` has seen to it that there is one."""
        if self.socket is None or self.socket.endpoint is None:
            raise CallError("ENOTCONN", "connection does not exist")
        return self.socket.endpoint

    def apply(self, outcome: Outcome) -> None:
        """Let the endpoint be what the call has made of it."""
        self.kernel.apply(self.endpoint, outcome)

    def _failure(self, error: CallError) -> str:
        """The first call after a connection has died says of what; later ones say EPIPE."""
        endpoint = self.endpoint
        if endpoint.block.state is not State.CLOSED:
            return error.errno
        if endpoint.block.error and not endpoint.error_seen:
            endpoint.error_seen = True
            return endpoint.block.error
        return "EPIPE"


def _listen(pending: Pending) -> Result:
    backlog = DEFAULT_BACKLOG if pending.call.number is None else pending.call.number
    if SERVER_PORT in pending.host.listeners:
        return "EADDRINUSE"
    pending.kernel.listen(pending.host, SERVER_PORT, backlog)
    pending.opened = Socket(port=SERVER_PORT)
    return "ok"


def _connect(pending: Pending) -> Result | None:
    call = pending.call
    endpoint = pending.kernel.connect(pending.host, call.word, call.number or SERVER_PORT, call.from_port)
    if endpoint is None:
        return "EADDRNOTAVAIL"
    pending.socket = pending.opened = Socket(endpoint=endpoint)
    return None


def _connected(pending: Pending) -> Result | None:
    block = pending.endpoint.block
    if block.state in (State.SYN_SENT, State.SYN_RECEIVED):
        return None
    pending.endpoint.error_seen = block.error is not None
    if block.state is State.CLOSED:
        return block.error or "ECONNABORTED"  # closed or aborted while connect() was waiting
    return "ok"


def _accepted(pending: Pending) -> Result | None:
    if pending.socket is None or pending.socket.port is None:
        return "EINVAL"
    endpoint = pending.kernel.take(pending.host, pending.socket.port)
    if endpoint is None:
        return None
    pending.opened = Socket(endpoint=endpoint)
    return "ok"


def _send(pending: Pending) -> Result:
    length = pending.call.number or 0
    pending.apply(tcp.send(pending.endpoint.block, length, pending.kernel.now, pending.host.dialect))
    return length


def _received(pending: Pending) -> Result | None:
    """One read; `recv(n)` and `recv(eof)` go on until they have what they came for. 0 is end of file."""
    endpoint, call = pending.endpoint, pending.call
    if block_unread := endpoint.block.unread:
        wanted = READ_SIZE if call.number is None else call.number - pending.gathered
        taken = min(block_unread, wanted)
        pending.gathered += taken
        pending.apply(tcp.receive(endpoint.block, wanted, pending.kernel.now, pending.host.dialect))
        if call.word is None and (call.number is None or pending.gathered >= call.number):
            return pending.gathered
        if endpoint.block.unread:
            return _received(pending)
    if endpoint.block.fin_received or (pending.socket and pending.socket.deaf):
        return pending.gathered
    if endpoint.block.state is State.CLOSED:
        if endpoint.block.error and not endpoint.error_seen:
            endpoint.error_seen = True
            return endpoint.block.error
        return pending.gathered
    return None


def _shutdown(pending: Pending) -> Result:
    if pending.call.word == "wr":
        if pending.endpoint.block.state is State.CLOSED:
            return "ENOTCONN"
        pending.apply(tcp.close(pending.endpoint.block, pending.kernel.now, pending.host.dialect, reading=True))
    elif pending.socket is not None:
        pending.socket.deaf = True  # local: nothing is sent
    return "ok"


def _close(pending: Pending) -> Result:
    socket = pending.socket
    if socket is None:
        return "EBADF"
    socket.closed = True
    if socket.port is not None:
        pending.kernel.unlisten(pending.host, socket.port)
    elif socket.endpoint is not None and socket.endpoint.block.state is not State.CLOSED:
        pending.apply(tcp.close(socket.endpoint.block, pending.kernel.now, pending.host.dialect, reading=False))
    return "ok"


def _abort(pending: Pending) -> Result:
    if pending.socket is not None:
        pending.socket.closed = True
    if pending.endpoint.block.state is not State.CLOSED:
        pending.apply(tcp.abort(pending.endpoint.block, pending.kernel.now, pending.host.dialect))
    return "ok"


def _blocks(_pending: Pending) -> Result | None:
    return None


DESCRIPTOR_CALLS = ("accept", "send", "recv", "shutdown", "close", "abort")
NEEDS = {"accept": "port", "send": "endpoint", "recv": "endpoint", "shutdown": "endpoint", "abort": "endpoint"}
BEGIN: dict[str, Callable[[Pending], Result | None]] = {
    "listen": _listen,
    "accept": _blocks,
    "connect": _connect,
    "send": _send,
    "recv": _blocks,
    "shutdown": _shutdown,
    "close": _close,
    "abort": _abort,
}
POLL: dict[str, Callable[[Pending], Result | None]] = {
    "accept": _accepted,
    "connect": _connected,
    "recv": _received,
}
