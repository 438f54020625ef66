"""When a skill is mastered: two right answers on fresh variants in different sittings, and none wrong since."""

from datetime import timedelta

from app.progress.records import Memory, Review

ENOUGH = 2
"""How many right answers mastery takes."""

SITTING = timedelta(minutes=30)
"""A sitting of a skill is over when it has not been asked about for that long."""

KEPT_VARIANTS = 8
"""How many variants are kept to tell a fresh one; generators have a million."""


def streak(memory: Memory | None, review: Review) -> int:
    """The right answers in a row that count, after that review. A wrong one ends them.

    One counts if nothing helped (no hint, no guess), its variant is none of the last few, and the skill was not asked
    about in this sitting before; the first after a wrong answer may be of the same sitting. Others change nothing.
    """
    if not review.right:
        return 0
    if memory is None:
        return int(_alone(review))
    sitting = memory.streak == 0 or review.at - memory.last >= SITTING
    return memory.streak + (_alone(review) and sitting and review.variant not in memory.variants)


def variants(memory: Memory | None, review: Review) -> tuple[str, ...]:
    """The last variants that were answered, after that review; each once, oldest first."""
    before = memory.variants if memory else ()
    return (*(one for one in before if one != review.variant), review.variant)[-KEPT_VARIANTS:]


def mastered(memory: Memory | None) -> bool:
    """Whether it may be said that the learner knows the skill; what may be forgotten since is the plan's matter."""
    return memory is not None and memory.streak >= ENOUGH


def lacking(memory: Memory | None) -> int:
    """How many right answers mastery still takes, each in a sitting of its own."""
    return max(0, ENOUGH - memory.streak) if memory else ENOUGH


def _alone(review: Review) -> bool:
    return not (review.hinted or review.unsure)
