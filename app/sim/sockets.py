"""Blocking socket calls over endpoints: what each call does when it is made, and when it returns.

A call is `begin` (its effect, once) and `poll` (its result, or None while it blocks). A failed one gives an errno name.
"""

from collections.abc import Callable
from typing import Protocol

from app.sim.host import Endpoint, Host, Socket
from app.sim.options import set_option
from app.sim.program import Call
from app.tcp import calls as tcp
from app.tcp.calls import CallError
from app.tcp.states import State
from app.tcp.turn import Outcome

Result = str | int
DEFAULT_BACKLOG = 128
SERVER_PORT = 80
READ_SIZE = 65536
SECOND = 1_000_000


class Kernel(Protocol):
    """What a socket call needs of the world."""

    @property
    def now(self) -> int:
        """Virtual time, µs."""

    def listen(self, host: Host, port: int, backlog: int, socket: Socket) -> None:
        """Let a listener stand on that port."""

    def tune(self, host: Host, port: int, socket: Socket) -> None:
        """Let the listener on that port have the options that its socket now has."""

    def unlisten(self, host: Host, port: int) -> None:
        """Let it go, and what nobody has accepted with it."""

    def take(self, host: Host, port: int) -> Endpoint | None:
        """The first connection of the accept queue, which leaves it."""

    def connect(self, host: Host, call: Call, socket: Socket) -> Endpoint | None:
        """An active OPEN; None where the local port is taken."""

    def apply(self, endpoint: Endpoint, outcome: Outcome) -> None:
        """Let an endpoint be what an input has made of it."""


class Pending:
    """A call that has been made: when, by whom, on which socket, and what it has gathered so far."""

    def __init__(self, kernel: Kernel, host: Host, call: Call, socket: Socket | None) -> None:
        self.kernel, self.host, self.call, self.socket = kernel, host, call, socket
        self.called_at = kernel.now
        self.arguments = arguments(call)
        self.gathered = 0
        self.opened: Socket | None = None  # the socket that comes of the call

    @property
    def deadline(self) -> int | None:
        """When a call with a time-out gives up, or one that lingers stops to."""
        if self.call.timeout is not None:
            return self.called_at + self.call.timeout
        if self.call.name == "close" and self.socket is not None and self.socket.linger:
            return self.called_at + self.socket.linger * SECOND
        return None

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
        if result is None and self.deadline is not None and self.kernel.now >= self.deadline:
            return TIMED_OUT.get(self.call.name, "EAGAIN")
        return result

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
        if not endpoint.block.over:
            return error.errno
        return take_error(endpoint) or "EPIPE"


def arguments(call: Call) -> str:
    """What a call was given, as the notation writes it."""
    if call.value is not None:
        return f"{call.word}={call.value}"
    return ", ".join([str(part) for part in (call.word, call.number, call.data) if part is not None])


def take_error(endpoint: Endpoint) -> str | None:
    """The errno that ended the connection, once."""
    if endpoint.error_seen:
        return None
    endpoint.error_seen = endpoint.block.error is not None
    return endpoint.block.error


def _bind(pending: Pending) -> Result:
    if pending.socket is None or not pending.socket.fresh:
        return "EINVAL"
    pending.socket.bound = pending.call.number
    pending.opened = pending.socket
    return "ok"


def _listen(pending: Pending) -> Result:
    backlog = DEFAULT_BACKLOG if pending.call.number is None else pending.call.number
    socket = pending.socket or Socket()
    port = SERVER_PORT if socket.bound is None else socket.bound
    # Linux (`inet_csk_bind_conflict`) wants SO_REUSEADDR on both, the new socket and whatever is left on the port.
    left = [endpoint for endpoint in pending.host.endpoints.values() if endpoint.port == port]
    if port in pending.host.listeners or not all(socket.reuses and endpoint.reuses for endpoint in left):
        return "EADDRINUSE"
    socket.port = port
    pending.kernel.listen(pending.host, port, backlog, socket)
    pending.opened = socket
    return "ok"


def _connect(pending: Pending) -> Result | None:
    call, socket = pending.call, pending.socket or Socket()
    if socket.endpoint is not None:
        return _connect_again(socket.endpoint)
    endpoint = pending.kernel.connect(pending.host, call, socket)
    if endpoint is None:
        return "EADDRNOTAVAIL"
    socket.endpoint = endpoint
    pending.socket = pending.opened = socket
    return "EINPROGRESS" if call.nonblock else None


def _connect_again(endpoint: Endpoint) -> Result:
    """connect() on a socket whose first one did not block."""
    if endpoint.block.state in (State.SYN_SENT, State.SYN_RECEIVED):
        return "EALREADY"
    if endpoint.block.over:
        return take_error(endpoint) or "ECONNABORTED"
    return "EISCONN"


