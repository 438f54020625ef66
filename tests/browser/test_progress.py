"""Progress in a browser: with a script and without, by keyboard and thumb, in two browsers at once."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from app.web.learners import COOKIE
from tests.browser.conftest import Arrive
from tests.browser.reader import Reader
from tests.web.studying import DAY, HOUR, MINUTE, NOW, Clock, Student

HERE = Path(__file__).parent
COLLISIONS, OUTSIDE = ((HERE / f"{name}.js").read_text() for name in ("collisions", "outside"))
PAGES = ("", "/tonight?minutes=30", "/move", "/delete", "/deleted?answers=3")


@pytest.fixture
def clock(site: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(site.state.world, "now", clock)
    return clock


@pytest.fixture
def student(site: FastAPI, clock: Clock) -> Student:
    """Somebody with something to show in every part of the page."""
    student = Student(site)
    student.set(interview="2026-12-12", zone="Asia/Shanghai")
    for n, source in enumerate(("third-segment", "ack-of-the-syn", "who-keeps-time-wait", "segments-of-a-close")):
        for days in (20, 9, 3):
            student.answered(source, NOW - days * DAY + n * MINUTE, right=(n + days) % 3 != 0)
    student.answered("handshake-states", NOW - HOUR, right=False)
    return student


def as_student(reader: Reader, student: Student) -> Reader:
    """The same reader, with the cookie of that student."""
    tag = student.world.signer.sign(student.id)
    reader.page.context.add_cookies([{"name": COOKIE, "value": tag, "url": reader.site}])
    return reader


def main_of(page: Page) -> str:
    return page.locator("main").inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(arrive: Arrive, student: Student, lang: str, path: str) -> None:
    reader = arrive("phone", lang)
    for who in (reader, as_student(reader, student)):
        who.opens(f"/{lang}/progress{path}")
        for details in who.page.locator("main details").all():
            details.evaluate("one => { one.open = true; }")
        for width in (390, 320):
            who.page.set_viewport_size({"width": width, "height": 760})
            assert who.page.evaluate("document.querySelector('main').scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_violation(arrive: Arrive, student: Student, lang: str, theme: str, path: str) -> None:
    reader = as_student(arrive("desktop", lang, color_scheme=theme), student)
    reader.opens(f"/{lang}/progress{path}")
    for details in reader.page.locator("main details").all():
        details.evaluate("one => { one.open = true; }")
    results = Axe().run(reader.page)
    assert results.violations_count == 0, results.generate_report()


def test_a_newcomer_s_page_has_no_violation(arrive: Arrive, clock: Clock, device: str, lang: str) -> None:
    reader = arrive(device, lang)
    reader.opens(f"/{lang}/progress")
    results = Axe().run(reader.page)
    assert results.violations_count == 0, results.generate_report()


def test_no_words_in_a_chart_cover_others_or_leave_it(arrive: Arrive, student: Student, device: str, lang: str) -> None:
    reader = as_student(arrive(device, lang), student)
    reader.opens(f"/{lang}/progress")
    assert reader.page.locator("svg.chart").count() >= 4
    for script in (COLLISIONS, OUTSIDE):
        assert reader.page.evaluate(script.replace(".sequence, .map svg", "svg.chart")) == []


def test_the_browser_s_zone_is_offered_to_a_visitor_and_nothing_is_kept(arrive: Arrive, clock: Clock) -> None:
    reader = arrive(lang="en", timezone_id="Asia/Tokyo")
    reader.opens("/en/progress")
    expect(reader.page.locator("[name=zone]")).to_have_value("Asia/Tokyo")
    assert COOKIE not in {cookie["name"] for cookie in reader.page.context.cookies()}


def test_the_browser_s_zone_is_kept_for_a_learner_who_has_chosen_none(
    arrive: Arrive, site: FastAPI, clock: Clock
) -> None:
    somebody = Student(site)
    somebody.answered("third-segment", NOW - HOUR)
    reader = as_student(arrive(lang="en", timezone_id="America/Argentina/Ushuaia"), somebody)
    reader.opens("/en/progress")
    expect(reader.page.locator(".progress-head .eyebrow")).to_contain_text("Ushuaia")
    assert 'value="America/Argentina/Ushuaia" selected' in somebody.page()
    reader.opens("/en/progress")
    expect(reader.page.locator("[name=zone]")).to_have_value("America/Argentina/Ushuaia")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_date_is_set_and_removed(arrive: Arrive, clock: Clock, device: str, lang: str, script: bool) -> None:
    reader = arrive(device, lang, java_script_enabled=script, timezone_id="Asia/Tokyo")
    reader.opens(f"/{lang}/progress")
    page = reader.page
    if not script:
        page.locator("[name=zone]").select_option("Asia/Tokyo")
    page.locator("[name=day]").fill("2026-12-12")
    page.locator(".interview button").first.click()
    page.wait_for_url("**/progress?said=saved")
    expect(page.locator(".figure").first).to_contain_text({"zh": "6 天", "en": "6 days"}[lang])
    expect(page.locator("[role=status]").first).to_be_visible()
    page.reload()
    expect(page.locator(".figure").first).to_contain_text("6")
    page.locator(".interview summary").click()
    expect(page.locator("[name=zone]")).to_have_value("Asia/Tokyo")
    page.locator("[name=clear]").click()
    page.wait_for_url("**/progress?said=cleared")
    expect(page.locator("[name=day]")).to_have_value("")
    page.go_back()
    page.reload()
    expect(page.locator("[name=day]")).to_have_value("")


def test_the_evening_can_be_made_longer_without_a_script(arrive: Arrive, clock: Clock, lang: str) -> None:
    reader = arrive("phone", lang, java_script_enabled=False)
    reader.opens(f"/{lang}/progress/tonight")
    reader.page.locator("[name=minutes]").fill("45")
    reader.page.locator(".lengths form button").click()
    reader.page.wait_for_url("**/tonight?minutes=45")
    assert "45" in reader.page.locator("h1").inner_text()
    reader.page.locator(".lengths a").last.click()
    reader.page.wait_for_url("**/tonight?minutes=180")
    reader.page.go_back()
    expect(reader.page.locator("[name=minutes]")).to_have_value("45")


def test_tiles_and_numbers_can_be_reached_by_keyboard(arrive: Arrive, student: Student) -> None:
    reader = as_student(arrive(lang="en"), student)
    reader.opens("/en/progress")
    reader.page.locator(".tile .name").first.focus()
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "quiz"
    summary = reader.page.locator(".numbers summary").first
    summary.focus()
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator(".numbers table").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_second_browser_carries_on(arrive: Arrive, student: Student, lang: str, script: bool) -> None:
    first = as_student(arrive("desktop", lang, java_script_enabled=script), student)
    first.opens(f"/{lang}/progress/move")
    first.page.locator("#link form button").click()
    expect(first.page.locator("svg.qr")).to_be_visible()
    link = first.page.locator(".address").inner_text()
    first.page.reload()
    assert first.page.locator(".address").inner_text() == link
    second = arrive("phone", lang, java_script_enabled=script)
    second.page.goto(link)
    expect(second.page.locator("dd").first).to_have_text("13")
    if script:
        second.page.locator("main form button").dblclick()
    else:
        second.page.locator("main form button").click()
    second.page.wait_for_url("**/progress?said=carried")
    expect(second.page.locator(".recent li").first).to_be_visible()
    first.page.reload()
    expect(first.page.locator(".address")).to_have_count(0)
    third = arrive("desktop", lang, allowed=("404",))
    third.page.goto(link)
    expect(third.page.locator("main form")).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phrase_is_written_down_and_typed_in_again(arrive: Arrive, student: Student, lang: str) -> None:
    first = as_student(arrive("phone", lang), student)
    first.opens(f"/{lang}/progress/move")
    first.page.locator("#phrase form button").click()
    words = first.page.locator(".phrase li").all_inner_texts()
    assert len(words) == 12
    second = arrive("desktop", lang, allowed=("422",))
    second.opens(f"/{lang}/progress/move")
    second.page.locator("[name=phrase]").fill(" ".join(words[:11]))
    second.page.locator("#bring form button").first.click()
    expect(second.page.locator("[role=alert]")).to_be_visible()
    expect(second.page.locator("[name=phrase]")).to_have_value(" ".join(words[:11]))
    second.page.locator("[name=phrase]").fill(" ".join(words))
    second.page.locator("#bring form button").first.click()
    second.page.wait_for_url("**/progress?said=carried")


def test_a_file_is_taken_along_and_a_large_one_is_not_sent(arrive: Arrive, student: Student, tmp_path: Path) -> None:
    first = as_student(arrive(lang="en"), student)
    first.opens("/en/progress")
    with first.page.expect_download() as download:
        first.page.locator("a[download]").first.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert re.fullmatch(r"ackademy-\d{4}-\d\d-\d\d\.json", file.name)
    second = arrive(lang="en")
    second.opens("/en/progress/move")
    second.page.locator("[name=file]").evaluate("one => { one.dataset.most = '10'; }")
    second.page.locator("[name=file]").set_input_files(file)
    assert "too large" in second.page.locator("[name=file]").evaluate("one => one.validationMessage")
    second.page.locator("[name=file]").evaluate("one => { one.dataset.most = '1000000'; }")
    second.page.locator("[name=file]").set_input_files([])
    second.page.locator("[name=file]").set_input_files(file)
    second.page.locator("#bring form button").last.click()
    second.page.wait_for_url("**/progress?said=imported")
    expect(second.page.locator(".recent li").first).to_be_visible()


def test_what_is_deleted_does_not_come_back_by_going_back(arrive: Arrive, student: Student, lang: str) -> None:
    reader = as_student(arrive(lang=lang), student)
    reader.opens(f"/{lang}/progress")
    assert "13" in main_of(reader.page)
    reader.page.evaluate("localStorage.setItem('place', '1')")
    reader.page.locator("a[href$='/progress/delete']").click()
    reader.page.locator("button.danger").click()
    reader.page.wait_for_url("**/progress/deleted?answers=13**")
    assert COOKIE not in {cookie["name"] for cookie in reader.page.context.cookies()}
    assert reader.page.evaluate("localStorage.length") == 0
    reader.page.go_back()
    reader.page.go_back()
    expect(reader.page.locator(".recent")).to_have_count(0)
    assert reader.page.locator(".tile:not(.new)").count() == 0
