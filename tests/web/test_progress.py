"""Progress: what is due, known, fading and misunderstood, in numbers, pictures and links that lead there."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.progress.trouble import Trouble
from app.web.amounts import day_from
from app.web.ideas import OVERCOME
from app.web.learners import COOKIE
from tests.web.studying import DAY, HOUR, MINUTE, NOW, Clock, Student, learners_of

TILE = re.compile(r'<li class="tile (\w+)" id="skill-([^"]+)">(.*?)</li>', re.DOTALL)


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Each skill's kind and what its tile says."""
    return {id: (kind, unescape(re.sub(r"<[^>]*>", " ", inside))) for kind, id, inside in TILE.findall(page)}


def section(page: str, name: str) -> str:
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visitor_sees_what_will_be_there_and_where_to_begin(site: FastAPI, visitor: TestClient, lang: str) -> None:
    before = learners_of(site)
    answer = visitor.get(f"/{lang}/progress")
    words = site.state.world.words[lang]
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    assert COOKIE not in visitor.cookies
    assert learners_of(site) == before
    for empty in ("due.nobody", "forecast.none", "calendar.none", "ideas.nobody", "trend.none", "recent.none"):
        assert words(f"progress.{empty}") in unescape(answer.text)
    shown = tiles(answer.text)
    assert list(shown) == [skill.id for skill in site.state.world.syllabus.skills]
    assert {kind for kind, _ in shown.values()} == {"new"}
    assert f'href="/{lang}/lessons/three-way-handshake?step=1#' in answer.text
    assert "progress/delete" not in answer.text


