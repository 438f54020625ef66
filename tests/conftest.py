"""What tests of every folder share: the site on the real content, and the system parts that some tests need."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # the machine's tests run without a web
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from starlette.types import ASGIApp

settings.register_profile("patient", settings(), deadline=None)  # a slow machine is not a mistake
settings.load_profile("patient")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where these tests keep progress, also in the servers that they start: not where the developer does."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ACKADEMY_DATA", str(folder))
        for name in ("ACKADEMY_KEY", "DATABASE_URL"):
            environment.delenv(name, raising=False)
        yield folder


def missing(package: str) -> NoReturn:
    """Skip the test, saying how to get what it needs. In CI nothing may be missing."""
    sentence = f"needs {package}: sudo apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or missing("chromium")


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node."""
    return shutil.which("node") or missing("nodejs")


@pytest.fixture(scope="session")
def tshark() -> str:
    """The path of Wireshark's command."""
    return shutil.which("tshark") or missing("tshark")


@pytest.fixture(scope="session")
def chinese_font() -> None:
    """A font that has Chinese characters."""
    lister = shutil.which("fc-list")
    if not lister or not subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip():
        missing("fonts-noto-cjk")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator["FastAPI"]:
    """The site with the content that it ships, and a place of its own for progress."""
    from app.progress import upkeep
    from app.progress.place import Place
    from app.web import Settings, create_app

    place = Place(data=tmp_path_factory.mktemp("progress"), database_url="")
    upkeep.migrate(place)
    app = create_app(Settings(limit=""), place)
    yield app
    app.state.world.close()


@pytest.fixture
def visitor(site: "FastAPI") -> Iterator["TestClient"]:
    """A browser without cookies that follows no redirect by itself."""
    from fastapi.testclient import TestClient

    with TestClient(site, follow_redirects=False) as client:
        yield client


@contextmanager
def served(app: "ASGIApp") -> Iterator[str]:
    """That application on a real port of this machine: `http://127.0.0.1:…`."""
    import uvicorn

    from app.cli import listen

    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=5)


@pytest.fixture(scope="session")
def address(site: "FastAPI") -> Iterator[str]:
    """The site on a port of its own."""
    with served(site) as address:
        yield address
