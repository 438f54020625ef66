"""The command line: what it prints, and what it says when something is wrong."""

import io
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from shutil import copytree
from textwrap import dedent, indent

import pytest

from app.cli import main
from app.folders import folder
from app.sim.scenario import parse, written

HANDSHAKE = "server: listen; accept\nclient: connect\nwire: delay 50ms\n"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "handshake.scenario"
    file.write_text(HANDSHAKE, encoding="utf-8")
    return file


def test_simulate_prints_the_exchange(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(scenario), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"))


def test_the_exchange_in_the_readme_is_what_the_machine_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    written = re.search(r"\$ cat drop\.scenario\n(.+?)\n\n", readme, re.DOTALL)
    assert written
    monkeypatch.setattr("sys.stdin", io.StringIO(dedent(written[1])))
    assert main(["simulate", "-", "--lang", "en"]) == 0
    assert indent(capsys.readouterr().out, "    ") in readme


def test_simulate_as_tcpdump(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--tcpdump", str(scenario)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [re.search(r"Flags \[([^]]+)\]", line).group(1) for line in lines] == ["S", "S.", "."]  # type: ignore[union-attr]


def test_simulate_as_mermaid(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--mermaid", str(scenario)]) == 0
    assert capsys.readouterr().out.startswith("sequenceDiagram\n    participant client")


def test_simulate_writes_a_capture_file(scenario: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.pcap"
    assert main(["simulate", str(scenario), "--pcap", str(file)]) == 0
    assert file.read_bytes()[:4] in (b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1")
    whole = len(file.read_bytes())
    assert main(["simulate", str(scenario), "--pcap", str(file), "--on", "server"]) == 0
    assert 24 < len(file.read_bytes()) <= whole


def test_simulate_as_tcpdump_on_a_host(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--tcpdump", str(scenario), "--on", "server"]) == 0
    assert [line[:15] for line in capsys.readouterr().out.splitlines()] == [
        "00:00:00.050000", "00:00:00.050000", "00:00:00.150000",
    ]  # fmt: skip


def test_simulate_as_packetdrill(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--packetdrill", str(scenario)]) == 0
    assert capsys.readouterr().out.startswith("// server, under test")
    assert main(["simulate", "--packetdrill", str(scenario), "--on", "client"]) == 0
    assert capsys.readouterr().out.startswith("// client, under test")


def test_simulate_draws_a_picture(scenario: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("end.svg", "early.svg", "dark.svg")]
    for file, more in zip(files, ([], ["--at", "50ms"], ["--theme", "dark"]), strict=True):
        assert main(["simulate", str(scenario), "--svg", str(file), "--lang", "zh", *more]) == 0
    end, early, dark = (file.read_text(encoding="utf-8") for file in files)
    assert "客户端" in end
    assert written(parse(HANDSHAKE)) in end
    assert ' future" data-since' in early
    assert ' future" data-since' not in end
    assert end.partition("<rect width")[2][:40] != dark.partition("<rect width")[2][:40]


def test_simulate_paints_a_picture(scenario: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.png"
    assert main(["simulate", str(scenario), "--png", str(file)]) == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert int.from_bytes(file.read_bytes()[16:20]) == 2 * 390


def test_the_command_line_knows_every_form_of_the_site() -> None:
    from app.simulate import PRINTED, SAVED
    from app.web.download import FORMS

    assert {*PRINTED, *SAVED} == set(FORMS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--pcap", "no/such/folder/out.pcap"], "Cannot write no/such/folder/out.pcap"),
        (["--pcap", "-", "--on", "bob"], "There is no host bob; there are client, server."),
        (["--on", "server"], "give --pcap, --tcpdump or --packetdrill, too"),
        (["--json", "--at", "1s"], "give --svg or --png, too"),
        (["--pcap", "-", "--theme", "dark"], "give --svg or --png, too"),
        (["--svg", "-", "--at", "soon"], "soon is no time"),
        (["--png", "no/such/folder/out.png"], "Cannot write no/such/folder/out.png"),
    ],
)
def test_a_capture_that_cannot_be_is_a_sentence(
    arguments: list[str], sentence: str, scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", str(scenario), *arguments]) == 2
    assert sentence in capsys.readouterr().err


CAPTURES = Path(__file__).parent / "captures"


def test_agree_prints_differences_and_a_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "01_normal_close_4seg"
    (tmp_path / f"{name}.json").write_text((CAPTURES / f"{name}.json").read_text())
    (tmp_path / f"{name}.scenario").write_text((CAPTURES / f"{name}.scenario").read_text())
    assert main(["agree", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "agree 1 of 1\n"
    (tmp_path / f"{name}.scenario").write_text("server: listen; accept\nclient: connect\n")
    assert main(["agree", str(tmp_path)]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "agree 0 of 1"
    assert all(line.startswith(f"{name}: ") for line in lines)


def test_agree_with_a_folder_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agree", "no-such-folder"]) == 2
    assert "There is no folder no-such-folder." in capsys.readouterr().err


def test_the_notation_in_the_readme_is_read() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## Scenarios\n")[1]
    example = next(part for part in section.split("\n\n") if part.startswith("    server:"))
    scenario = parse(dedent(example))
    assert parse(written(scenario)) == scenario
    assert len(scenario.deeds) == 3
    assert len(scenario.forged) == 4


def test_simulate_as_json_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(HANDSHAKE))
    assert main(["simulate", "--json", "-"]) == 0
    trace = json.loads(capsys.readouterr().out)
    assert trace["version"] == 1
    assert [segment["n"] for segment in trace["segments"]] == ["c1", "s1", "c2"]


@pytest.mark.parametrize(("lang", "sentence"), [("en", "there is no call"), ("zh", "connectt")])
def test_a_mistake_in_a_scenario_is_pointed_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, sentence: str
) -> None:
    file = tmp_path / "wrong.scenario"
    file.write_text("server: listen\nclient: connectt\n", encoding="utf-8")
    assert main(["simulate", str(file), "--lang", lang]) == 2
    where, line, caret = capsys.readouterr().err.splitlines()
    assert where.startswith(f"{file}:2:9: ")
    assert sentence in where
    assert line.index("connectt") == caret.index("^")


def test_a_file_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "no-such.scenario"]) == 2
    assert "no-such.scenario" in capsys.readouterr().err


def test_check_finds_nothing_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check"])
    assert status == 0, capsys.readouterr().out


def test_check_says_file_line_and_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = copytree(folder("content"), tmp_path / "content")
    lesson = content / "lessons" / "why-three" / "en.md"
    lesson.write_text(lesson.read_text(encoding="utf-8") + "\n[nowhere](lesson:no-such-lesson)\n", encoding="utf-8")
    line = len(lesson.read_text(encoding="utf-8").splitlines())
    assert main(["check", "--content", str(content)]) == 1
    assert f"lessons/why-three/en.md:{line}: " in capsys.readouterr().out


def test_malformed_content_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = copytree(folder("content"), tmp_path / "content")
    (content / "course.toml").write_text("[[part]\n", encoding="utf-8")
    monkeypatch.setenv("ACKADEMY_CONTENT", str(content))
    assert main(["serve", "--port", "0"]) == 1
    assert "course.toml:1: " in capsys.readouterr().err


def test_a_port_that_is_taken_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_cannot_be(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--port", port])
    assert "--port" in capsys.readouterr().err


def test_serve_prints_its_address_answers_and_stops(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as server:
        try:
            assert server.stdout
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
            assert address
            with urllib.request.urlopen(f"{address[0]}healthz", timeout=10) as response:
                assert response.read() == b"ok"
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=10) == 0
