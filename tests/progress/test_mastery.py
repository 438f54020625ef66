"""Mastery: claimed after two right answers on fresh variants in different sittings, lost with a wrong one."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given

from app.progress.mastery import KEPT_VARIANTS, SITTING, lacking, mastered
from app.progress.memory import Review, replay
from tests.progress.histories import DAY, MINUTE, START, review, reviews, told

LATER = START + SITTING


def test_nothing_is_mastered_before_it_is_asked() -> None:
    assert not mastered(None)
    assert lacking(None) == 2


def test_two_right_answers_half_an_hour_apart() -> None:
    once = told(review())
    assert not mastered(once)
    assert lacking(once) == 1
    twice = told(review(), review(LATER))
    assert mastered(twice)
    assert lacking(twice) == 0


@pytest.mark.parametrize(
    "second",
    [
        review(LATER - timedelta(microseconds=1)),
        review(LATER, hinted=True),
        review(LATER, unsure=True),
        review(LATER, variant=review().variant),
    ],
    ids=["in the same sitting", "after a hint", "by a guess", "on the same variant"],
)
def test_it_takes_more_than(second: Review) -> None:
    memory = told(review(), second)
    assert not mastered(memory)
    assert lacking(memory) == 1, "…but nothing is lost"
    assert mastered(told(review(), second, review(second.at + SITTING)))


def test_drilling_on_and_on_is_one_sitting() -> None:
    drill = [review(START + n * 20 * MINUTE) for n in range(10)]
    assert not mastered(told(*drill))
    assert mastered(told(*drill, review(drill[-1].at + SITTING)))


def test_a_wrong_answer_loses_it_and_two_sittings_bring_it_back() -> None:
    known = [review(), review(LATER), review(LATER + DAY, right=False)]
    assert lacking(told(*known)) == 2
    at_once = review(LATER + DAY + 10 * MINUTE)
    assert lacking(told(*known, at_once)) == 1
    assert mastered(told(*known, at_once, review(at_once.at + SITTING)))


def test_the_question_that_was_wrong_is_not_fresh() -> None:
    wrong = review(right=False)
    again = review(LATER, variant=wrong.variant)
    assert lacking(told(wrong, again)) == 2


def test_slow_is_not_wrong() -> None:
    assert mastered(told(review(seconds=500), review(LATER, seconds=500)))


def test_only_the_last_variants_are_kept() -> None:
    memory = told(*(review(START + n * DAY, variant=f"source/{n % 12}") for n in range(30)))
    assert memory.variants == tuple(f"source/{n % 12}" for n in range(30 - KEPT_VARIANTS, 30))


@given(reviews())
def test_what_is_mastered_was_shown_twice_since_the_last_mistake(history: list[Review]) -> None:
    for skill, memory in replay(history, interview=None).items():
        mine = [one for one in history if one.skill == skill]
        mistake = max((one.at for one in mine if not one.right), default=START - DAY)
        shown = [one for one in mine if one.right and not one.hinted and not one.unsure and one.at >= mistake]
        proofs = [
            (one, other)
            for one, other in combinations(shown, 2)
            if abs(one.at - other.at) >= SITTING and one.variant != other.variant
        ]
        assert proofs or not mastered(memory)
