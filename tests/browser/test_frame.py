"""What every page has: the theme, the language, the way to the content."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrive

PAPER = {"light": "rgb(251, 250, 247)", "dark": "rgb(17, 19, 21)"}


def _paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_follows_the_system_until_it_is_switched_and_is_remembered(
    arrive: Arrive, device: str, system: str, script: bool
) -> None:
    reader = arrive(device, color_scheme=system, java_script_enabled=script)
    other = {"light": "dark", "dark": "light"}[system]
    reader.opens_lesson("?step=3")
    assert _paper(reader.page) == PAPER[system]
    reader.page.locator(f".theme .to-{system}").wait_for(state="hidden")
    with reader.page.expect_response("**/theme"):
        reader.page.locator(f".theme .to-{other}").click()
    expect(reader.page.locator("html")).to_have_css("background-color", PAPER[other])
    assert reader.step == 3
    reader.opens("/en/glossary")
    assert _paper(reader.page) == PAPER[other]
    reader.page.locator("footer [value=system]").click()
    assert _paper(reader.page) == PAPER[system]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_switch_of_language_stays_at_the_step(arrive: Arrive, device: str, lang: str, script: bool) -> None:
    reader = arrive(device, lang, java_script_enabled=script)
    reader.opens_lesson("?step=2")
    reader.player.locator(".next").click()
    other = {"zh": "en", "en": "zh"}[lang]
    reader.page.locator(f".masthead a[hreflang^={other}]").click()
    reader.page.wait_for_url(f"**/{other}/lessons/**")
    assert reader.step == 3
    assert (reader.page.get_attribute("html", "lang") or "").startswith(other)


def test_the_first_tab_stop_skips_to_the_content(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens(f"/{lang}/")
    reader.page.keyboard.press("Tab")
    skip = reader.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("main")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [320, 390, 700, 1440])
def test_the_menu_is_one_row_with_the_current_entry_in_view(
    arrive: Arrive, lang: str, width: int, script: bool
) -> None:
    reader = arrive("desktop", lang, viewport={"width": width, "height": 844}, java_script_enabled=script)
    for path in ("", "lab", "timers", "glossary"):
        reader.opens(f"/{lang}/{path}")
        entries = [entry.bounding_box() for entry in reader.page.locator(".menu a").all()]
        assert len({box["y"] for box in entries if box}) == 1
        expect(reader.page.locator(".menu [aria-current]")).to_be_in_viewport(ratio=1)
        assert reader.page.evaluate("[document.documentElement.scrollWidth, scrollY]") == [width, 0]


def test_the_menu_with_keys_alone(arrive: Arrive) -> None:
    reader = arrive("phone", "en", viewport={"width": 320, "height": 700})
    reader.opens("/en/lab")
    for entry in reader.page.locator(".menu a").all():
        entry.focus()
        expect(entry).to_be_in_viewport(ratio=1)


def test_the_home_page_leads_to_the_first_lesson(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang)
    reader.opens("/" + lang + "/")
    begin = reader.page.locator(".begin")
    expect(begin).to_be_in_viewport()
    begin.click()
    assert reader.step == 1
