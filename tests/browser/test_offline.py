"""In a tunnel: what was read can be read, what needs the server says so. And a release comes whole or not at all."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from app.folders import folder
from app.progress import upkeep
from app.progress.place import Place
from app.web import Settings, create_app
from app.web.learners import COOKIE
from tests.browser.conftest import Arrive
from tests.browser.reader import Reader
from tests.conftest import served
from tests.course.conftest import Content, content
from tests.web.studying import Student

__all__ = ["content"]

LESSON = "/{lang}/lessons/three-way-handshake"
FIRST = "/en/lessons/first"
TITLES = {"zh": "现在没有网络", "en": "There is no network right now"}
SILENCE = ("503", "400", "422", "403", "net::ERR_INTERNET_DISCONNECTED")
KEPT = """async ([path, words]) => (await (await caches.match(path))?.text())?.includes(words) ?? false"""

Travel = Callable[..., Reader]


@pytest.fixture
def travel(arrive: Arrive) -> Travel:
    """Readers whose browser may keep lessons."""

    def travelling(device: str = "desktop", lang: str = "zh", **options: Any) -> Reader:
        return arrive(device, lang, service_workers="allow", allowed=SILENCE, **options)

    return travelling


def kept(page: Page, path: str, words: str = "</html>") -> None:
    """Wait until that page is kept, with those words in it."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    for _ in range(200):
        if page.evaluate(KEPT, [path, words]):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{path} is not kept")


def reads(reader: Reader, path: str) -> None:
    reader.opens(path)
    kept(reader.page, path)


def enters_a_tunnel(reader: Reader) -> None:
    reader.page.context.set_offline(True)


def leaves_the_tunnel(reader: Reader) -> None:
    reader.page.context.set_offline(False)


def listed(page: Page) -> list[str]:
    """The lessons that the page names as kept."""
    links = page.locator(".offline .kept a:visible")
    expect(links.first).to_be_visible()
    return [str(link.get_attribute("href")) for link in links.all()]


def test_a_lesson_that_was_opened_reads_and_plays(travel: Travel, device: str, lang: str) -> None:
    reader = travel(device, lang)
    reads(reader, LESSON.format(lang=lang))
    enters_a_tunnel(reader)
    reader.page.reload()
    assert reader.step == 1
    paper = reader.page.locator("html").evaluate("one => getComputedStyle(one).backgroundColor")
    assert paper == "rgb(251, 250, 247)"
    reader.player.locator(".next").click()
    assert reader.step == 2
    assert reader.address["step"] == "2"
    reader.page.locator("predict-card.current .option button").first.click()
    expect(reader.page.locator("predict-card.current .verdict:visible")).to_be_visible()
    reader.player.locator(".next").click()
    assert reader.moment > 0
    reader.opens(f"{LESSON.format(lang=lang)}?step=4")  # a step that was never asked for
    assert reader.step == 4


def test_what_was_never_opened_says_so_and_comes_with_the_network(travel: Travel, device: str, lang: str) -> None:
    reader = travel(device, lang)
    lesson = LESSON.format(lang=lang)
    reads(reader, lesson)
    enters_a_tunnel(reader)
    reader.opens(f"/{lang}/lessons/why-three")
    expect(reader.page.locator("h1")).to_have_text(TITLES[lang])
    assert reader.page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[lang]
    assert listed(reader.page) == [lesson]
    assert reader.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    reader.page.evaluate("() => { window.before = true; }")
    reader.page.locator(".offline .links a").click()
    reader.page.wait_for_function("() => !window.before")
    expect(reader.page.locator("h1")).to_have_text(TITLES[lang])
    reader.page.locator(".offline .kept a:visible").click()
    expect(reader.page.locator("tcp-player").first).to_be_visible()
    reader.page.go_back()
    expect(reader.page.locator("h1")).to_have_text(TITLES[lang])
    leaves_the_tunnel(reader)  # the page notices by itself
    expect(reader.page.locator("tcp-lesson")).to_be_visible()


