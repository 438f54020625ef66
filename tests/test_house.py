"""The frame itself: what is where, what the wheel carries, what must not be written anywhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.folders import folder

ROOT = Path(__file__).parents[1]
TOP = {
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "app", "content", "pyproject.toml",
    "requirements.lock", "static", "templates", "tests",
}  # fmt: skip
LONGEST = 400


def sources(*folders: str) -> list[Path]:
    return [file for name in folders for file in sorted((ROOT / name).rglob("*.py"))]


def tracked() -> list[str]:
    """What belongs to the project: all that git knows, or would if it was told."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        return subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("needs a git checkout")


def test_the_top_of_the_house_is_small() -> None:
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_a_folder_is_a_noun_of_the_subject() -> None:
    folders = {part for path in tracked() for part in Path(path).parts[:-1]}
    assert not folders & {"utils", "helpers", "common", "core", "misc", "services", "crud"}


def test_files_are_small() -> None:
    lengths = {file.relative_to(ROOT).as_posix(): len(file.read_text().splitlines()) for file in sources("app")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_every_python_file_begins_by_saying_what_it_is() -> None:
    for file in sources("app", "tests"):
        text = file.read_text(encoding="utf-8")
        assert not text or text.startswith('"""'), file


def test_nothing_is_left_for_later() -> None:
    text = (".py", ".js", ".css", ".html", ".md", ".toml", ".po", ".scenario")
    for path in tracked():
        if path.endswith(text) and ROOT / path != Path(__file__) and not path.startswith("static/vendor/"):
            assert not re.search(r"\b(TODO|FIXME|XXX)\b", (ROOT / path).read_text(encoding="utf-8")), path


def test_the_lock_has_exact_versions_and_no_hosts() -> None:
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)


def test_the_lock_has_everything_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {
        re.split(r"[<>=!~\[]", wish)[0] for wish in project["dependencies"] + project["optional-dependencies"]["dev"]
    }
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    locked = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    assert asked <= locked


@pytest.mark.parametrize("name", ["templates", "static", "content"])
def test_a_checkout_finds_its_material(name: str) -> None:
    assert folder(name) == ROOT / name  # type: ignore[arg-type]


def test_the_wheel_carries_the_site_and_the_command(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(tmp_path.glob("ackademy-*.whl"))
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "ackademy = app.cli:main" in archive.read(entry).decode()
    for name in ("templates", "static", "content"):
        shipped = {file.relative_to(ROOT / name).as_posix() for file in (ROOT / name).rglob("*") if file.is_file()}
        assert {f"app/_site/{name}/{file}" for file in shipped} <= names
    assert not any(name.startswith("tests/") for name in names)
    check = [sys.executable, "-P", "-m", "app", "check"]
    found = subprocess.run(
        check,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
