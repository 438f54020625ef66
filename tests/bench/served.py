"""A server of its own process, and how quickly it is there."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "app")


class Served(NamedTuple):
    """Where it is, and how many seconds passed from the command to its first answer."""

    port: int
    cold_start: float


@contextmanager
def served() -> Iterator[Served]:
    """`ackademy serve` on a free port of this machine, with progress of its own, ended when left."""
    with tempfile.TemporaryDirectory() as data:
        here = os.environ | {"ACKADEMY_DATA": data}
        subprocess.run(
            [*COMMAND, "migrate"], cwd=ROOT, env=here, stdout=subprocess.DEVNULL, check=True
        )  # once in a life
        begin = time.perf_counter()
        serving = [*COMMAND, "serve", "--port", "0"]
        with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=here) as process:
            try:
                assert process.stdout
                address = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
                assert address, "the server did not start"
                with urllib.request.urlopen(f"http://{address[0]}/healthz", timeout=20) as response:
                    assert response.read() == b"ok"
                yield Served(int(address[1]), time.perf_counter() - begin)
            finally:
                process.terminate()
                process.wait(timeout=10)
