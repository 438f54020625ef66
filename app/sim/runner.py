"""A program that runs: which call is next, what it waits for, which sockets it has."""

from app.sim.host import Host, Socket
from app.sim.program import Call
from app.sim.sockets import Kernel, Pending, Result
from app.sim.trace import Called, Event, Returned


class Runner:
    """Makes the calls of one program (or of one block of `accept*{…}`) in order, each when it may be made."""

    def __init__(
        self, host: Host, number: int, calls: tuple[Call, ...], latest: Socket | None = None, since: int = 0
    ) -> None:
        """`latest` is the socket that unnamed calls mean; `since`, when the program began (µs)."""
        self.host, self.number, self.calls = host, number, calls
        self.latest = latest
        self.listener: Socket | None = None  # what accept means when connections have come in between
        self.names: dict[str, Socket] = {}
        self.next = 0
        self.pending: Pending | None = None
        self.returned_at = since
        self.down = False  # the machine has crashed: nothing runs until it is started again
        self.heard = -1  # the host's news when it was last asked: without more it cannot go on before `wants`
        self.wants: int | None = None  # what `due` said then

    def due(self) -> int | None:
        """The instant at which it wants to be asked again, whatever else happens; None if only others can wake it."""
        if self.down:
            return None
        if self.pending is not None:
            return self.pending.deadline
        if self.next >= len(self.calls):
            return None
        when = self.calls[self.next].when
        if when is None:
            return self.returned_at
        return max(when.us, self.returned_at) if when.sign == "@" else self.returned_at + when.us

    def advance(self, kernel: Kernel, events: list[Event]) -> tuple[bool, list["Runner"]]:
        """Do what can be done now; whether anything was, and the runners that an `accept*` has started."""
        moved = False
        started: list[Runner] = []
        while not self.down:
            done = self.pending
            if done is not None:
                result = done.poll()
            else:
                due = self.due()
                if due is None or due > kernel.now:
                    return moved, started
                moved = True
                done, result = self.begin(kernel, self.calls[self.next], events)
            if result is None:
                self.pending = done
                return moved, started
            self.pending, moved = None, True
            self.finish(kernel, done, result, events)
            if done.call.block is not None and done.opened is not None:
                started.append(Runner(self.host, self.number, done.call.block, done.opened, kernel.now))
            else:
                self.next += 1
        return moved, started

    def begin(self, kernel: Kernel, call: Call, events: list[Event]) -> tuple[Pending, Result | None]:
        """Make a call; its result if it has one at once."""
        pending = Pending(kernel, self.host, call, self.socket(call))
        place = len(events)
        result = pending.begin()
        conn = pending.socket.conn if pending.socket else None
        events.insert(place, Called(kernel.now, self.host.name, conn, call.name, pending.arguments))
        return pending, pending.poll() if result is None else result

    def finish(self, kernel: Kernel, done: Pending, result: Result, events: list[Event]) -> None:
        """Record that a call returned, and what its socket is called from now on."""
        call, opened = done.call, done.opened
        if opened is not None:
            if call.binds:
                self.names[call.binds] = opened
            if call.name == "listen":
                self.listener = opened
            if call.block is None:
                self.latest = opened
        socket = opened or done.socket
        self.returned_at = kernel.now
        conn = socket.conn if socket else None
        events.append(Returned(kernel.now, self.host.name, conn, call.name, result, done.called_at, done.arguments))

    @property
    def current(self) -> Socket | None:
        """The socket that is being opened, or else the latest."""
        return self.pending.opened if self.pending and self.pending.opened else self.latest

    def socket(self, call: Call) -> Socket | None:
        """The socket that a call is about."""
        if call.on is not None:
            return self.names.get(call.on)
        if call.name == "accept":
            return self.listener
        if call.name in MAKES and (self.latest is None or not (self.latest.fresh or self.may_set(call))):
            return Socket()
        return self.latest

    def may_set(self, call: Call) -> bool:
        """Whether an option is for the socket in use, and not for the next one."""
        return call.name == "setsockopt" and self.latest is not None and not self.latest.closed

    def stop(self) -> None:
        """The process is dead."""
        self.pending, self.next = None, len(self.calls)

    def start_afresh(self, now: int) -> None:
        """The machine has been started again: what comes after the next new socket is done anew."""
        self.down = False
        self.next += self.pending is not None
        while self.next < len(self.calls) and self.calls[self.next].name not in MAKES:
            self.next += 1
        self.pending, self.latest, self.listener, self.returned_at = None, None, None, now
        self.names.clear()


MAKES = ("connect", "listen", "bind", "setsockopt")
