"""The share sheet: what leads to it, what it offers, short links, and links that know what they showed."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from fastapi import FastAPI
from fastapi.testclient import TestClient
from limits import parse as limit
from sqlalchemy import func, select

from app.progress.tables import LearnerRow, ShortLinkRow
from app.sim.digest import digest
from app.sim.scenario import parse, to_query
from app.sim.world import run
from app.web.download import FORMS
from app.web.lab_address import Place
from app.web.limits import Allowance
from app.web.shareable import LONGEST

LOST = parse("server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms; drop c1")
LAB = Place("/en/lab", LOST, 1_050_000, "c2")
LEVEL = "/en/lab/levels/{}"
SHORT = re.compile(r'id="share-short"[^>]* value="http://testserver(/s/[^"]+)"')


def sheet(visitor: TestClient, to: str, lang: str = "en") -> str:
    page = visitor.get(f"/{lang}/share", params={"to": to})
    assert page.status_code == 200, to
    return page.text


def value(page: str, id: str) -> str:
    found = re.search(rf'id="{id}"[^>]* value="([^"]*)"', page)
    return unescape(found[1]).removeprefix("http://testserver") if found else ""


def shortened(visitor: TestClient, to: str, lang: str = "en") -> str:
    """The short path of a place, made by the form of its sheet."""
    form = re.search(r'type="hidden" name="to" value="([^"]*)"', sheet(visitor, to, lang))
    if form:
        sent = visitor.post(f"/{lang}/share", data={"to": unescape(form[1])})
        assert sent.status_code == 303
        assert sent.headers["location"].endswith("#share-short")
    found = SHORT.search(sheet(visitor, to, lang))
    assert found, to
    return found[1]


@pytest.fixture
def places(site: FastAPI) -> dict[str, str]:
    """A place of every kind, by the address where somebody stands."""
    level = site.state.world.experiments.levels[0]
    solution = Place(LEVEL.format(level.id), level.solution, level.t)
    source = site.state.world.course.pool.sources[0].id
    return {
        "lesson": "/en/lessons/three-way-handshake?step=3",
        "lab": LAB.url,
        "level": LEVEL.format(level.id),
        "tried": solution.url,
        "quiz": "/en/quiz/all?seed=4&n=10&q=1",
        "end": "/en/quiz/all?seed=4&n=10&q=end",
        "question": f"/en/questions/{source}?seed=7",
    }


def test_every_place_leads_to_its_own_sheet_and_short_link(visitor: TestClient, places: dict[str, str]) -> None:
    for kind, url in places.items():
        link = re.search(r'href="(/en/share\?to=[^"]+)"', visitor.get(url).text)
        assert link, kind
        to = parse_qs(urlsplit(unescape(link[1])).query)["to"][0]
        assert to == re.sub("&q=.*", "", url), kind
        address = value(sheet(visitor, to), "share-url")
        led = visitor.get(shortened(visitor, to))
        assert (led.status_code, led.headers["location"]) == (302, address), kind
        assert visitor.get(address).status_code in (200, 303), kind


def test_a_short_link_is_made_once_and_only_by_a_form(site: FastAPI, visitor: TestClient) -> None:
    address = f"{Place('/en/lab', LOST, 77_000).url}&as={digest(run(LOST))}"
    assert not SHORT.search(sheet(visitor, address))
    path = shortened(visitor, address)
    again = {shortened(visitor, to) for to in (address, Place("/en/lab", LOST, 77_000).url + "&num=rel")}
    assert again == {path}
    assert visitor.get(path.upper().replace("/S/", "/s/")).headers["location"] == address
    assert visitor.head(path).status_code == 302
    assert "max-age" in visitor.get(path).headers["cache-control"]
    with site.state.world.store.reading() as connection:
        rows = connection.execute(select(ShortLinkRow.address).where(ShortLinkRow.address == address)).all()
        assert len(rows) == 1
        learners = connection.execute(select(func.count()).select_from(LearnerRow)).scalar_one()
    visitor.post("/en/share", data={"to": LAB.url})
    with site.state.world.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(LearnerRow)).scalar_one() == learners


def test_a_short_link_keeps_its_language(visitor: TestClient) -> None:
    zh, en = (shortened(visitor, LAB.url, lang) for lang in ("zh", "en"))
    assert visitor.get(zh).headers["location"].startswith("/zh/lab?")
    assert visitor.get(en).headers["location"].startswith("/en/lab?")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", ["bcdfghjk", "nope", "' or 1=1"])
def test_a_code_that_leads_nowhere_says_so_kindly(visitor: TestClient, lang: str, code: str) -> None:
    page = visitor.get(f"/s/{code}", headers={"accept-language": lang})
    assert page.status_code == 404
    assert {"zh": "不存在", "en": "leads nowhere"}[lang] in page.text


@pytest.mark.parametrize(
    "to",
    [
        "",
        "https://elsewhere.example/en/lab",
        "//elsewhere.example/en/lab",
        "/en//elsewhere.example/lab",
        "/en/../lab",
        "/en/progress",
        "/en/lessons/nowhere",
        "/en/lessons/three-way-handshake?step=999",
        "/en/lab/levels/nowhere",
        "/en/quiz/nothing?seed=1",
        "/en/questions/nothing?seed=1",
        "/en/questions/third-segment?seed=x",
        "/en/lab%0aset-cookie",
        "/en/lab?client=" + "x" * LONGEST,
        "/en/lab?client=connect&server=listen" + ";accept*{}" * 380,  # longer as it is written by the site
    ],
)
def test_nothing_else_gets_a_link(site: FastAPI, visitor: TestClient, to: str) -> None:
    def count() -> int:
        with site.state.world.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(ShortLinkRow)).scalar_one()

    before = count()
    assert visitor.post("/en/share", data={"to": to}).status_code == 404
    assert visitor.get("/en/share", params={"to": to}).status_code == 404
    assert count() == before


def test_what_is_not_of_the_place_is_no_part_of_its_link(visitor: TestClient, places: dict[str, str]) -> None:
    lesson = "/en/lessons/three-way-handshake?step=3"
    assert value(sheet(visitor, f"{lesson}&who-first=1&utm_source=x"), "share-url") == lesson
    assert value(sheet(visitor, f"{places['question']}&choice=2&review=1"), "share-url") == places["question"]
    assert value(sheet(visitor, places["end"]), "share-url") == "/en/quiz/all?seed=4&n=10"


def test_one_visitor_makes_so_many_links_and_no_more(
    site: FastAPI, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.state.world, "new_links", Allowance(limit("2/hour")))
    places = [Place("/en/lab", LOST, 1000 + n).url for n in range(3)]
    made = [visitor.post("/en/share", data={"to": to}).status_code for to in places]
    assert made == [303, 303, 429]
    refused = visitor.post("/en/share", data={"to": places[2]})
    assert "enough short links for now" in refused.text
    assert value(refused.text, "share-url").startswith(places[2])
    assert visitor.post("/en/share", data={"to": places[0]}).status_code == 303  # it is there already
    other = TestClient(site, client=("198.51.100.9", 1), follow_redirects=False)
    assert other.post("/en/share", data={"to": places[2]}).status_code == 303


def test_a_sheet_is_there_in_the_other_language(visitor: TestClient) -> None:
    page = sheet(visitor, LAB.url, "zh")
    assert value(page, "share-url").startswith("/zh/lab?")
    assert f'href="{LAB.url.replace("/en/", "/zh/").replace("&", "&amp;")}"' in page


def test_a_level_is_shared_as_it_begins_or_with_what_was_done(visitor: TestClient, places: dict[str, str]) -> None:
    page = sheet(visitor, places["tried"])
    assert value(page, "share-url").startswith(places["tried"])
    assert value(page, "share-start") == places["level"]
    assert "without what you did" in page
    assert value(sheet(visitor, places["level"]), "share-start") == ""


@pytest.mark.parametrize("kind", ["lab", "tried", "lesson"])
def test_what_is_sent_can_be_the_start_instead(visitor: TestClient, places: dict[str, str], kind: str) -> None:
    def choices(page: str) -> dict[str, bool]:
        which = page.partition('id="share-which"')[2].partition("</nav>")[0]
        return {unescape(url): bool(now) for url, now in re.findall(r'href="([^"]+)"( aria-current="true")?', which)}

    def qr(url: str) -> str:
        svg = segno.make_qr(f"http://testserver{url}", error="l").svg_inline(border=2)
        return re.findall(r' d="([^"]+)"', str(svg))[-1]

    here = sheet(visitor, places[kind])
    (_, first), (other, second) = choices(here).items()
    assert (first, second) == (True, False)
    start = value(here, "share-start")
    chosen = visitor.get(f"/en/share{other}").text
    best = value(chosen, "share-short") or start
    assert list(choices(chosen).values()) == [False, True]
    assert value(chosen, "share-url") == value(here, "share-url")
    assert qr(best) in chosen
    assert qr(best) not in here
    assert f'data-native="http://testserver{escape(best)}"' in chosen
    assert value(chosen, "share-embed") != value(here, "share-embed") or kind == "tried"
    form = {"to": value(here, "share-url"), "start": "1"}
    if best == start:
        assert dict(re.findall(r'type="hidden" name="(start)" value="([^"]*)"', chosen)) == {"start": "1"}
    made = visitor.get(visitor.post("/en/share", data=form).headers["location"]).text
    assert list(choices(made).values()) == [False, True]
    assert visitor.get(value(made, "share-short")).headers["location"] == start
    assert qr(value(made, "share-short")) in made
    assert "share-which" not in sheet(visitor, places["question"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_experiment_is_offered_in_every_form(visitor: TestClient, places: dict[str, str], lang: str) -> None:
    for kind in ("lab", "tried", "lesson"):
        page = sheet(visitor, places[kind], lang)
        listed = page[page.index('class="share-exports"') :]
        found = [unescape(url) for url in re.findall(r'href="(/export/[^"]+)"', listed)]
        assert {urlsplit(url).path.rpartition("/")[2] for url in found} == set(FORMS), kind
        assert sum("&t=" in url for url in found) == 3, kind
        for url in found:
            assert visitor.get(url).status_code == 200, url
        assert f'href="/{lang}/sheet"' in listed
    assert "share-exports" not in sheet(visitor, places["quiz"], lang)


def test_a_lessons_files_are_of_the_scenario_that_its_step_shows(visitor: TestClient) -> None:
    page = sheet(visitor, "/en/lessons/three-way-handshake?step=3")
    url = re.search(r'href="(/export/json[^"]+)"', page)
    assert url
    told = visitor.get(unescape(url[1])).json()
    assert [segment["flags"] for segment in told["segments"]][:3] == [["SYN"], ["SYN", "ACK"], ["ACK"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_link_says_when_the_machine_has_changed_since(visitor: TestClient, places: dict[str, str], lang: str) -> None:
    told = {"zh": "状态机改过", "en": "The machine has changed since"}[lang]
    for kind in ("lab", "tried"):
        shared = value(sheet(visitor, places[kind], lang), "share-url")
        assert re.search("&as=[0-9a-f]{8}$", shared)
        then = re.sub("as=.*", "as=00000000", shared)
        assert told not in visitor.get(shared).text
        assert told not in visitor.get(shared.partition("&as=")[0]).text
        page = visitor.get(then).text
        assert told in page
        assert "as=00000000" not in page  # what is done from here is of today
        assert value(sheet(visitor, then, lang), "share-url") == shared


def test_a_digest_is_of_what_happened() -> None:
    def of(text: str) -> str:
        return digest(run(parse(text)))

    lost = "server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms; drop c1"
    assert of(lost) == digest(run(LOST))
    assert of(lost + "\nset: client.isn=5; server.isn=9") == of(lost)  # relative numbers are the same
    others = {of(lost.replace(*change)) for change in (("drop c1", "drop s1"), ("100)", "101)"), ("50ms", "51ms"))}
    assert len(others | {of(lost)}) == 4


def test_a_digest_is_no_host_unless_it_is_one(visitor: TestClient) -> None:
    query = to_query(LOST)
    assert visitor.get(f"/api/trace?{query}&as=deadbeef").json() == visitor.get(f"/api/trace?{query}").json()
    hosted = parse("server: listen; accept\nas: connect")
    assert "as: connect" in visitor.get(f"/api/trace?{to_query(hosted)}").json()["scenario"]


def test_a_link_without_a_version_is_of_the_first(visitor: TestClient) -> None:
    page = visitor.get(LAB.url.replace("&v=1", ""))
    assert 'class="notice"' not in page.text
    assert "another version of the notation" in visitor.get(LAB.url.replace("&v=1", "&v=2")).text
    assert "drop c1" in visitor.get(LAB.url.replace("&v=1", "&v=2")).text
