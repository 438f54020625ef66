"""Looking things up: a term where it stands, the search by its key, one player out of several."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.reader import Reader

TERM = '.scene-lead a[href*="/glossary#"]'
OPEN = ".term-note:popover-open"


def test_a_pointer_on_a_term_shows_what_it_means_and_escape_puts_it_away(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens_lesson(slug="listen-queues")
    reader.page.locator(TERM).first.hover()
    note = reader.page.locator(OPEN)
    expect(note).to_be_visible()
    box, window = note.bounding_box(), reader.page.viewport_size
    assert box
    assert window
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= window["height"]
    reader.page.keyboard.press("Escape")
    expect(note).to_have_count(0)


def test_the_keyboard_shows_it_too(arrive: Arrive) -> None:
    reader = arrive(lang="en")
    reader.opens_lesson(slug="listen-queues")
    reader.page.locator('.scene-lead a[href*="rfc"]').first.focus()
    reader.page.keyboard.press("Tab")
    described = reader.page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    expect(reader.page.locator(OPEN)).to_have_attribute("id", described)


def test_a_tap_shows_it_and_a_second_one_goes_there(arrive: Arrive, lang: str) -> None:
    reader = arrive("phone", lang)
    reader.opens_lesson(slug="listen-queues")
    term = reader.page.locator(TERM).first
    term.scroll_into_view_if_needed()
    reader.page.wait_for_timeout(300)
    term.tap()
    expect(reader.page.locator(OPEN)).to_be_visible()
    term.tap()
    reader.page.wait_for_url(f"**/{lang}/glossary#syn-queue")


def test_without_a_script_a_term_leads_to_the_glossary(arrive: Arrive) -> None:
    reader = arrive(lang="en", java_script_enabled=False)
    reader.opens_lesson(slug="listen-queues")
    expect(reader.page.locator(".term-note").first).to_be_hidden()
    reader.page.locator(TERM).first.click()
    reader.page.wait_for_url("**/en/glossary#syn-queue")


def test_a_slash_opens_the_search_and_enter_searches(reader: Reader) -> None:
    reader.opens_lesson()
    reader.page.keyboard.press("/")
    reader.page.wait_for_url(f"**/{reader.lang}/search")
    expect(reader.page.locator("input[name=q]")).to_be_focused()
    reader.page.keyboard.type("TIME-WAIT / 2MSL")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/search?q=TIME-WAIT+%2F+2MSL")
    reader.page.locator(".hit a").first.click()
    expect(reader.page).not_to_have_url(re.compile("search"))
    reader.page.go_back()
    expect(reader.page.locator("input[name=q]")).to_have_value("TIME-WAIT / 2MSL")


def test_of_a_choice_one_player_is_shown_and_the_address_says_which(reader: Reader) -> None:
    reader.opens_lesson(slug="what-if-it-is-lost")
    players = reader.page.locator(".choice tcp-player")
    assert players.count() == 7
    expect(players.nth(0)).to_be_visible()
    expect(players.nth(4)).to_be_hidden()
    chosen = reader.page.locator(".choices a").nth(4)
    chosen.click()
    expect(players.nth(4)).to_be_visible()
    expect(players.nth(0)).to_be_hidden()
    expect(chosen).to_have_attribute("aria-current", "true")
    reader.page.reload()
    expect(players.nth(4)).to_be_visible()
    reader.page.go_back()
    expect(players.nth(0)).to_be_visible()


def test_a_choice_works_without_a_script(arrive: Arrive) -> None:
    reader = arrive(lang="en", java_script_enabled=False)
    reader.opens_lesson(slug="what-if-it-is-lost")
    reader.page.locator(".choices a").nth(6).click()
    expect(reader.page.locator(".choice tcp-player").nth(6)).to_be_visible()
    expect(reader.page.locator(".choice tcp-player").nth(0)).to_be_hidden()
