"""An experiment as a file of every form, and as JSON; what cannot be read is refused with a sentence."""

import json
import subprocess
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from dpkt.pcap import Reader
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.draw.packetdrill import packetdrill
from app.draw.reads import reads
from app.sim.scenario import parse, to_query
from app.sim.trace import Returned
from app.sim.world import run
from app.web.download import FORMS

LOST = "server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms; drop c1\n"
QUERY = to_query(parse(LOST))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_has_its_type_and_a_name(visitor: TestClient, form: str, lang: str) -> None:
    answer = visitor.get(f"/export/{form}?{QUERY}&lang={lang}&t=1.05s")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FORMS[form].media_type)
    assert f'{FORMS[form].suffix}"' in answer.headers["content-disposition"]
    assert answer.content


def test_a_capture_has_every_segment_and_as_a_host_sees_it_those_that_arrived(visitor: TestClient) -> None:
    wire = visitor.get(f"/export/pcap?{QUERY}").content
    server = visitor.get(f"/export/pcap?{QUERY}&host=server").content
    assert len(list(Reader(BytesIO(wire)))) == len(list(Reader(BytesIO(server)))) + 1


def test_wireshark_reads_the_capture(visitor: TestClient, tshark: str, tmp_path: Path) -> None:
    file = tmp_path / "exchange.pcap"
    file.write_bytes(visitor.get(f"/export/pcap?{QUERY}").content)
    read = subprocess.run([tshark, "-r", str(file)], capture_output=True, text=True, check=True).stdout
    assert "[SYN, ACK]" in read
    assert "Malformed" not in read


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_stands_alone(visitor: TestClient, theme: str) -> None:
    answer = visitor.get(f"/export/svg?{QUERY}&lang=zh&theme={theme}")
    root = ElementTree.fromstring(answer.text)
    assert "var(" not in answer.text
    assert "style-src 'unsafe-inline'" in answer.headers["content-security-policy"]
    kinds = {name for element in root.iter() for name in element.get("class", "").split()}
    styled = root.find("{http://www.w3.org/2000/svg}style")
    assert styled is not None
    assert {"syn", "line", "head", "flags", "numbers", "track"} <= {k for k in kinds if f".{k}" in (styled.text or "")}


def test_a_png_is_one_and_the_moment_changes_it(visitor: TestClient) -> None:
    start, end = (visitor.get(f"/export/png?{QUERY}&lang=zh&t={t}").content for t in ("0ms", "61.2s"))
    assert start.startswith(b"\x89PNG")
    assert start != end


def test_the_json_is_that_of_the_api_and_of_the_terminal(visitor: TestClient) -> None:
    exported, api = visitor.get(f"/export/json?{QUERY}").json(), visitor.get(f"/api/trace?{QUERY}").json()
    assert exported == api
    assert [segment["n"] for segment in api["segments"]][:3] == ["c1", "c2", "s1"]


