"""Carrying on in another browser: a link works once and soon, a phrase again and again, and what is forged never."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from app.progress import attempts, learners, tokens
from app.progress.store import Store
from app.progress.tables import TokenRow
from app.progress.tokens import LASTS, BadToken, Lang
from tests.progress.answers import MINUTE, START, answer, record, somebody


def refused(store: Store, token: str, at: object = START) -> str:
    """Why this link opens nothing."""
    with pytest.raises(BadToken) as told, store.writing() as connection:
        tokens.redeem(connection, token, None, at)  # type: ignore[arg-type]
    return told.value.reason


def test_a_link_moves_progress_once(store: Store) -> None:
    old, new = record(store, somebody(), answer("old")).learner, record(store, somebody(), answer("new")).learner
    with store.writing() as connection:
        token = tokens.link(connection, old, START)
        assert tokens.redeem(connection, token, new, START + MINUTE) == old
        assert {attempt.key for attempt in attempts.of(connection, old)} == {"old", "new"}
        assert learners.known(connection, new) == old
    assert refused(store, token) == "unknown"


def test_a_browser_without_a_learner_brings_nothing(store: Store) -> None:
    old = record(store, somebody(), answer()).learner
    for browser in (None, somebody()):
        with store.writing() as connection:
            token = tokens.link(connection, old, START)
            assert tokens.redeem(connection, token, browser, START) == old
            assert browser is None or learners.known(connection, browser) is None


def test_a_link_is_over_soon(store: Store) -> None:
    with store.writing() as connection:
        token = tokens.link(connection, somebody(), START)
    assert refused(store, token, START + LASTS) == "expired"
    with store.writing() as connection:
        tokens.link(connection, somebody(), START + LASTS)
    assert refused(store, token, START + LASTS) == "unknown", "what is over is swept away"


def test_two_browsers_open_the_same_link_at_once(store: Store, url: str) -> None:
    """The second has found the token, and waits for the first to have taken it."""
    old = record(store, somebody(), answer()).learner
    waiting = threading.Event()

    def watch(*execution: Any) -> None:
        if execution[2].startswith(("DELETE FROM token", "BEGIN IMMEDIATE")):
            waiting.set()

    with store.writing() as connection:
        token = tokens.link(connection, old, START)
    with closing(Store(url)) as other, ThreadPoolExecutor(1) as second:
        event.listen(other.engine, "before_cursor_execute", watch)
        with store.writing() as connection:
            assert tokens.redeem(connection, token, somebody(), START) == old
            late = second.submit(refused, other, token)
            assert waiting.wait(timeout=20)
        assert late.result(timeout=20) == "unknown"


@pytest.mark.parametrize("forged", ["", "x", "a" * 32, "../../x", "三次握手", "\0", "' OR 1=1 --"])
def test_a_forged_link(store: Store, forged: str) -> None:
    with store.writing() as connection:
        tokens.link(connection, somebody(), START)
    assert refused(store, forged) == "unknown"


def test_the_database_does_not_tell_the_secrets(store: Store) -> None:
    learner = somebody()
    with store.writing() as connection:
        secrets = [tokens.link(connection, learner, START), tokens.phrase(connection, learner, "en", START)]
        kept = str(connection.execute(select(TokenRow)).all())
        digests = re.findall(r"[0-9a-f]{64}", kept)
    assert len(digests) == 2
    assert not any(secret in kept for secret in secrets)
    for digest in digests:
        assert refused(store, digest) == "unknown"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phrase_recovers_progress_again_and_again(store: Store, lang: Lang) -> None:
    old = record(store, somebody(), answer("old")).learner
    with store.writing() as connection:
        said = tokens.phrase(connection, old, lang, START)
    assert len(said.split()) == 12
    for n, way in enumerate([said, said.upper(), said.replace(" ", ",  "), f"\n {said}。"]):
        browser = record(store, somebody(), answer(f"{n}")).learner
        with store.writing() as connection:
            assert tokens.recover(connection, way, browser, START + n * MINUTE) == old
            assert len(attempts.of(connection, old)) == n + 2
    if lang == "zh":
        with store.writing() as connection:
            assert tokens.recover(connection, said.replace(" ", ""), None, START) == old


def test_a_new_phrase_ends_the_old_one(store: Store) -> None:
    with store.writing() as connection:
        learner = somebody()
        old, new = (tokens.phrase(connection, learner, "en", START) for _ in range(2))
        assert tokens.recover(connection, new, None, START) == learner
        with pytest.raises(BadToken) as told:
            tokens.recover(connection, old, None, START)
    assert told.value.reason == "unknown"


@pytest.mark.parametrize(
    ("said", "reason", "word"),
    [
        ("", "phrase-length", ""),
        ("abandon", "phrase-length", ""),
        ("abandon " * 11 + "about", "unknown", ""),  # the phrase of nobody
        ("abandon " * 12, "phrase-mistyped", ""),
        ("abandon " * 11 + "abandonment", "phrase-word", "abandonment"),
        ("的" * 11 + "在", "unknown", ""),
        ("的" * 11 + "龘", "phrase-word", "龘"),
    ],
)
def test_what_is_no_phrase(store: Store, said: str, reason: str, word: str) -> None:
    with pytest.raises(BadToken) as told, store.reading() as connection:
        tokens.recover(connection, said, None, START)
    assert (told.value.reason, told.value.word) == (reason, word)


@given(st.text())
def test_whatever_is_typed_is_a_phrase_or_a_bad_token(said: str) -> None:
    with suppress(BadToken):
        assert len(tokens.entropy(said)) == 16
