"""The player with a script: it plays, steps, scrubs, announces, and keeps its address."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.reader import Reader


def test_the_buttons_step_words_and_picture_together(reader: Reader) -> None:
    reader.opens_lesson()
    assert reader.step == 1
    reader.player.locator(".next").click()
    reader.player.locator(".next").click()
    assert reader.step == 3
    assert reader.moment == int(reader.page.locator("[data-step='3']").get_attribute("data-moment") or -1)
    reader.player.locator(".previous").click()
    assert reader.step == 2


def test_arrow_keys_step(reader: Reader) -> None:
    reader.opens_lesson("?step=2")
    reader.page.keyboard.press("ArrowRight")
    assert reader.step == 3
    reader.page.keyboard.press("ArrowLeft")
    assert reader.step == 2


def test_the_controls_of_the_last_step_lead_into_the_next_player(reader: Reader) -> None:
    reader.opens_lesson()
    players = reader.page.locator("tcp-player")
    last = players.nth(0).locator("[data-step]").last.get_attribute("data-step")
    reader.opens_lesson(f"?step={last}")
    reader.player.locator(".next").click()
    assert reader.step == int(last or 0) + 1
    assert reader.player.get_attribute("id") == players.nth(1).get_attribute("id")


def test_comma_and_full_stop_move_by_moments_and_the_address_says_when(reader: Reader) -> None:
    reader.opens_lesson("?step=3")
    before = reader.moment
    reader.page.keyboard.press(",")
    assert reader.moment == before - 1
    reader.page.keyboard.press(".")
    assert reader.moment == before


def test_scrubbing_shows_a_moment_that_a_reload_shows_again(reader: Reader) -> None:
    reader.opens_lesson("?step=5")
    scrub = reader.player.locator(".scrub")
    scrub.focus()
    reader.page.keyboard.press("Home")
    assert reader.moment == 0
    expect(reader.page).to_have_url(re.compile("[?&]t="))
    step = reader.step
    reader.page.reload()
    assert (reader.step, reader.moment) == (step, 0)


def test_a_link_to_a_moment_opens_it(reader: Reader) -> None:
    reader.opens_lesson("?step=5&t=0ms")
    assert (reader.step, reader.moment) == (5, 0)


def test_back_returns_to_the_step_before(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("ArrowRight")
    assert reader.address == {"step": "3"}
    reader.page.go_back()
    assert reader.step == 2
    reader.page.go_forward()
    assert reader.step == 3


def test_a_click_on_the_heading_of_a_step_goes_there(reader: Reader) -> None:
    reader.opens_lesson("?step=3")
    reader.page.locator("[data-step='1'] .step-link").click()
    assert reader.step == 1


def test_play_runs_to_the_prediction_and_waits_for_it(reader: Reader) -> None:
    reader.opens_lesson("?step=3")
    player = reader.player
    horizon = int(player.locator(".scrub").get_attribute("max") or 0)
    player.locator(".speed").click()
    expect(player.locator(".speed .value")).to_have_text("2×")
    player.locator(".play").click()
    expect(player.locator(f".caption [data-at-moment='{horizon}']")).to_be_visible()
    expect(player.locator(".play")).not_to_have_class("playing")
    assert reader.sees_nothing_after(player, horizon)


def test_a_moment_is_announced_in_words(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    live = reader.player.locator("[aria-live=polite]")
    expect(live).to_have_text("")
    reader.opens_lesson("?step=3")
    reader.page.keyboard.press("ArrowLeft")
    said = reader.player.locator(".caption [data-at-moment]:visible").inner_text()
    assert (live.text_content() or "").split() == said.split()
    assert said.strip()


def test_panels_follow_the_moment(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    table = reader.player.locator(".panel.tcb [data-at-moment]:not([hidden])")
    before = table.inner_html()
    reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("ArrowRight")
    assert table.count() == 1
    assert table.inner_html() != before


def test_a_swipe_over_the_picture_steps(arrive: Arrive) -> None:
    reader = arrive("phone")
    reader.opens_lesson("?step=1")
    diagram = reader.player.locator(".diagram")
    for kind, x in (("touchstart", 300), ("touchend", 120)):
        diagram.evaluate(
            """(box, [kind, x]) => {
                const touch = new Touch({ identifier: 1, target: box, clientX: x, clientY: 200 });
                box.dispatchEvent(new TouchEvent(kind, { touches: [touch], changedTouches: [touch], bubbles: true }));
            }""",
            [kind, x],
        )
    assert reader.step == 2


def test_a_question_mark_opens_the_keys_and_escape_closes_them(reader: Reader) -> None:
    reader.opens_lesson()
    reader.page.keyboard.press("?")
    dialog = reader.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    reader.page.keyboard.press("ArrowRight")
    assert reader.step == 1
    reader.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_link_to_this_moment_can_be_copied(arrive: Arrive) -> None:
    reader = arrive(permissions=["clipboard-read", "clipboard-write"])
    reader.opens_lesson("?step=3")
    reader.player.locator("copy-link button").click()
    expect(reader.player.locator("copy-link [role=status]")).not_to_be_empty()
    assert reader.page.evaluate("navigator.clipboard.readText()") == reader.page.url


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_segment_travels_unless_less_motion_is_asked_for(arrive: Arrive, motion: str) -> None:
    reader = arrive(reduced_motion=motion)
    reader.opens_lesson("?step=1")
    line = reader.player.locator(".segment.now .line").first
    name = line.evaluate("line => getComputedStyle(line).animationName")
    assert name == ("none" if motion == "reduce" else "travel")
