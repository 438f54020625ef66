"""A real server under load is killed again and again: every answer that it had acknowledged is there afterwards."""

import http.client
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from tests.course.conftest import Content

ROOT = Path(__file__).parents[2]
KILLS = 20
READERS = 4


class Load:
    """Browsers that answer as fast as they can, and remember what was acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: set[str] = set()
        self.refused: list[int] = []
        self.stopped = threading.Event()
        self.port = 0

    def answer(self, number: int) -> None:
        """One browser, until all is stopped; a server that is gone is waited for."""
        cookie, count = "", 0
        while not self.stopped.is_set():
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                    while not self.stopped.is_set():
                        count += 1
                        shown = 1_000_000 * (number + 1) + count
                        headers = {"content-type": "application/x-www-form-urlencoded", "cookie": cookie}
                        path = f"/en/questions/about-order?seed={number}"
                        connection.request("POST", path, f"choice=1&shown={shown}", headers)
                        response = connection.getresponse()
                        response.read()
                        if response.status != 303:  # an assertion in a thread would fail no test
                            self.refused.append(response.status)
                            return
                        cookie = (response.getheader("set-cookie") or cookie).partition(";")[0]
                        self.acknowledged.add(f"question/about-order/{number}/{shown}")
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)


def served(content: Path, data: Path) -> tuple[subprocess.Popen[str], int]:
    """A server of its own process, and its port."""
    here = os.environ | {"ACKADEMY_CONTENT": str(content), "ACKADEMY_DATA": str(data), "ACKADEMY_LIMIT": ""}
    command = (sys.executable, "-m", "app", "serve", "--port", "0")
    process = subprocess.Popen(command, cwd=ROOT, env=here, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    address = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
    assert address, "the server did not start"
    return process, int(address[1])


def test_no_acknowledged_answer_is_lost_by_being_killed(content: Content, tmp_path: Path) -> None:
    data = tmp_path / "data"
    dice = random.Random(2026)
    load = Load()
    readers = [threading.Thread(target=load.answer, args=(number,)) for number in range(READERS)]
    survived = []
    for kill in range(KILLS):
        process, load.port = served(content.root, data)
        for reader in readers if kill == 0 else ():
            reader.start()
        before = len(load.acknowledged)
        time.sleep(0.05 + dice.random() * 0.4)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=10)
        survived.append(len(load.acknowledged) - before)
    load.stopped.set()
    for reader in readers:
        reader.join(timeout=10)
    with sqlite3.connect(data / "progress.sqlite3") as base:
        kept = {key for (key,) in base.execute("SELECT key FROM attempt")}
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert load.refused == []
    assert load.acknowledged <= kept
    assert sum(survived) > KILLS, survived
