"""One evening in minutes: for anybody, of any length, with links that lead to what is to be done."""

import re
from html import unescape
from itertools import pairwise

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.studying import DAY, HOUR, NOW, Clock, Student

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
    for url in re.findall(r'href="(/en/lessons/[^"#]+)#answers"', page):
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
    page = visitor.get("/en/progress/tonight?minutes=90").text
    assert [kind for kind, _, _ in SPAN.findall(page)].count("drill") == 2
    assert "Once more, with new numbers" in page
