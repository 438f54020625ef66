"""One evening in minutes: for anybody, of any length, with links that lead to what is to be done."""

import re
from html import unescape
from itertools import pairwise

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.evening import COOKIE
from tests.web.studying import DAY, HOUR, MINUTE, NOW, Clock, Student

BACK = 'class="due plan" href="/en/progress/tonight"'
SPAN = re.compile(r'<li class="stretch (\w+)">\s*<p class="span mono">(\d+)–(\d+) (?:min|分)</p>')


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("minutes", [10, 30, 90, 180, 600])
def test_the_stretches_are_the_whole_evening(visitor: TestClient, clock: Clock, lang: str, minutes: int) -> None:
    page = visitor.get(f"/{lang}/progress/tonight?minutes={minutes}").text
    spans = [(kind, int(begin), int(end)) for kind, begin, end in SPAN.findall(page)]
    assert spans[0][0] == "answer"
    assert spans[0][1] == 0
    assert spans[-1][2] == minutes
    assert all(end == begin for (_, _, end), (_, begin, _) in pairwise(spans))


@pytest.mark.parametrize(("given", "taken"), [("", 90), ("0", 10), ("99999999999", 600), ("x", 90), ("-5", 90)])
def test_the_length_has_bounds(visitor: TestClient, given: str, taken: int) -> None:
    page = visitor.get(f"/en/progress/tonight?minutes={given}").text
    assert f'name="minutes" value="{taken}"' in page
    assert f'href="/zh/progress/tonight?minutes={taken}"' in page


def test_its_links_lead_to_answers_and_quizzes(visitor: TestClient, clock: Clock) -> None:
    page = visitor.get("/en/progress/tonight?minutes=90").text
    for url in re.findall(r'href="(/en/lessons/[^"#]+)#answers"', unescape(page)):
        assert 'id="answers"' in visitor.get(url).text
    quizzes = [unescape(url) for url in re.findall(r'href="(/en/quiz/[^"]+)"', page)]
    assert quizzes
    for url in quizzes:
        skills, count = re.search(r"/quiz/([^?]+)\?n=(\d+)", url).groups()
        assert len(skills.split(",")) == int(count) <= 10
        assert visitor.get(visitor.get(url).headers["location"]).status_code in (200, 303)


def test_an_hour_too_little_says_what_to_leave(visitor: TestClient, clock: Clock) -> None:
    short, long = (visitor.get(f"/en/progress/tonight?minutes={n}").text for n in (30, 600))
    assert "Leave these" in short
    assert "Leave these" not in long


def test_it_is_made_for_the_learner(site: FastAPI, clock: Clock) -> None:
    student = Student(site)
    student.set(interview="2026-12-07")
    for when in (NOW - DAY, NOW - HOUR):
        student.answered("third-segment", when)
    page = student.page("/tonight?minutes=60")
    assert "interview: Mon, Dec 7" in page
    assert "Tonight, in 60 minutes" in page
    assert "quiz/handshake.order," not in page
    clock.now = NOW + DAY
    assert "60 minutes until the interview" in student.page("/tonight?minutes=60")


def test_a_second_round_is_a_stretch_of_its_own(visitor: TestClient, clock: Clock) -> None:
    page = visitor.get("/en/progress/tonight?minutes=180").text
    assert [kind for kind, _, _ in SPAN.findall(page) if kind in ("drill", "again")] == ["drill", "again"]
    assert "Once more, with new numbers" in page


def lessons(page: str) -> list[str]:
    """The lessons whose answers are to be read, in their order."""
    return re.findall(r'href="/\w\w/lessons/([^"?]+)\?read=answers#answers"', page)


def test_half_an_hour_of_a_newcomer_has_what_is_asked_most_after_what_it_builds_on(
    visitor: TestClient, clock: Clock
) -> None:
    page = visitor.get("/zh/progress/tonight?minutes=30").text
    read = lessons(page)
    most = ["three-way-handshake", "four-way-teardown", "queues-under-pressure", "why-three"]
    assert read[:5] == [*most, "half-close-and-time-wait"]
    drilled = ",".join(re.findall(r'href="/zh/quiz/([^?"]+)', page))
    assert "why.not-two" in drilled
    assert "pressure.syn-flood" in drilled
    assert "更有把握" not in page, "nobody knows what a newcomer is sure of"


