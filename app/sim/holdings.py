"""Which sockets each program holds, written down as it changes: what a deed of any instant would be about."""

from app.sim.host import Host
from app.sim.runner import Runner
from app.sim.trace import Holding


class Holdings:
    """What the programs of a run hold, in order of time."""

    def __init__(self, programs: list[tuple[Runner, tuple[str, ...]]]) -> None:
        """`programs` are the runner of each, and the names that it gives to its sockets."""
        self.written: list[Holding] = []
        self._programs: dict[Host, list[tuple[Runner, tuple[str | None, ...]]]] = {}
        self._latest: dict[tuple[Runner, str | None], tuple[int | None, bool]] = {}
        for runner, names in programs:
            self._programs.setdefault(runner.host, []).append((runner, (None, *names)))
            self.note(runner.host, 0)

    def note(self, host: Host, since: int) -> None:
        """Write down what has changed on that host; a deed meets it from the instant `since` (µs) on."""
        for runner, names in self._programs[host]:
            for name in names:
                socket = runner.current if name is None else runner.names.get(name)
                held = (None, False) if socket is None else (socket.conn, socket.closed)
                if self._latest.get((runner, name)) != held:
                    self._latest[runner, name] = held
                    self.written.append(Holding(since, host.name, runner.number, name, *held))
