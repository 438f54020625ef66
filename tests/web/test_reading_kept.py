"""Which steps were read: kept for a learner beside the page, and shown on the way through the course."""

import logging
import re
from concurrent.futures import Future
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.progress import learners, reading
from app.progress.trouble import Trouble
from app.web.learners import COOKIE
from tests.web.studying import DAY, NOW, Student

LESSON = "three-way-handshake"


@pytest.fixture
def student(site: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setattr(site.state.world, "now", lambda: NOW)
    student = Student(site)
    student.answered("ack-of-a-fin")
    return student


def steps_of(site: FastAPI, slug: str = LESSON) -> list[str]:
    return [step.id for step in site.state.world.course.editions["en"].lessons[slug].steps]


def kept(student: Student) -> list[str]:
    """What is on record, once all that was on its way has been written."""
    student.world.writer.submit(lambda connection: None).result()
    with student.world.store.reading() as connection:
        return [f"{one.lesson}#{one.step}" for one in reading.of(connection, student.id)]


def opens(student: Student, query: str = "", slug: str = LESSON) -> None:
    assert student.browser.get(f"/en/lessons/{slug}{query}").status_code == 200


def test_opening_a_step_is_reading_it(site: FastAPI, student: Student) -> None:
    first, _, third, *_ = steps_of(site)
    opens(student)
    opens(student, "?step=3")
    assert kept(student) == [f"{LESSON}#{first}", f"{LESSON}#{third}"]


def test_a_visitor_leaves_nothing_and_gets_no_cookie(visitor: TestClient) -> None:
    answer = visitor.get(f"/en/lessons/{LESSON}?step=3")
    assert COOKIE not in visitor.cookies
    assert "data-learner" not in answer.text
    assert visitor.post("/read", data={"step": f"{LESSON}#syn"}).status_code == 403
    assert COOKIE not in visitor.cookies


def test_a_reload_writes_nothing_new_and_a_look_at_the_head_nothing_at_all(
    site: FastAPI, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    student.browser.head(f"/en/lessons/{LESSON}?step=2")
    opens(student, "?step=3")
    assert kept(student) == [f"{LESSON}#{steps_of(site)[2]}"]
    monkeypatch.setattr(site.state.world.writer, "submit", lambda *_, **__: pytest.fail("written again"))
    opens(student, "?step=3")


def test_a_step_that_is_read_again_the_next_day_is_read_that_day(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(student, "?step=3")
    monkeypatch.setattr(student.world, "now", lambda: NOW + DAY)
    opens(student, "?step=3")
    assert len(kept(student)) == 1
    with student.world.store.reading() as connection:
        assert [step.last_at for step in reading.of(connection, student.id)] == [NOW + DAY]


def test_a_script_tells_of_steps_and_only_those_of_the_course_are_kept(site: FastAPI, student: Student) -> None:
    one, two, *_ = steps_of(site)
    told = [
        f"{LESSON}#{one}",
        f"{LESSON}#{two}",
        f"{LESSON}#nonsense",
        "nowhere#syn",
        "",
        "<script>",
        f"{LESSON}#{one}",
    ]
    answer = student.browser.post("/read", data={"step": told})
    assert (answer.status_code, answer.content) == (204, b"")
    assert kept(student) == [f"{LESSON}#{two}", f"{LESSON}#{one}"]  # the one read last is the last


def test_the_place_is_the_same_in_both_languages(site: FastAPI, student: Student) -> None:
    student.browser.get(f"/zh/lessons/{LESSON}?step=2")
    assert kept(student) == [f"{LESSON}#{steps_of(site)[1]}"]


def test_who_has_deleted_everything_is_not_made_anew_by_reading(student: Student) -> None:
    student._write(lambda connection: learners.forget(connection, student.id))
    opens(student, "?step=2")
    assert student.browser.post("/read", data={"step": f"{LESSON}#syn"}).status_code == 403
    assert kept(student) == []
    with student.world.store.reading() as connection:
        assert learners.known(connection, student.id) is None


def test_a_database_in_trouble_is_no_business_of_the_reader(
    site: FastAPI, student: Student, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def submit(*_: object, **__: object) -> Future[object]:
        failed: Future[object] = Future()
        failed.set_exception(Trouble("full", "no space"))
        return failed

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "ackademy"):
        patch.setattr(site.state.world.writer, "submit", submit)
        opens(student, "?step=2")
        assert student.browser.post("/read", data={"step": f"{LESSON}#syn"}).status_code == 503
    assert "reading: " in caplog.text
    opens(student, "?step=2")  # the next time it is kept
    assert kept(student) == [f"{LESSON}#{steps_of(site)[1]}"]


def test_a_server_that_is_about_to_stop_still_answers(
    site: FastAPI, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    def submit(*_: object, **__: object) -> None:
        raise RuntimeError("the writer has stopped")

    monkeypatch.setattr(site.state.world.writer, "submit", submit)
    opens(student, "?step=2")


def test_the_page_does_not_wait_for_the_disk(site: FastAPI, student: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.state.world.writer, "submit", lambda *_, **__: Future())  # never done
    opens(student, "?step=2")


def test_lessons_are_remembered_for_learners_too(site: FastAPI, student: Student) -> None:
    opens(student, "?step=2")
    before = site.state.world.renderer.remembered.cache_info().misses
    opens(student, "?step=2")
    assert site.state.world.renderer.remembered.cache_info().misses == before


@pytest.mark.parametrize(
    ("lang", "read", "mastered"),
    [("zh", "读了 2 / 12 步", "掌握 0 / 7 项"), ("en", "2 / 12 steps read", "0 / 7 skills mastered")],
)
def test_the_path_shows_how_far_one_is(student: Student, lang: str, read: str, mastered: str) -> None:
    for step in ("syn", "syn-ack"):
        student.read(LESSON, step)
    page = student.browser.get(f"/{lang}/").text
    assert read in page
    assert mastered in page


def test_a_lesson_all_of_whose_skills_are_mastered_has_a_sign_with_words(site: FastAPI, student: Student) -> None:
    pool = site.state.world.course.pool
    lesson = site.state.world.course.editions["en"].lessons["both-at-once"]
    for days in (3, 2):
        for skill in lesson.skills:
            student.answered(pool.of_skill(skill.id)[0].id, NOW - days * DAY)
    page = student.browser.get("/en/").text
    assert page.count('class="station whole"') == 1
    assert "all mastered" in page


def home(student: Student, lang: str = "en") -> tuple[str, str]:
    """Where the one button leads, and the whole page."""
    page = unescape(student.browser.get(f"/{lang}/").text)
    found = re.findall(r'<a class="button primary continue" href="([^"]+)"', page)
    assert len(found) == 1
    return found[0], page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_one_button_reads_on_asks_and_reviews(site: FastAPI, student: Student, lang: str) -> None:
    first, second, *_ = steps_of(site)
    assert home(student, lang)[0] == f"/{lang}/lessons/{LESSON}?step=1#{first}"
    student.read(LESSON, first)
    url, page = home(student, lang)
    assert url == f"/{lang}/review/next?skill=handshake.order"
    assert f'href="/{lang}/lessons/{LESSON}?step=2#{second}"' in page  # or read on where one left off
    student.answered("ack-of-the-syn", NOW - 30 * DAY)
    url, page = home(student, lang)
    assert url == f"/{lang}/review/next"
    assert {"zh": "待复习 1 项", "en": "1 due"}[lang] in page


def test_where_one_left_off_is_the_lesson_that_was_read_last(site: FastAPI, student: Student) -> None:
    student.answered("ack-of-the-syn", NOW - 30 * DAY)
    student.read(LESSON, "syn", NOW - 2 * DAY)
    other = steps_of(site, "both-at-once")
    student.read("both-at-once", other[3], NOW - DAY)
    assert f'href="/en/lessons/both-at-once?step=5#{other[4]}"' in home(student)[1]
    student.set(interview="2026-12-09")
    assert "3 days" in home(student)[1]


def test_the_home_page_of_a_visitor_is_remembered_and_says_where_to_begin(site: FastAPI, visitor: TestClient) -> None:
    page = visitor.get("/en/").text
    assert 'class="button primary begin"' in page
    assert "<where-i-was hidden>" in page
    before = site.state.world.renderer.remembered.cache_info().misses
    assert visitor.get("/en/").text == page
    assert site.state.world.renderer.remembered.cache_info().misses == before