def test_what_is_left_is_said_to_be_known_better_only_where_answers_say_so(student: Student) -> None:
    source = student.world.course.pool.of_skill("evidence.ss")[0].id
    student.answered(source, NOW - HOUR, right=False)
    assert "surer of them" not in student.page("/tonight?minutes=10")
    student.answered(source, NOW - HOUR / 2)
    assert "or you are surer of them" in student.page("/tonight?minutes=10")


def test_what_is_done_is_ticked_and_the_rest_moves_up(student: Student, clock: Clock) -> None:
    student.set(interview="2026-12-07")
    page = student.page("/tonight?minutes=30")
    first, second, *rest = lessons(page)
    assert SPAN.findall(page)[0] == ("answer", "0", "14")
    for lesson in (first, second):
        assert student.browser.get(f"/en/lessons/{lesson}?read=answers").status_code == 200
    student.world.writer.submit(lambda connection: None).result()
    clock.now = NOW + 5 * MINUTE
    for source in ("ack-of-the-syn", "connect-to-nobody"):
        student.answered(source, clock.now)
    page = student.page("/tonight")  # as the header leads there: it is the evening of half an hour still
    assert SPAN.findall(page)[:2] == [("done", "0", "7"), ("answer", "7", "17")]
    assert SPAN.findall(page)[-1][2] == "30"
    assert lessons(page) == rest
    assert "Questions: 2, right: 2" in page
    drilled = ",".join(re.findall(r'href="/en/quiz/([^?"]+)', page))
    assert "handshake.ack-number" not in drilled
    assert "handshake.established" in drilled


def test_after_a_long_break_it_is_another_evening(student: Student, clock: Clock) -> None:
    student.answered("ack-of-the-syn", NOW)
    student.page("/tonight?minutes=30")
    clock.now = NOW + 11 * HOUR
    page = student.page("/tonight")
    assert 'class="stretch done"' not in page
    assert 'name="minutes" value="90"' in page


@pytest.mark.parametrize("cookie", ["", "-", "30", "30-x", "x-1", "9999999999999-1", "30-1"])
def test_nonsense_in_the_cookie_is_no_evening(visitor: TestClient, clock: Clock, cookie: str) -> None:
    page = visitor.get("/en/", headers={"cookie": f"{COOKIE}={cookie}"}).text
    assert BACK not in page
    assert visitor.get("/en/progress/tonight", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 200


def test_every_page_leads_back_to_the_evening(student: Student, visitor: TestClient, clock: Clock) -> None:
    paths = ("/en/", "/en/lessons/why-three", "/en/quiz", "/en/progress")
    student.set(interview="2026-12-08")
    assert not any(BACK in student.browser.get(path).text for path in paths)
    clock.now = NOW + DAY
    student.world.dues.clear()
    assert all(BACK in student.browser.get(path).text for path in paths)
    assert not any(BACK in visitor.get(path).text for path in paths)
    assert "progress/tonight" in visitor.get("/en/").text, "…but it is offered"
    visitor.get("/en/progress/tonight?minutes=30")
    assert all(BACK in visitor.get(path).text for path in paths), "once it is planned"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tomorrow_is_a_button(visitor: TestClient, clock: Clock, lang: str) -> None:
    page = visitor.get(f"/{lang}/progress/tonight").text
    assert 'name="day" value="tomorrow"' in page
    fields = {"back": "tonight", "day": "tomorrow", "zone": "Asia/Shanghai"}
    answer = visitor.post(f"/{lang}/progress/interview", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{lang}/progress/tonight")
    page = visitor.get(f"/{lang}/progress/tonight").text
    assert {"zh": "12 月 7 日", "en": "Dec 7"}[lang] in page
    assert 'value="tomorrow"' not in page
