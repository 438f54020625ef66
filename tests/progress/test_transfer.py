"""Progress as a file: everything is in it, everything comes back, and nothing else comes in."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, select

from app.progress import attempts, history, learners, memories, remarks, settings, tokens, transfer
from app.progress.remarks import Remark
from app.progress.store import Store
from app.progress.tables import Table
from app.progress.transfer import EARLIEST, TICK, BadFile
from app.progress.trouble import Trouble
from app.progress.writer import Writer
from app.web import move, reading_kept
from app.web.reading_kept import Step
from tests.progress.answers import DAY, START, answer, record, remembered, somebody
from tests.progress.sample import LEARNER, live

NOW = START + 2 * DAY


def exported(store: Store) -> bytes:
    live(store)
    with store.reading() as connection:
        return transfer.export(connection, LEARNER, NOW).encode()


def test_everything_comes_back_in_another_browser(store: Store) -> None:
    file, learner = exported(store), somebody()
    with store.writing() as connection:
        for _ in range(2):
            assert history.add(connection, learner, transfer.read(file, NOW), NOW) == learner
        assert history.of(connection, learner) == history.of(connection, LEARNER)
        assert memories.of(connection, learner) == memories.of(connection, LEARNER)
        assert remarks.of(connection, learner) == []


def test_remarks_are_there_for_whoever_runs_the_site(store: Store) -> None:
    with store.writing() as connection:
        for n, owner in enumerate([None, somebody()]):
            remarks.leave(connection, owner, Remark(START + n * DAY, "ack-of-syn", 7, "zh", {}, f" \0{n}" + "x" * 9000))
        assert [remark.text for remark in remarks.recent(connection, 5)] == ["1" + "x" * 1999, "0" + "x" * 1999]
        assert len(remarks.recent(connection, 1)) == 1


def test_what_is_there_stays(store: Store) -> None:
    file, learner = exported(store), somebody()
    record(store, learner, answer("own"), START + DAY / 3)
    with store.writing() as connection:
        history.add(connection, learner, transfer.read(file, NOW), NOW)
        assert [attempt.key for attempt in history.of(connection, learner).attempts] == ["q1", "q2", "own", "q3"]
    with store.reading() as connection:
        assert memories.of(connection, learner) == remembered(store, learner)


def test_the_file_says_what_it_is(store: Store) -> None:
    document = json.loads(exported(store))
    assert document["format"] == "ackademy-progress"
    assert document["version"] == 1
    assert document["exported_at"] == "2026-12-03T20:00:00.123456+00:00"
    assert [attempt["key"] for attempt in document["attempts"]] == ["q1", "q2", "q3"]
    assert [remark["text"] for remark in document["remarks"]] == ["答案 and key disagree"]
    kept = {"begun", "attempts", "steps", "settings", "levels", "remarks"}
    assert document.keys() == {"format", "version", "exported_at"} | kept


def test_somebody_who_is_unknown_has_an_empty_file(store: Store) -> None:
    with store.writing() as connection:
        file = transfer.export(connection, somebody(), NOW)
        found = transfer.read(file.encode(), NOW)
        assert found == (None, [], [], [], [])
        history.add(connection, somebody(), found, NOW)


def test_keys_of_a_later_version_are_passed_over(store: Store) -> None:
    document = json.loads(exported(store)) | {"mood": "good"}
    document["attempts"][0]["mood"] = "bad"
    assert len(transfer.read(json.dumps(document).encode(), NOW).attempts) == 3


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *way, last, value = path
        place: Any = document
        for step in way:
            place = place[step]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("format", "something"), "not-ours"),
        (_set("version", 2), "newer"),
        (_set("version", "1"), "malformed"),
        (_set("version", 0), "malformed"),
        (_set("attempts", {}), "malformed"),
        (_set("attempts", 0, "id", "q1"), "malformed"),
        (_set("attempts", 0, "at", "2026-12-01T20:00:00"), "malformed"),  # whose clock?
        (_set("attempts", 0, "seconds", -1), "malformed"),
        (_set("attempts", 0, "seconds", 1e300), "malformed"),
        (_set("attempts", 0, "seed", 2**63), "malformed"),
        (_set("attempts", 0, "skill", ""), "malformed"),
        (_set("attempts", 0, "skill", "a\0b"), "malformed"),
        (_set("attempts", 0, "skill", "\ud800"), "malformed"),
        (_set("attempts", 0, "answer", {"a": "x" * 5000}), "malformed"),
        (_set("attempts", 0, "key", "a\0b"), "malformed"),
        (lambda document: document["attempts"].extend(document["attempts"] * 4000), "malformed"),
        (_set("attempts", 0, "right", None), "malformed"),
        (_set("levels", 0, "score", 2**31), "malformed"),
        (_set("steps", 0, "first_at", 5e18), "malformed"),
        (lambda document: document.pop("steps"), "malformed"),
    ],
)
def test_a_file_that_is_not_right_is_refused(
    sqlite_store: Store, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    document = json.loads(exported(sqlite_store))
    change(document)
    with pytest.raises(BadFile) as told:
        transfer.read(json.dumps(document).encode(), NOW)
    assert told.value.reason == reason


def test_a_clock_that_was_wrong_keeps_nothing_away(store: Store) -> None:
    """What is dated in the future or before the site's time is dated anew, in the order of the file."""
    document, learner = json.loads(exported(store)), somebody()
    times = ["0001-01-01T00:00:00+14:00", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"]
    for attempt, time in zip(document["attempts"], times, strict=True):
        attempt["at"] = time
    document["begun"] = document["levels"][0]["at"] = times[2]
    brought = transfer.read(json.dumps(document).encode(), NOW)
    assert [attempt.at for attempt in brought.attempts] == [EARLIEST, NOW - 2 * TICK, NOW - TICK]
    assert brought.begun == NOW
    with store.writing() as connection:
        history.add(connection, learner, brought, NOW)
        assert [attempt.key for attempt in history.of(connection, learner).attempts] == ["q1", "q2", "q3"]


def test_what_the_site_itself_has_kept_comes_back(store: Store) -> None:
    """A quiz on half of the course has a long key, and forms have sent NUL."""
    document, learner = json.loads(exported(store)), somebody()
    document["attempts"][0]["key"] = quiz = "quiz/" + "close-wait.cause," * 200
    document["attempts"][1]["answer"] = {"ack": "1", "unsure": "a\0b"}
    brought = transfer.read(json.dumps(document).encode(), NOW)
    assert brought.attempts[1].answer["unsure"] == "ab"
    with store.writing() as connection:
        history.add(connection, learner, brought, NOW)
        assert attempts.bounded(quiz) in attempts.on_record(connection, learner, [attempts.bounded(quiz)])
    assert len(attempts.bounded(quiz)) < 80 < len(attempts.bounded(quiz[:400])) == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [("interview", "0001-01-01"), ("interview", "2100-01-01"), ("interview", "tomorrow"), ("zone", "Mars/Base")],
)
def test_a_setting_that_cannot_be_set_here_is_left_out(store: Store, name: str, value: str) -> None:
    document, learner = json.loads(exported(store)), somebody()
    document["settings"].append({"name": name, "value": value, "at": document["exported_at"]})
    brought = transfer.read(json.dumps(document).encode(), NOW)
    assert len(brought.settings) == 2
    with pytest.raises(settings.BadSetting), store.writing() as connection:
        settings.put(connection, learner, {name: value}, NOW)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_an_older_version_has_kept_breaks_nothing(store: Store, day: str) -> None:
    learner = record(store, somebody(), answer()).learner
    for zone in ("Asia/Shanghai", "America/New_York"):
        with store.writing() as connection:
            kept = {"interview": day, "zone": zone}
            settings.add(connection, learner, [settings.Setting(name, value, NOW) for name, value in kept.items()])
        assert record(store, learner, answer(zone), NOW).learner == learner


