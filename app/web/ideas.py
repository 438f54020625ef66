"""The misconceptions that showed in a learner's answers, and a question for each that tells whether it is gone."""

from functools import lru_cache
from typing import NamedTuple

from app.progress import past
from app.progress.past import Answered
from app.progress.study import Study
from app.quiz.pool import Pool
from app.web.dates import ago
from app.web.fresh import about
from app.web.world import World
from app.words import Words

OVERCOME = 2
"""Right answers since, to questions that would have shown it, after which a misconception counts as overcome."""


class Idea(NamedTuple):
    """A misconception: as it is held, what is true, how often it showed and how it stands now."""

    id: str
    title: str
    truth_html: str
    times: str
    last: str
    overcome: bool
    fix_url: str


def ideas(here: World, words: Words, study: Study, given: list[Answered]) -> tuple[Idea, ...]:
    """Those that are still held by frequency, then those that were overcome."""
    texts = here.course.editions[words.lang].misconceptions
    found = [
        Idea(
            one.id,
            texts[one.id].title,
            texts[one.id].truth_html,
            words("progress.ideas.times", count=one.times),
            words("progress.ideas.last", ago=ago(words, study.now - one.last)),
            one.resisted >= OVERCOME,
            f"/{words.lang}/review/fix/{one.id}",
        )
        for one in past.beliefs(given, _tempting(here.course.pool))
        if one.id in texts
    ]
    return tuple(sorted(found, key=lambda idea: idea.overcome))


@lru_cache(maxsize=4)
def _tempting(pool: Pool) -> dict[str, frozenset[str]]:
    """For each misconception, the sources whose questions it would answer wrongly."""
    return {belief: frozenset(source.id for source in about(pool, belief)) for belief in pool.beliefs}
