"""Finding passages by their words, in Chinese and in English: an index in memory, by SQLite's FTS5."""

import re
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from app.course.passages import Passage

MOST = 30  # results
LONGEST = 200  # characters of a query that are looked at
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
_CHARACTER = re.compile(f"[{_CHINESE}]")
_RUN = re.compile(f"[{_CHINESE}]+|[^{_CHINESE}]+")
_WORD = re.compile(r"[^\s\x00-\x1f，。？！、；：“”‘’（）《》「」…,.?!;:()\[\]\"'/]+")
_APART = "\u200b"  # parts tokens and takes no room: Chinese is searched by its characters
_BEGIN, _END = "\x02", "\x03"


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was looked for."""

    text: str
    found: bool


class Hit(NamedTuple):
    """A passage that was found: its title and an extract, with what was looked for marked in both."""

    kind: str
    title: tuple[Piece, ...]
    within: str
    url: str
    extract: tuple[Piece, ...]


class Hits(NamedTuple):
    """What was found, best first. `all_words`: every word of the query is in each; otherwise some are."""

    hits: tuple[Hit, ...]
    all_words: bool


class Index:
    """The passages of one language. Titles weigh more than text, and what explains one word more than the rest."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(title, text, kind UNINDEXED, within UNINDEXED, url UNINDEXED, "
            "tokenize = 'porter unicode61')"
        )
        self._base.executemany(
            "INSERT INTO passages (kind, title, within, url, text) VALUES (?, ?, ?, ?, ?)",
            ((one.kind, _apart(one.title), one.within, one.url, _apart(one.text)) for one in passages),
        )

    def find(self, query: str) -> Hits:
        """Passages with all the words of the query, the last perhaps unfinished; failing that, with some of them."""
        words = [word for word in _WORD.findall(query[:LONGEST]) if any(map(str.isalnum, word))]
        if not words:
            return Hits((), True)
        found = self._match(" AND ".join(map(_phrase, words)) + "*")
        if found:
            return Hits(found, True)
        return Hits(self._match(" OR ".join(_phrase(part) for word in words for part in _parts(word))), False)

    def _match(self, expression: str) -> tuple[Hit, ...]:
        rows = self._base.execute(
            f"SELECT kind, highlight(passages, 0, '{_BEGIN}', '{_END}'), within, url, "  # noqa: S608
            f"snippet(passages, 1, '{_BEGIN}', '{_END}', '…', 48) "
            "FROM passages WHERE passages MATCH ? "
            "ORDER BY bm25(passages, 8.0, 1.0) * CASE WHEN kind IN ('state', 'term') THEN 1.3 ELSE 1 END LIMIT ?",
            (expression, MOST),
        )
        return tuple(Hit(kind, _pieces(title), within, url, _pieces(text)) for kind, title, within, url, text in rows)


def _apart(text: str) -> str:
    return _CHARACTER.sub(lambda found: _APART + found[0] + _APART, text)


def _phrase(word: str) -> str:
    """The word as FTS5 takes it: a phrase, so that no character of it is an operator."""
    return '"' + _apart(word).replace('"', '""') + '"'


def _parts(word: str) -> list[str]:
    """What of a word is worth looking for by itself: of Chinese, every two characters that stand together."""
    parts = []
    for run in _RUN.findall(word):
        if _CHARACTER.match(run):
            parts += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        elif any(map(str.isalnum, run)):
            parts.append(run)
    return parts


def _pieces(marked: str) -> tuple[Piece, ...]:
    """Text with marks → pieces; neighbours that were both found are one."""
    text = marked.replace(_APART, "").replace(_END + _BEGIN, "")
    pieces = []
    for at, part in enumerate(re.split(f"[{_BEGIN}{_END}]", text)):
        if part:
            pieces.append(Piece(part, at % 2 == 1))
    return tuple(pieces)
