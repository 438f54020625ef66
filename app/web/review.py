"""The review: what memory says is about to be forgotten, asked one by one with fresh questions."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import ClassVar, NamedTuple

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress.memory import Memory, retrievability
from app.progress.reviews import due
from app.progress.study import Skill, Study
from app.quiz.pool import Pick
from app.web import learners
from app.web.dates import ago, ahead, moment
from app.web.fresh import about, dice_of, fresh, lure
from app.web.learners import Learner
from app.web.not_here import NotHere
from app.web.stubborn import Idea, ideas, stubborn
from app.web.suggestions import Suggestion, suggestion
from app.web.world import World, world
from app.words import Words

PERCENT = 100


class DueSkill(NamedTuple):
    """A skill that waits. `remembered` is in percent, None for one that was wrong the last time."""

    name: str
    lesson: str
    lesson_url: str
    ask_url: str
    remembered: int | None
    asked: str
    failed: int


class Upcoming(NamedTuple):
    """What will be due first, and when."""

    name: str
    when: str
    date: str


@dataclass(frozen=True)
class ReviewView:
    """What is due. `onward` is what to do instead where nothing is; None for somebody who has not answered anything."""

    template: ClassVar[str] = "review/index.html"
    due: tuple[DueSkill, ...]
    minutes: int
    ideas: tuple[Idea, ...]
    upcoming: Upcoming | None
    onward: Suggestion | None


async def review(request: Request, lang: str) -> Response:
    """`/{lang}/review`."""
    here = world(request)
    words = here.speak(lang)
    learner = learners.known(here, request)
    view = _view(here, words, learner) if learner else ReviewView((), 0, (), None, None)
    page = here.page(request, words, "review")
    return here.answer(request, words, here.renderer.render(page, view))


async def next_question(request: Request, lang: str, skill: str = "") -> Response:
    """`/{lang}/review/next`: on to a question about what is due, or about `skill` if one is named."""
    here = world(request)
    here.speak(lang)
    if skill and skill not in here.skills:
        raise NotHere("error.no-skill", id=skill)
    learner = learners.known(here, request)
    if not skill and learner:
        skill = next((one.id for one in due(learner.study)), "")
    url = _asking(lang, _pick(here, skill, learner)) if skill else f"/{lang}/review"
    return RedirectResponse(url, 303, {"cache-control": "no-store"})


async def fix(request: Request, lang: str, belief: str, skill: str = "") -> Response:
    """`/{lang}/review/fix/{belief}`: on to a question that it gets wrong, about `skill` if it can be."""
    here = world(request)
    words = here.speak(lang)
    sources = about(here.course.pool, belief)
    if not sources or belief not in here.course.editions[words.lang].misconceptions:
        raise NotHere("error.no-page")
    learner = learners.known(here, request)
    skills = dict.fromkeys(source.skill for source in sources)
    chosen = skill if skill in skills else max(skills, key=lambda one: _trouble(learner, one))
    of_skill = tuple(source for source in sources if source.skill == chosen)
    memory = learner.memory(chosen) if learner else None
    dice = dice_of(learner.id if learner else None, f"{belief}/{chosen}", memory)
    pick = lure(here.course.pool, of_skill, belief, memory, dice)
    return RedirectResponse(_asking(lang, pick), 303, {"cache-control": "no-store"})


def _pick(here: World, skill: str, learner: Learner | None) -> Pick:
    memory = learner.memory(skill) if learner else None
    dice = dice_of(learner.id if learner else None, skill, memory)
    return fresh(here.course.pool.of_skill(skill), memory, dice)


def _trouble(learner: Learner | None, skill: str) -> int:
    """How often the skill was wrong, or known and lost."""
    memory = learner.memory(skill) if learner else None
    return memory.failed + memory.lapses if memory else 0


def _asking(lang: str, pick: Pick) -> str:
    return f"/{lang}/questions/{pick.id}?seed={pick.seed}&review=1"


def _view(here: World, words: Words, learner: Learner) -> ReviewView:
    study = learner.study
    waiting = due(study)
    return ReviewView(
        tuple(_due(here, words, study, skill) for skill in waiting),
        ceil(sum(skill.seconds for skill in waiting) / timedelta(minutes=1).total_seconds()),
        ideas(here, words, learner, stubborn(study, waiting)),
        None if waiting else _upcoming(here, words, study),
        None if waiting else suggestion(here, words, study),
    )


def _due(here: World, words: Words, study: Study, skill: Skill) -> DueSkill:
    memory = study.memories[skill.id]
    return DueSkill(
        here.skills[skill.id].names[words.lang],
        here.course.editions[words.lang].lessons[skill.lesson].title,
        here.taught(words.lang, here.skills[skill.id]),
        f"/{words.lang}/review/next?skill={skill.id}",
        None if memory.failed else _percent(memory, study),
        ago(words, study.now - memory.last),
        memory.failed,
    )


def _percent(memory: Memory, study: Study) -> int:
    return round(PERCENT * retrievability(memory, study.now))


def _upcoming(here: World, words: Words, study: Study) -> Upcoming | None:
    coming = ((when, skill.id) for skill in study.skills if (when := study.coming(skill)))
    when, id = min(coming, default=(study.now, ""))
    if not id:
        return None
    name = here.skills[id].names[words.lang]
    return Upcoming(name, ahead(words, when - study.now), moment(words, when, study.now, study.zone))
