"""Limits that hold wherever an experiment can be put into an address: no link keeps the server busy for long."""

import re
import time
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.sim.scenario import parse, to_query, written
from app.sim.trace import Trace
from app.sim.world import World, run
from app.web.download import FORMS
from app.web.experiment import drawable
from app.web.lab_tools import MOST_OFFERED
from app.web.limits import COSTLY
from app.web.png import KEPT, Painter
from app.web.site import SITE

SMALL = "server: listen; accept; recv; close\nclient: connect; send({}); close\nwire: delay 50ms"
FLOOD = "server: listen\nclient: connect\nforge: flood 2000 every 1ms @1ms"
MANY_SEGMENTS = "server: listen(5)\nclient: connect\nforge: flood 500 every 1ms @1ms"
MANY_ENDS = "server: listen(500)\nclient: " + "; ".join(["connect(nonblock)"] * 100)
WIDE = "server: listen(90)\nclient: connect\nforge: flood 140 every 1ms @1ms"  # within each bound, not within both
HELD = "server: listen(40)\nclient: connect\nforge: flood 40 every 1ms @1ms"
DRAWN = ("svg", "png", "mermaid", "txt")
SECONDS = 60  # a hang takes minutes; a busy machine is not one


def query(text: str) -> str:
    return to_query(parse(text))


PICTURES = ("/embed/lab?{}&lang=en", "/og/en/lab.png?{}", "/en/lab?{}", *(f"/export/{form}?{{}}" for form in DRAWN))


@pytest.mark.parametrize("address", PICTURES)
@pytest.mark.parametrize("text", [FLOOD, MANY_SEGMENTS, MANY_ENDS, WIDE])
def test_what_no_picture_can_hold_is_refused_at_once(visitor: TestClient, address: str, text: str) -> None:
    start = time.perf_counter()
    answer = visitor.get(address.format(query(text)), headers={"accept-language": "en"})
    assert time.perf_counter() - start < SECONDS
    assert answer.status_code == 422
    assert "than a picture can hold" in answer.text or ("/en/lab?" in address and text == FLOOD)


@pytest.mark.parametrize("address", PICTURES)
def test_what_a_picture_can_hold_is_drawn(visitor: TestClient, address: str) -> None:
    assert visitor.get(address.format(query(HELD))).status_code == 200


def test_records_of_a_large_run_are_there_all_the_same(visitor: TestClient) -> None:
    for form in set(FORMS) - set(DRAWN):
        assert visitor.get(f"/export/{form}?{query(MANY_SEGMENTS)}").status_code == 200, form


def test_no_picture_of_a_large_run_is_offered(visitor: TestClient) -> None:
    place = f"/en/lab?{query(MANY_SEGMENTS)}"
    page = visitor.get("/en/share", params={"to": place}).text
    assert set(re.findall(r'href="/export/([a-z]+)', page)) == set(FORMS) - set(DRAWN)
    assert "iframe" not in page
    assert visitor.get("/oembed", params={"url": f"http://testserver{place}"}).status_code == 404