def test_the_other_language_is_there_too(travel: Travel) -> None:
    reader = travel(lang="zh")
    reads(reader, "/zh/glossary")
    enters_a_tunnel(reader)
    reader.opens("/zh/quiz")
    reader.page.locator("[data-same-place]").click()
    expect(reader.page.locator("h1")).to_have_text(TITLES["en"])
    expect(reader.page.locator(".offline .none")).to_be_visible()  # nothing was read in English


def test_an_answer_is_not_lost_and_sent_only_by_whoever_gave_it(travel: Travel, lang: str) -> None:
    reader = travel(lang=lang)
    page = reader.page
    reads(reader, f"/{lang}/states")
    reader.opens(f"/{lang}/questions/ack-of-the-syn?seed=5")
    page.locator("[name=number]").fill("1 & \"2\" <'3'>")
    enters_a_tunnel(reader)
    page.locator(".ask-form .submit button").click()
    expect(page.locator("h1")).to_have_text(TITLES[lang])
    again = page.locator(".offline form button")
    again.click()
    expect(page.locator(".offline [role=status]")).not_to_be_empty()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    leaves_the_tunnel(reader)
    page.wait_for_timeout(300)
    assert "POST" not in sent
    with page.expect_navigation():
        again.click()
    assert page.locator("[name=number]").input_value() == "1 & \"2\" <'3'>"  # no number, says the server


def test_a_file_is_not_lost_either(travel: Travel, tmp_path: Path) -> None:
    reader = travel(lang="en")
    page = reader.page
    reads(reader, "/en/states")
    (tmp_path / "other.json").write_text("{}")
    reader.opens("/en/progress/move")
    page.locator("#file").set_input_files(tmp_path / "other.json")
    enters_a_tunnel(reader)
    page.locator("form[enctype] button").click()
    expect(page.locator("h1")).to_have_text(TITLES["en"])
    leaves_the_tunnel(reader)
    expect(page.locator(".offline [role=status]")).not_to_be_empty()
    page.locator(".offline form button").click()
    expect(page.locator("#file-wrong")).to_be_visible()  # it has arrived: it is no export, says the server


def test_the_lab_keeps_what_was_typed_and_goes_on_with_the_network(travel: Travel, lang: str) -> None:
    reader = travel(lang=lang)
    page = reader.page
    reads(reader, f"/{lang}/states")
    reader.opens(f"/{lang}/lab?server=listen;accept;recv;close&client=connect;send(100);close&wire=delay+50ms")
    notice = page.locator("no-network")
    expect(notice).to_be_hidden()
    lost = page.locator("#seg-c1 .label")
    lost.dispatch_event("click", {"button": 0})
    lose = page.locator("#seg-do-lose")
    expect(lose).to_be_visible()
    enters_a_tunnel(reader)
    address = page.url
    lose.click()
    expect(notice).to_be_visible()
    notice.locator("button").click()
    expect(notice).to_be_visible()
    assert page.url == address
    leaves_the_tunnel(reader)
    expect(page.locator("#seg-do-deliver")).to_be_visible()
    expect(notice).to_be_hidden()


