"""A question that this learner has not had: of a due skill, or of one misconception."""

from collections.abc import Sequence
from secrets import token_hex
from uuid import UUID

from app.progress.memory import Memory
from app.quiz.dice import Dice
from app.quiz.generator import GENERATORS
from app.quiz.pool import SEEDS, Pick, Pool, Source

TRIES = 60  # seeds that are looked at, at most, for a question which has an answer of that misconception


def dice_of(learner: UUID | None, skill: str, memory: Memory | None) -> Dice:
    """The same question until it is answered, so that a reload or a second tab does not change it."""
    return Dice(f"review/{learner or token_hex()}/{skill}/{memory.reps if memory else 0}")


def fresh(sources: Sequence[Source], memory: Memory | None, dice: Dice) -> Pick:
    """A question of one of these sources (there is one at least) that was not had lately.

    A source that was not asked for longest comes first, the easier of two that never were. A written question has no
    fresh numbers: it comes again only where there is nothing else.
    """
    had = memory.variants if memory else ()
    chosen = _in_turn(sources, had)[0].id
    while True:
        seed = dice.randrange(1, SEEDS)
        if f"{chosen}/{seed}" not in had:
            return Pick(chosen, seed)


def about(pool: Pool, belief: str) -> tuple[Source, ...]:
    """The sources with a wrong answer that stands for this misconception."""
    return tuple(source for source in pool.sources if belief in _beliefs(pool, source.id))


def lure(pool: Pool, sources: Sequence[Source], belief: str, memory: Memory | None, dice: Dice) -> Pick:
    """A fresh question in which the misconception leads to a wrong answer, as far as one is found."""
    turns = _in_turn(sources, memory.variants if memory else ())
    for attempt in range(TRIES):
        pick = fresh((turns[attempt % len(turns)],), memory, dice)
        if any(held == belief for held, _ in pool.question(*pick).form.mistakes):
            break
    return pick


def _in_turn(sources: Sequence[Source], had: tuple[str, ...]) -> list[Source]:
    asked = {variant.partition("/")[0]: turn for turn, variant in enumerate(had)}
    return sorted(sources, key=lambda source: (source.id in had, asked.get(source.id, -1), source.level))


def _beliefs(pool: Pool, id: str) -> frozenset[str]:
    if id in GENERATORS:
        return frozenset(GENERATORS[id].beliefs)
    return frozenset(belief for belief, _ in pool.written[id].model.form.mistakes)
