"""Links that are shared: their tags and pictures, and pages that other sites may put in a frame."""

import re
import struct
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.draw.share import shortened, wrapped
from app.progress import upkeep
from app.progress.place import Place
from app.sim.scenario import parse, to_query
from app.web import Settings, create_app
from app.web.lab_address import Place as Stand

ORIGIN = "https://ackademy.example"

QUERY = to_query(
    parse("server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms; drop c1")
)
PAGES = ("/", "/states", "/glossary", "/timers", "/quiz", "/progress", "/lessons/three-way-handshake?step=3")
PICTURES = (
    "/og/{}/site.png",
    "/og/{}/lessons/three-way-handshake.png",
    "/og/{}/lessons/three-way-handshake.png?step=4",
    f"/og/{{}}/lab.png?{QUERY}&t=1.15s",
    "/og/{}/quiz/all.png?seed=4",
)


def tags(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html)
    return {name: unescape(content) for name, content in found}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_is_and_has_a_picture(visitor: TestClient, lang: str, page: str) -> None:
    told = tags(visitor.get(f"/{lang}{page}").text)
    assert told["og:title"]
    assert told["og:title"].strip() == told["twitter:title"]
    assert len(told["og:description"]) > 20 or lang == "zh"
    assert told["twitter:card"] == "summary_large_image"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert visitor.get(told["og:image"]).headers["content-type"] == "image/png"
    assert told["og:url"].startswith(f"/{lang}")


