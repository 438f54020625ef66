"""What goes wrong has a page, in the right language, with a way on."""

import asyncio
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web import Settings, create_app


@pytest.mark.parametrize(
    ("path", "accept", "tag", "link"),
    [
        ("/zh/nowhere", "en", "zh-Hans", "/zh/"),
        ("/en/nowhere", "zh", "en", "/en/"),
        ("/nowhere/at/all", "zh-CN", "zh-Hans", "/zh/"),
        ("/fr/lessons/why-three", "zh", "zh-Hans", "/zh/lessons/why-three"),
        ("/fr/lessons/why-three", "de", "en", "/en/lessons/why-three"),
        ("/zh-CN/states", "zh-CN", "zh-Hans", "/zh/states"),
        ("/en/lessons/tree-way-handshake", "zh", "en", "/en/lessons/three-way-handshake"),
        ("/zh/lessons/quic", "en", "zh-Hans", "/zh/"),
        ("/static/css/none.css", "zh", "zh-Hans", "/zh/"),
    ],
)
def test_a_page_that_does_not_exist_shows_the_way(
    visitor: TestClient, path: str, accept: str, tag: str, link: str
) -> None:
    response = visitor.get(path, headers={"accept-language": accept})
    assert response.status_code == 404
    assert f'<html lang="{tag}"' in response.text
    assert f'href="{link}"' in response.text.partition("<main")[2]
    assert 'rel="canonical"' not in response.text


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_a_path_that_is_none_is_not_there(site: FastAPI, method: str) -> None:
    """`OPTIONS *` is about the whole server, and has no path."""
    scope = {"type": "http", "method": method, "path": "*", "raw_path": b"*", "query_string": b"", "headers": []}
    sent = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    asyncio.run(site({**scope, "server": ("x", 80), "client": ("1.1.1.1", 1), "scheme": "http"}, receive, send))
    assert sent[0]["status"] == 404


def test_an_unknown_language_offers_the_page_in_those_that_there_are(visitor: TestClient) -> None:
    main = visitor.get("/fr/states").text.partition("<main")[2]
    assert re.findall(r'href="(/[^"]+)"', main)[:2] == ["/zh/states", "/en/states"]


def test_what_was_asked_for_is_shown_as_text(visitor: TestClient) -> None:
    page = visitor.get("/en/lessons/%3Cscript%3E").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/zh/", "/healthz", "/zh/states"])
def test_the_wrong_method_has_a_page_too(visitor: TestClient, path: str) -> None:
    response = visitor.delete(path)
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert "<h1>" in response.text


def test_a_mistake_of_ours_is_admitted_without_details(site: FastAPI) -> None:
    broken = create_app(Settings())

    async def fail() -> None:
        raise RuntimeError("a secret")

    broken.add_api_route("/zh/broken", fail)
    with TestClient(broken, raise_server_exceptions=False) as visitor:
        response = visitor.get("/zh/broken")
    assert response.status_code == 500
    assert 'lang="zh-Hans"' in response.text
    assert "secret" not in response.text
    assert "default-src 'self'" in response.headers["content-security-policy"]
