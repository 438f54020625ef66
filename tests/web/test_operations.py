"""What whoever runs the site relies on: ready or not, numbers, log lines, limits, and forms of other sites."""

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.progress import upkeep
from app.progress.place import Place
from app.web import Settings, create_app
from app.web.watch import log_as_json


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A site as somebody runs it for others: watched, and with a limit."""
    place = Place(data=tmp_path_factory.mktemp("run"), database_url="")
    upkeep.migrate(place)
    return create_app(Settings(limit="5/minute", metrics=True, log="json"), place)


def test_it_is_ready_where_progress_can_be_kept(visitor: TestClient) -> None:
    assert visitor.get("/readyz").text == "ready\n"


def test_it_is_not_ready_before_the_database_is_migrated(tmp_path) -> None:
    answer = TestClient(create_app(Settings(), Place(data=tmp_path, database_url=""))).get("/readyz")
    assert answer.status_code == 503
    assert "migrate" in answer.text


def test_it_is_not_ready_where_nothing_can_be_written(tmp_path: Path) -> None:
    place = Place(data=tmp_path, database_url="")
    upkeep.migrate(place)
    with closing(create_app(Settings(), place).state.world), sqlite3.connect(place.file) as connection:
        connection.execute("PRAGMA wal_checkpoint")
        only_read = Place(data=tmp_path, database_url=f"sqlite:///file:{place.file}?mode=ro&uri=true")
        answer = TestClient(create_app(Settings(), only_read)).get("/readyz")
    assert answer.status_code == 503
    assert "read-only" in answer.text


def test_it_is_not_ready_where_nobody_writes_any_more(tmp_path: Path) -> None:
    place = Place(data=tmp_path, database_url="")
    upkeep.migrate(place)
    app = create_app(Settings(), place)
    assert TestClient(app).get("/readyz").status_code == 200
    app.state.world.close()
    answer = TestClient(app).get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the writer has stopped\n")


def test_numbers_are_there_only_where_they_were_asked_for(visitor: TestClient, run: FastAPI) -> None:
    assert visitor.get("/metrics").status_code == 404
    watched = TestClient(run)
    watched.get("/en/states")
    for n in range(3):
        watched.request(f"ODD{n}", "/en/states")
    told = watched.get("/metrics").text
    assert 'ackademy_answers_total{method="GET",route="/{lang}/states",status="200"}' in told
    assert 'ackademy_answers_total{method="other",route="/{lang}/states",status="405"} 3.0' in told
    assert "ODD" not in told
    assert 'ackademy_answer_seconds_bucket{le="0.01",route="/{lang}/states"}' in told


def test_a_line_of_json_for_each_answer(run: FastAPI, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        log_as_json()
        TestClient(run).get("/en/no-such-page")
        address, visitor = "/en/carry/whoever-has-this-has-it-all", TestClient(run, client=("198.51.100.9", 1))
        visitor.get(address)
        visitor.get(f"{address}/", follow_redirects=False)
        visitor.post(address, headers={"sec-fetch-site": "cross-site"})
        for _ in range(5):
            TestClient(run, client=("198.51.100.10", 1)).get("/en/search?q=1")
        TestClient(run, client=("198.51.100.10", 1)).post(address)
        told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        lines = [line for line in told if "search" not in line.get("path", "")]
    finally:
        root.handlers[:], root.level = handlers, level
    line, *secrets = (line for line in lines if line["name"] == "ackademy.access")
    assert (line["method"], line["path"], line["status"]) == ("GET", "/en/no-such-page", 404)
    assert line["ms"] > 0
    assert [secret["status"] for secret in secrets] == [404, 307, 403, 429]
    assert {secret["path"] for secret in secrets} == {"/en/carry/{token}"}


def test_one_address_may_not_ask_for_too_much_of_what_is_costly(run: FastAPI) -> None:
    visitor = TestClient(run, client=("198.51.100.7", 1))
    codes = [visitor.get(f"/en/search?q={n}").status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert visitor.get("/en/lessons/why-three").status_code == 200
    assert TestClient(run, client=("198.51.100.8", 1)).get("/en/search?q=1").status_code == 200


def test_a_network_of_one_owner_is_one_address_and_the_refusal_is_as_safe_as_a_page(run: FastAPI) -> None:
    answers = [TestClient(run, client=(f"2001:db8::{n}", 1)).get("/en/search?q=1") for n in range(1, 8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["content-security-policy"]
    assert TestClient(run, client=("2001:db8:0:1::1", 1)).get("/en/search?q=1").status_code == 200


TOO_MANY = {"zh": "请求太频繁了", "en": "Too many requests"}


@pytest.mark.parametrize(
    ("path", "accept", "tag", "langs"),
    [
        ("/zh/search?q=1", "en", "zh-Hans", ["zh"]),
        ("/en/search?q=1", "zh", "en", ["en"]),
        ("/s/bcdfghjk", "zh", "zh-Hans", ["zh", "en"]),
        ("/export/svg?client=connect", "de", "en", ["en", "zh"]),
    ],
)
def test_the_refusal_is_a_page_in_the_language_of_the_address_or_in_both(
    run: FastAPI, monkeypatch: pytest.MonkeyPatch, path: str, accept: str, tag: str, langs: list[str]
) -> None:
    visitor = TestClient(run, client=(f"203.0.113.{len(path)}", 1), headers={"accept-language": accept})
    for _ in range(5):
        visitor.get(path)
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["cache-control"]) == (
        429,
        "60",
        "no-store",
    )
    assert f'<html lang="{tag}"' in answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert sorted(langs, key=lambda lang: main.index(TOO_MANY[lang])) == langs
    assert sum(words in main for words in TOO_MANY.values()) == len(langs)
    assert "60" in main
    home = f'href="/{langs[0]}/"'
    assert home in main
    renderer = run.state.world.renderer
    monkeypatch.setattr(renderer, "_templates", {})  # nothing is rendered again
    monkeypatch.setattr("app.web.learners.waits", None)
    assert visitor.get(path).content == answer.content


def test_a_program_that_asks_for_too_much_is_told_so_in_json(run: FastAPI) -> None:
    program = TestClient(run, client=("203.0.113.1", 1))
    answers = [program.get("/api/questions/none") for _ in range(6)]
    assert answers[0].json().keys() == answers[5].json().keys() == {"detail"}
    assert (answers[5].status_code, answers[5].headers["retry-after"]) == (429, "60")


@pytest.mark.parametrize("path", ["/en/share?to=/en/lab", "/s/bcdfghjk"])
def test_sharing_is_limited_too(run: FastAPI, path: str) -> None:
    visitor = TestClient(run, client=(f"198.51.100.{len(path)}", 1))
    assert [visitor.get(path).status_code == 429 for _ in range(6)] == [False] * 5 + [True]


def test_a_limit_that_is_none_does_not_start() -> None:
    with pytest.raises(ValidationError):
        Settings(limit="a lot")
    with pytest.raises(ValidationError):
        Settings(new_links="many")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "https://odd.example"}, 303),
        ({"origin": "http://testserver"}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_is_turned_away(visitor: TestClient, headers: dict[str, str], status: int) -> None:
    assert visitor.post("/theme", data={"to": "dark"}, headers=headers).status_code == status