def _connected(pending: Pending) -> Result | None:
    block = pending.endpoint.block
    if block.state in (State.SYN_SENT, State.SYN_RECEIVED):
        return None
    if block.over:
        return take_error(pending.endpoint) or "ECONNABORTED"  # closed or aborted while connect() was waiting
    return "ok" if pending.call.data is None else pending.call.data


def _accepted(pending: Pending) -> Result | None:
    if pending.socket is None or pending.socket.port is None:
        return "EINVAL"
    endpoint = pending.kernel.take(pending.host, pending.socket.port)
    if endpoint is None:
        return None
    pending.opened = pending.socket.child(endpoint)
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
    if endpoint.block.over:
        return take_error(endpoint) or pending.gathered
    return None


def _shutdown(pending: Pending) -> Result:
    block = pending.endpoint.block
    if pending.call.word == "wr":
        if block.over:
            return "ENOTCONN"
        if not block.fin_wanted:
            pending.apply(tcp.close(block, pending.kernel.now, pending.host.dialect, reading=True))
    elif pending.socket is not None:
        pending.socket.deaf = True  # local: nothing is sent
    return "ok"


def _close(pending: Pending) -> Result | None:
    socket = pending.socket
    if socket is None:
        return "EBADF"
    if socket.linger == 0 and socket.endpoint is not None:
        return _abort(pending)
    socket.closed = True
    if socket.port is not None:
        pending.kernel.unlisten(pending.host, socket.port)
    elif socket.endpoint is not None and socket.endpoint.block.state is not State.CLOSED:
        pending.apply(tcp.close(socket.endpoint.block, pending.kernel.now, pending.host.dialect, reading=False))
        return None if socket.linger else "ok"
    return "ok"


def _lingered(pending: Pending) -> Result | None:
    """close() with SO_LINGER waits until the FIN is acknowledged."""
    unfinished = (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)
    return None if pending.endpoint.block.state in unfinished else "ok"


def _abort(pending: Pending) -> Result:
    if pending.socket is not None:
        pending.socket.closed = True
    if pending.endpoint.block.state is not State.CLOSED:
        pending.apply(tcp.abort(pending.endpoint.block, pending.kernel.now, pending.host.dialect))
    return "ok"


def _setsockopt(pending: Pending) -> Result:
    socket, call = pending.socket, pending.call
    if socket is None or call.word is None or call.value is None:
        return "EINVAL"
    set_option(socket, call.word, call.value)
    if socket.fresh:
        pending.opened = socket
    elif socket.port is not None and socket.port in pending.host.listeners:
        pending.kernel.tune(pending.host, socket.port, socket)
    elif socket.endpoint is not None and socket.endpoint.block.state is not State.CLOSED:
        pending.apply(tcp.wish(socket.endpoint.block, socket.wishes, pending.kernel.now, pending.host.dialect))
    return "ok"


def _getsockopt(pending: Pending) -> Result:
    return take_error(pending.endpoint) or 0


def _ready(pending: Pending) -> Result | None:
    """The bits that poll(2) would show, as `tcp_poll` sets them."""
    endpoint, socket = pending.endpoint, pending.socket
    block = endpoint.block
    dead = block.over
    ended = dead or block.fin_received or (socket is not None and socket.deaf)
    opening = block.state is State.SYN_SENT or (block.state is State.SYN_RECEIVED and not block.fast_open)
    bits = {
        "IN": ended or block.unread > 0,
        "OUT": not opening,
        "ERR": block.error is not None and not endpoint.error_seen,
        "HUP": dead or (ended and block.fin_wanted),
        "RDHUP": ended,
    }
    return "|".join(bit for bit, is_set in bits.items() if is_set) or None


def _blocks(_pending: Pending) -> Result | None:
    return None


DESCRIPTOR_CALLS = ("accept", "send", "recv", "shutdown", "close", "abort", "setsockopt", "getsockopt", "poll")
NEEDS = {
    "accept": "port",
    **dict.fromkeys(("send", "recv", "shutdown", "abort", "getsockopt", "poll"), "endpoint"),
}
TIMED_OUT = {"poll": "none", "sleep": "ok", "close": "ok"}
BEGIN: dict[str, Callable[[Pending], Result | None]] = {
    "bind": _bind,
    "listen": _listen,
    "accept": _blocks,
    "connect": _connect,
    "send": _send,
    "recv": _blocks,
    "shutdown": _shutdown,
    "close": _close,
    "abort": _abort,
    "setsockopt": _setsockopt,
    "getsockopt": _getsockopt,
    "poll": _blocks,
    "sleep": _blocks,
}
POLL: dict[str, Callable[[Pending], Result | None]] = {
    "accept": _accepted,
    "connect": _connected,
    "recv": _received,
    "poll": _ready,
    "sleep": _blocks,
    "close": _lingered,
}
