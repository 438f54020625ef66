"""A real browser, and readers in it whose consoles must stay silent."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect, sync_playwright

from tests.browser.reader import Reader

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}

Arrive = Callable[..., Reader]

BLOCKED = "Service Worker registration blocked by Playwright"
PATIENCE = 20_000  # ms that a busy machine may take for what takes a few on an idle one
expect.set_options(timeout=PATIENCE)

LOOKS = (("desktop", "zh", "light"), ("desktop", "en", "dark"), ("phone", "zh", "dark"), ("phone", "en", "light"))
"""Each pair of device, language and theme once."""


@pytest.fixture(scope="session")
def browser(chromium: str, chinese_font: None) -> Iterator[Browser]:
    """Chromium, with a font for every language of the site."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES.split())
        yield browser
        browser.close()


@pytest.fixture
def arrive(browser: Browser, address: str) -> Iterator[Arrive]:
    """Makes readers: `arrive("phone", "en", java_script_enabled=False)`. None may leave an error in the console."""
    errors: list[str] = []
    contexts = []

    def arriving(device: str = "desktop", lang: str = "zh", *, allowed: tuple[str, ...] = (), **options: Any) -> Reader:
        """`allowed`: what the console may say all the same. Only `service_workers="allow"` has a service worker."""
        usual = {**DEVICES[device], "reduced_motion": "reduce", "service_workers": "block"}
        context = browser.new_context(**{**usual, **options})
        contexts.append(context)
        page = context.new_page()

        def listen(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not any(words in message.text for words in (BLOCKED, *allowed)):
                errors.append(message.text)

        page.on("console", listen)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(PATIENCE)
        return Reader(page, address, lang)

    yield arriving
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(params=["desktop", "phone"])
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(arrive: Arrive, device: str, lang: str) -> Reader:
    """Somebody with a script, in each language on each device."""
    return arrive(device, lang)
