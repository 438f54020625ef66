"""While a prediction is open the future is hidden; an answer reveals every reason and lifts the horizon."""

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.reader import Reader


def _facts(reader: Reader) -> tuple[int, int]:
    """Of the first prediction: its step, its moment."""
    card = reader.page.locator("predict-card").first
    return int(card.get_attribute("data-step") or 0), int(card.get_attribute("data-moment") or 0)


def test_nothing_after_an_open_prediction_can_be_seen(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    step, moment = _facts(reader)
    player = reader.player
    assert reader.sees_nothing_after(player, moment)
    assert player.locator(".scrub").get_attribute("max") == str(moment)
    assert player.locator("[data-step]:visible").last.get_attribute("data-step") == str(step)


def test_an_answer_reveals_every_reason_and_the_future_without_a_reload(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    step, moment = _facts(reader)
    reader.page.evaluate("window.same = true")
    card = reader.page.locator("predict-card").first
    expect(card.locator(".reason").first).to_be_hidden()
    wrong = card.locator(".option:not(.is-right)").first
    wrong.get_by_role("button").click()
    for reason in card.locator(".reason").all():
        expect(reason).to_be_visible()
    expect(card.locator(".verdict.wrong")).to_be_focused()
    expect(wrong.locator(".mark-yours")).to_be_visible()
    expect(card.locator(".is-right .mark-right")).to_be_visible()
    assert reader.step == step
    assert int(reader.player.locator(".scrub").get_attribute("max") or 0) > moment
    assert reader.page.evaluate("window.same")
    assert card.get_attribute("data-prediction") in reader.address


def test_a_right_answer_is_told_so_and_leads_on(reader: Reader) -> None:
    reader.opens_lesson("?step=2")
    card = reader.page.locator("predict-card").first
    card.locator(".is-right button").click()
    expect(card.locator(".verdict.right")).to_be_visible()
    card.locator(".when-answered a").click()
    assert reader.step == 3


def test_an_answer_survives_a_reload_and_back_takes_it_away(reader: Reader) -> None:
    reader.opens_lesson("?step=2")
    card = reader.page.locator("predict-card").first
    card.get_by_role("button").first.click()
    reader.page.reload()
    expect(card.locator(".reason").first).to_be_visible()
    reader.page.go_back()
    expect(card.locator(".reason").first).to_be_hidden()
    assert reader.sees_nothing_after(reader.player, _facts(reader)[1])


def test_a_prediction_can_be_skipped(reader: Reader) -> None:
    reader.opens_lesson("?step=2")
    reader.page.locator("predict-card").first.locator(".when-open a").click()
    assert reader.step == 3
    expect(reader.page.locator("predict-card").first.locator(".reason").first).to_be_hidden()


def test_the_server_and_the_script_show_the_same(arrive: Arrive, lang: str) -> None:
    """One address, one answer."""
    with_script, without = arrive(lang=lang), arrive(lang=lang, java_script_enabled=False)
    seen = """() => ({
        phases: [...document.querySelectorAll("[data-since]")].map(one => one.getAttribute("class")),
        hidden: [...document.querySelectorAll(".words > *, [data-at-moment], .reason, .verdict, .mark, .after")]
            .map(one => one.hidden),
        current: [...document.querySelectorAll(".current")].map(one => one.id),
        links: [...document.querySelectorAll("main a[data-go]")].map(one => one.getAttribute("href") ?? ""),
        places: [...document.querySelectorAll(".count")].map(one => one.textContent),
        ranges: [...document.querySelectorAll(".scrub")].map(one => [one.max, one.value]),
    })"""
    with_script.opens_lesson("?step=2")
    prediction = with_script.page.locator("predict-card").first.get_attribute("data-prediction")
    steps = with_script.page.locator("[data-step]").count()
    for query in (
        "",
        *(f"?step={n + 1}" for n in range(steps)),
        f"?step=2&{prediction}=1",
        f"?step=5&t=0ms&{prediction}=2",
    ):
        with_script.opens_lesson(query)
        without.opens_lesson(query)
        ours, theirs = with_script.page.evaluate(seen), without.page.evaluate(seen)
        for part in ours:
            assert ours[part] == theirs[part], f"{query}: {part}"


def test_play_leads_to_the_question_that_holds_it(reader: Reader) -> None:
    reader.opens_lesson("?step=1")
    step, _ = _facts(reader)
    reader.player.locator(".play").click()
    assert reader.step == step
    card = reader.page.locator("predict-card").first
    expect(card.locator(".option button").first).to_be_focused()
    assert "called" in (card.get_attribute("class") or "")
