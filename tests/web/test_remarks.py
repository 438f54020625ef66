"""Something is wrong here: a reader says so, and whoever runs the site reads it."""

import re
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.cli import main
from app.progress import learners, remarks, upkeep
from app.progress.place import Place
from app.progress.remarks import LONGEST, Remark
from app.progress.trouble import Trouble
from app.web.learners import COOKIE
from tests.web.studying import NOW, Student

ACK = "ack-of-the-syn"


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form for a remark."""
    form = page[page.index('<details class="remark">') :]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


def latest(site: FastAPI) -> Remark:
    with site.state.world.store.reading() as connection:
        return remarks.recent(connection, 1)[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visitor_leaves_one_and_is_thanked_and_stays_nobody(site: FastAPI, visitor: TestClient, lang: str) -> None:
    answered = f"/{lang}/questions/{ACK}?seed=7&number=77"
    fields = form_of(visitor.get(answered).text)
    sent = visitor.post(f"/{lang}/remarks", data=fields | {"text": "答案 and key disagree"})
    assert sent.status_code == 303
    thanks = visitor.get(sent.headers["location"])
    assert thanks.status_code == 200
    assert {"zh": "谢谢", "en": "Thank you"}[lang] in thanks.text
    assert f'href="{answered}"' in unescape(thanks.text)
    assert COOKIE not in visitor.cookies
    left = latest(site)
    assert (left.source, left.seed, left.lang) == (ACK, 7, lang)
    assert (left.answer, left.text) == ({"number": "77"}, "答案 and key disagree")


@pytest.mark.parametrize(
    "path",
    [f"/questions/{ACK}?seed=7", f"/quiz/{ACK}?seed=7&n=1&q=1", "/lessons/both-at-once", "/questions/two-segments"],
)
def test_every_question_can_be_remarked_on_before_it_is_answered(site: FastAPI, visitor: TestClient, path: str) -> None:
    fields = form_of(visitor.get(f"/en{path}").text)
    assert fields["answer"] == ""
    assert fields["back"].startswith(f"/en{path.partition('?')[0]}")
    assert visitor.post("/en/remarks", data=fields | {"text": "hm"}).status_code == 303
    assert latest(site).source == fields["source"]


def test_what_is_too_long_is_shortened(site: FastAPI, visitor: TestClient) -> None:
    text = "字" * (2 * LONGEST)
    assert visitor.post("/en/remarks", data={"source": ACK, "seed": "1", "text": text}).status_code == 303
    assert latest(site).text == "字" * LONGEST


def test_an_empty_one_is_asked_for_again_with_all_that_goes_along(visitor: TestClient) -> None:
    fields = {"source": ACK, "seed": "3", "answer": "number=5&unsure=1", "text": "  "}
    page = visitor.post("/en/remarks", data=fields)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="number=5&amp;unsure=1"' in page.text


@pytest.mark.parametrize(
    "fields", [{"source": "no-such", "seed": "1"}, {"source": ACK, "seed": "x"}, {"source": ACK, "seed": ""}, {}]
)
def test_a_question_that_there_is_not_has_no_remarks(visitor: TestClient, fields: dict[str, str]) -> None:
    assert visitor.post("/en/remarks", data=fields | {"text": "?"}).status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/theme", "javascript:alert(1)", "/en"])
def test_the_way_back_stays_on_the_site(visitor: TestClient, back: str) -> None:
    sent = visitor.post("/en/remarks", data={"source": ACK, "seed": "1", "text": "?", "back": back})
    thanks = visitor.get(sent.headers["location"]).text
    assert f'href="/en/questions/{ACK}?seed=1"' in thanks
    assert "evil" not in thanks
    assert "alert(1)" not in thanks


def test_nothing_that_is_sent_becomes_markup(visitor: TestClient) -> None:
    fields = {"source": ACK, "seed": "1", "answer": 'number="><script>', "back": '/en/"><script>', "text": ""}
    assert "<script>" not in visitor.post("/en/remarks", data=fields).text


def test_the_form_has_an_address_of_its_own(visitor: TestClient) -> None:
    page = visitor.get(f"/zh/remarks?source={ACK}&seed=4")
    assert page.status_code == 200
    assert "<textarea" in page.text


def test_a_learners_remark_goes_with_them(site: FastAPI) -> None:
    student = Student(site)
    student.answered(ACK)
    student.browser.post("/en/remarks", data={"source": ACK, "seed": "1", "text": "mine"})
    with student.world.store.reading() as connection:
        assert [one.text for one in remarks.of(connection, student.id)] == ["mine"]
    student._write(lambda connection: learners.forget(connection, student.id))
    assert latest(site).text != "mine"


def test_a_remark_that_could_not_be_kept_is_not_thanked_for(
    site: FastAPI, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def write(*_: object) -> None:
        raise Trouble("full", "no space")

    monkeypatch.setattr(site.state.world.writer, "write", write)
    assert visitor.post("/en/remarks", data={"source": ACK, "seed": "1", "text": "?"}).status_code == 503


def test_whoever_runs_the_site_lists_them(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACKADEMY_DATA", str(tmp_path))
    place = Place()
    upkeep.migrate(place)
    assert main(["remarks"]) == 0
    assert "Nobody" in capsys.readouterr().out
    store = place.store()
    with store.writing() as connection:
        for text in ("first", "second\nline", "\x1b[31mred"):
            remarks.leave(connection, None, Remark(NOW, ACK, 7, "zh", {"number": "77"}, text))
    store.close()
    assert main(["remarks", "--most", "2"]) == 0
    told = capsys.readouterr().out
    assert told.count(f"2026-12-06 12:00 UTC  /zh/questions/{ACK}?seed=7&number=77\n") == 2
    assert "\x1b" not in told
