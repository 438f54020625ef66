"""Export, import and deletion: the file is all of it, a bad one changes nothing, and what is deleted is gone."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.progress import history, learners, settings, tally
from app.progress.tables import Table
from app.progress.trouble import Trouble
from app.web import export
from app.web.learners import COOKIE
from app.web.taking import Quiz
from tests.web.studying import Student


@pytest.fixture
def other(site: FastAPI) -> TestClient:
    return TestClient(site, follow_redirects=False)


@pytest.fixture
def studied(student: Student) -> Student:
    student.set(interview="2026-12-12", zone="Asia/Shanghai")
    student.read("three-way-handshake", "syn")
    for source in ("third-segment", "ack-of-the-syn"):
        student.answered(source)
    return student


def send(browser: TestClient, content: bytes, lang: str = "en"):
    return browser.post(f"/{lang}/progress/import", files={"file": ("x.json", content, "application/json")})


def test_the_export_is_a_file_with_everything(studied: Student) -> None:
    answer = studied.browser.get("/zh/progress/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="ackademy-2026-12-06.json"'
    assert answer.headers["cache-control"] == "no-store"
    told = json.loads(answer.text)
    assert (len(told["attempts"]), len(told["steps"]), len(told["settings"])) == (2, 1, 2)


def test_what_was_exported_is_imported_as_often_as_one_likes(studied: Student, other: TestClient) -> None:
    file = studied.browser.get("/en/progress/export").content
    for _ in range(2):
        answer = send(other, file)
        assert answer.headers["location"] == "/en/progress?said=imported"
    with studied.world.store.reading() as connection:
        mine = history.of(connection, studied.id)
        theirs = history.of(connection, studied.world.signer.learner(other.cookies[COOKIE]))
    assert theirs == mine
    assert "has been added" in other.get("/en/progress?said=imported").text


def test_whatever_the_site_has_kept_it_takes_back(site: FastAPI, other: TestClient) -> None:
    """A quiz on every skill, taken twice over, and a box that somebody has ticked with NUL."""
    world = site.state.world
    subject = ",".join([*world.skills] * 3)
    url = f"/en/quiz/{subject}?seed=3&n=2&q=1"
    question = Quiz(
        Request({"type": "http", "query_string": b"seed=3&n=2", "headers": []}), world, world.words["en"], subject
    ).question(1)
    assert other.post(url, data={**question.form.key, "unsure": "\0"}).status_code == 303
    assert 'id="verdict"' in other.get(url).text
    mine = TestClient(site, follow_redirects=False)
    assert send(mine, other.get("/en/progress/export").content).status_code == 303
    assert json.loads(mine.get("/en/progress/export").content)["attempts"][0]["answer"]["unsure"] == ""
    assert 'id="verdict"' in mine.get(url).text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "Please choose a file"),
        (b"GIF89a", "no file that Ackademy has exported"),
        (b"\xff\xfe\x00", "no file that Ackademy has exported"),
        (b"[" * 100_000, "no file that Ackademy has exported"),
        (b'{"format": "ackademy-progress", "version": 99}', "comes from a newer version"),
        (b'{"format": "ackademy-progress", "version": 1, "attempts": "<b>"}', "The file is damaged"),
    ],
)
def test_a_bad_file_is_explained_and_changes_nothing(other: TestClient, content: bytes, complaint: str) -> None:
    answer = send(other, content)
    assert answer.status_code == 422
    assert complaint in unescape(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert COOKIE not in other.cookies


def test_a_file_that_is_too_large_is_turned_away(other: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST", 200_000)
    for size in (200_001, 400_000, 3_000_000):
        answer = send(other, b"x" * size)
        assert answer.status_code == 413
        assert "The file is too large" in answer.text


def test_what_is_no_form_with_a_file_is_none(other: TestClient) -> None:
    assert other.post("/en/progress/import", content=b"{}").status_code == 422
    broken = {"content-type": "multipart/form-data"}
    assert other.post("/en/progress/import", content=b"--x", headers=broken).status_code == 422
    assert other.post("/en/progress/import", data={"file": "text"}).status_code == 422
    files = [("file", ("a", b"1")), ("file", ("b", b"2"))]
    assert other.post("/en/progress/import", files=files).status_code == 422


def test_a_visitor_has_nothing_to_export(other: TestClient) -> None:
    assert other.get("/en/progress/export").headers["location"] == "/en/progress/move"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_anything_is_deleted_it_says_what(studied: Student, lang: str) -> None:
    page = studied.page("/delete", lang)
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["2", "1", "2"]
    assert f'href="/{lang}/progress/export"' in page
    assert studied.browser.get("/en/progress").status_code == 200
    with studied.world.store.reading() as connection:
        assert tally.of(connection, studied.id).answers == 2


def test_what_is_deleted_is_gone(site: FastAPI, studied: Student) -> None:
    other = Student(site)
    other.answered("third-segment")
    phrase = studied.browser.post("/en/progress/move/phrase")
    assert phrase.status_code == 303
    answer = studied.browser.post("/en/progress/delete")
    assert answer.status_code == 303
    assert not studied.browser.cookies.get(COOKIE)
    page = studied.browser.get(answer.headers["location"]).text
    assert "Everything is deleted" in page
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["2", "1", "2"]
    with studied.world.store.reading() as connection:
        assert learners.known(connection, studied.id) is None
        for table in Table.metadata.sorted_tables:
            if "learner" in table.c:
                rows = select(func.count()).select_from(table).where(table.c.learner == studied.id)
                assert connection.execute(rows).scalar_one() == 0, table.name
        assert tally.of(connection, other.id).answers == 1
    database = studied.world.store.engine.url.database
    kept = b"".join(Path(name).read_bytes() for name in (database, f"{database}-wal"))
    assert studied.id.hex.encode() not in kept
    assert studied.id.bytes not in kept


def test_deleting_twice_or_nothing_is_no_mistake(studied: Student, other: TestClient) -> None:
    tag = studied.browser.cookies[COOKIE]
    studied.browser.post("/en/progress/delete")
    for browser in (studied.browser, other):
        answer = browser.post("/en/progress/delete")
        assert "Nothing is kept here" in browser.get(answer.headers["location"]).text
    late = TestClient(studied.browser.app, cookies={COOKIE: tag}, follow_redirects=False)
    assert late.post("/en/progress/delete").status_code == 303
    assert "Nothing is kept here" in late.get("/en/progress/delete").text


def test_a_learner_that_was_merged_deletes_all_of_it(site: FastAPI, studied: Student) -> None:
    phone = Student(site)
    phone.answered("ack-of-the-syn")
    with studied.world.store.writing() as connection:
        history.merge(connection, phone.id, studied.id, studied.world.now())
    assert re.findall(r"<dd>(\d+)</dd>", phone.page("/delete"))[0] == "3"
    phone.browser.post("/en/progress/delete")
    assert "Begin here" in studied.page()


def test_where_it_cannot_be_deleted_the_cookie_stays(studied: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise Trouble("locked")

    monkeypatch.setattr(studied.world.store, "writing", locked)
    assert studied.browser.post("/en/progress/delete").status_code == 503
    assert studied.browser.cookies.get(COOKIE)
    monkeypatch.undo()
    with studied.world.store.reading() as connection:
        assert settings.of(connection, studied.id)


def test_another_site_deletes_nothing(studied: Student) -> None:
    answer = studied.browser.post("/en/progress/delete", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "<dd>2</dd>" in studied.page("/delete")


def test_what_went_is_only_numbers(other: TestClient) -> None:
    other.cookies.set("gone", "1")
    page = other.get("/en/progress/deleted?answers=<b>&steps=999999999999999&x=1").text
    assert "<b>" not in page.partition("<main")[2]


def test_a_link_to_the_page_after_deletion_claims_nothing(studied: Student) -> None:
    answer = studied.browser.get("/en/progress/deleted?answers=9", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/progress/delete")
