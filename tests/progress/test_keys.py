"""The signing key, and the name tags that it signs."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from app.progress.keys import NAME, BadKey, Signer, signing_key
from app.progress.place import Place
from tests.progress.answers import somebody

KEY, OTHER = "k" * 32, "o" * 32


def test_a_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert signing_key(tmp_path) == key
    assert len(key) == 64
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as processes:
        assert len(set(processes.map(signing_key, [tmp_path] * 32))) == 1


def test_a_key_that_is_given_is_not_written_down(tmp_path: Path) -> None:
    assert signing_key(tmp_path, KEY) == KEY
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_no_good(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="ACKADEMY_KEY"):
        signing_key(tmp_path, "short")
    (tmp_path / NAME).write_bytes(b"")
    with pytest.raises(BadKey, match=NAME):
        signing_key(tmp_path)
    (tmp_path / NAME).write_bytes(b"\xff" * 64)
    with pytest.raises(BadKey):
        signing_key(tmp_path)
    with pytest.raises(BadKey):
        signing_key(tmp_path / "nowhere")


def test_a_tag_names_its_learner() -> None:
    learner = somebody()
    tag = Signer(KEY).sign(learner)
    assert Signer(KEY).learner(tag) == learner
    assert tag.isascii()
    assert not set(tag) & set(' ",;\\')


def test_a_tag_of_another_site_is_none() -> None:
    assert Signer(KEY).learner(Signer(OTHER).sign(somebody())) is None


@pytest.mark.parametrize("said", [None, 5, "x", ["a"], {}, "g" * 32])
def test_a_tag_that_is_signed_for_something_else_is_none(said: object) -> None:
    assert Signer(KEY).learner(URLSafeSerializer(KEY, salt="learner").dumps(said)) is None
    assert Signer(KEY).learner(URLSafeSerializer(KEY, salt="other").dumps(somebody().hex)) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_a_cookie_says_is_none(tag: str) -> None:
    assert Signer(KEY).learner(tag) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_tag_that_was_touched_is_none(at: int, letter: str) -> None:
    tag = Signer(KEY).sign(somebody())
    touched = tag[: at % len(tag)] + letter + tag[at % len(tag) + 1 :]
    learner = Signer(KEY).learner(touched)
    assert learner is None or touched == tag or learner == Signer(KEY).learner(tag)


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACKADEMY_DATA", str(tmp_path / "deep" / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert Place().file == tmp_path / "deep" / "data" / "progress.sqlite3"
    tag = Place().signer().sign(somebody())
    assert Place().signer().learner(tag)
    assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700
    monkeypatch.setenv("ACKADEMY_KEY", KEY)
    assert Place().signer().learner(tag) is None
    assert KEY not in repr(Place())
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@host/name")
    assert Place().file is None
    assert not Place().store().sqlite
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere.db")
    assert Place().file == tmp_path / "elsewhere.db"
