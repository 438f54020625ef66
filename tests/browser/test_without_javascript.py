"""The same lesson by links and forms alone."""

from playwright.sync_api import expect

from tests.browser.conftest import Arrive


def test_steps_are_links(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang, java_script_enabled=False)
    reader.opens_lesson()
    reader.player.locator(".next").click()
    assert (reader.step, reader.address) == (2, {"step": "2"})
    reader.player.locator(".next").click()
    assert reader.step == 3
    reader.page.locator("[data-step='1'] .step-link").click()
    assert reader.step == 1


def test_a_prediction_is_a_form(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang, java_script_enabled=False)
    reader.opens_lesson("?step=1")
    card = reader.page.locator("predict-card").first
    moment = int(card.get_attribute("data-moment") or 0)
    assert reader.sees_nothing_after(reader.player, moment)
    card.get_by_role("button").first.click()
    expect(card.locator(".reason").last).to_be_visible()
    assert reader.step == 2
    assert not reader.sees_nothing_after(reader.player, moment)
    card.locator(".when-answered a").click()
    assert reader.step == 3
    expect(card.locator(".reason").last).to_be_visible()


def test_what_needs_a_script_is_not_offered(arrive: Arrive, device: str) -> None:
    reader = arrive(device, java_script_enabled=False)
    reader.opens_lesson()
    for control in reader.page.locator(".scripted").all():
        expect(control).to_be_hidden()


def test_a_phone_chooses_between_picture_and_panels_without_a_script(arrive: Arrive) -> None:
    reader = arrive("phone", java_script_enabled=False)
    reader.opens_lesson()
    view = reader.player.locator(".view")
    expect(view.locator(".diagram")).to_be_visible()
    view.locator("input[value=tcb]").check(force=True)
    expect(view.locator(".panel.tcb")).to_be_visible()
    expect(view.locator(".diagram")).to_be_hidden()
    view.locator("input[value=log]").check(force=True)
    expect(view.locator(".panel.log")).to_be_visible()
    expect(view.locator(".panel.tcb")).to_be_hidden()
