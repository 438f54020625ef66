"""The two values of the pure core: one review of a skill, and what is remembered of the skill after it."""

from datetime import datetime
from typing import NamedTuple

SLOW = 60.0
"""Seconds from which a right answer counts as slow, where the kind of question says nothing better."""


class Review(NamedTuple):
    """One answer to a question about a skill. `variant` is what the question was drawn from, as source/seed.

    `at` is in UTC. `seconds` is the time that the answer took, 0 where nobody knows; `slow` is from how many seconds an
    answer to that kind of question is a slow one. A source whose seed only shuffles its choices is one variant: leave
    the seed out.
    """

    skill: str
    at: datetime
    right: bool
    hinted: bool
    seconds: float
    variant: str
    unsure: bool = False
    slow: float = SLOW


class Memory(NamedTuple):
    """What is remembered of a skill. All of it follows from the reviews, so it is a cache of them; times are in UTC.

    `stability` is FSRS's: the days after which it is remembered with probability 0.9. `difficulty` is 1 … 10.
    `due` follows from `last`, `stability`, `failed` and the interview's date (`rescheduled`).
    """

    skill: str
    stability: float
    difficulty: float
    due: datetime
    last: datetime
    reps: int  # answers in all
    lapses: int  # wrong answers that came straight after a right one
    failed: int  # wrong answers in a row, up to now
    streak: int  # right answers in a row that count for mastery
    variants: tuple[str, ...]  # the last that were answered, oldest first: none of them is fresh
