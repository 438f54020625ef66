"""The date of the interview: saved, cleared, refused with a reason, and where the days begin."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.progress import memories, settings
from app.progress.tables import SettingRow
from app.progress.trouble import Trouble
from app.web.learners import COOKIE
from tests.web.studying import DAY, NOW, Clock, Student, learners_of


def kept(student: Student) -> dict[str, str]:
    with student.world.store.reading() as connection:
        return {setting.name: setting.value for setting in settings.of(connection, student.id)}


def save(browser: TestClient, lang: str = "en", **fields: str):
    return browser.post(f"/{lang}/progress/interview", data=fields)


@pytest.mark.parametrize(("lang", "told"), [("zh", "6 天"), ("en", "6 days")])
def test_saving_a_date_makes_a_learner_and_says_how_far_off_it_is(
    site: FastAPI, clock: Clock, visitor: TestClient, lang: str, told: str
) -> None:
    before = learners_of(site)
    answer = save(visitor, lang, day="2026-12-12", zone="Asia/Shanghai")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{lang}/progress?said=saved"
    assert COOKIE in visitor.cookies
    assert learners_of(site) == before + 1
    page = visitor.get(answer.headers["location"]).text
    assert f"<b>{told}</b>" in page
    assert 'role="status"' in page
    assert 'value="2026-12-12"' in page


def test_saving_it_plans_the_reviews_anew(student: Student) -> None:
    for n in range(4):
        student.answered("third-segment", NOW - (12 - 3 * n) * DAY)
    with student.world.store.reading() as connection:
        before = memories.of_skill(connection, student.id, "handshake.order")
    assert save(student.browser, day="2026-12-09", zone="UTC").status_code == 303
    with student.world.store.reading() as connection:
        after = memories.of_skill(connection, student.id, "handshake.order")
    assert before
    assert after
    assert after.due < before.due
    save(student.browser, clear="1", zone="UTC")
    with student.world.store.reading() as connection:
        assert memories.of_skill(connection, student.id, "handshake.order") == before


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        ("", "Please choose a day"),
        ("2026-12-05", "That day is over"),
        ("2029-12-06", "too far off"),
        ("yesterday", "That is no date"),
        ("2026-02-30", "That is no date"),
        ("2026-W50-1", "That is no date"),
        ("<b>1</b>", "That is no date"),
    ],
)
def test_what_is_no_date_is_refused_and_makes_nobody(
    site: FastAPI, clock: Clock, visitor: TestClient, day: str, complaint: str
) -> None:
    before = learners_of(site)
    answer = save(visitor, day=day, zone="Asia/Tokyo")
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'role="alert"' in answer.text
    assert '<option value="Asia/Tokyo" selected>' in answer.text
    assert "<b>1</b>" not in answer.text
    assert 'href="/zh/progress"' in answer.text  # the other language is a page that can be opened
    assert COOKIE not in visitor.cookies
    assert learners_of(site) == before


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../../etc/passwd", "Asia", "x" * 150])
def test_a_zone_that_there_is_not_is_refused(visitor: TestClient, clock: Clock, zone: str) -> None:
    answer = save(visitor, day="2026-12-12", zone=zone)
    assert answer.status_code == 422
    assert "There is no such time zone" in answer.text
    assert 'value="2026-12-12"' in answer.text


def test_a_zone_that_is_not_in_the_list_is_offered_once_it_is_chosen(student: Student) -> None:
    assert "Asia/Chongqing" not in student.page()
    save(student.browser, day="2026-12-12", zone="Asia/Chongqing")
    assert '<option value="Asia/Chongqing" selected>' in student.page()


def test_a_zone_that_this_machine_no_longer_knows_is_utc(student: Student) -> None:
    student.set(zone="Asia/Shanghai")
    with student.world.store.writing() as connection:
        connection.execute(update(SettingRow).where(SettingRow.value == "Asia/Shanghai").values(value="Asia/Atlantis"))
    assert '<option value="UTC" selected>' in student.page()


def test_today_is_where_the_learner_is(visitor: TestClient, clock: Clock) -> None:
    clock.now = NOW.replace(hour=20)  # the 7th in Shanghai
    assert save(visitor, day="2026-12-06", zone="Asia/Shanghai").status_code == 422
    assert save(visitor, day="2026-12-06", zone="UTC").status_code == 303


def test_the_script_sets_the_zone_alone_and_only_for_somebody(site: FastAPI, student: Student, clock: Clock) -> None:
    stranger, before = TestClient(site, follow_redirects=False), learners_of(site)
    assert save(stranger, zone="Asia/Shanghai").status_code == 303
    assert COOKIE not in stranger.cookies
    assert learners_of(site) == before
    student.set(interview="2026-12-12")
    assert save(student.browser, zone="Asia/Shanghai").status_code == 303
    assert kept(student) == {"interview": "2026-12-12", "zone": "Asia/Shanghai"}
    assert "data-known" in student.page()


def test_a_date_can_be_removed_by_the_button_or_by_emptying_it(student: Student) -> None:
    student.set(interview="2026-12-12")
    answer = save(student.browser, day="2026-12-12", zone="UTC", clear="1")
    assert answer.headers["location"].endswith("said=cleared")
    assert kept(student)["interview"] == ""
    assert "When is your interview?" in student.page()
    student.set(interview="2026-12-12")
    save(student.browser, day="", zone="UTC")
    assert kept(student)["interview"] == ""


def test_the_same_form_twice_is_the_same_date(student: Student) -> None:
    student.answered("third-segment")
    for _ in range(2):
        assert save(student.browser, day="2026-12-12", zone="UTC").status_code == 303
    assert kept(student) == {"interview": "2026-12-12", "zone": "UTC"}


def test_trouble_is_admitted_and_no_cookie_promises_anything(
    site: FastAPI, visitor: TestClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise Trouble("full")

    monkeypatch.setattr(site.state.world.store, "writing", full)
    assert save(visitor, day="2026-12-12", zone="UTC").status_code == 503
    assert COOKIE not in visitor.cookies


def test_another_site_cannot_set_it(visitor: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = visitor.post("/en/progress/interview", data={"day": "2026-12-12"}, headers=headers)
    assert answer.status_code == 403
