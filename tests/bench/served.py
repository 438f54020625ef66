"""A server of its own process, and how quickly it is there."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
KEY = "signs the cookies of measurements, and of nobody"
COMMAND = (sys.executable, "-m", "app")


class Served(NamedTuple):
    """Where it is, and how many seconds passed from the command to its first answer."""

    port: int
    cold_start: float


@contextmanager
def served(filled: Callable[[Path], None] | None = None) -> Iterator[Served]:
    """`ackademy serve` on a free port of this machine, with progress of its own, ended when left.

    `filled` puts into its folder, before it starts, what it is to find there.
    """
    with _migrated() as here:
        if filled:
            filled(Path(here["ACKADEMY_DATA"]))
        with _answering([*COMMAND, "serve", "--port", "0"], here) as server:
            yield server


@contextmanager
def inserting() -> Iterator[Served]:
    """The server of `tests.bench.inserting`."""
    command = [sys.executable, "-m", "uvicorn", "tests.bench.inserting:app", "--port", "0", "--no-access-log"]
    with _migrated() as here, _answering(command, here) as server:
        yield server


@contextmanager
def _migrated() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as data:
        here = os.environ | {"ACKADEMY_DATA": data, "ACKADEMY_LIMIT": "", "ACKADEMY_KEY": KEY}
        subprocess.run([*COMMAND, "migrate"], cwd=ROOT, env=here, stdout=subprocess.DEVNULL, check=True)
        yield here


@contextmanager
def _answering(command: Sequence[str], here: dict[str, str]) -> Iterator[Served]:
    begin = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=here
    ) as process:
        try:
            assert process.stdout
            address = next(filter(None, (re.search(r"127\.0\.0\.1:(\d+)", line) for line in process.stdout)), None)
            assert address, "the server did not start"
            with urllib.request.urlopen(f"http://{address[0]}/healthz", timeout=20) as response:
                assert response.read() == b"ok"
            yield Served(int(address[1]), time.perf_counter() - begin)
        finally:
            process.terminate()
            process.wait(timeout=10)
