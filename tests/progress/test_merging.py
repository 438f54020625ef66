"""Two histories become one: a union, whatever the order, the interleaving and the duplication."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.progress import attempts, history, learners, levels, memories, reading, remarks, tokens
from app.progress import settings as setting
from app.progress.attempts import Attempt
from app.progress.history import History
from app.progress.levels import LevelScore
from app.progress.reading import StepRead
from app.progress.remarks import Remark
from app.progress.settings import Setting
from app.progress.store import Store
from tests.progress.answers import DAY, MINUTE, START, answer, record, remembered, somebody

BROWSERS = [UUID(int=n) for n in (1, 2, 3)]  # who answered first; ids of attempts are made of it
times = st.integers(0, 5000).map(lambda minutes: START + minutes * MINUTE) | st.sampled_from([START, START + DAY])
some_examples = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def _attempt(draw: st.DrawFn) -> Attempt:
    """An attempt of a small world, so that keys, times and skills collide; its content follows from its id."""
    browser, key = draw(st.sampled_from(BROWSERS)), draw(st.sampled_from("abcdefgh"))
    id = uuid5(browser, key)
    chance = id.int
    at = START + (chance % 9) * DAY / 3 + (chance % 2) * timedelta(microseconds=1)
    skill, right = f"skill-{chance % 3}", bool(chance // 3 % 4)
    return Attempt(id, at, *answer(key, skill=skill, right=right, hinted=not chance % 5, variant=f"v{chance % 4}"))


histories = st.builds(
    History,
    begun=st.none() | times,
    attempts=st.lists(_attempt(), max_size=12),
    steps=st.lists(st.builds(StepRead, st.just("lesson"), st.sampled_from("abc"), times, times), max_size=4),
    settings=st.lists(
        st.builds(Setting, st.just("interview"), st.sampled_from(["", "2026-12-03", "2026-12-20"]), times)
        | st.builds(Setting, st.sampled_from(["zone", "x"]), st.sampled_from(["", "Asia/Shanghai"]), times),
        max_size=4,
    ),
    levels=st.lists(st.builds(LevelScore, st.sampled_from("ab"), st.integers(0, 3), times), max_size=4),
)


def together(store: Store, parts: list[History]) -> tuple[History, dict[str, Any]]:
    """What a new learner has after these histories were put together in this order."""
    learner = somebody()
    with store.writing() as connection:
        for part in parts:
            history.add(connection, learner, part, START + 30 * DAY)
        found = history.of(connection, learner), memories.of(connection, learner)
    assert found[1] == remembered(store, learner)
    return found


@some_examples
@given(parts=st.lists(histories, min_size=1, max_size=3), data=st.data())
def test_any_order_and_any_duplication_give_the_same(shared: Store, parts: list[History], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(parts), max_size=2))
    other = data.draw(st.permutations(parts + again))
    other = [part._replace(attempts=data.draw(st.permutations(part.attempts))) for part in other]
    one, memory = together(shared, parts)
    assert together(shared, other) == (one, memory)
    wanted = {attempt.id: attempt for part in parts for attempt in part.attempts}
    assert {attempt.id: attempt for attempt in one.attempts} == wanted
    assert len(one.attempts) == len(wanted)


@some_examples
@given(answers=st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef"), st.integers(0, 9)), max_size=10))
def test_two_browsers_that_become_one_have_lost_nothing(shared: Store, answers: list[tuple[bool, str, int]]) -> None:
    """Answers in any interleaving, forms sent twice, and each of both browsers may go on afterwards."""
    pair = somebody(), somebody()
    recorded = [
        record(shared, pair[browser], answer(key, skill=f"skill-{n % 2}", right=n % 3 > 0), START + n * DAY / 2)
        for browser, key, n in answers
    ]
    with shared.writing() as connection:
        merged = history.merge(connection, pair[0], pair[1], START)
        found = attempts.of(connection, merged)
    assert merged == pair[1]
    wanted = {one.attempt.id: one.attempt for one in recorded}
    assert {attempt.id: attempt for attempt in found} == wanted
    assert len(found) == len(wanted)
    for n, (browser, key, _) in enumerate(answers[:3]):
        assert record(shared, pair[browser], answer(key), START + 20 * DAY).attempt in found
        later = record(shared, pair[browser], answer(f"later {n}"), START + 20 * DAY)
        assert later.learner == merged
        assert later.attempt.at == START + 20 * DAY
    with shared.reading() as connection:
        assert memories.of(connection, merged) == remembered(shared, merged)
        assert history.of(connection, pair[0])[1:] == ([], [], [], []), "all of it has moved"


def test_the_same_form_in_two_browsers_is_two_attempts(store: Store) -> None:
    """Even at the same microsecond: the key is one browser's own. What is shown is the first."""
    first = record(store, somebody(), answer("same", right=False))
    second = record(store, somebody(), answer("same"), START)
    with store.writing() as connection:
        history.merge(connection, second.learner, first.learner, START)
        assert len(attempts.of(connection, first.learner)) == 2
        found = attempts.on_record(connection, first.learner, ["same"])["same"]
    assert record(store, second.learner, answer("same"), START + DAY).attempt == found


