"""The misconceptions that showed in a learner's answers, and a question for each that tells whether it is gone."""

from functools import lru_cache
from secrets import randbelow
from typing import NamedTuple

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import past
from app.progress.past import Answered
from app.progress.study import Study
from app.quiz.pool import Pool
from app.web.dates import ago
from app.web.fresh import about, dice_of, lure
from app.web.learners import known
from app.web.not_here import Link, NotHere
from app.web.world import World, world
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
            f"/{words.lang}/progress/fix/{one.id}",
        )
        for one in past.beliefs(given, _tempting(here.course.pool))
        if one.id in texts
    ]
    return tuple(sorted(found, key=lambda idea: idea.overcome))


async def fix(request: Request, lang: str, belief: str) -> Response:
    """`/{lang}/progress/fix/{belief}`: leads to a question that whoever believes it would answer wrongly."""
    here = world(request)
    words = here.speak(lang)
    sources = about(here.course.pool, belief)
    if not sources:
        raise NotHere("error.no-misconception", Link(words("progress.title"), f"/{lang}/progress"), id=belief)
    learner = known(here, request)
    memory = learner.memory(sources[0].skill) if learner else None
    dice = dice_of(None, f"{belief}/{randbelow(1 << 30)}", None)
    pick = lure(here.course.pool, sources, belief, memory, dice)
    url = f"/{lang}/questions/{pick.id}?seed={pick.seed}"
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


@lru_cache(maxsize=4)
def _tempting(pool: Pool) -> dict[str, frozenset[str]]:
    """For each misconception, the sources whose questions it would answer wrongly."""
    return {belief: frozenset(source.id for source in about(pool, belief)) for belief in pool.beliefs}
