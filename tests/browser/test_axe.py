"""axe-core finds nothing on any kind of page, in either theme and language."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import LOOKS, Arrive

PAGES = {
    "home": "/",
    "lesson": "/lessons/three-way-handshake",
    "prediction": "/lessons/three-way-handshake?step=2&ack-number=1",
    "queues": "/lessons/listen-queues?step=4",
    "states": "/states",
    "glossary": "/glossary",
    "quiz": "/quiz",
    "choice": "/questions/last-ack-meets-accept-queue?seed=3&choice=1",
    "table": "/questions/whole-connection?seed=3",
    "timers": "/timers",
    "search": "/search?q=SYN",
    "laboratory": "/lab",
    "gallery": "/lab/gallery",
    "levels": "/lab/levels",
    "level": "/lab/levels/server-resets",
    "sheet": "/sheet",
    "share": "/share?to=/en/lessons/three-way-handshake",
    "share-lab": "/share?to=/en/lab",
    "error": "/no-such-page",
    "no network": "/offline",
}


@pytest.mark.parametrize(("device", "lang", "theme"), LOOKS)
@pytest.mark.parametrize("kind", PAGES)
def test_no_violation(arrive: Arrive, device: str, lang: str, theme: str, kind: str) -> None:
    reader = arrive(device, lang, color_scheme=theme, allowed=("404",))
    reader.opens(f"/{lang}{PAGES[kind]}")
    results = Axe().run(reader.page)
    assert results.violations_count == 0, results.generate_report()


def test_the_keys_are_accessible_too(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens_lesson()
    reader.page.keyboard.press("?")
    results = Axe().run(reader.page, context="dialog")
    assert results.violations_count == 0, results.generate_report()
