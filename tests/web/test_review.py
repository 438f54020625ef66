"""The review over HTTP: what is due, asked with questions that were not had, and what an answer did to the date."""

import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event

from app.progress import attempts
from app.progress.memory import Memory
from app.progress.trouble import Trouble
from app.quiz.dice import Dice
from app.quiz.pool import Source
from app.web import next_time
from app.web.fresh import fresh
from app.web.learners import COOKIE, known
from tests.web.studying import DAY, HOUR, MINUTE, NOW, Student

Clock = Callable[[datetime], None]
ACK, NUMBERS, REFUSED = "ack-of-the-syn", "ack-of-a-fin", "connect-to-nobody"


@pytest.fixture
def clock(site: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the time of the site; it is NOW to begin with."""

    def at(when: datetime) -> None:
        monkeypatch.setattr(site.state.world, "now", lambda: when)
        site.state.world.dues.clear()

    at(NOW)
    return at


@pytest.fixture
def student(site: FastAPI, clock: Clock) -> Student:
    return Student(site)


def get(student: Student, path: str) -> str:
    page = student.browser.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return unescape(page.text)


def next_question(student: Student, lang: str = "en", query: str = "") -> str:
    answer = student.browser.get(f"/{lang}/review/next{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    return answer.headers["location"]


def question_at(student: Student, url: str):
    parts = urlsplit(url)
    return student.world.course.pool.question(parts.path.split("/")[-1], int(parse_qs(parts.query)["seed"][0]))


def give(student: Student, url: str, *, right: bool = True) -> Response:
    """Answer the question at that address as its form would."""
    form = question_at(student, url).form
    answer = dict(form.key if right else form.mistakes[0][1])
    return student.browser.post(url, data={name: value.split(",") if name in ("choice", "flags") else value
                                           for name, value in answer.items()})  # fmt: skip


def on_record(student: Student) -> list[attempts.Attempt]:
    with student.world.store.reading() as connection:
        return attempts.of(connection, student.id)


@contextmanager
def broken_database(student: Student, monkeypatch: pytest.MonkeyPatch):
    def reading():
        raise Trouble("unreachable", "gone")

    with monkeypatch.context() as patch:
        patch.setattr(student.world.store, "reading", reading)
        student.world.dues.clear()
        yield


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visitor_is_told_what_will_appear_and_gets_no_cookie(visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/review")
    assert page.status_code == 200
    assert f'href="/{lang}/quiz"' in page.text
    assert 'class="due' not in page.text
    assert COOKIE not in visitor.cookies
    assert visitor.get(f"/{lang}/review/next").headers["location"] == f"/{lang}/review"


@pytest.mark.parametrize(("lang", "said"), [("zh", "今日待复习 {}"), ("en", "{} due")])
def test_the_header_says_how_many_are_due_and_is_quiet_about_none(
    student: Student, clock: Clock, lang: str, said: str
) -> None:
    student.answered(ACK)
    page = get(student, f"/{lang}/states")
    assert said.format(0) in page
    assert 'class="due quiet"' in page
    clock(NOW + 30 * DAY)
    page = get(student, f"/{lang}/states")
    assert said.format(1) in page
    assert f'class="due" href="/{lang}/review"' in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_due_is_listed_most_at_risk_first_with_how_much_is_left(
    site: FastAPI, student: Student, lang: str
) -> None:
    student.answered(ACK, NOW - 20 * DAY)
    student.answered(NUMBERS, NOW - 40 * DAY)
    student.answered("syn-meets-syn-queue", NOW - HOUR, right=False)
    page = get(student, f"/{lang}/review")
    names = re.findall(r'class="name"[^>]*>([^<]+)<', page)
    pool, skills = site.state.world.course.pool, site.state.world.skills
    wrong, faded, less = (skills[pool.skill(id)].names[lang] for id in ("syn-meets-syn-queue", NUMBERS, ACK))
    assert names[0] == wrong
    assert set(names) == {wrong, faded, less}
    shares = [int(share) for share in re.findall(r'<meter [^>]*value="(\d+)"', page)]
    assert len(shares) == 2
    assert all(50 < share < 90 for share in shares)
    assert {"zh": "20 天前", "en": "20 days ago"}[lang] in page
    assert {"zh": "上次答错", "en": "Wrong last time"}[lang] in page


def test_the_next_question_is_fresh_and_the_same_until_it_is_answered(student: Student) -> None:
    student.answered(ACK, NOW - 20 * DAY)
    url = next_question(student)
    assert urlsplit(url).path != f"/en/questions/{ACK}"
    assert url.endswith("&review=1")
    assert next_question(student) == url
    assert question_at(student, url).skill == "handshake.ack-number"
    assert get(student, url).count("review=1") >= 1
    give(student, url)
    assert next_question(student) == "/en/review"


def test_a_skill_can_be_named(student: Student, visitor: TestClient) -> None:
    for browser in (student.browser, visitor):
        url = browser.get("/zh/review/next?skill=numbers.wrap").headers["location"]
        assert question_at(student, url).skill == "numbers.wrap"
    assert visitor.get("/zh/review/next?skill=no.such").status_code == 404


def test_the_review_goes_on_until_nothing_is_due_and_then_to_what_the_plan_says(student: Student) -> None:
    student.answered(ACK, NOW - 20 * DAY)
    student.answered(NUMBERS, NOW - 20 * DAY)
    told = give(student, next_question(student)).headers["location"]
    page = get(student, told)
    assert "Next review (1 left)" in page
    assert re.search(r'href="/en/review/next" data-enter', page)
    told = give(student, next_question(student)).headers["location"]
    page = get(student, told)
    assert "That was all that is due now." in page
    assert re.search(r'href="/en/lessons/three-way-handshake\?step=1#\S+" data-enter', page)


@pytest.mark.parametrize(
    ("lang", "soon", "longer"),
    [("zh", "10 分钟后再考一次", "拉长到"), ("en", "It comes again in 10 minutes", "The gap grows from")],
)
def test_an_answer_says_what_it_did_to_the_next_date(student: Student, lang: str, soon: str, longer: str) -> None:
    student.answered(ACK, NOW - 5 * DAY)
    student.answered(NUMBERS, NOW - 5 * DAY)
    page = get(student, give(student, next_question(student, lang)).headers["location"])
    assert longer in page
    assert {"zh": "天后（", "en": "days ("}[lang] in page
    assert {"zh": "掌握了", "en": "Mastered"}[lang] in page
    page = get(student, give(student, next_question(student, lang), right=False).headers["location"])
    assert soon in page
    assert {"zh": "以前答对过", "en": "You knew this before"}[lang] in page


def test_the_day_before_the_interview_a_review_has_its_hour_or_none_is_promised(student: Student, clock: Clock) -> None:
    student.set(interview="2026-12-07", zone="UTC")
    clock(NOW - 6 * HOUR)  # by tomorrow it will have faded
    page = get(student, give(student, next_question(student, query="?skill=handshake.ack-number")).headers["location"])
    assert "Next time: in 14 hours (8:00\u202fPM)." in page
    clock(NOW + 9 * HOUR)
    page = get(student, give(student, next_question(student, query="?skill=numbers.wrap")).headers["location"])
    assert "so no review is needed" in page
    assert "Next time" not in page


def test_in_the_quiz_too_but_not_for_a_friend_with_the_link(student: Student, visitor: TestClient) -> None:
    url = f"/en/quiz/{ACK}?seed=3&n=1&q=1"
    student.browser.post(url, data={"number": "77"})
    assert 'class="next-time"' in get(student, url)
    answered = f"/en/questions/{ACK}?seed=3&number=77"
    assert 'class="next-time"' not in visitor.get(answered).text
    assert 'class="feedback"' in visitor.get(answered).text
    assert 'class="next-time"' not in get(student, answered)  # of another quiz's seed: it was never answered here


def test_a_page_reads_what_is_known_of_a_learner_once(student: Student) -> None:
    asked: list[str] = []

    def note(*execution: Any) -> None:
        asked.append(execution[2])

    student.answered(ACK, NOW - 5 * DAY)
    student.answered("third-segment", NOW - 30 * DAY)
    url = give(student, next_question(student)).headers["location"]
    engine = student.world.store.engine
    for page, attempts_too in ((url, 1), ("/en/", 0)):
        student.world.dues.clear()
        asked.clear()
        event.listen(engine, "before_cursor_execute", note)
        get(student, page)
        event.remove(engine, "before_cursor_execute", note)
        for table, times in (("memory", 1), ("step_read", 1), ("setting", 1), ("attempt", attempts_too)):
            assert sum(f"FROM {table} " in statement for statement in asked) == times, (page, table)


def test_a_history_that_nobody_has_is_not_gone_through_for_a_page(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = give(student, "/en/questions/third-segment?seed=3").headers["location"]
    assert 'class="next-time"' in get(student, url)
    monkeypatch.setattr(next_time, "MOST", 0)
    assert 'class="next-time"' not in get(student, url)


def test_of_a_review_the_first_answer_counts_however_often_it_is_sent(student: Student) -> None:
    student.answered(ACK, NOW - 20 * DAY)
    url = next_question(student)
    give(student, url, right=False)
    give(student, url, right=False)
    told = give(student, url, right=True).headers["location"]
    assert len(on_record(student)) == 2
    page = get(student, told)
    assert 'class="verdict right"' in page
    assert "the first answer is the one that counts" in page
    assert known(student.world, asking(student)).memory("handshake.ack-number").failed == 1


def asking(student: Student):
    from fastapi import Request

    cookie = f"{COOKIE}={student.browser.cookies[COOKIE]}".encode()
    return Request({"type": "http", "headers": [(b"cookie", cookie)], "method": "GET", "path": "/"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_fails_again_and_again_is_offered_as_its_misconception(site: FastAPI, student: Student, lang: str) -> None:
    belief = "syn-takes-no-number"
    for hours in (3, 2):
        student.answered(ACK, NOW - hours * HOUR, right=False, belief=belief)
    page = get(student, f"/{lang}/review")
    idea = site.state.world.course.editions[lang].misconceptions[belief]
    assert idea.title in page
    assert idea.truth_html in page or unescape(idea.truth_html) in page
    assert 'class="lane believed"' in page
    assert 'class="lane real"' in page
    fix = re.search(rf'href="(/{lang}/review/fix/{belief}\?[^"]+)"', page)
    assert fix
    asked = question_at(student, student.browser.get(fix[1]).headers["location"])
    assert belief in {held for held, _ in asked.form.mistakes}
    assert asked.skill == "handshake.ack-number"
    mine = re.search(rf'href="(/{lang}/questions/{ACK}\?seed=2&number=\d+)#verdict"', page)
    assert mine
    assert idea.title in get(student, mine[1])


def test_it_is_offered_while_it_waits_for_its_ten_minutes(student: Student) -> None:
    for minutes in (8, 4):
        student.answered(ACK, NOW - minutes * MINUTE, right=False)
    page = get(student, "/en/review")
    assert "Nothing is due" in page
    assert "What keeps going wrong" in page


def test_every_misconception_leads_to_a_question_that_it_gets_wrong(site: FastAPI, visitor: TestClient) -> None:
    pool = site.state.world.course.pool
    missed = []
    for belief in site.state.world.course.editions["en"].misconceptions:
        answer = visitor.get(f"/en/review/fix/{belief}")
        if belief not in pool.beliefs:
            assert answer.status_code == 404
            continue
        parts = urlsplit(answer.headers["location"])
        question = pool.question(parts.path.split("/")[-1], int(parse_qs(parts.query)["seed"][0]))
        if belief not in {held for held, _ in question.form.mistakes}:
            missed.append(belief)
    assert missed == []
    assert visitor.get("/en/review/fix/no-such-idea").status_code == 404


@pytest.mark.parametrize(("lang", "said"), [("zh", "下一项 "), ("en", "The next is due in ")])
def test_with_nothing_due_it_says_when_the_next_is_and_what_to_do(student: Student, lang: str, said: str) -> None:
    student.answered(ACK)
    page = get(student, f"/{lang}/review")
    assert said in page
    assert f'href="/{lang}/lessons/three-way-handshake?step=1#' in page


def test_what_was_read_and_never_asked_is_suggested_as_a_question(student: Student) -> None:
    student.answered(NUMBERS)
    student.read("three-way-handshake", "syn")
    assert 'href="/en/review/next?skill=handshake.order"' in get(student, "/en/review")


def test_dates_are_those_of_the_learners_zone(student: Student, clock: Clock) -> None:
    student.set(zone="Pacific/Kiritimati")  # fourteen hours ahead
    student.answered(ACK, NOW - 2 * MINUTE, right=False)
    assert "2:08 AM" in get(student, "/en/review").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_database_in_trouble_stops_the_review_and_nothing_else(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    student.answered(ACK, NOW - 20 * DAY)
    url = next_question(student)
    told = give(student, url).headers["location"]
    with broken_database(student, monkeypatch):
        assert student.browser.get("/en/review").status_code == 503
        assert student.browser.get("/en/review/next").status_code == 503
        assert student.browser.get("/en/").status_code == 200
        assert student.browser.get(url).status_code == 200
        assert 'class="verdict right"' in student.browser.get(told).text


def test_no_page_of_a_learner_is_for_anybody_else_or_a_crawler(student: Student, visitor: TestClient) -> None:
    student.answered(ACK)
    answer = student.browser.get("/en/review")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert 'content="noindex"' in answer.text
    assert "Disallow: /*/review\n" in visitor.get("/robots.txt").text
    assert "review" not in visitor.get("/sitemap.xml").text


SOURCES = (Source("a", "s", 2), Source("b", "s", 1), Source("c", "s", 3))


def memory(*variants: str) -> Memory:
    return Memory("s", 1, 5, NOW, NOW, len(variants), 0, 0, 0, variants)


@pytest.mark.parametrize(
    ("variants", "wanted"),
    [
        ((), "b"),  # the easiest first
        (("b/1",), "a"),  # then what was never asked
        (("b/1", "a/1"), "c"),
        (("b/1", "a/1", "c/1"), "b"),  # then what was not asked for longest
        (("b", "a/1", "c/1"), "a"),  # a written question has no fresh numbers …
        (("c", "b", "a"), "c"),  # … and comes again only where there is nothing else
    ],
)
def test_another_source_than_last_time(variants: tuple[str, ...], wanted: str) -> None:
    assert fresh(SOURCES, memory(*variants), Dice("x")).id == wanted


def test_never_the_same_numbers() -> None:
    had: tuple[str, ...] = ()
    for turn in range(200):
        pick = fresh(SOURCES[:1], memory(*had), Dice("always the same"))
        assert f"{pick.id}/{pick.seed}" not in had, turn
        had = (*had, f"{pick.id}/{pick.seed}")[-8:]
