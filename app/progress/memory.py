"""FSRS over skills: what is remembered after each review. Pure; the reviews are the truth, a memory is their sum."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from fsrs import Card, State

from app.progress.grading import grade
from app.progress.mastery import streak, variants
from app.progress.records import Memory, Review
from app.progress.schedule import DAY, EARLY, FSRS, due, remembered

__all__ = ["Memory", "Review", "after", "replay", "rescheduled", "retrievability"]


def after(memory: Memory | None, review: Review, *, interview: date | None, zone: tzinfo = UTC) -> Memory:
    """What is remembered after one more review of the skill; `zone` is where the interview's day begins.

    A review that is older than the last one (a clock that went back, a merge) is counted as if it came straight after
    it; only `replay` puts it in its place. Raises nothing for any review with an aware time.
    """
    at = review.at.astimezone(UTC)
    if memory is not None:
        at = max(at, memory.last)
    card, _ = FSRS.review_card(_card(memory, at), grade(memory, review), at)
    assert card.stability is not None
    assert card.difficulty is not None
    failed = 0 if review.right else (memory.failed if memory else 0) + 1
    return Memory(
        skill=review.skill,
        stability=card.stability,
        difficulty=card.difficulty,
        due=due(at, card.stability, failed, interview=interview, zone=zone),
        last=at,
        reps=(memory.reps if memory else 0) + 1,
        lapses=(memory.lapses + (failed == 1)) if memory else 0,
        failed=failed,
        streak=streak(memory, review),
        variants=variants(memory, review),
    )


def replay(reviews: Iterable[Review], *, interview: date | None, zone: tzinfo = UTC) -> dict[str, Memory]:
    """The memory of each skill after all those reviews, whatever their order: any merge of histories gives the same."""
    memories: dict[str, Memory] = {}
    for review in sorted(reviews, key=_order):
        memories[review.skill] = after(memories.get(review.skill), review, interview=interview, zone=zone)
    return memories


def rescheduled(memory: Memory, *, interview: date | None, zone: tzinfo = UTC) -> Memory:
    """The same memory under another date: what `replay` gives for it, without the reviews.

    For all of a learner's memories when the date is set, changed or over (then with None).
    """
    when = due(memory.last, memory.stability, memory.failed, interview=interview, zone=zone)
    return memory._replace(due=when)


def retrievability(memory: Memory, now: datetime) -> float:
    """The chance, above 0 and at most 1, that the skill is remembered at `now`; before its last review it is 1."""
    return remembered(memory.stability, now.astimezone(UTC) - memory.last)


def _order(review: Review) -> tuple[datetime, str, bool, bool, float, bool, float]:
    """A total order of one skill's reviews, so that those of one moment are not left to chance either."""
    return (review.at, review.variant, review.right, review.hinted, review.seconds, review.unsure, review.slow)


def _card(memory: Memory | None, at: datetime) -> Card:
    """The library's card, as it is before a review at that time."""
    if memory is None:
        return Card(card_id=0, due=at)
    # The library drops what is left over of a day, and takes 23 hours for the same day. An evening and the next one,
    # a little earlier, are a day apart: EARLY makes up for what a day may lack, as it does where a skill is due.
    days = timedelta(days=(at - memory.last + EARLY) // DAY)
    return Card(0, State.Review, None, memory.stability, memory.difficulty, memory.due, at - days)
