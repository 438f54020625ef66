"""How pages travel: compressed, remembered by browsers, safe, and small."""

import gzip
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.preferences import takes_gzip

LESSON = "/zh/lessons/three-way-handshake"
BUDGET = 95_000  # bytes of a first visit, compressed, everything together


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip, deflate, br", True),
        ("GZIP", True),
        ("*", True),
        ("br", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("gzip; q=0.5", True),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header: str, taken: bool) -> None:
    assert takes_gzip(header) is taken


@pytest.mark.parametrize("path", ["/zh/", LESSON, "/en/states", "/sitemap.xml", "/static/css/base.css"])
def test_the_same_bytes_with_and_without_compression(visitor: TestClient, path: str) -> None:
    small = visitor.get(path, headers={"accept-encoding": "gzip"})
    plain = visitor.get(path, headers={"accept-encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(plain.content)
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert "Accept-Encoding" in small.headers["vary"]


@pytest.mark.parametrize("path", ["/zh/", LESSON, "/static/js/site.js"])
def test_what_a_browser_has_is_not_sent_again(visitor: TestClient, path: str) -> None:
    first = visitor.get(path)
    again = visitor.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_is_checked_again_each_time_and_shared_with_nobody(visitor: TestClient) -> None:
    assert visitor.get(LESSON).headers["cache-control"] == "private, no-cache"


def test_static_files_are_kept_for_ever_under_their_version(visitor: TestClient) -> None:
    page = visitor.get("/zh/").text
    urls = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert len(urls) > 3
    for url in urls:
        response = visitor.get(url)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


def test_an_old_version_is_answered_but_not_kept(visitor: TestClient) -> None:
    response = visitor.get("/static/v-000000000000/css/base.css")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml", "/static//etc/passwd", "/static/"]
)
def test_nothing_else_is_a_static_file(visitor: TestClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/zh/", "/healthz", "/nowhere", "/static/css/base.css"])
def test_every_answer_tells_the_browser_what_we_never_do(visitor: TestClient, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_no_page_needs_what_the_policy_forbids(site: FastAPI, visitor: TestClient) -> None:
    slugs = site.state.world.course.editions["zh"].lessons
    for path in ("", "states", "glossary", "nowhere", *(f"lessons/{slug}" for slug in slugs)):
        page = visitor.get(f"/zh/{path}").text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page), path
        assert all("src=" in script for script in re.findall(r"<script[^>]*>", page)), path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_first_visit_of_a_lesson_is_small_and_asks_nobody_else(site: FastAPI, visitor: TestClient, lang: str) -> None:
    for slug in site.state.world.course.editions[lang].lessons:
        sizes, wanted = {}, [f"/{lang}/lessons/{slug}"]
        while wanted:
            url = wanted.pop()
            response = visitor.get(url, headers={"accept-encoding": "gzip"})
            assert response.status_code == 200, url
            sizes[url] = (
                len(gzip.compress(response.content))
                if "content-encoding" in response.headers
                else len(response.content)
            )
            wanted += [found for found in loaded(url, response.text) if found not in sizes and found not in wanted]
        assert sum(sizes.values()) < BUDGET, sizes
        assert all(url.startswith("/") for url in sizes)


def loaded(url: str, text: str) -> list[str]:
    """What a browser fetches for this page, style sheet or script."""
    if url.endswith(".js"):
        return [f"{url.rpartition('/')[0]}/{name}" for name in re.findall(r'from "\./([^"]+)"', text)]
    if url.endswith(".css"):
        return [f"{url.rpartition('/css/')[0]}/{name}" for name in re.findall(r'url\("?\.\./([^")]+)', text)]
    tags = re.findall(r"<(?:link|script|img)\b[^>]*>", text)
    loading = [tag for tag in tags if not re.search(r'rel="(canonical|alternate|prev|next|apple-touch-icon)"', tag)]
    return [found[1] for tag in loading if (found := re.search(r'(?:href|src)="([^"]+)"', tag))]


def test_a_policy_goes_with_what_has_one(visitor: TestClient) -> None:
    sheet = re.search(r'href="(/static/[^"]+[.]css)"', visitor.get("/en/").text)
    assert sheet
    told = {path: visitor.get(path).headers for path in (sheet[1], "/worker.js", "/en/")}
    assert all(headers["x-content-type-options"] == "nosniff" for headers in told.values())
    assert ["content-security-policy" in headers for headers in told.values()] == [False, True, True]
