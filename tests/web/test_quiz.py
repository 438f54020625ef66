"""Quizzes over HTTP: the same questions for the same link, no key before the answer, nothing lost on the way."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.quiz.forms import Number
from app.quiz.generator import GENERATORS
from app.web.learners import COOKIE

COUNTED = (
    "ack-of-the-syn",
    "first-data-byte",
    "ack-of-data",
    "ack-of-a-fin",
    "around-the-circle",
    "seq-of-a-repeated-fin",
)
HIDDEN = [*COUNTED, *(id for id, made in GENERATORS.items() if made.kind == "trace")]


@pytest.fixture
def visitor(site: FastAPI) -> TestClient:
    return TestClient(site)


def ask(site: FastAPI, id: str, seed: int):
    return site.state.world.course.pool.question(id, seed)


def sent(answer) -> dict[str, object]:
    """An answer as a form sends it."""
    return {name: value.split(",") if name in ("choice", "flags") else value for name, value in answer.items()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_source_has_a_page_that_does_not_give_its_key_away(site: FastAPI, visitor: TestClient, lang: str) -> None:
    for source in site.state.world.course.pool.sources:
        page = visitor.get(f"/{lang}/questions/{source.id}?seed=7")
        assert page.status_code == 200, source.id
        assert 'class="feedback"' not in page.text
        assert "is-right" not in page.text


@pytest.mark.parametrize("id", HIDDEN)
@pytest.mark.parametrize("seed", range(3))
def test_no_number_that_is_asked_for_stands_anywhere_in_the_page_or_the_api(
    site: FastAPI, visitor: TestClient, id: str, seed: int
) -> None:
    key = ask(site, id, seed).form.key
    wanted = {value for value in key.values() if value.isdigit() and int(value) > 9999}
    page = unescape(visitor.get(f"/en/questions/{id}?seed={seed}").text)
    told = visitor.get(f"/api/questions/{id}?seed={seed}").text
    for value in wanted:
        for spelling in (value, f"{int(value):,}", f"{int(value):x}"):
            assert not re.search(rf"(?<![0-9a-f]){spelling}(?![0-9a-f])", page), (value, "page")
            assert not re.search(rf"(?<![0-9a-f]){spelling}(?![0-9a-f])", told), (value, "api")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_right_and_a_wrong_answer_to_every_source(site: FastAPI, visitor: TestClient, lang: str) -> None:
    for source in site.state.world.course.pool.sources:
        question = ask(site, source.id, 3)
        right = visitor.post(f"/{lang}/questions/{source.id}?seed=3", data=sent(question.form.key))
        assert right.status_code == 200, source.id
        assert 'class="verdict right"' in right.text, source.id
        for _, wrong in question.form.mistakes:
            page = visitor.post(f"/{lang}/questions/{source.id}?seed=3", data=sent(wrong)).text
            assert 'class="verdict wrong"' in page, source.id


def test_an_answer_that_cannot_be_read_is_asked_for_again_with_what_was_typed(visitor: TestClient) -> None:
    page = visitor.post("/en/questions/ack-of-the-syn?seed=1", data={"number": "x + <1>"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="x + &lt;1&gt;"' in page.text
    assert 'class="feedback"' not in page.text


def test_new_numbers_are_new_numbers(site: FastAPI, visitor: TestClient) -> None:
    page = visitor.post("/en/questions/ack-of-the-syn?seed=1", data={"number": "1000"}).text
    assert 'href="/en/questions/ack-of-the-syn?seed=2"' in page
    assert ask(site, "ack-of-the-syn", 1).form.key != ask(site, "ack-of-the-syn", 2).form.key


def test_the_same_link_gives_a_friend_the_same_questions(site: FastAPI) -> None:
    pages = []
    for _ in range(2):
        friend = TestClient(site)
        pages.append([friend.get(f"/en/quiz/opening?seed=11&n=5&q={number}").text for number in range(1, 6)])
    assert pages[0] == pages[1]
    assert len(set(pages[0])) == 5


def test_without_a_seed_one_is_chosen_and_kept_in_the_address(visitor: TestClient) -> None:
    answer = visitor.get("/en/quiz/opening?n=5", follow_redirects=False)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["n"] == ["5"]
    assert int(query["seed"][0]) > 0


def test_a_quiz_is_taken_left_and_come_back_to(site: FastAPI, visitor: TestClient) -> None:
    url = "/en/quiz/handshake.ack-number,numbers.wrap?seed=4&n=4"
    assert visitor.get(url, follow_redirects=False).headers["location"].endswith("&q=1")
    for number in (1, 2):
        page = visitor.get(f"{url}&q={number}").text
        name = re.search(r'name="([^"]+)"', page[page.index("ask-form") :])
        assert name
        filled = dict.fromkeys(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', page), "1")
        visitor.post(f"{url}&q={number}", data=filled)
    again = visitor.get(url, follow_redirects=False).headers["location"]
    assert again.endswith(("&q=3", "&q=2"))
    assert 'class="feedback"' in visitor.get(f"{url}&q=1").text
    visitor.get("/en/quiz/opening?seed=1&n=5&q=1")
    assert 'class="feedback"' in visitor.get(f"{url}&q=1").text  # another quiz was only looked at


def test_the_first_answer_counts(site: FastAPI, visitor: TestClient) -> None:
    url = "/en/quiz/ack-of-the-syn?seed=4&n=1"
    visitor.post(f"{url}&q=1", data={"number": "1000"})
    visitor.post(f"{url}&q=1", data={"number": str(2**32 - 1)})
    assert 'value="1000"' in visitor.get(f"{url}&q=1").text


def test_the_end_tells_what_was_wrong_and_retries_only_that(site: FastAPI, visitor: TestClient) -> None:
    url = "/en/quiz/ack-of-the-syn,two-segments?seed=9&n=2"
    page = visitor.post(f"{url}&q=1", data={"number": "77"}).text
    assert 'class="verdict wrong"' in page
    end = visitor.get(f"{url}&q=end").text
    assert "0 of 2 right" in end
    assert 'href="/en/quiz/ack-of-the-syn?seed=10&amp;n=1"' in end


def test_the_placement_quiz_says_where_to_begin(visitor: TestClient) -> None:
    url = visitor.get("/en/quiz/go?skill=placement", follow_redirects=False).headers["location"]
    assert re.fullmatch(r"/en/quiz/placement\?seed=\d+", url)
    assert "1 / 8" in visitor.get(f"{url}&q=1").text
    assert 'href="/en/lessons/three-way-handshake"' in visitor.get(f"{url}&q=end").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/quiz/no.such?seed=1", 404),
        ("/en/quiz/handshake.order?seed=x", 404),
        ("/en/questions/no-such", 404),
        ("/en/questions/ack-of-the-syn?seed=-1", 404),
        ("/en/quiz/handshake.order?seed=1&n=9999&q=77", 200),
        ("/en/quiz/handshake.order?seed=999999999999&n=1&level=8&q=zz", 200),
    ],
)
def test_odd_links_have_a_page(visitor: TestClient, path: str, status: int) -> None:
    assert visitor.get(path).status_code == status


@pytest.mark.parametrize("cookie", ["", "x", "e30=", "a" * 4000, '"4f1c"._sig'])
def test_a_cookie_that_was_not_signed_here_is_nobody(site: FastAPI, cookie: str) -> None:
    visitor = TestClient(site, cookies={COOKIE: cookie})
    assert visitor.get("/en/quiz/ack-of-the-syn?seed=4&n=1&q=1").status_code == 200


def test_no_cookie_tells_the_key(site: FastAPI, visitor: TestClient) -> None:
    visitor.get("/en/quiz/ack-of-the-syn?seed=4&n=2&q=1")
    assert COOKIE not in visitor.cookies
    question = ask(site, "ack-of-the-syn", 1)
    assert isinstance(question.form, Number)


JUNK = st.dictionaries(
    st.one_of(st.sampled_from(["choice", "number", "seq", "ack", "flags", "c1.ack", "place-c1"]), st.text(max_size=12)),
    st.text(max_size=60),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JUNK, seed=st.integers(0, 50), data=st.data())
def test_junk_is_never_right_and_never_breaks_anything(site: FastAPI, junk: dict[str, str], seed: int, data) -> None:
    sources = [source.id for source in site.state.world.course.pool.sources]
    id = data.draw(st.sampled_from(sources))
    visitor = TestClient(site, raise_server_exceptions=True)
    page = visitor.post(f"/en/questions/{id}?seed={seed}", data=junk)
    assert page.status_code in (200, 422)
    told = visitor.post(f"/api/questions/{id}?seed={seed}", json={"answer": junk})
    assert told.status_code in (200, 422)


def test_the_api_describes_and_grades(visitor: TestClient, site: FastAPI) -> None:
    described = visitor.get("/api/openapi.json").json()
    assert set(described["paths"]) >= {"/api/questions", "/api/questions/{source}"}
    listed = visitor.get("/api/questions?skill=handshake.ack-number").json()
    assert "ack-of-the-syn" in [one["source"] for one in listed]
    told = visitor.get("/api/questions/ack-of-the-syn?seed=5&lang=zh").json()
    assert told["fields"] == ["number"]
    key = ask(site, "ack-of-the-syn", 5).form.key
    graded = visitor.post("/api/questions/ack-of-the-syn?seed=5&lang=zh", json={"answer": key}).json()
    assert graded["right"]
    assert graded["key"] == key
    assert visitor.get("/api/questions/no-such").json() == {"detail": "there is no question no-such"}
    assert visitor.post("/api/questions/ack-of-the-syn", json={"answer": {"number": "x"}}).status_code == 422
    assert visitor.get("/api").headers["content-security-policy"].endswith("img-src 'self' data:")