def test_a_theme_that_was_chosen_in_the_tunnel_is_kept_after_it(travel: Travel) -> None:
    reader = travel(lang="en", color_scheme="light")
    reads(reader, LESSON.format(lang="en"))
    enters_a_tunnel(reader)
    reader.page.locator(".theme .to-dark").click()
    expect(reader.page.locator("html")).to_have_attribute("data-theme", "dark")
    with reader.page.expect_response("**/theme"):
        leaves_the_tunnel(reader)
    reader.opens("/en/quiz")
    expect(reader.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_nothing_of_a_learner_is_kept_and_the_theme_is(travel: Travel, site: FastAPI) -> None:
    student = Student(site)
    student.answered("ack-of-the-syn")
    reader = travel(lang="en", color_scheme="light")
    tag = site.state.world.signer.sign(student.id)
    cookies = [(COOKIE, tag), ("theme", "dark")]
    reader.page.context.add_cookies([{"name": name, "value": value, "url": reader.site} for name, value in cookies])
    reads(reader, "/en/glossary")
    reads(reader, LESSON.format(lang="en"))
    html = reader.page.locator("html")
    expect(html).to_have_attribute("data-learner", "")
    reader.opens("/en/search?q=rst")
    paths = reader.page.evaluate(
        """async () => (await (await caches.open("pages-1")).keys()).map(({ url }) => new URL(url).pathname)"""
    )
    assert set(paths) == {
        "/en/glossary", "/en/lessons/three-way-handshake", "/en/offline", "/theme", "/zh/offline",
    }  # fmt: skip
    for path in paths:
        assert not reader.page.evaluate(KEPT, [path, "data-learner"])
    enters_a_tunnel(reader)
    reader.opens_lesson("?step=2")
    assert html.get_attribute("data-learner") is None
    expect(html).to_have_attribute("data-theme", "dark")
    reader.player.locator(".next").click()
    reader.page.wait_for_function("() => localStorage.reading?.includes('three-way-handshake#')")
    leaves_the_tunnel(reader)
    reader.opens("/en/quiz")  # and what was read in the tunnel is the learner's
    reader.page.wait_for_function("() => localStorage.reading === undefined")


def test_whoever_has_everything_deleted_leaves_no_lessons_behind(travel: Travel, site: FastAPI) -> None:
    student = Student(site)
    student.answered("ack-of-the-syn")
    reader = travel(lang="en")
    tag = site.state.world.signer.sign(student.id)
    reader.page.context.add_cookies([{"name": COOKIE, "value": tag, "url": reader.site}])
    reads(reader, LESSON.format(lang="en"))
    reader.opens("/en/progress/delete")
    reader.page.locator(".danger").click()
    reader.page.wait_for_url("**/deleted?**")
    reader.page.wait_for_function(
        """async () => (await (await caches.open("pages-1")).keys()).every(({ url }) => url.endsWith("/offline"))"""
    )
    enters_a_tunnel(reader)
    reader.opens_lesson()
    expect(reader.page.locator("h1")).to_have_text(TITLES["en"])
    expect(reader.page.locator(".offline .none")).to_be_visible()


def test_another_site_s_form_is_still_known_as_its(travel: Travel) -> None:
    reader = travel(lang="en")
    reads(reader, "/en/states")
    reader.page.goto("about:blank")  # from nowhere, as from anywhere else
    with reader.page.expect_navigation() as navigation:
        reader.page.evaluate(
            """action => {
                const form = Object.assign(document.createElement("form"), { method: "post", action });
                document.body.append(form);
                form.submit();
            }""",
            f"{reader.site}/theme",
        )
    assert navigation.value.status == 403


class Front:
    """One address in front of several releases, as it is while a new one comes."""

    def __init__(self, release: ASGIApp) -> None:
        self.pages = self.files = release
        self.waits = False  # with pages, not with files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["type"] == "http" and scope["path"].startswith("/static/")
        while self.waits and not is_file:
            await asyncio.sleep(0.05)
        await (self.files if is_file else self.pages)(scope, receive, send)

    def becomes(self, release: ASGIApp) -> None:
        self.pages = self.files = release


@pytest.fixture
def releases(tmp_path: Path, content: Content) -> Iterator[tuple[ASGIApp, ASGIApp]]:
    """Two of the site: title, style and script of a lesson each say which."""
    place = Place(data=tmp_path / "data", database_url="")
    upkeep.migrate(place)
    made, title = [], "The handshake"
    for number in (1, 2):
        static = tmp_path / f"static-{number}"
        copytree(folder("static"), static)
        with (static / "css" / "lesson.css").open("a") as style:
            style.write(f":root {{ --release: {number}; }}\n")
        with (static / "js" / "lesson.js").open("a") as script:
            script.write(f"document.documentElement.dataset.release = {number};\n")
        content.change("lessons/first/en.md", f"title: {title}", f"title: Release {number}")
        title = f"Release {number}"
        made.append(create_app(Settings(content=content.root, static=static, limit=""), place))
    yield made[0], made[1]
    for app in made:
        app.state.world.close()


@pytest.fixture
def front(releases: tuple[ASGIApp, ASGIApp]) -> Front:
    return Front(releases[0])


@pytest.fixture
def traveller(front: Front, browser: Browser) -> Iterator[Reader]:
    """Somebody who reads the small course, and has read its lesson."""
    with served(front) as address, closing(browser.new_context()) as context:
        reader = Reader(context.new_page(), address, "en")
        reads(reader, FIRST)
        assert release(reader.page) == (1, 1, 1)
        yield reader


def release(page: Page) -> tuple[int, int, int]:
    """Of which release the page, its style and its script are."""
    page.wait_for_function("() => document.documentElement.dataset.release")
    return tuple(
        int(text)
        for text in page.evaluate(
            """() => [document.querySelector("h1").textContent.split(" ")[1],
                      getComputedStyle(document.documentElement).getPropertyValue("--release"),
                      document.documentElement.dataset.release]"""
        )
    )


def becomes(page: Page, number: int) -> None:
    """Reload until the page is of that release (a busy machine may be silent for long), whole at each time."""
    for _ in range(10):
        page.reload()
        shown = release(page)
        assert len(set(shown)) == 1
        if shown[0] == number:
            return
    raise AssertionError(f"release {number} does not come")


def test_a_new_release_is_picked_up_whole(front: Front, releases: tuple[ASGIApp, ASGIApp], traveller: Reader) -> None:
    page = traveller.page
    front.becomes(releases[1])
    enters_a_tunnel(traveller)
    page.reload()
    assert release(page) == (1, 1, 1)
    leaves_the_tunnel(traveller)
    becomes(page, 2)
    new, old = (app.state.world.assets.version for app in reversed(releases))
    for path in (FIRST, "/en/offline", "/zh/offline"):
        kept(page, path, new)
    enters_a_tunnel(traveller)
    page.reload()
    assert release(page) == (2, 2, 2)
    leaves_the_tunnel(traveller)
    reads(traveller, "/en/glossary")
    files = page.evaluate("async () => (await (await caches.open('files-1')).keys()).map(({ url }) => url)")
    assert any(new in url for url in files)
    assert not any(old in url for url in files)


def test_a_release_that_is_only_half_there_is_not_kept(
    front: Front, releases: tuple[ASGIApp, ASGIApp], traveller: Reader
) -> None:
    front.pages = releases[1]
    traveller.page.reload()
    traveller.page.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 0)")
    enters_a_tunnel(traveller)
    traveller.page.reload()
    assert release(traveller.page) == (1, 1, 1)


def test_a_network_that_keeps_one_waiting_does_not(
    front: Front, releases: tuple[ASGIApp, ASGIApp], traveller: Reader
) -> None:
    front.becomes(releases[1])
    front.waits = True
    traveller.page.reload()
    assert release(traveller.page) == (1, 1, 1)
    front.waits = False
    becomes(traveller.page, 2)


def test_pages_without_end_are_not_kept(front: Front, traveller: Reader) -> None:
    page = traveller.page
    count = (
        """async () => (await (await caches.open("pages-1")).keys()).filter(({ url }) => /lessons/.test(url)).length"""
    )
    fill = """async (paths) => {
        const pages = await caches.open("pages-1");
        for (const path of paths) await pages.put(path, new Response("</html>"));
    }"""
    page.evaluate(fill, [f"/en/lessons/old-{n}" for n in range(70)])
    reads(traveller, "/en/timers")
    page.wait_for_function(f"() => ({count})().then(count => count === 59)")
    assert page.evaluate("caches.match('/en/lessons/old-10').then(Boolean)") is False
    assert page.evaluate("caches.match('/en/lessons/old-11').then(Boolean)") is True
