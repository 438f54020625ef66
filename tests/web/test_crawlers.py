"""For machines: is it alive, what may be read, what is there."""

from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web import Settings, create_app

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_it_is_alive(visitor: TestClient) -> None:
    response = visitor.get("/healthz")
    assert (response.text, response.headers["content-type"]) == ("ok", "text/plain; charset=utf-8")


def test_the_sitemap_has_every_page_in_both_languages_and_all_of_them_exist(site: FastAPI, visitor: TestClient) -> None:
    urls = ET.fromstring(visitor.get("/sitemap.xml").text).findall("s:url", NAMES)
    paths = [(url.findtext("s:loc", namespaces=NAMES) or "").removeprefix("http://testserver") for url in urls]
    lessons = site.state.world.course.editions["zh"].lessons
    assert len(paths) == len(set(paths)) == 2 * (len(lessons) + 9)
    assert all(visitor.get(path).status_code == 200 for path in paths)
    assert [link.get("hreflang") for link in urls[0].findall("x:link", NAMES)] == ["zh-Hans", "en"]


def test_crawlers_are_shown_the_sitemap(visitor: TestClient) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in visitor.get("/robots.txt").text


@pytest.mark.parametrize("path", ["/favicon.ico", "/static/img/favicon.svg"])
def test_there_is_a_favicon(visitor: TestClient, path: str) -> None:
    assert visitor.get(path).headers["content-type"].startswith("image/")


def test_a_site_that_knows_its_address_says_it_whatever_the_request_pretends() -> None:
    with TestClient(create_app(Settings(origin="https://ackademy.example/")), base_url="http://evil.test") as visitor:
        page = visitor.get("/en/states").text
        assert '<link rel="canonical" href="https://ackademy.example/en/states">' in page
        assert 'hreflang="x-default" href="https://ackademy.example/en/states"' in page
        assert "https://ackademy.example/sitemap.xml" in visitor.get("/robots.txt").text
        assert "evil.test" not in page
