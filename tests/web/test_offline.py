"""What the service worker relies on, and what it promises that can be seen from outside of a browser."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.folders import folder
from app.web.site import READ, SITE
from app.words import LANGUAGES
from tests.web.studying import Student
from tests.web.test_delivery import loaded

WORKER = (folder("static") / "js" / "worker.js").read_text(encoding="utf-8")


def said(name: str) -> str:
    """What the worker calls by that name: a regular expression, as Python writes it."""
    found = re.search(rf"^const {name} = /(.+)/g?;", WORKER, re.MULTILINE)
    assert found
    return found[1].replace("\\/", "/")


KEEPS, RELEASE, LOADS = said("READ"), said("RELEASE"), said("LOADS")
PAGES = ("states", "glossary", "timers")


def test_the_worker_has_the_whole_site_and_is_looked_for_anew(visitor: TestClient) -> None:
    answer = visitor.get("/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == WORKER
    assert 'register("/worker.js")' in visitor.get("/static/js/site.js").text


def test_the_policy_allows_workers_and_manifests_of_this_site_only(visitor: TestClient) -> None:
    header = visitor.get("/zh/").headers["content-security-policy"]
    policy = dict(directive.strip().split(" ", 1) for directive in header.split(";"))
    assert policy["default-src"] == "'self'"
    assert not {"worker-src", "child-src", "script-src", "manifest-src", "connect-src"} & set(policy)


def test_it_knows_the_languages() -> None:
    assert f"const LANGUAGES = {json.dumps([language.lang for language in LANGUAGES])};" in WORKER


def test_it_keeps_what_is_read_and_nothing_else(site: FastAPI) -> None:
    slugs = tuple(site.state.world.course.editions["zh"].lessons)
    filled = {"lang": "zh", "slug": slugs[0]}
    patterns = {route.path for route in SITE if route.methods == READ}

    def example(pattern: str) -> str:
        return re.sub(r"{(\w+)[^}]*}", lambda name: filled.get(name[1], "some"), pattern)

    kept = {pattern for pattern in patterns if re.search(KEEPS, example(pattern))}
    assert kept == {"/{lang}/lessons/{slug}", *(f"/{{lang}}/{page}" for page in PAGES)}
    assert all(re.search(KEEPS, f"/en/lessons/{slug}") for slug in slugs)


@pytest.mark.parametrize("page", ["lessons/three-way-handshake", "lessons/what-if-it-is-lost", *PAGES, "offline"])
def test_it_finds_every_file_that_a_browser_loads(visitor: TestClient, page: str) -> None:
    path = f"/en/{page}"
    found, loads = closure(visitor, path, named), closure(visitor, path, loaded)
    assert len(loads) > 5
    assert loads - {"/en/manifest.webmanifest"} <= found


def named(address: str, text: str) -> list[str]:
    """The files that the worker finds in it."""
    return [url for path in re.findall(LOADS, text) if re.search(RELEASE, url := urljoin(address, path))]


def closure(visitor: TestClient, path: str, find) -> set[str]:
    found: set[str] = set()
    wanted = [path]
    while wanted:
        url = wanted.pop()
        answer = visitor.get(url)
        assert answer.status_code == 200, url
        new = set(find(url, answer.text)) - found if Path(url).suffix in ("", ".css", ".js") else set()
        found |= new
        wanted += new
    return found


@pytest.mark.parametrize("page", ["lessons/three-way-handshake", *PAGES])
def test_without_cookies_a_page_is_the_same_for_a_learner_and_anybody_else(
    site: FastAPI, student: Student, page: str
) -> None:
    student.answered("ack-of-the-syn")
    theirs = student.browser.get(f"/en/{page}")
    anybody = TestClient(site).get(f"/en/{page}")
    assert "data-learner" in theirs.text
    assert "data-learner" not in anybody.text
    assert anybody.headers["etag"] != theirs.headers["etag"]
    again = TestClient(site).get(f"/en/{page}", headers={"if-none-match": anybody.headers["etag"]})
    assert again.status_code == 304
    assert len(re.findall(r'data-theme="\w+"', anybody.text)) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_for_when_there_is_no_network_names_all_that_may_be_kept(
    site: FastAPI, visitor: TestClient, lang: str
) -> None:
    page = visitor.get(f"/{lang}/offline").text
    entries = re.findall(r'<li hidden><a href="([^"]+)">', page)
    lessons = [f"/{lang}/lessons/{slug}" for slug in site.state.world.course.editions[lang].lessons]
    assert entries[: len(lessons)] == lessons
    assert set(entries[len(lessons) :]) == {f"/{lang}/{other}" for other in PAGES}
    assert all(re.search(KEEPS, entry) for entry in entries)
    assert page.count('data-typed=""') == 1
    assert '<meta name="robots" content="noindex">' in page
    assert "Disallow: /*/offline\n" in visitor.get("/robots.txt").text
