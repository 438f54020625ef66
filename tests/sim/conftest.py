"""Property tests of the world have no deadline: a slow machine is not a mistake. And what several tests look at."""

from collections.abc import Callable

import pytest

from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run


@pytest.fixture(scope="session")
def traced() -> Callable[[str], Trace]:
    """Runs a scenario."""
    return lambda text: run(parse(text))


@pytest.fixture(scope="session")
def handshake() -> Trace:
    """The handshake, and 100 bytes at 200 ms."""
    return run(parse("server: listen; accept; recv\nclient: connect; send(100)@200ms\nwire: delay 50ms\n"))
