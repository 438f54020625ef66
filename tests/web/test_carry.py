"""Carrying progress on: a link that works once, a phrase, and nothing lost where two histories meet."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mnemonic import Mnemonic

from app.progress import learners, tally, upkeep
from app.progress.place import Place
from app.progress.tokens import LASTS
from app.web import Settings, create_app
from app.web.learners import COOKIE
from app.web.move import SHOWN
from tests.web.studying import HOUR, NOW, Clock, Student


@pytest.fixture
def other(site: FastAPI) -> TestClient:
    """A browser that has not been here."""
    return TestClient(site, follow_redirects=False)


def link_of(student: Student, lang: str = "en") -> str:
    """The path of a link that the student made on the page."""
    answer = student.browser.post(f"/{lang}/progress/move/link")
    assert answer.status_code == 303
    page = student.page("/move", lang)
    return re.search(rf'class="address mono">http://testserver(/{lang}/carry/[\w-]+)<', page)[1]


def phrase_of(student: Student, lang: str = "en") -> str:
    student.browser.post(f"/{lang}/progress/move/phrase")
    listed = student.page("/move", lang).partition('<ol class="phrase"')[2].partition("</ol>")[0]
    return " ".join(re.findall(r"<li>([^<]+)</li>", listed))


def counted(student: Student, browser: TestClient) -> int:
    """The answers of the learner that this browser is."""
    with student.world.store.reading() as connection:
        whose = learners.known(connection, student.world.signer.learner(browser.cookies[COOKIE]))
        assert whose
        return tally.of(connection, whose).answers


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_link_is_shown_as_text_and_as_a_code(student: Student, lang: str) -> None:
    student.answered("third-segment")
    path = link_of(student, lang)
    answer = student.browser.get(f"/{lang}/progress/move")
    assert answer.headers["cache-control"] == "no-store"
    assert path in student.page("/move", lang)  # also after a reload
    code = ET.fromstring(re.search(r'<svg[^>]*class="qr".*?</svg>', answer.text, re.DOTALL)[0])
    assert code.findtext("title") == student.world.words[lang]("carry.qr")
    assert "style=" not in answer.text


def test_looking_at_a_link_does_not_use_it_up_and_carrying_on_does(student: Student, other: TestClient) -> None:
    student.answered("third-segment")
    path = link_of(student)
    for _ in range(3):
        page = other.get(path)
        assert page.status_code == 200
        assert "<dd>1</dd>" in page.text
        assert COOKIE not in other.cookies
    assert other.head(path).status_code == 200
    done = other.post(path)
    assert done.headers["location"] == "/en/progress?said=carried"
    assert counted(student, other) == 1
    assert "Carried over" in other.get("/en/progress?said=carried").text
    again = other.get(path)
    assert again.status_code == 404
    assert "It has been used already" in again.text
    assert other.post(path).status_code == 404
    assert "works no more" in student.page("/move")


def test_two_histories_become_one_in_both_browsers(site: FastAPI, student: Student) -> None:
    student.answered("third-segment")
    phone = Student(site)
    phone.answered("ack-of-the-syn")
    phone.answered("who-keeps-time-wait")
    path = link_of(student)
    page = phone.browser.get(path).text
    assert re.findall(r"<dt>Answers</dt><dd>(\d+)</dd>", page) == ["1", "2"]
    phone.browser.post(path)
    assert counted(student, phone.browser) == counted(student, student.browser) == 3
    phone.answered("handshake-states")
    assert counted(student, student.browser) == 4


def test_a_link_goes_on_as_oneself(student: Student) -> None:
    student.answered("third-segment")
    path = link_of(student)
    page = student.browser.get(path).text
    assert "It is here already" in page
    assert "<form method=" not in page.partition('<main id="main"')[2].partition("</main>")[0]
    assert student.browser.get(path).status_code == 200


def test_a_link_s_time_is_over(student: Student, other: TestClient, clock: Clock) -> None:
    student.answered("third-segment")
    path = link_of(student)
    clock.now = NOW + LASTS
    assert other.get(path).status_code == 410
    assert "Its time is over" in other.post(path).text
    assert COOKIE not in other.cookies


@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, "..%2f..", "<script>"])
def test_a_link_that_leads_nowhere_says_so(other: TestClient, token: str) -> None:
    for answer in (other.get(f"/zh/carry/{token}"), other.post(f"/zh/carry/{token}")):
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
        assert "<h1>" in answer.text


def test_its_page_tells_nobody_of_the_token(student: Student, other: TestClient) -> None:
    student.answered("third-segment")
    answer = other.get(link_of(student))
    assert answer.headers["cache-control"] == "no-store"
    assert 'rel="canonical"' not in answer.text
    assert 'content="noindex"' in answer.text
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phrase_brings_everything_back_and_goes_on_working(student: Student, site: FastAPI, lang: str) -> None:
    student.answered("third-segment")
    said = phrase_of(student, lang)
    assert len(said.split()) == 12
    for written in (said, f"  {said.replace(' ', ',  ').upper()}.\n"):
        browser = TestClient(site, follow_redirects=False)
        answer = browser.post(f"/{lang}/progress/move/recover", data={"phrase": written})
        assert answer.headers["location"] == f"/{lang}/progress?said=carried"
        assert counted(student, browser) == 1


def test_a_new_phrase_makes_the_former_useless(student: Student, other: TestClient) -> None:
    student.answered("third-segment")
    former = phrase_of(student)
    assert phrase_of(student) != former
    answer = other.post("/en/progress/move/recover", data={"phrase": former})
    assert answer.status_code == 422
    assert "No progress has these twelve words" in answer.text


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("", "exactly twelve words"),
        ("abandon " * 11, "exactly twelve words"),
        ("abandon " * 11 + "tcp", "“tcp” is none of the words"),
        ("abandon " * 12, "they don’t belong together"),
        ("abandon " * 11 + "about", "No progress has these twelve words"),
        ("的" * 12, "they don’t belong together"),
        ("<b>x</b>", "exactly twelve words"),
        ("x" * 5000, "exactly twelve words"),
    ],
)
def test_a_wrong_phrase_is_explained_and_stays_in_the_field(other: TestClient, said: str, complaint: str) -> None:
    answer = other.post("/en/progress/move/recover", data={"phrase": said})
    if len(said) > 4000:
        assert answer.status_code in (400, 422)
        return
    assert answer.status_code == 422
    assert complaint in unescape(answer.text)
    assert "<b>x</b>" not in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert COOKIE not in other.cookies
    if said.strip():
        assert said.split(maxsplit=1)[0] in unescape(answer.text)


def test_what_was_made_is_shown_to_whom_it_belongs_only(site: FastAPI, student: Student) -> None:
    """Whoever plants a link of their own in a browser does not get it shown there."""
    student.answered("third-segment")
    path = link_of(student)
    victim = Student(site)
    victim.answered("third-segment")
    victim.browser.cookies.set(SHOWN, f"link%3A{path.rpartition('/')[2]}")
    assert path.rpartition("/")[2] not in victim.page("/move")
    stranger = Mnemonic("english").generate(128)
    victim.browser.cookies.set(SHOWN, f"phrase%3A{stranger.replace(' ', '%20')}")
    assert 'class="phrase"' not in victim.page("/move")
    for junk in ("x", "link%3A", "phrase%3Aabandon", "%FF%FE", "link%3A%00"):
        victim.browser.cookies.set(SHOWN, junk)
        assert victim.browser.get("/en/progress/move").status_code == 200


def test_a_visitor_has_nothing_to_carry_away(other: TestClient) -> None:
    page = other.get("/en/progress/move").text
    assert "Make a link" not in page
    assert 'name="phrase"' in page
    for kind in ("link", "phrase"):
        assert other.post(f"/en/progress/move/{kind}").status_code == 303
    assert not other.cookies.get(COOKIE)
    assert not other.cookies.get(SHOWN)


def test_it_is_said_where_only_this_machine_can_open_the_link(student: Student) -> None:
    student.answered("third-segment")
    student.browser.post("/en/progress/move/link")
    assert "Only this very computer" not in student.page("/move")
    here = Student(student.browser.app, base_url="http://127.0.0.1:8000")
    here.answered("third-segment")
    here.browser.post("/en/progress/move/link")
    page = here.page("/move")
    assert "http://127.0.0.1:8000/en/carry/" in page
    assert "Only this very computer" in page


def test_a_site_that_knows_its_address_gives_links_to_it(tmp_path: Path) -> None:
    place = Place(data=tmp_path, database_url="")
    upkeep.migrate(place)
    app = create_app(Settings(origin="https://ackademy.example"), place)
    student = Student(app, base_url="https://ackademy.example")
    student.answered("third-segment", app.state.world.now() - HOUR)
    student.browser.post("/en/progress/move/link", headers={"host": "evil.test"})
    page = student.browser.get("/en/progress/move", headers={"host": "evil.test"}).text
    assert "https://ackademy.example/en/carry/" in page
    assert "evil.test" not in page
    app.state.world.close()


def test_another_site_can_make_nobody_somebody_else(student: Student, other: TestClient) -> None:
    student.answered("third-segment")
    path = link_of(student)
    assert other.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert other.get(path).status_code == 200
