"""Which language a visitor gets, and how they change it."""

import re

import pytest
from fastapi.testclient import TestClient


def redirected(visitor: TestClient, accept: str = "", cookie: str = "") -> str:
    if cookie:
        visitor.cookies.set("lang", cookie)
    response = visitor.get("/", headers={"accept-language": accept})
    assert response.status_code == 302
    return str(response.headers["location"])


@pytest.mark.parametrize(
    ("accept", "home"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "/zh/"),
        ("zh-TW", "/zh/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "/zh/"),
        ("en;q=0.3, zh;q=0.7", "/zh/"),
        ("zh;q=0, en;q=0.1", "/en/"),
        ("fr", "/en/"),
        ("*", "/en/"),
        ("", "/en/"),
        ("zh;q=nonsense,,;;", "/en/"),
    ],
)
def test_a_first_visit_is_in_the_language_of_the_browser(visitor: TestClient, accept: str, home: str) -> None:
    assert redirected(visitor, accept) == home


def test_the_language_read_last_wins_over_the_browser(visitor: TestClient) -> None:
    visitor.get("/zh/states")
    assert redirected(visitor, "en") == "/zh/"


def test_a_cookie_that_is_no_language_is_passed_over(visitor: TestClient) -> None:
    assert redirected(visitor, "zh", cookie="tlh") == "/zh/"


def test_caches_are_told_what_the_redirect_depends_on(visitor: TestClient) -> None:
    assert visitor.get("/").headers["vary"] == "Accept-Language, Cookie"


def test_the_switch_keeps_lesson_step_and_answers(visitor: TestClient) -> None:
    query = "step=4&ack-number=2"
    page = visitor.get(f"/zh/lessons/three-way-handshake?{query}").text
    assert f'href="/en/lessons/three-way-handshake?{query.replace("&", "&amp;")}" hreflang="en"' in page


@pytest.mark.parametrize("path", ["/", "/states", "/glossary", "/lessons/three-way-handshake"])
@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh-Hans"), ("en", "en")])
def test_a_page_names_its_language_and_its_translations(visitor: TestClient, lang: str, tag: str, path: str) -> None:
    page = visitor.get(f"/{lang}{path}").text
    assert f'<html lang="{tag}"' in page
    assert f'<link rel="canonical" href="/{lang}{path}">' in page
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
    default = "/" if path == "/" else f"/en{path}"
    assert alternates == {"zh-Hans": f"/zh{path}", "en": f"/en{path}", "x-default": default}
