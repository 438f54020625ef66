"""The search page: in both languages, without a script, whatever is asked."""

import re

import pytest
from fastapi.testclient import TestClient

from app.course.search import LONGEST


@pytest.mark.parametrize(
    ("lang", "query", "url"),
    [
        ("zh", "全连接队列", "/zh/lessons/listen-queues"),
        ("zh", "SYN_RCVD", "/zh/states#syn-received"),
        ("zh", "tcp_tw_reuse", "/zh/timers#tw-reuse"),
        ("en", "accept queue", "/en/glossary#accept-queue"),
        ("en", "port exhaustion", "/en/glossary#port-exhaustion"),
        ("en", "Cannot assign requested address", "/en/lessons/time-wait-in-production?step="),
    ],
)
def test_it_leads_to_the_place(visitor: TestClient, lang: str, query: str, url: str) -> None:
    page = visitor.get(f"/{lang}/search", params={"q": query}).text
    assert f'href="{url}' in page
    assert "<mark>" in page


def test_every_place_that_it_leads_to_exists(visitor: TestClient) -> None:
    page = visitor.get("/en/search", params={"q": "SYN"}).text
    urls = re.findall(r'<h2><a href="([^"]+)"', page)
    assert len(urls) > 10
    for url in urls:
        path, _, anchor = url.partition("#")
        there = visitor.get(path)
        assert there.status_code == 200
        assert not anchor or f'id="{anchor}"' in there.text, url


def test_what_is_asked_is_text_and_stays_in_the_field_and_in_the_other_language(visitor: TestClient) -> None:
    page = visitor.get("/en/search", params={"q": '<b>"SYN"</b>'}).text
    assert "<b>" not in page
    assert 'value="&lt;b&gt;&quot;SYN&quot;&lt;/b&gt;"' in page
    assert 'href="/zh/search?q=%3Cb%3E%22SYN%22%3C%2Fb%3E"' in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_a_vain_and_a_giant_query_are_answered(visitor: TestClient, lang: str) -> None:
    for query in ("", "zxqj", "SYN " * LONGEST):
        answer = visitor.get(f"/{lang}/search", params={"q": query})
        assert answer.status_code == 200
        assert 'name="q"' in answer.text
    assert str(LONGEST) in answer.text


def test_crawlers_are_kept_out_of_what_has_no_end(visitor: TestClient) -> None:
    assert "Disallow: /*/search" in visitor.get("/robots.txt").text
    assert '<meta name="robots" content="noindex">' in visitor.get("/en/search").text
