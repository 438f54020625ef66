"""A learner in a browser: the review, with and without a script; the place that is kept; the way back to it."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from playwright.sync_api import Locator, expect

from app.progress import reading
from app.web.learners import COOKIE
from tests.browser.conftest import LOOKS, Arrive
from tests.browser.reader import LESSON, Reader
from tests.web.studying import Student

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
STAYED = 1200  # milliseconds after which a step was read


@pytest.fixture
def student(site: FastAPI) -> Student:
    """Somebody who answered two questions a month ago, and one wrongly, twice, an hour ago."""
    student = Student(site)
    now = site.state.world.now()
    student.answered("ack-of-a-fin", now - timedelta(days=30))
    student.answered("around-the-circle", now - timedelta(days=30))
    for hours in (3, 2):
        student.answered("ack-of-the-syn", now - timedelta(hours=hours), right=False, belief="syn-takes-no-number")
    return student


def signed_in(reader: Reader, student: Student) -> Reader:
    tag = student.browser.cookies[COOKIE]
    reader.page.context.add_cookies([{"name": COOKIE, "value": tag, "url": reader.site}])
    return reader


def kept(student: Student) -> list[str]:
    student.world.writer.submit(lambda connection: None).result()
    with student.world.store.reading() as connection:
        return [one.step for one in reading.of(connection, student.id)]


def steps_of(site: FastAPI) -> list[str]:
    return [step.id for step in site.state.world.course.editions["en"].lessons[LESSON].steps]


def remembered(reader: Reader) -> str | None:
    text = reader.page.evaluate("localStorage.getItem('reading')")
    return None if text is None else str(text)


def due_of(reader: Reader) -> Locator:
    return reader.page.locator(".masthead .due")


def answer(reader: Reader) -> None:
    """Answer whatever is asked, rightly or not."""
    form = reader.page.locator(".ask-form")
    for box in form.locator("input[type=radio]").all()[:1]:
        box.check()
    for box in form.locator("input[type=checkbox]:not([name=unsure])").all()[:2]:  # of a segment SYN and ACK
        box.check()
    for field in form.locator("input:not([type=radio], [type=checkbox], [type=hidden])").all():
        field.fill("1")
    for number, field in enumerate(form.locator("select").all(), 1):
        field.select_option(index=number if (field.get_attribute("name") or "").startswith("place-") else 1)
    form.locator("button.primary").click()


@SCRIPT
def test_the_review_from_the_header_to_its_end(
    arrive: Arrive, student: Student, device: str, lang: str, script: bool
) -> None:
    reader = signed_in(arrive(device, lang, java_script_enabled=script, allowed=("422",)), student)
    reader.opens(f"/{lang}/")
    expect(due_of(reader)).to_contain_text("3")
    due_of(reader).click()
    reader.page.wait_for_url(f"**/{lang}/review")
    expect(reader.page.locator(".due-skill")).to_have_count(3)
    expect(reader.page.locator(".idea")).to_have_count(1)
    reader.page.locator(".page-head .primary").click()
    for left in (2, 1, 0):
        reader.page.wait_for_url("**/questions/**review=1")
        answer(reader)
        expect(reader.page.locator(".next-time")).to_be_visible()
        expect(due_of(reader)).to_contain_text(str(left))
        onward = reader.page.locator(".onward .primary")
        if left:
            expect(onward).to_contain_text(str(left))
        onward.click()
    expect(reader.page).to_have_url(re.compile(f"/{lang}/lessons/{LESSON}\\?step=1#"))


def test_back_and_reload_ask_the_same_and_count_once(arrive: Arrive, student: Student) -> None:
    reader = signed_in(arrive(lang="en"), student)
    reader.opens("/en/review/next")
    asked = reader.page.url
    reader.page.reload()
    assert reader.page.url == asked
    reader.opens("/en/review/next")
    assert reader.page.url == asked
    answer(reader)
    reader.page.wait_for_url("**#verdict")
    told = reader.page.url
    reader.page.reload()
    assert reader.page.url == told
    expect(due_of(reader)).to_contain_text("2 due")
    reader.page.go_back()
    answer(reader)
    expect(due_of(reader)).to_contain_text("2 due")


def test_enter_goes_on_to_the_next_review(arrive: Arrive, student: Student) -> None:
    reader = signed_in(arrive(lang="en"), student)
    reader.opens("/en/review")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**review=1")
    answer(reader)
    reader.page.wait_for_url("**#verdict")
    asked = reader.page.url
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url(lambda url: url != asked and url.endswith("review=1"))


def test_a_learners_steps_are_kept_as_they_step_on(
    arrive: Arrive, site: FastAPI, student: Student, device: str, lang: str
) -> None:
    reader = signed_in(arrive(device, lang), student)
    first, second, third, fourth, *_ = steps_of(site)
    reader.opens_lesson()
    reader.player.locator(".next").click()
    reader.page.wait_for_timeout(STAYED)
    reader.player.locator(".next").click()
    reader.player.locator(".next").click()  # the third step is only passed by
    reader.opens(f"/{lang}/")  # and the fourth is left
    reader.page.wait_for_timeout(STAYED)  # a page that goes sends in its own time
    assert kept(student) == [first, second, fourth], third
    reader.page.reload()
    expect(reader.page.locator(".station.begun")).to_have_count(1)
    assert remembered(reader) is None


def test_a_visitor_sends_nothing_and_the_browser_keeps_the_place(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang)
    sent: list[str] = []
    reader.page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    reader.opens(f"/{lang}/")
    expect(reader.page.locator("where-i-was a")).to_be_hidden()
    reader.opens_lesson()
    reader.player.locator(".next").click()
    reader.page.wait_for_timeout(STAYED)
    reader.opens(f"/{lang}/")
    onward = reader.page.locator("where-i-was a")
    expect(onward).to_be_visible()
    expect(onward).to_contain_text("2")
    expect(reader.page.locator(".begin")).to_be_in_viewport()
    assert reader.page.evaluate("document.scrollingElement.scrollWidth") <= reader.page.viewport_size["width"]
    onward.click()
    reader.page.wait_for_url(f"**/{lang}/lessons/{LESSON}?step=2")
    assert reader.step == 2
    assert sent == []
    assert COOKIE not in {cookie["name"] for cookie in reader.page.context.cookies()}


def test_what_was_read_before_the_first_answer_goes_to_the_learner(arrive: Arrive, site: FastAPI) -> None:
    reader = arrive(lang="en")
    first, second, *_ = steps_of(site)
    reader.opens_lesson("?step=2")
    reader.opens_lesson("?step=1")
    assert f"{LESSON}#{second}" in (remembered(reader) or "")
    reader.opens("/en/questions/ack-of-the-syn?seed=3")
    with reader.page.expect_response("**/read") as handed:
        answer(reader)
    assert handed.value.status == 204
    reader.page.wait_for_function("localStorage.getItem('reading') === null")
    learner = site.state.world.signer.learner(
        next(cookie["value"] for cookie in reader.page.context.cookies() if cookie["name"] == COOKIE)
    )
    with site.state.world.store.reading() as connection:
        assert [one.step for one in reading.of(connection, learner)] == [second, first]


def test_where_storage_is_forbidden_reading_goes_on(arrive: Arrive) -> None:
    reader = arrive(lang="en")
    reader.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    reader.opens_lesson()
    reader.player.locator(".next").click()
    reader.page.wait_for_timeout(STAYED)
    assert reader.step == 2
    reader.opens("/en/")
    expect(reader.page.locator(".begin")).to_be_visible()


@SCRIPT
def test_a_remark_is_left_and_leads_back(arrive: Arrive, device: str, lang: str, script: bool) -> None:
    reader = arrive(device, lang, java_script_enabled=script)
    reader.opens(f"/{lang}/questions/ack-of-the-syn?seed=3&number=5")
    asked = reader.page.url
    reader.page.locator(".remark summary").click()
    reader.page.locator(".remark textarea").fill("错了 5 / wrong")
    reader.page.locator(".remark button").click()
    reader.page.wait_for_url(f"**/{lang}/remarks?**")
    reader.page.reload()
    reader.page.locator(".onward .primary").click()
    assert reader.page.url == asked


@pytest.mark.parametrize("path", ["/", "/review", "/questions/ack-of-the-syn?seed=3", "/remarks?source=ack-of-the-syn"])
@pytest.mark.parametrize("width", [320, 390])
def test_a_learners_pages_do_not_scroll_sideways(
    arrive: Arrive, student: Student, lang: str, path: str, width: int
) -> None:
    reader = signed_in(arrive("phone", lang, viewport={"width": width, "height": 760}), student)
    reader.opens(f"/{lang}{path}")
    assert reader.page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize(("device", "lang", "theme"), LOOKS)
@pytest.mark.parametrize(
    "path", ["/", "/review", "/quiz/ack-of-the-syn?seed=3&n=1&q=1", "/remarks?source=ack-of-the-syn"]
)
def test_axe_finds_nothing(arrive: Arrive, student: Student, device: str, lang: str, theme: str, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    reader = signed_in(arrive(device, lang, color_scheme=theme), student)
    reader.opens(f"/{lang}{path}")
    results = Axe().run(reader.page)
    assert results.violations_count == 0, results.generate_report()
