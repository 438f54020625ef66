"""Which sockets each program holds, written down as it changes: what a deed of any instant would be about."""

from app.sim.host import Host, Socket
from app.sim.runner import Runner
from app.sim.trace import Holding

Held = tuple[int | None, bool, int | None]  # the connection, whether the descriptor is closed, the ISS


class Holdings:
    """What the programs of a run hold, in order of time."""

    def __init__(self, programs: list[tuple[Runner, tuple[str, ...]]]) -> None:
        """`programs` are the runner of each, and the names that it gives to its sockets."""
        self.written: list[Holding] = []
        self._programs = programs
        self._latest: dict[Runner, list[Held]] = {}
        for runner, names in programs:
            self._write(runner, names, 0)

    def note(self, host: Host, since: int) -> None:
        """Write down what has changed on that host; a deed meets it from the instant `since` (µs) on."""
        for runner, names in self._programs:
            if runner.host is host:
                self._write(runner, names, since)

    def _write(self, runner: Runner, names: tuple[str, ...], since: int) -> None:
        sockets = (runner.current, *map(runner.names.get, names))
        held = [_held(socket) for socket in sockets]
        if held != self._latest.get(runner):
            self._latest[runner] = held
            told, whose = zip((None, *names), held, strict=True), (runner.host.name, runner.number)
            self.written += [Holding(since, *whose, name, conn, closed, iss) for name, (conn, closed, iss) in told]


def _held(socket: Socket | None) -> Held:
    if socket is None:
        return None, False, None
    return socket.conn, socket.closed, socket.endpoint.block.iss if socket.endpoint else None
