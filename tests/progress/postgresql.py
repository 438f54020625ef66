"""A PostgreSQL of the tests' own: on a Unix socket, in a folder that goes with it, as somebody without privileges."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "progress"


def binaries() -> Path | None:
    """Where initdb and postgres are; Debian keeps them out of the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """The URL of a server that runs until the end, to be completed with the name of a database."""
    with tempfile.TemporaryDirectory(prefix="ackademy-pg-") as name:
        home = Path(name)
        somebody = _unprivileged()
        if somebody is not None:  # PostgreSQL does not run as root
            os.chown(home, somebody.pw_uid, somebody.pw_gid)
        who = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []} if somebody else {}
        making = [
            programs / "initdb",
            "-D",
            home / "data",
            "-U",
            OWNER,
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        ]
        subprocess.run(making, check=True, capture_output=True, cwd=home, **who)
        quick = [
            part for setting in ("fsync=off", "full_page_writes=off", "autovacuum=off") for part in ("-c", setting)
        ]
        running = [programs / "postgres", "-D", home / "data", "-k", home, "-c", "listen_addresses=", *quick]
        with (
            (home / "log").open("wb") as log,
            subprocess.Popen(running, stdout=log, stderr=log, cwd=home, **who) as server,
        ):
            try:
                _await(home, server)
                yield f"postgresql://{OWNER}@/{{}}?host={home}"
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: nobody needs what is in it
                server.wait(timeout=20)


def _unprivileged() -> pwd.struct_passwd | None:
    """Who shall run it instead of root; None for whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _await(home: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(host=str(home), user=OWNER, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError((home / "log").read_text())