def test_every_route_that_runs_the_experiment_of_its_address_is_limited(
    site: FastAPI, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: set[str] = set()
    machine = World.run

    def counted(world: World) -> Trace:
        ran.add(written(world.scenario))
        return machine(world)

    monkeypatch.setattr(World, "run", counted)
    values = {
        "lang": "en",
        "slug": "three-way-handshake",
        "subject": "all",
        "form": "json",
        "id": site.state.world.experiments.levels[0].id,
        "belief": "none",
        "code": "bcdfghjk",
        "token": "none",
        "name": "none",
        "path:path": "css/base.css",
    }
    paths = [route.path for route in SITE if "GET" in route.methods]
    paths += [route.path for route in site.routes if isinstance(route, APIRoute) and route.path.startswith("/api/")]
    limited = set()
    for number, path in enumerate(dict.fromkeys(paths)):
        own = SMALL.format(1000 + number)  # some runs are remembered
        place = query(own)
        url = re.sub(r"\{([^}]+)\}", lambda found: values.get(found[1], "none"), path)
        to = f"/en/lab?{place}"
        visitor.get(f"{url}?{place}")
        visitor.get(url, params={"to": to, "url": f"http://testserver{to}"})
        if written(parse(own)) in ran:
            limited.add(path)
            assert COSTLY.match(url), path
    assert {"/oembed", "/embed/lab", "/export/{form}", "/og/{lang}/lab.png", "/{lang}/lab", "/{lang}/share"} <= limited


def test_cards_are_remembered_by_what_they_show_and_files_are_not(
    site: FastAPI, visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter, painted = site.state.world.painter, []
    paint = Painter.paint

    def counted(self: Painter, svg: str, zoom: float = 1) -> bytes:
        painted.append(svg)
        return paint(self, svg, zoom)

    monkeypatch.setattr(Painter, "paint", counted)
    for address, times in ((f"/og/en/lab.png?{query(HELD)}", 1), (f"/export/png?{query(HELD)}&lang=en", 2)):
        painted.clear()
        painter._cards.clear()
        first, second = visitor.get(address).content, visitor.get(address).content
        assert first == second
        assert len(painted) == times, address
    assert all(len(key) == 16 for key in painter._cards)


def test_so_many_cards_are_remembered_and_no_more(site: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = Painter(site.state.world.settings.static)
    monkeypatch.setattr(Painter, "paint", lambda _, svg: svg.encode())
    for number in range(KEPT + 10):
        assert painter.card(str(number)) == str(number).encode()
        painter.card("0")
    assert len(painter._cards) == KEPT
    assert b"0" in painter._cards.values()
    assert b"1" not in painter._cards.values()


LONG_STEP = "step=000000001999"


@pytest.mark.parametrize(
    "address",
    [
        f"/en/lessons/three-way-handshake?{LONG_STEP}",
        f"/og/en/lessons/three-way-handshake.png?{LONG_STEP}",
        f"/embed/en/lessons/three-way-handshake?{LONG_STEP}",
        f"/en/share?to={quote(f'/en/lessons/three-way-handshake?{LONG_STEP}', safe='')}",
        f"/oembed?url={quote(f'http://testserver/en/lessons/three-way-handshake?{LONG_STEP}', safe='')}",
        f"/oembed?url={quote('http://testserver/en/lessons/three-way-handshake?step=' + '9' * 5000, safe='')}",
        "/oembed?url=http%3A%2F%2F%5B",
    ],
)
def test_an_address_of_nothing_is_not_found(visitor: TestClient, address: str) -> None:
    assert visitor.get(address).status_code == 404


def test_an_origin_that_is_no_address_is_another_site(visitor: TestClient) -> None:
    assert visitor.post("/theme", data={"to": "dark"}, headers={"origin": "http://["}).status_code == 403


def test_a_field_of_a_form_says_nothing_but_itself(visitor: TestClient) -> None:
    sent = {"scenario": SMALL.format(100), "do": "text", "text": "", "t": "5ms&client=abort"}
    page = visitor.post("/en/lab", data=sent)
    assert "abort" not in page.headers.get("location", "")
    assert 'client=abort"' not in page.text


def test_crawlers_are_kept_out_of_frames(visitor: TestClient) -> None:
    closed = visitor.get("/robots.txt").text
    assert "Disallow: /embed/\n" in closed
    assert "Disallow: /oembed\n" in closed
    page = visitor.get(f"/embed/lab?{query(HELD)}&t=1s&lang=en").text
    assert set(re.findall(r'rel="((?:prev|next)[^"]*)"', page)) == {"prev nofollow", "next nofollow"}


def test_a_long_link_with_much_on_it_has_the_page_without_the_stage(visitor: TestClient) -> None:
    faults = "; ".join(f"drop c{number}" for number in range(9000, 9900))
    text = f"server: listen(5)\nclient: connect\nwire: {faults}\nforge: flood 180 every 1ms @1ms"
    assert drawable(run(parse(text)))
    page = visitor.get(f"/en/lab?{query(text)}")
    assert page.status_code == 422
    assert "than a picture can hold" in page.text
    assert "<textarea" in page.text


def test_actions_are_offered_on_so_many_ends(visitor: TestClient) -> None:
    page = visitor.get(f"/en/lab?{query(MANY_ENDS)}&t=1s").text
    assert 0 < len(set(re.findall(r'id="do-([a-z]+-[0-9]+)', page))) <= MOST_OFFERED
