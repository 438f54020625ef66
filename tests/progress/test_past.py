"""Looking back: days and weeks where the learner is, scores by topic, misconceptions and whether they were resisted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.progress import past, tally
from app.progress.past import Answered, Score
from app.progress.store import Store
from tests.progress.answers import DAY, MINUTE, START, answer, record, somebody

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 30)


def given(at: datetime = START, skill: str = "a", source: str = "s", belief: str | None = None) -> Answered:
    return Answered(at, skill, source, belief is None, belief)


def test_the_latest_answers_come_first_and_no_more_than_asked_for(store: Store) -> None:
    learner = somebody()
    for n in range(5):
        wrong = {"right": False, "belief": "b"} if n == 2 else {}
        record(store, learner, answer(key=str(n), seed=n, **wrong), START + n * DAY)
    record(store, somebody(), answer(key="other"), START)
    with store.reading() as connection:
        found = past.of(connection, learner)
        assert [one.at for one in found] == [START + n * DAY for n in (4, 3, 2, 1, 0)]
        assert [one.belief for one in found] == [None, None, "b", None, None]
        assert past.of(connection, learner, most=2) == found[:2]
        assert tally.of(connection, learner)[:3] == (START, 5, 0)


def test_a_day_is_the_learner_s() -> None:
    late = datetime(2026, 12, 1, 20, tzinfo=UTC)
    assert past.by_day([given(late), given(late + DAY)], SHANGHAI) == {date(2026, 12, 2): 1, date(2026, 12, 3): 1}
    assert past.by_day([given(late)], UTC) == {date(2026, 12, 1): 1}


def test_weeks_are_scored_by_topic_and_others_are_passed_over() -> None:
    answers = [
        given(START, "a"),
        given(START, "a", belief="x"),
        given(START, "b"),
        given(START, "unknown"),
        given(START - timedelta(days=7), "a"),
        given(START - timedelta(days=70), "a"),
    ]
    weeks = past.by_week(answers, UTC, [MONDAY - 7 * DAY, MONDAY], {"a": "one", "b": "two", "c": "three"})
    assert weeks == {"one": (Score(1, 1), Score(1, 2)), "two": (Score(), Score(1, 1)), "three": (Score(), Score())}
    assert Score().share is None
    assert weeks["one"][1].share == 0.5


def test_the_end_of_sunday_is_the_learner_s_too() -> None:
    sunday = datetime(2026, 12, 6, 17, tzinfo=UTC)  # Monday, 1 o'clock, in Shanghai
    mondays = [MONDAY, MONDAY + 7 * DAY]
    assert past.by_week([given(sunday)], UTC, mondays, {"a": "one"})["one"] == (Score(1, 1), Score())
    assert past.by_week([given(sunday)], SHANGHAI, mondays, {"a": "one"})["one"] == (Score(), Score(1, 1))


def test_beliefs_stand_by_frequency_then_by_date() -> None:
    answers = [given(START - n * MINUTE, belief=belief) for n, belief in enumerate("xyzzy")]
    found = past.beliefs(answers, {})
    assert [(one.id, one.times) for one in found] == [("y", 2), ("z", 2), ("x", 1)]
    assert found[0].last == START - MINUTE


def test_resisting_counts_only_since_and_only_where_it_was_tempting() -> None:
    answers = [
        given(START, source="tempts"),
        given(START - MINUTE, source="other"),
        given(START - 2 * MINUTE, source="tempts", belief="x"),
        given(START - 3 * MINUTE, source="tempts"),
    ]
    (found,) = past.beliefs(answers, {"x": {"tempts"}, "y": {"tempts", "other"}})
    assert (found.id, found.times, found.resisted) == ("x", 1, 1)
