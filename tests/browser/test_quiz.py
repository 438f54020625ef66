"""A question in a browser: by keys, by touch, and by a form alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.reader import Reader

CHOICE = "/questions/last-ack-meets-accept-queue?seed=3"


def several(address: str, reader: Reader) -> str:
    """The path of a question of which more than one option may be chosen."""
    for source in reader.page.request.get(f"{address}/api/questions").json():
        told = reader.page.request.get(f"{address}/api/questions/{source['source']}").json()
        if told["form"].get("several"):
            return f"/{reader.lang}/questions/{source['source']}"
    pytest.fail("there is none")


def test_a_digit_chooses_and_enter_answers_and_goes_on(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens(f"/{lang}{CHOICE}")
    reader.page.keyboard.press("2")
    expect(reader.page.locator("[data-option='2']")).to_be_checked()
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("#verdict")).to_be_in_viewport()
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("#verdict")).to_have_count(0)


def test_a_digit_checks_and_unchecks_one_of_several(arrive: Arrive, address: str) -> None:
    reader = arrive()
    reader.opens(several(address, reader))
    option = reader.page.locator("[data-option='1']")
    reader.page.keyboard.press("1")
    expect(option).to_be_checked()
    reader.page.keyboard.press("1")
    expect(option).not_to_be_checked()


def test_a_digit_in_a_lesson_chooses_nothing_in_its_question(arrive: Arrive) -> None:
    reader = arrive()
    reader.opens_lesson()
    reader.page.keyboard.press("1")
    expect(reader.page.locator(".put input:checked")).to_have_count(0)


def test_the_verdict_is_seen_after_an_answer_without_a_script(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang, java_script_enabled=False)
    reader.opens(f"/{lang}{CHOICE}")
    reader.page.locator(".answer-option label").first.click()
    reader.page.locator(".ask-form .submit button").click()
    expect(reader.page.locator(".verdict-line")).to_be_in_viewport()


def test_an_empty_cell_is_marked_without_a_script(arrive: Arrive, device: str) -> None:
    reader = arrive(device, java_script_enabled=False, allowed=("422",))
    reader.opens("/zh/questions/whole-connection?seed=3")
    reader.page.locator(".ask-form .submit button").click()
    expect(reader.page.locator("[aria-invalid]").first).to_be_visible()
    expect(reader.page.locator("#complaint")).to_be_visible()


def test_a_quiz_that_was_left_is_offered_again_until_its_end(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens(f"/{lang}/quiz")
    offer = reader.page.locator("[data-go-on]")
    expect(offer).to_be_hidden()
    reader.opens(f"/{lang}/quiz/handshake.order?seed=5&n=2&q=1")
    reader.opens(f"/{lang}/quiz")
    offer.click()
    reader.page.wait_for_url("**/quiz/handshake.order?seed=5&n=2*")
    reader.opens(f"/{lang}/quiz/handshake.order?seed=5&n=2&q=end")
    reader.opens(f"/{lang}/quiz")
    expect(offer).to_be_hidden()


def test_what_was_typed_outlives_a_reload_but_not_the_answer(arrive: Arrive) -> None:
    reader = arrive(lang="en")
    reader.opens("/en/questions/ack-of-the-syn?seed=3")
    field = reader.page.locator("input[name=number]")
    field.fill("12345")
    reader.page.locator("input[name=unsure]").check()
    reader.page.reload()
    expect(field).to_have_value("12345")
    expect(reader.page.locator("input[name=unsure]")).to_be_checked()
    reader.page.locator(".ask-form button").click()
    expect(reader.page.locator("#verdict")).to_be_visible()
    reader.opens("/en/questions/ack-of-the-syn?seed=3")
    expect(reader.page.locator("input[name=number]")).to_have_value("")
