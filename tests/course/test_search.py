"""The search: whole words, unfinished ones, Chinese by its characters, and nothing that a query could break."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.passages import Passage, plain
from app.course.search import LONGEST, MOST, Index, Piece

PASSAGES = (
    Passage("lesson", "半连接队列与全连接队列", "", "/queues", "全连接队列满了，新来的 SYN 会被丢弃，客户端稍后重传。"),
    Passage("term", "半连接队列", "", "/term", "收到 SYN、还没收到 ACK 的请求。"),
    Passage(
        "step", "The SYN queue", "Queues", "/step", "A request waits in the queue; tcp_max_syn_backlog may bound it."
    ),
    Passage("state", "SYN-RECEIVED", "", "/state", "SYN-RECV SYN_RECV · Waiting for the acknowledgment of its SYN."),
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(PASSAGES)


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("半连接队列", ["/term", "/queues"]),
        ("全连接队列 丢弃", ["/queues"]),
        ("满了", ["/queues"]),
        ("syn queue", ["/step"]),
        ("waiting", ["/state", "/step"]),  # by its stem
        ("backl", ["/step"]),  # unfinished
        ("tcp_max_syn_backlog", ["/step"]),
        ("SYN_RECV", ["/state"]),
        ("收到 ack", ["/term"]),
    ],
)
def test_what_is_looked_for_is_found_best_first(index: Index, query: str, urls: list[str]) -> None:
    found = index.find(query)
    assert found.all_words
    assert [hit.url for hit in found.hits] == urls


def test_where_no_passage_has_all_words_those_with_some_are_shown(index: Index) -> None:
    found = index.find("队列怎么重传")
    assert not found.all_words
    assert {hit.url for hit in found.hits} == {"/queues", "/term"}


@pytest.mark.parametrize("query", ["", "  ", "?!，。", '"', "-"])
def test_nothing_is_found_of_nothing(index: Index, query: str) -> None:
    assert index.find(query).hits == ()


def test_what_was_found_is_marked_as_one_piece(index: Index) -> None:
    hit = index.find("全连接队列").hits[0]
    assert hit.title == (Piece("半连接队列与", found=False), Piece("全连接队列", found=True))
    assert "".join(piece.text for piece in hit.extract) == PASSAGES[0].text


def test_results_are_bounded() -> None:
    many = Index(Passage("term", f"SYN {n}", "", f"/{n}", "") for n in range(MOST + 5))
    assert len(many.find("SYN").hits) == MOST


@given(st.text(max_size=2 * LONGEST))
def test_no_query_breaks_it(query: str) -> None:
    index = Index(PASSAGES)
    try:
        index.find(query)
    except sqlite3.Error as error:
        pytest.fail(f"{query!r}: {error}")


def test_html_becomes_plain_text() -> None:
    assert plain("<p>A <code>close()</code> &amp; more</p><p>b</p>") == "A close() & more b"
