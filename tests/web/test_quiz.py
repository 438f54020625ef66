"""Quizzes over HTTP: the same questions for the same link, no key before the answer, nothing lost on the way."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.progress import attempts
from app.quiz.answers import Malformed
from app.quiz.generator import GENERATORS
from app.web.answering import VALUE
from app.web.learners import COOKIE
from tests.web.studying import Clock

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


def test_the_same_link_gives_a_friend_the_same_questions(site: FastAPI, clock: Clock) -> None:
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


@pytest.mark.parametrize(
    ("source", "answer"),
    [("who-keeps-time-wait", {"choice": "1"}), ("ack-of-the-syn", {"choice": "1"})],
    ids=["to another question", "that can no longer be read"],
)
def test_an_answer_of_an_older_course_is_not_taken_for_one_to_this_question(
    site: FastAPI, visitor: TestClient, source: str, answer: dict[str, str]
) -> None:
    url, world = "/en/quiz/ack-of-the-syn?seed=3&n=1", site.state.world

    def open_question() -> str:
        return visitor.get(url, follow_redirects=False).headers["location"].removeprefix(f"{url}&q=")

    visitor.post("/en/questions/ack-of-the-syn?seed=99", data={"number": "77"})
    learner = world.signer.learner(visitor.cookies[COOKIE])
    (pick,) = world.course.pool.again(["ack-of-the-syn"], 3)
    old = {"key": "quiz/ack-of-the-syn?seed=3&n=1#1", "source": source, "seed": pick.seed, "answer": answer}
    kept = recorded(site, visitor)[0]._replace(**old, context="quiz")
    with world.store.writing() as connection:
        attempts.record(connection, learner, attempts.Answer(*kept[2:]), world.now())
    page = visitor.get(f"{url}&q=1").text
    assert 'id="verdict"' not in page
    assert '<button class="button primary">' in page
    assert open_question() == "1"
    for number in ("78", "79"):
        assert 'id="verdict"' in visitor.post(f"{url}&q=1", data={"number": number}).text
    assert open_question() == "end"
    answers = [one.answer for one in recorded(site, visitor) if one.context == "quiz"]
    assert answers == [answer, {"number": "78"}]


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
    visitor.get("/en/questions/ack-of-the-syn?seed=4")
    assert COOKIE not in visitor.cookies
    visitor.post("/en/questions/ack-of-the-syn?seed=4", data={"number": "77"})
    key = ask(site, "ack-of-the-syn", 4).form.key["number"]
    assert visitor.cookies[COOKIE]
    for value in dict(visitor.cookies).values():
        assert key not in value
        assert f"{int(key):x}" not in value


def recorded(site: FastAPI, visitor: TestClient) -> list[attempts.Attempt]:
    learner = site.state.world.signer.learner(visitor.cookies[COOKIE])
    with site.state.world.store.reading() as connection:
        return list(attempts.of_skill(connection, learner, ask(site, "ack-of-the-syn", 1).skill))


def test_an_answer_is_its_fields_and_nothing_else(site: FastAPI, visitor: TestClient) -> None:
    junk = {f"junk{n}": "x" * 3900 for n in range(40)}
    answer = visitor.post(
        "/en/questions/ack-of-the-syn?seed=4",
        data={"number": "1" + " " * 3000, "unsure": "1", "shown": "7" * 3000} | junk,
        follow_redirects=False,
    )
    assert len(answer.headers["location"]) < 2 * VALUE + 200
    (kept,) = recorded(site, visitor)
    assert kept.answer.keys() == {"number", "unsure"}


def test_what_others_add_to_an_address_is_no_answer(visitor: TestClient) -> None:
    for added in ("utm_source=x", "from=singlemessage&isappinstalled=0", "unsure=1"):
        page = visitor.get(f"/en/questions/ack-of-the-syn?seed=4&{added}")
        assert page.status_code == 200
        assert 'role="alert"' not in page.text


def test_the_question_of_a_lesson_counts_once(site: FastAPI, visitor: TestClient, clock: Clock) -> None:
    page = visitor.post("/en/questions/ack-of-the-syn?seed=4", data={"number": "x", "lesson": "1"}).text
    action = unescape(re.findall(r'class="ask-form" method="post" action="([^"]+)"', page)[0])
    for number in ("77", "78"):
        visitor.post(action, data={"number": number, "shown": str(int(clock().timestamp()) - int(number))})
    assert [(kept.context, kept.answer["number"]) for kept in recorded(site, visitor)] == [("lesson", "77")]


@pytest.mark.parametrize("id", ["whole-connection", "four-segment-states"])
def test_cells_have_headings_and_empty_ones_are_marked(site: FastAPI, visitor: TestClient, id: str) -> None:
    first, *others = ask(site, id, 3).form.key.items()
    page = visitor.post(f"/en/questions/{id}?seed=3", data=dict([first])).text
    for field in ask(site, id, 3).form.fields:
        (drawn,) = re.findall(rf'<(?:input|select)[^>]* name="{re.escape(field)}"[^>]*>', page)
        assert ('aria-invalid="true"' in drawn) == (field in dict(others)), drawn
        labels = re.findall(r'aria-labelledby="([^"]+)"', drawn)[0].split()
        assert all(page.count(f'id="{label}"') == 1 for label in labels), labels


def test_what_was_right_and_not_chosen_is_missed(site: FastAPI, visitor: TestClient) -> None:
    pool = site.state.world.course.pool
    forms = {source.id: pool.question(source.id, 3).form for source in pool.sources}
    id, form = next(one for one in forms.items() if getattr(one[1], "several", False) and "," in one[1].key["choice"])
    right = form.key["choice"].split(",")
    page = visitor.post(f"/en/questions/{id}?seed=3", data={"choice": right[0]}).text
    assert page.count('answer-option missed"') == len(right) - 1
    assert page.index('id="verdict"') < page.index('class="answers-list"')


JUNK = st.dictionaries(
    st.one_of(st.sampled_from(["choice", "number", "seq", "ack", "flags", "c1.ack", "place-c1"]), st.text(max_size=12)),
    st.text(max_size=60),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JUNK, seed=st.integers(0, 50), data=st.data())
def test_junk_is_graded_by_its_form_or_refused_and_never_breaks_anything(
    site: FastAPI, junk: dict[str, str], seed: int, data
) -> None:
    sources = [source.id for source in site.state.world.course.pool.sources]
    id = data.draw(st.sampled_from(sources))
    visitor = TestClient(site, raise_server_exceptions=True)
    page = visitor.post(f"/en/questions/{id}?seed={seed}", data=junk)
    told = visitor.post(f"/api/questions/{id}?seed={seed}", json={"answer": junk})
    try:
        right = ask(site, id, seed).form.grade(junk).right
    except Malformed:
        assert (page.status_code, told.status_code) == (422, 422)
    else:
        assert (page.status_code, told.status_code) == (200, 200)
        assert ('class="verdict right"' in page.text) == told.json()["right"] == right


def test_the_api_describes_and_grades(visitor: TestClient, site: FastAPI) -> None:
    described = visitor.get("/api/openapi.json").json()
    assert set(described["paths"]) >= {"/api/questions", "/api/questions/{source}"}
    listed = visitor.get("/api/questions?skill=handshake.ack-number").json()
    assert "ack-of-the-syn" in [one["source"] for one in listed]
    told = visitor.get("/api/questions/ack-of-the-syn?seed=5&lang=zh").json()
    assert told["fields"] == ["number"]
    assert visitor.head("/api/questions/ack-of-the-syn").status_code == 200
    assert visitor.head("/api/questions/no-such").headers["content-type"] == "application/json"
    key = ask(site, "ack-of-the-syn", 5).form.key
    graded = visitor.post("/api/questions/ack-of-the-syn?seed=5&lang=zh", json={"answer": key}).json()
    assert graded["right"]
    assert graded["key"] == key
    assert visitor.get("/api/questions/no-such").json() == {"detail": "there is no question no-such"}
    assert visitor.post("/api/questions/ack-of-the-syn", json={"answer": {"number": "x"}}).status_code == 422
    assert visitor.get("/api").headers["content-security-policy"].endswith("img-src 'self' data:")


def test_the_api_tells_the_segments_of_a_table_of_states(visitor: TestClient) -> None:
    rows = visitor.get("/api/questions/four-segment-states?seed=3").json()["form"]["rows"]
    for what, *_ in rows:
        assert re.match(r"(Client → Server|Server → Client) (SYN|FIN|RST|ACK)", what["value"])


def test_the_api_tells_all_texts_as_html(site: FastAPI, visitor: TestClient) -> None:
    for source in site.state.world.course.pool.sources:
        told = visitor.get(f"/api/questions/{source.id}?seed=3").json()
        for text in (
            told["prompt"],
            *told["form"].get("options", {}).values(),
            *told["form"].get("items", {}).values(),
        ):
            assert not re.search(r"&(?!#?\w+;)|<(?![a-z/])", text), (source.id, text)


def test_the_api_reads_no_large_body(visitor: TestClient) -> None:
    url = "/api/questions/ack-of-the-syn"
    assert visitor.post(url, json={"answer": {"number": "1" * 5000}}).status_code == 422
    assert visitor.post(url, json={"answer": {"number": "1" * 70_000}}).status_code == 413
    chunks = (b" " * 1000 for _ in range(100))
    assert visitor.post(url, content=chunks, headers={"content-type": "application/json"}).status_code == 413
