"""Which calls make sense behind those that a program has: what its latest socket is by then, as a table."""

from collections.abc import Iterable

from app.sim.program import Call, Program
from app.sim.scenario import Scenario

# What comes of a call, and what makes sense then. `accept*` goes on for ever: nothing comes behind it.
BECOMES = {"listen": "listening", "accept": "open", "connect": "open", "close": "over", "abort": "over"}
SENSIBLE = {
    "none": ("connect", "listen", "sleep(100ms)"),
    "listening": ("accept", "accept*{recv(eof); close}", "sleep(100ms)", "close"),
    "open": ("send(100)", "recv", "recv(eof)", "shutdown(wr)", "close", "abort", "sleep(100ms)"),
    "half": ("recv", "recv(eof)", "close", "abort", "sleep(100ms)"),
    "over": ("connect", "sleep(100ms)"),
    "for ever": (),
}


def next_calls(scenario: Scenario, program: Program, block: tuple[Call, ...] | None = None) -> tuple[str, ...]:
    """The calls, as they are written, that can follow the program's last one, or the last in a block of `accept*`."""
    state = _state(program.calls, "none") if block is None else _state(block, "open")
    listens = any(call.name == "listen" for call in program.calls)
    calls = SENSIBLE["listening"] if state == "over" and listens and block is None else SENSIBLE[state]
    if block is not None:
        calls = tuple(call for call in calls if call != "connect")
    return tuple(_connect(scenario, program.host) if call == "connect" else call for call in calls)


def _state(calls: Iterable[Call], state: str) -> str:
    for call in calls:
        if call.block is not None:
            return "for ever"
        half = call.name == "shutdown" and call.word == "wr"
        state = "half" if half else BECOMES.get(call.name, state)
    return state


def _connect(scenario: Scenario, host: str) -> str:
    """To whoever listens, by name where it is not `server`, which is meant otherwise."""
    others = [other for other in scenario.hosts if other != host and scenario.calls(other, "listen")]
    return f"connect({others[0]}:80)" if others and "server" not in others else "connect"
