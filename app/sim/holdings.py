"""Which sockets each program holds, written down as it changes: what a deed of any instant would be about."""

from app.sim.host import Host
from app.sim.runner import Runner
from app.sim.trace import Holding


class Holdings:
    """What the programs of a run hold, in order of time."""

    def __init__(self, programs: list[tuple[Runner, tuple[str, ...]]]) -> None:
        """`programs` are the runner of each, and the names that it gives to its sockets."""
        self.written: list[Holding] = []
        self._programs = programs
        self._latest: dict[Runner, list[tuple[int | None, bool]]] = {}
        for runner, names in programs:
            self._write(runner, names, 0)

    def note(self, host: Host, since: int) -> None:
        """Write down what has changed on that host; a deed meets it from the instant `since` (µs) on."""
        for runner, names in self._programs:
            if runner.host is host:
                self._write(runner, names, since)

    def _write(self, runner: Runner, names: tuple[str, ...], since: int) -> None:
        sockets = (runner.current, *map(runner.names.get, names))
        held = [(socket.conn, socket.closed) if socket else (None, False) for socket in sockets]
        if held != self._latest.get(runner):
            self._latest[runner] = held
            told, whose = zip((None, *names), held, strict=True), (runner.host.name, runner.number)
            self.written += [Holding(since, *whose, name, *what) for name, what in told]
