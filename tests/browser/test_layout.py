"""Nothing is wider than a phone, nothing in a picture covers anything else, every word can be read, little is sent."""

from pathlib import Path

import pytest

from tests.browser.conftest import Arrive

HERE = Path(__file__).parent
LESSONS = sorted(path.name for path in (HERE.parents[1] / "content" / "lessons").iterdir())
PATHS = ["/", "/states", "/glossary", "/timers", "/no-such-page", *(f"/lessons/{slug}" for slug in LESSONS)]
BUDGET = 95_000  # bytes over the wire for the first visit of a lesson, one with seven players too
COLLISIONS, OUTSIDE, PALE = ((HERE / f"{name}.js").read_text() for name in ("collisions", "outside", "pale"))
SHOW_ALL = """() => {
    document.querySelectorAll(".veiled").forEach(one => one.classList.replace("veiled", "now"));
    document.querySelectorAll("tcp-player").forEach(one => { one.hidden = false; });
}"""


# One reader for all pages: to make one takes longer than to open a page, and what is wrong is named by its page.


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_on_a_phone(arrive: Arrive, lang: str, width: int) -> None:
    reader, wide = arrive("phone", lang, viewport={"width": width, "height": 760}, allowed=("404",)), {}
    for path in PATHS:
        reader.opens(f"/{lang}{path}")
        wide[path] = reader.page.evaluate("document.scrollingElement.scrollWidth")
    assert {path: found for path, found in wide.items() if found > width} == {}


def test_no_text_in_a_picture_covers_another_or_leaves_it(arrive: Arrive, device: str, lang: str) -> None:
    reader, wrong = arrive(device, lang), {}
    for slug in LESSONS:
        reader.opens_lesson(slug=slug)
        reader.page.evaluate(SHOW_ALL)
        wrong[slug] = [*reader.page.evaluate(COLLISIONS), *reader.page.evaluate(OUTSIDE)]
    assert {slug: found for slug, found in wrong.items() if found} == {}


def test_the_map_of_states_is_as_clear(arrive: Arrive, device: str, lang: str) -> None:
    reader = arrive(device, lang)
    reader.opens(f"/{lang}/states")
    assert reader.page.evaluate(COLLISIONS) == []
    assert reader.page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_in_a_picture_are_readable_however_dimmed(arrive: Arrive, theme: str) -> None:
    reader, pale = arrive(lang="en", color_scheme=theme), {}
    for slug in LESSONS:
        reader.opens_lesson(slug=slug)
        pale[slug] = reader.page.evaluate(PALE)
    assert {slug: found for slug, found in pale.items() if found} == {}


@pytest.mark.parametrize("slug", LESSONS)
def test_the_first_visit_of_a_lesson_is_light(arrive: Arrive, lang: str, slug: str) -> None:
    reader = arrive(lang=lang)
    sizes: dict[str, int] = {}
    reader.page.on(
        "requestfinished",
        lambda request: sizes.update(
            {request.url: sum(request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))}
        ),
    )
    reader.opens_lesson(slug=slug)
    reader.page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < BUDGET, sizes


def test_what_the_article_says_and_what_is_often_said_and_wrong_can_be_read(arrive: Arrive, device: str) -> None:
    reader = arrive(device, "zh")
    for slug in LESSONS:
        reader.opens_lesson(slug=slug)
        notes = reader.page.locator(":is(.words, .tail) .note")
        heights = notes.evaluate_all("all => all.filter(one => !one.closest('[hidden]')).map(one => one.offsetHeight)")
        assert heights, slug
        assert min(heights) > 0, (slug, heights)