@pytest.mark.parametrize(
    "query", ["client=connect", "server=listen&client=conect", f"{QUERY}&host=nobody", f"{QUERY}&t=soon"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_makes_no_sense_is_refused_with_a_page_or_json(visitor: TestClient, query: str, lang: str) -> None:
    page = visitor.get(f"/export/svg?{query}&lang={lang}")
    assert page.status_code == 422
    assert "text/html" in page.headers["content-type"]
    for address in ("/api/trace", "/export/json"):
        told = visitor.get(f"{address}?{query}&lang={lang}")
        assert told.status_code == 422
        assert told.json()["detail"]


def test_a_mistake_is_pointed_at(visitor: TestClient) -> None:
    told = visitor.get("/api/trace?server=listen&client=connect;+sned(1)").json()
    assert (told["key"], told["column"]) == ("client", 10)


def test_hostile_input_is_answered(visitor: TestClient) -> None:
    assert visitor.get("/api/trace?server=listen&" + urlencode({"client": "send(1);" * 2_000})).status_code in (
        413,
        422,
    )
    assert visitor.get(f"/export/svg?{'x' * 30_000}").status_code == 413
    assert visitor.get("/export/exe?" + QUERY).status_code == 404
    assert visitor.get("/export/svg?%00=%ff").status_code == 422


def test_hosts_may_have_the_names_of_what_is_asked(visitor: TestClient) -> None:
    trace = visitor.get("/api/trace?server=listen&lang=connect&host=connect").json()
    assert {segment["from"] for segment in trace["segments"]} == {"lang", "host", "server"}


def test_the_api_is_documented_with_examples(visitor: TestClient) -> None:
    described = visitor.get("/api/openapi.json").json()["paths"]["/api/trace"]["get"]
    named = {parameter["name"]: parameter for parameter in described["parameters"]}
    assert {"server", "client", "wire", "at", "forge", "set", "lang"} <= set(named)
    assert "drop c1" in json.dumps(named["wire"])


def test_a_script_in_packetdrills_notation() -> None:
    lines = packetdrill(run(parse(LOST)), "client").splitlines()
    assert "+0...1.1 connect(3, ..., ...) = 0" in lines
    assert any(line.startswith("+0 > S 0:0(0) win 65535 <mss 1460,") and "lost" in line for line in lines)
    assert any(line.startswith("+0.1 < S. 0:0(0) ack 1 ") for line in lines)
    assert "+0 close(3) = 0" in lines


READS = [
    (
        "server: listen; accept; recv(eof); close\nclient: connect; send(100); close@300ms\nwire: delay 50ms",
        ["+0 read(4, ..., 65536) = 100", "+0...0.2 read(4, ..., 65536) = 0"],
    ),
    (
        "server: listen; accept; recv(150); recv(eof)\nclient: connect; send(100); send(100)@2s; abort@3s",
        [
            "+0 read(4, ..., 150) = 100",
            "+0...1.9 read(4, ..., 50) = 50",
            "+0 read(4, ..., 65536) = 50",
            "+0...1 read(4, ..., 65536) = -1 ECONNRESET",
        ],
    ),
    (
        "server: listen; accept; recv; recv(eof)\nclient: connect; send(100); send(9)@1s",
        [
            "+0 read(4, ..., 65536) = 100",
            "+0...0.9 read(4, ..., 65536) = 9",
            "// read(4, ..., 65536) has not returned when this ends",
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), READS)
def test_a_script_reads_as_a_system_does(text: str, expected: list[str]) -> None:
    assert [line for line in packetdrill(run(parse(text)), "server").splitlines() if " read(" in line] == expected


def test_what_is_read_in_turns_is_what_the_program_got(site: FastAPI) -> None:
    for file in sorted(site.state.world.settings.content.glob("scenarios/*.scenario")):
        trace = run(parse(file.read_text(encoding="utf-8")))
        for end in trace.connections:
            turns = list(reads(trace, *end))
            got = [
                e.result for e in trace.events if isinstance(e, Returned) and (e.host, e.conn, e.call) == (*end, "recv")
            ]
            if all(isinstance(turn.result, int) for turn in turns):
                assert sum(turn.result for turn in turns) == sum(got), (file.name, end)


def test_a_script_tells_what_came_ahead() -> None:
    lost = "server: listen; accept; recv(eof)\nclient: connect; send(1400); send(300); close\nwire: drop c3\n"
    script = packetdrill(run(parse(lost)), "server")
    told = next(line for line in script.splitlines() if ",sack " in line)
    assert "ack 1 " in told
    assert told.endswith(",nop,nop,sack 1401:1702>")


def test_every_scenario_of_the_course_has_a_script(site: FastAPI) -> None:
    for file in sorted(site.state.world.settings.content.glob("scenarios/*.scenario")):
        trace = run(parse(file.read_text(encoding="utf-8")))
        for host in trace.scenario.hosts:
            assert packetdrill(trace, host).startswith("// "), file.name