def test_what_is_foreseen_counts_unless_something_comes_between(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going through a long history takes long: not while nobody else can write."""
    brought, now = transfer.read(exported(store), NOW), NOW + DAY
    renewed: list[UUID] = []
    renew = history.renew
    monkeypatch.setattr(history, "renew", lambda connection, who: [renewed.append(who), renew(connection, who)][1])
    for between in (False, True):
        learner = record(store, somebody(), answer("own", right=False)).learner
        with store.reading() as connection:
            foreseen = history.foresee(connection, learner, brought)
        if between:
            record(store, learner, answer("between"), NOW)
        with store.writing() as connection:
            settings.put(connection, learner, {"interview": "2026-12-06"}, now)
            history.add(connection, learner, brought, now, foreseen)
        assert renewed == ([learner] if between else [])
        with store.reading() as connection:
            assert memories.of(connection, learner) == remembered(store, learner)


@pytest.mark.parametrize("file", [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}', b"{" * 9])
def test_a_file_of_something_else(file: bytes) -> None:
    with pytest.raises(BadFile) as told:
        transfer.read(file, NOW)
    assert told.value.reason == "not-ours"


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "LARGEST", 10)
    with pytest.raises(BadFile) as told:
        transfer.read(b" " * 11, NOW)
    assert told.value.reason == "too-large"


def test_deleting_leaves_nothing_behind(store: Store, writer: Writer) -> None:
    live(store)
    other = record(store, somebody(), answer("other", answer={"text": "somebody else's"}))
    for n in range(40):  # enough for pages that are freed whole
        record(store, LEARNER, answer(f"secret-{n}", answer={"text": f"secret words {n} " * 50}), START + n * DAY)
    writer.submit(lambda connection: learners.forget(connection, LEARNER), LEARNER, erasing=True).result(timeout=20)
    with store.reading() as connection:
        for table in Table.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            assert str(LEARNER) not in str(rows)
            assert len(rows) == (table.name in ("learner", "attempt", "memory", "short_link"))
        assert history.of(connection, other.learner).attempts == [other.attempt]
        assert learners.known(connection, LEARNER) is None
    if store.sqlite:
        assert store.engine.url.database
        for ending in ("", "-wal"):
            content = Path(store.engine.url.database + ending).read_bytes()
            assert b"secret" not in content
            assert LEARNER.hex.encode() not in content
            assert b"somebody else's" in content or ending


@pytest.mark.parametrize(
    "work",
    [
        lambda connection, who: reading_kept._keep(Mock(now=lambda: START), connection, who, [Step("lesson", "step")]),
        lambda connection, who: move._make(connection, who, START, tokens.link),
        lambda connection, who: remarks.leave(connection, who, Remark(START, "ack-of-syn", 7, "zh", {}, "wrong")),
    ],
)
def test_nobody_is_deleted_and_made_anew_by_what_was_under_way(
    store: Store, url: str, work: Callable[[Connection, UUID], object]
) -> None:
    """Whoever is about to write for a learner who is known has the deletion wait."""
    learner = record(store, somebody(), answer()).learner
    refused: list[str] = []

    def delete(*_: object) -> None:
        if refused:
            return
        with pytest.raises(Trouble) as told, other.writing() as connection:
            learners.forget(connection, learner)
        refused.append(told.value.reason)

    with closing(Store(url, patience=0.3)) as other:
        with store.writing() as connection:
            connection.execute(select(1))
            event.listen(store.engine, "after_cursor_execute", delete)
            work(connection, learner)
        assert refused == ["locked"]
        with other.writing() as connection:
            learners.forget(connection, learner)
    with store.reading() as connection:
        assert learners.known(connection, learner) is None


def test_deleting_as_one_who_was_merged(store: Store) -> None:
    """Whichever browser says it: both names go, and neither comes back with the rows."""
    one, other = record(store, somebody(), answer()).learner, record(store, somebody(), answer()).learner
    with store.writing() as connection:
        history.merge(connection, one, other, START)
        learners.forget(connection, one)
        assert [learners.known(connection, learner) for learner in (one, other)] == [None, None]
    again = record(store, one, answer("new"))
    assert again.learner == one
    with store.reading() as connection:
        assert len(history.of(connection, one).attempts) == 1
