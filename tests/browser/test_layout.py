"""Nothing is wider than a phone, nothing in a picture covers anything else, every word can be read, little is sent."""

from pathlib import Path

import pytest

from tests.browser.conftest import Arrive

LESSONS = sorted(path.name for path in (Path(__file__).parents[2] / "content" / "lessons").iterdir())
PATHS = ["/", "/states", "/glossary", "/no-such-page", *(f"/lessons/{slug}" for slug in LESSONS)]
BUDGET = 80_000  # bytes over the wire for the first visit of a lesson

COLLISIONS = """() => {
    const boxes = [...document.querySelectorAll(".sequence")].flatMap((picture, which) =>
        [...picture.querySelectorAll("text")].map(text => {
            const { x, y, width, height } = text.getBBox();
            const matrix = text.getScreenCTM();
            const inset = 1.5; // of the font's line box no letter uses the edge
            const corners = [[x, y + inset], [x + width, y + inset], [x + width, y + height - inset], [x, y + height - inset]]
                .map(([px, py]) => [matrix.a * px + matrix.c * py + matrix.e, matrix.b * px + matrix.d * py + matrix.f]);
            return { which, corners, text: text.textContent };
        }));
    const apart = (a, b) => [a, b].some(({ corners: [p, q, , s] }) =>
        [[q[0] - p[0], q[1] - p[1]], [s[0] - p[0], s[1] - p[1]]].some(([dx, dy]) => {
            const along = ({ corners }) => corners.map(([x, y]) => x * dx + y * dy);
            const [ours, theirs] = [along(a), along(b)];
            return Math.max(...ours) <= Math.min(...theirs) || Math.max(...theirs) <= Math.min(...ours);
        }));
    return boxes.flatMap((a, i) => boxes.slice(i + 1)
        .filter(b => a.which === b.which && !apart(a, b)).map(b => `picture ${a.which}: ${a.text} | ${b.text}`));
}"""

PALE = """() => {
    const channels = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const luminance = colour => {
        const [r, g, b] = channels(colour).map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = luminance(getComputedStyle(document.querySelector(".stage, .map")).backgroundColor);
    const found = new Set();
    for (const phase of ["past", "now", "future"]) {
        for (const lasting of document.querySelectorAll(".sequence [data-since]")) {
            lasting.classList.remove("past", "now", "future", "veiled");
            lasting.classList.add(phase);
        }
        for (const text of document.querySelectorAll(".sequence text, .sequence tspan")) {
            const [light, dark] = [luminance(getComputedStyle(text).fill), paper].sort().reverse();
            let opacity = 1;
            for (let one = text; one; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity);
            if ((light + 0.05) / (dark + 0.05) < 4.5 || opacity < 1) found.add(`${phase} ${text.getAttribute("class")}`);
        }
    }
    return [...found];
}"""

SHOW_ALL = """() => document.querySelectorAll(".veiled").forEach(one => one.classList.replace("veiled", "now"))"""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_on_a_phone(arrive: Arrive, lang: str, path: str, width: int) -> None:
    reader = arrive("phone", lang, viewport={"width": width, "height": 760}, allowed=("404",))
    reader.opens(f"/{lang}{path}")
    assert reader.page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("slug", LESSONS)
def test_no_text_in_a_picture_covers_another(arrive: Arrive, device: str, lang: str, slug: str) -> None:
    reader = arrive(device, lang)
    reader.opens_lesson(slug=slug)
    reader.page.evaluate(SHOW_ALL)
    assert reader.page.evaluate(COLLISIONS) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("slug", LESSONS)
def test_words_in_a_picture_are_readable_however_dimmed(arrive: Arrive, slug: str, theme: str) -> None:
    reader = arrive(lang="en", color_scheme=theme, reduced_motion="reduce")
    reader.opens_lesson(slug=slug)
    assert reader.page.evaluate(PALE) == []


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
