"""FSRS's grade of an answer, from what happened; nobody is asked how it felt."""

from fsrs import Rating

from app.progress.mastery import streak
from app.progress.records import Memory, Review

QUICK = 0.25
"""The part of a slow answer's time within which an answer is quick."""

AT_HOME = 3
"""The right answer in a row from which a quick one is Easy."""


def grade(memory: Memory | None, review: Review) -> Rating:
    """The grade of the review of what was remembered before it.

    Again: wrong. Hard: right, but after a hint, unsure, or slowly. Easy, rarely: quick, and at least the third right
    answer in a row that counts for mastery: on a fresh variant in a sitting of its own. Good: everything else.
    """
    if not review.right:
        return Rating.Again
    if review.hinted or review.unsure or review.seconds >= review.slow:
        return Rating.Hard
    counted = streak(memory, review)
    quick = 0 < review.seconds <= QUICK * review.slow
    if memory and quick and counted >= AT_HOME and counted > memory.streak:
        return Rating.Easy
    return Rating.Good
