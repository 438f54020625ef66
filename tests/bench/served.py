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


class Served(NamedTuple):
    """Where it is, and how many seconds passed from the command to its first answer."""

    port: int
    cold_start: float


@contextmanager
def served() -> Iterator[Served]:
    """`ackademy serve` on a free port of this machine, ended when left."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "app", "serve", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as data,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"ACKADEMY_DATA": data}
        ) as process,
    ):
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