def test_a_lesson_and_a_quiz_show_their_own_step(visitor: TestClient) -> None:
    told = tags(visitor.get("/zh/lessons/three-way-handshake?step=3&who-first=1").text)
    assert told["og:url"] == "/zh/lessons/three-way-handshake?step=3"
    assert told["og:image"].endswith("three-way-handshake.png?step=3")
    quiz = tags(visitor.get("/en/quiz/all?seed=4&n=10&q=1").text)
    assert quiz["og:url"] == "/en/quiz/all?seed=4&n=10"
    assert visitor.get(quiz["og:image"]).status_code == 200


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A site that knows its address, as one that is public must."""
    place = Place(data=tmp_path_factory.mktemp("known"), database_url="")
    upkeep.migrate(place)
    app = create_app(Settings(limit="", origin=ORIGIN), place)
    yield app
    app.state.world.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_that_can_be_shared_is_told_in_full(known: FastAPI, lang: str) -> None:
    ready, pool = known.state.world.experiments, known.state.world.course.pool
    visitor = TestClient(known)
    started = [f"/{lang}/lab/levels/{level.id}" for level in ready.levels]
    solved = [Stand(f"/{lang}/lab/levels/{level.id}", level.solution, level.t).url for level in ready.levels[:2]]
    shown = [Stand(f"/{lang}/lab", one.scenario, one.t).url for group in ready.groups for one in group.experiments]
    asked = [f"/{lang}/questions/{source.id}?seed=3" for source in pool.sources[::40]]
    quizzes = [f"/{lang}/quiz/all?seed=4&n=5", f"/{lang}/quiz/placement?seed=4"]
    for url in (*started, *solved, *shown, *asked, *quizzes, f"/{lang}/lab/gallery", f"/{lang}/lab/levels"):
        page = visitor.get(url).text
        told = tags(page)
        assert told["og:type"] == "website", url
        assert told["og:title"].strip(), url
        assert len(told["og:description"].strip()) > 8, url
        assert told["og:url"] == ORIGIN + url, url
        assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630"), url
        assert told["og:image"].startswith(f"{ORIGIN}/og/{lang}/"), url
        assert {told["og:locale"], told["og:locale:alternate"]} == {"zh_CN", "en_US"}, url
        alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
        assert set(alternates) == {"zh-Hans", "en", "x-default"}, url
        assert all(address.startswith(ORIGIN) for address in alternates.values()), url
    for url in (started[0], solved[0], shown[0], asked[0], quizzes[0]):
        picture = tags(visitor.get(url).text)["og:image"].removeprefix(ORIGIN)
        png = visitor.get(picture).content
        assert struct.unpack(">II", png[16:24]) == (1200, 630), url
        assert "/site.png" not in picture or url == asked[0]


def test_a_page_names_no_frame_that_is_not_there(site: FastAPI, visitor: TestClient) -> None:
    level = site.state.world.experiments.levels[0]
    stood = Stand(f"/en/lab/levels/{level.id}", level.solution, level.t).url
    for url in (stood, f"/en/lab?{QUERY}&as=deadbeef", "/en/quiz/all?seed=4&n=10&q=1"):
        for address in re.findall(r'json\+oembed"[^>]* href="([^"]+)"', visitor.get(url).text):
            asked = unescape(address).replace("url=%2F", "url=http://testserver/")
            assert visitor.get(asked).status_code == 200, url


def test_a_short_link_unfurls_as_what_it_leads_to(known: FastAPI) -> None:
    visitor = TestClient(known)
    address = f"/en/lab?{QUERY}&t=1050ms"
    sheet = visitor.post("/en/share", data={"to": address}).text
    short = re.search(rf'id="share-short"[^>]* value="{ORIGIN}(/s/[^"]+)"', sheet)
    assert short
    told = tags(visitor.get(short[1]).text)
    assert told["og:url"] == ORIGIN + address
    assert told["og:image"] == f"{ORIGIN}/og/en/lab.png?{QUERY}&t=1050ms"


def test_an_error_is_not_shared(visitor: TestClient) -> None:
    assert tags(visitor.get("/en/lessons/nowhere").text) == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("url", PICTURES)
def test_a_picture_has_the_size_that_chat_programs_ask_for(visitor: TestClient, lang: str, url: str) -> None:
    png = visitor.get(url.format(lang)).content
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert len(png) < 300_000


def test_a_picture_is_remembered(visitor: TestClient) -> None:
    url = f"/og/en/lab.png?{QUERY}&t=100ms&client2=connect"
    times = []
    for _ in range(2):
        start = time.perf_counter()
        assert visitor.get(url).status_code == 200
        times.append(time.perf_counter() - start)
    assert times[1] < times[0]


def test_there_is_no_picture_of_nothing(visitor: TestClient) -> None:
    assert visitor.get("/og/en/lessons/nowhere.png").status_code == 404
    assert visitor.get("/og/en/lessons/three-way-handshake.png?step=999").status_code == 404
    assert visitor.get("/og/en/lab.png?client=connect").status_code == 422
    assert visitor.get("/og/en/quiz/nothing.png?seed=1").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_of_every_lesson_can_be_framed(site: FastAPI, visitor: TestClient, lang: str) -> None:
    for slug, lesson in site.state.world.course.editions[lang].lessons.items():
        for step in {1, len(lesson.steps)} if lesson.steps else ():
            page = visitor.get(f"/embed/{lang}/lessons/{slug}?step={step}&theme=dark")
            assert page.status_code == 200, slug
            assert f'href="/{lang}/lessons/{slug}?step={step}#' in page.text
            assert 'data-theme="dark"' in page.text


def test_frames_may_be_framed_and_nothing_else_may(visitor: TestClient) -> None:
    for url in (f"/embed/lab?{QUERY}&t=1s&lang=en", "/embed/zh/lessons/three-way-handshake", "/embed/lab?client=x"):
        assert "frame-ancestors *" in visitor.get(url).headers["content-security-policy"]
    for url in ("/en/", "/en/lessons/three-way-handshake", f"/export/svg?{QUERY}"):
        assert "frame-ancestors 'none'" in visitor.get(url).headers["content-security-policy"]


def test_a_frame_of_the_lab_goes_on_and_back_through_every_moment(visitor: TestClient) -> None:
    url, seen = f"/embed/lab?{QUERY}&lang=en&theme=light", 0
    while True:
        page = visitor.get(url).text
        seen += 1
        link = re.search(r'rel="next nofollow" href="([^"]+)"', page)
        if not link:
            break
        url = "/embed/lab" + unescape(link[1])
    assert f"{seen} / {seen}" in page
    assert f'href="/en/lab?{QUERY.replace("&", "&amp;")}&amp;t=' in page


@pytest.mark.parametrize(
    "url", ["/embed/en/lessons/gone", "/embed/xx/lessons/why-three", "/embed/en/lessons/why-three?step=99"]
)
def test_a_frame_of_something_unknown_says_so(visitor: TestClient, url: str) -> None:
    page = visitor.get(url)
    assert page.status_code == 404
    assert 'class="embed-complaint"' in page.text


def test_a_blog_finds_out_how_to_show_a_link(visitor: TestClient) -> None:
    page = visitor.get("/en/lessons/three-way-handshake?step=3").text
    assert re.search(r'type="application/json\+oembed" [^>]*url=[^"]*three-way-handshake%3Fstep%3D3"', page)
    for address in ("/en/lessons/three-way-handshake?step=3", f"/zh/lab?{QUERY}&t=1.15s"):
        told = visitor.get(f"/oembed?url={quote('http://testserver' + address, safe='')}&maxwidth=480").json()
        assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 480)
        source = re.search(r'src="http://testserver([^"]+)"', told["html"])
        assert source
        assert visitor.get(unescape(source[1])).status_code == 200
        assert visitor.get(told["thumbnail_url"]).status_code == 200


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/en/lab", "http://testserver/en/lessons/gone", "", "http://testserver"]
)
def test_what_cannot_be_embedded_is_refused(visitor: TestClient, url: str) -> None:
    assert visitor.get("/oembed", params={"url": url}).status_code == 404


def test_lines_are_broken_as_each_language_breaks_them() -> None:
    assert wrapped("three way handshake", 20, 120) == ["three way", "handshake"]
    assert all(line[0] not in "，。" for line in wrapped("三次握手，" * 9, 20, 90))
    assert shortened(["a", "b,", "c"], 2) == ["a", "b…"]
    assert shortened(["a"], 0) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_share_sheet_has_every_way_to_share_a_place(visitor: TestClient, lang: str) -> None:
    for to in (f"/{lang}/lessons/three-way-handshake?step=3", f"/{lang}/lab?{QUERY}&t=1050ms"):
        page = visitor.get(f"/{lang}/share", params={"to": to})
        assert page.status_code == 200
        for id in ("share-url", "share-start", "share-embed"):
            assert f'id="{id}"' in page.text
        assert 'class="qr"' in page.text
        assert "style=" not in page.text
        assert f"http://testserver{to}" in unescape(page.text)
    quiz = visitor.get(f"/{lang}/share", params={"to": f"/{lang}/quiz/all?seed=4&n=10"}).text
    assert "share-embed" not in quiz
    assert "share-start" not in quiz


@pytest.mark.parametrize(
    "to", ["", "https://elsewhere.example/", "//elsewhere.example/en/lab", "/en/progress", "/en/lab\n"]
)
def test_only_places_of_this_site_are_shared(visitor: TestClient, to: str) -> None:
    assert visitor.get("/en/share", params={"to": to}).status_code == 404


def test_lessons_and_quizzes_lead_to_their_share_sheet(visitor: TestClient) -> None:
    for url in ("/en/lessons/three-way-handshake?step=3", "/en/quiz/all?seed=4&n=10&q=end"):
        link = re.search(r'href="(/en/share[^"]+)"', visitor.get(url).text)
        assert link
        assert visitor.get(unescape(link[1])).status_code == 200