def test_the_map_says_what_is_remembered_now(student: Student, clock: Clock) -> None:
    for when in (NOW - 2 * DAY, NOW - HOUR):
        student.answered("third-segment", when)
    student.answered("ack-of-the-syn", NOW - 40 * DAY)
    student.answered("handshake-states", NOW - 5 * MINUTE, right=False)
    shown = tiles(student.page())
    kind, said = shown["handshake.order"]
    assert kind == "known"
    assert "✓" in said
    assert "99%" in said
    kind, said = shown["handshake.ack-number"]
    assert kind in ("fading", "faint")
    assert re.search(r"[4-8]\d%", said)
    assert "next now" in said
    assert "needs" not in said  # what comes before it is mastered
    kind, said = shown["handshake.states"]
    assert kind == "failed"
    assert "✕" in student.page()
    assert "%" not in said
    kind, said = shown["handshake.established"]
    assert kind == "new"
    assert "needs: The states of both ends during the handshake" in " ".join(said.split())
    clock.now = NOW + 60 * DAY
    assert tiles(student.page())["handshake.order"][0] != "known"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_tile_leads_to_its_lesson_step_and_to_a_quiz(site: FastAPI, visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/progress").text
    pages: dict[str, str] = {}
    for _, id, inside in TILE.findall(page):
        lesson, anchor = re.search(r'<a class="name" href="([^"#]+)#([^"]+)"', inside).groups()
        slug = lesson.partition("?")[0]
        pages.setdefault(slug, visitor.get(slug).text)
        assert f'id="{anchor}"' in pages[slug]
        assert f'href="/{lang}/quiz/{id}"' in inside
    assert visitor.get(f"/{lang}/quiz/handshake.order").status_code == 303
    for target in re.findall(r'class="needs">.*?</p>', page, re.DOTALL):
        for id in re.findall(r'href="#(skill-[^"]+)"', target):
            assert f'id="{id}"' in page


def test_what_is_due_and_what_is_mastered_is_counted(student: Student) -> None:
    for when in (NOW - 9 * DAY, NOW - 5 * DAY):
        student.answered("third-segment", when)
    student.answered("handshake-states", NOW - HOUR, right=False)
    page = student.page()
    assert re.search(r"<b>1</b> <span>due · about 3 minutes<", section(page, "due"))
    assert "First, what was wrong last time: The states of both ends" in section(page, "due")
    assert "<b>1</b> <span>of 59 skills<" in section(page, "mastered")
    assert "Right in the last seven days: 50%; in the seven before: 99%" not in page
    assert "Right in the last seven days: 50%; in the seven before: 100%." in section(page, "mastered")


def test_with_nothing_due_it_says_when_the_next_is(student: Student) -> None:
    student.answered("third-segment", NOW - MINUTE)
    told = section(student.page(), "due")
    assert "<b>0</b>" in told
    assert "Next: " in told


def test_the_forecast_is_the_plan_s_and_marks_the_interview(site: FastAPI, student: Student) -> None:
    student.set(interview="2026-12-12")
    for source in ("third-segment", "ack-of-the-syn", "who-keeps-time-wait"):
        student.answered(source, NOW - 2 * DAY)
    told = section(student.page(), "forecast")
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td>', told)
    assert len(rows) == 14
    assert rows[0][0] == "Sun, Dec 6"
    assert sum(int(count) for _, count in rows) == int(re.search(r'class="hint">(\d+) in 14', told)[1]) >= 3
    assert told.count('class="day interview"') == 1
    assert "★ marks the interview" in told
    assert len(re.findall(r'class="bar"', told)) == sum(count != "0" for _, count in rows)
    student.set(interview="2027-03-01")
    assert "★" not in section(student.page(), "forecast")


def test_days_begin_where_the_learner_is(student: Student) -> None:
    student.answered("third-segment", NOW - 14 * HOUR)  # 22:00 on Saturday in UTC, 6:00 on Sunday in Shanghai
    assert "Sat, Dec 5</th><td>1</td>" in section(student.page(), "calendar")
    student.set(zone="Asia/Shanghai")
    told = section(student.page(), "calendar")
    assert "Sat, Dec 5</th>" not in told
    assert "Sun, Dec 6</th><td>1</td>" in told
    assert "GMT+08:00 Shanghai" in student.page()


def test_accuracy_is_told_by_part_and_week(student: Student) -> None:
    for n in range(4):
        student.answered("third-segment", NOW - 8 * DAY + n * MINUTE, right=n != 0)
    student.answered("who-keeps-time-wait", NOW - HOUR)
    told = section(student.page(), "trends")
    assert "Week of Mon, Nov 23: 3 of 4" in told
    assert "Week of Mon, Nov 30: 1 of 1" in told
    assert re.search(r"Opening a connection.*?<b>75%</b>.*?Closing a connection.*?<b>100%</b>", told, re.DOTALL)
    assert "In production" not in told


def test_misconceptions_stand_by_frequency_and_each_has_a_question(student: Student, site: FastAPI) -> None:
    for n in range(3):
        student.answered("ack-of-the-syn", NOW - 3 * DAY + n * MINUTE, right=False, belief="syn-takes-no-number")
    student.answered("who-keeps-time-wait", NOW - HOUR, right=False, belief="both-ends-time-wait")
    told = section(student.page(), "ideas")
    first, second = (told.index(title) for title in ("A SYN takes no sequence number", "seen 1×"))
    assert first < second
    assert "seen 3×" in told
    url = unescape(re.search(r'href="(/en/review/fix/syn-takes-no-number)"', told)[1])
    asked = student.browser.get(url)
    source, seed = re.search(r"/questions/([^?]+)\?seed=(\d+)", asked.headers["location"]).groups()
    question = site.state.world.course.pool.question(source, int(seed))
    assert "syn-takes-no-number" in {belief for belief, _ in question.form.mistakes}


def test_a_misconception_that_was_resisted_since_is_marked_and_moves_down(student: Student) -> None:
    for n in range(2):
        student.answered("ack-of-the-syn", NOW - 3 * DAY + n * MINUTE, right=False, belief="syn-takes-no-number")
    student.answered("who-keeps-time-wait", NOW - 2 * DAY, right=False, belief="both-ends-time-wait")
    for n in range(OVERCOME):
        student.answered("ack-of-the-syn", NOW - DAY + n * HOUR)
    told = section(student.page(), "ideas")
    assert told.index("both-ends-time-wait") < told.index("syn-takes-no-number")
    assert told.count("not since") == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_latest_answers_lead_back_to_their_explanation(student: Student, lang: str) -> None:
    student.answered("ack-of-the-syn", NOW - 2 * HOUR)
    student.answered("who-keeps-time-wait", NOW - HOUR, right=False)
    told = section(student.page(lang=lang), "recent")
    urls = [unescape(url) for url in re.findall(r'href="([^"]+)"', told)]
    assert [re.search(r"questions/([^?]+)", url)[1] for url in urls] == ["who-keeps-time-wait", "ack-of-the-syn"]
    assert 'class="verdict wrong"' in student.browser.get(urls[0]).text
    assert 'class="verdict right"' in student.browser.get(urls[1]).text


def test_what_the_course_no_longer_has_is_still_listed(student: Student, site: FastAPI) -> None:
    student.answered("ack-of-the-syn")
    with site.state.world.store.writing() as connection:
        statement = (
            "UPDATE attempt SET source = 'gone', skill = 'gone.too', belief = 'gone', \"right\" = 0 WHERE learner = ?"
        )
        connection.exec_driver_sql(statement, (student.id.hex,))
    told = section(student.page(), "recent")
    assert "gone.too" in told
    assert "href" not in told


def test_the_next_step_is_the_plan_s(student: Student) -> None:
    student.answered("third-segment", NOW - 20 * DAY)
    goal = section(student.page(), "goal")
    assert 'class="button primary" href="/en/review/next"' in goal
    assert goal.count("button primary") == 1


def test_pace_and_readiness_follow_the_date(student: Student, clock: Clock) -> None:
    student.set(interview="2026-12-12")
    student.answered("third-segment", NOW - HOUR)
    goal = section(student.page(), "goal")
    assert "<b>6 days</b> <span>Sat, Dec 12</span>" in goal
    assert re.search(r"About \d+ minutes a day will make you ready", goal)
    assert "take more time each day" in goal
    assert 'class="caution"' in goal
    clock.now = NOW + 7 * DAY
    assert "Your interview was on Dec 12, 2026" in student.page()


@pytest.mark.parametrize(
    ("lang", "this_year", "next_year"),
    [("zh", "12 月 12 日周六", "2027 年 5 月 18 日"), ("en", "Sat, Dec 12", "May 18, 2027")],
)
def test_a_day_of_another_year_has_its_year(site: FastAPI, lang: str, this_year: str, next_year: str) -> None:
    words, today = site.state.world.words[lang], date(2026, 11, 27)
    assert day_from(words, date(2026, 12, 12), today) == this_year
    assert day_from(words, date(2027, 5, 18), today) == next_year


@pytest.mark.parametrize(("days", "said"), [(5, "Tomorrow"), (6, "Today")])
def test_on_the_last_days_the_evening_is_offered_first(student: Student, clock: Clock, days: int, said: str) -> None:
    student.set(interview="2026-12-12")
    clock.now = NOW + timedelta(days=days)
    goal = section(student.page(), "goal")
    assert f'<b><a href="/en/progress/tonight">{said}</a></b>' in goal
    assert 'class="button primary" href="/en/progress/tonight"' in goal


def test_trouble_with_the_database_has_a_page(student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise Trouble("locked")

    student.answered("third-segment")
    monkeypatch.setattr(student.world.store, "reading", locked)
    for path in ("", "/tonight", "/move", "/export", "/delete"):
        assert student.browser.get(f"/zh/progress{path}").status_code == 503


@pytest.mark.parametrize("said", ["<script>", "nonsense", "%00"])
def test_only_known_words_are_said(visitor: TestClient, said: str) -> None:
    page = visitor.get(f"/en/progress?said={said}").text
    assert "<script>" not in page.partition("<main")[2]
    assert 'class="said' not in page


def test_a_cookie_of_a_learner_who_is_gone_is_a_visitor(site: FastAPI) -> None:
    assert "Begin here" in Student(site).page()