def test_tokens_and_remarks_move_too(store: Store) -> None:
    one, other = record(store, somebody(), answer()).learner, record(store, somebody(), answer()).learner
    with store.writing() as connection:
        token = tokens.link(connection, one, START)
        said = [tokens.phrase(connection, learner, "en", START) for learner in (one, other)]
        remarks.leave(connection, one, Remark(START, "s", 1, "en", {}, "wrong"))
        history.merge(connection, one, other, START)
        assert [tokens.recover(connection, words, None, START) for words in said] == [other, other]
        assert tokens.redeem(connection, token, None, START) == other
        assert len(remarks.of(connection, other)) == 1


def test_merging_goes_on(store: Store) -> None:
    """Three browsers one after another; a circle; a learner with itself; somebody who has nothing yet."""
    a, b, c = (record(store, somebody(), answer(key)).learner for key in "abc")
    with store.writing() as connection:
        assert history.merge(connection, a, b, START) == b
        assert history.merge(connection, b, c, START) == c
        assert history.merge(connection, c, a, START) == c
        assert history.merge(connection, a, a, START) == c
        assert history.merge(connection, somebody(), b, START) == c
        assert [learners.known(connection, learner) for learner in (a, b, c)] == [c, c, c]
        assert {attempt.key for attempt in attempts.of(connection, c)} == set("abc")


def test_what_is_set_last_counts(store: Store) -> None:
    """Also on a clock that went back, and also against a merged history that is older."""
    learner, other = somebody(), somebody()

    def value(connection: Connection) -> str:
        (found,) = setting.of(connection, learner)
        return found.value

    with store.writing() as connection:
        setting.put(connection, learner, {"interview": "2026-12-24"}, START)
        setting.put(connection, learner, {"interview": "2026-12-25"}, START - DAY)
        assert value(connection) == "2026-12-25"
        setting.put(connection, other, {"interview": "2026-12-31"}, START - MINUTE)
        history.merge(connection, other, learner, START)
        assert value(connection) == "2026-12-25"
        setting.put(connection, learner, {"interview": ""}, START - DAY)
        assert setting.calendar(connection, learner).interview is None


def test_a_new_date_moves_every_memory(store: Store) -> None:
    learner = somebody()
    for n in range(6):
        record(store, learner, answer(str(n), skill=f"skill-{n % 2}"), START + n * DAY)
    with store.reading() as connection:
        before = memories.of(connection, learner)
    for values in ({"interview": "2026-12-09"}, {"zone": "Pacific/Kiritimati"}, {"interview": ""}, {"x": "y"}):
        with store.writing() as connection:
            setting.put(connection, learner, values, START + 6 * DAY)
        with store.reading() as connection:
            assert memories.of(connection, learner) == remembered(store, learner)
    with store.reading() as connection:
        assert memories.of(connection, learner) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("interview", "tomorrow"), ("zone", "Mars/Olympus"), ("zone", "../etc"), ("zone", "Asia"), ("", "x"), ("x", "\0")],
)
def test_what_cannot_be_set(store: Store, name: str, value: str) -> None:
    with pytest.raises(setting.BadSetting), store.writing() as connection:
        setting.put(connection, somebody(), {name: value}, START)


def test_a_zone_that_is_gone_is_utc(store: Store) -> None:
    learner = somebody()
    with store.writing() as connection:
        learners.claim(connection, learner, START)
        setting.add(connection, learner, [Setting("zone", "Atlantis/Capital", START)])
    assert record(store, learner, answer()).learner == learner


def test_steps_and_scores_make_their_learner(store: Store) -> None:
    reader, player = somebody(), somebody()
    with store.writing() as connection:
        for at in (START + MINUTE, START + DAY, START):
            assert reading.read(connection, reader, "lesson", "step", at) == reader
            assert levels.score(connection, player, "level", (at - START) // MINUTE, at) == player
        assert reading.of(connection, reader) == [StepRead("lesson", "step", START, START + DAY)]
        assert levels.of(connection, player) == [LevelScore("level", 1440, START + DAY)]
        assert learners.begun(connection, reader) == START + MINUTE
