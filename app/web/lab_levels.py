"""Levels of the lab: a goal, the lab as far as it may be used there, and how the experiment on it stands."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.lab.levels import Attempt, Level, attempt
from app.progress import learners, levels
from app.progress.trouble import Trouble
from app.web.lab import Bench, Failed, bench, changing, differs, fields, place_of, status, understood
from app.web.lab_address import Place, Understood
from app.web.lab_clauses import ClauseView, clauses
from app.web.lab_tools import Guard
from app.web.learners import learner_of, remember
from app.web.not_here import Link, NotHere
from app.web.world import World, world
from app.words import Words

MOST_STARS = 3


class LevelLink(NamedTuple):
    """A level in the list, or the next one; `stars` is the best that was kept, 0 for none."""

    id: str
    number: int
    title: str
    task: str
    par: int
    url: str
    stars: int


@dataclass(frozen=True)
class LevelsView:
    """All levels, and how far this learner is."""

    template: ClassVar[str] = "lab/levels.html"
    levels: tuple[LevelLink, ...]
    done: int


@dataclass(frozen=True)
class LevelView:
    """A level, the lab on it, and the verdict on what is there."""

    template: ClassVar[str] = "lab/level.html"
    bench: Bench
    number: int
    of: int
    title: str
    task: str
    hint: str
    par: int
    used: int
    begun: bool
    solved: bool
    clauses: tuple[ClauseView, ...]
    forbidden: tuple[str, ...]
    stars: int  # of this experiment, if it solves the level
    best: int  # kept
    start: str
    reached: str  # where the goal is reached
    next: LevelLink | None
    differs: bool  # as in the lab


def stars(level: Level, done: Attempt) -> int:
    """What it is worth: three stars at par, two with one action more, else one; none where the goal is not reached."""
    if not done.solved:
        return 0
    return max(MOST_STARS - max(done.effort.total - level.par, 0), 1)


def all_levels(request: Request, lang: str) -> Response:
    """`/{lang}/lab/levels`."""
    here = world(request)
    words = here.speak(lang)
    best = kept(here, request)
    found = tuple(_link(level, number, words, best) for number, level in enumerate(here.experiments.levels, 1))
    page = here.page(request, words, "lab")
    view = LevelsView(found, sum(link.stars > 0 for link in found))
    return here.answer(request, words, here.renderer.render(page, view))


def level(request: Request, lang: str, id: str) -> Response:
    """`/{lang}/lab/levels/{id}`: the level on the experiment of the address, at first its own."""
    here = world(request)
    words = here.speak(lang)
    one = _level(here, words, id)
    found = understood(request, one.start)
    if found.place.t is None:
        found = found._replace(place=found.place._replace(t=one.t))
    return _shown(request, here, words, one, found)


async def act(request: Request, lang: str, id: str) -> Response:
    """POST `/{lang}/lab/levels/{id}`: a form of the lab; or `do=keep`, to keep the score of what is there.

    With `next`, the level that follows is shown then.
    """
    here = world(request)
    words = here.speak(lang)
    one = _level(here, words, id)
    sent = await fields(request)
    if sent.get("do") == "keep":
        place = place_of(request.scope["path"], sent, one.start)
        every = here.experiments.levels
        after = every.index(one) + 1
        follows = "next" in sent and after < len(every)
        return await _keep(request, here, one, place, _url(lang, every[after]) if follows else place.url)
    return await changing(request, one.start, lambda found, wrong: _shown(request, here, words, one, found, wrong))


async def _keep(request: Request, here: World, one: Level, place: Place, to: str) -> Response:
    """The best score stays, and `to` is shown; a browser that has kept nothing yet is a learner from now on."""
    reached = stars(one, attempt(one, place.scenario))
    response = RedirectResponse(to, 303, {"cache-control": "no-store"})
    if reached:
        learner, now = learner_of(here, request) or uuid4(), here.now()
        learner = await here.writer.write(lambda wire: levels.score(wire, learner, one.id, reached, now), learner)
        remember(here, request, response, learner)
    return response


def kept(here: World, request: Request) -> dict[str, int]:
    """This learner's best, by level; nothing for a visitor, or where the database cannot say."""
    id: UUID | None = learner_of(here, request)
    if id is None:
        return {}
    try:
        with here.store.reading() as connection:
            learner = learners.known(connection, id)
            return {one.level: one.score for one in levels.of(connection, learner)} if learner else {}
    except Trouble:
        return {}


def _level(here: World, words: Words, id: str) -> Level:
    found = here.experiments.level(id)
    if found is None:
        raise NotHere("error.no-page", Link(words("lab.levels.title"), f"/{words.lang}/lab/levels"))
    return found


def _shown(
    request: Request, here: World, words: Words, one: Level, found: Understood, wrong: Failed | None = None
) -> Response:
    done = attempt(one, found.place.scenario)
    every = here.experiments.levels
    number, best = every.index(one) + 1, kept(here, request)
    label, fresh = one.words[words.lang], found.place._replace(scenario=one.start, t=one.t, sel="")
    shown = done.trace.moment_at(found.place.t or 0).index
    reached = ""
    if done.verdict.moment is not None:
        reached = found.place._replace(t=done.trace.moments[done.verdict.moment].at).url
    view = LevelView(
        bench(done.trace, words, found, Guard(one), wrong),
        number,
        len(every),
        label.title,
        label.task,
        label.hint,
        one.par,
        done.effort.total,
        done.effort.total > 0,
        done.solved,
        clauses(done.trace, one.goal, done.verdict, shown, words, lambda at: found.place._replace(t=at).url),
        tuple(words(f"lab.kind.{kind}") for kind in done.forbidden),
        stars(one, done),
        best.get(one.id, 0),
        fresh.url,
        reached,
        _link(every[number], number + 1, words, best) if number < len(every) else None,
        differs(done.trace, found),
    )
    page = here.page(request, words, "lab", found.place.query if urlsplit(str(request.url)).query else "")
    return here.answer(request, words, here.renderer.render(page, view), status(done.trace, wrong))


def _link(one: Level, number: int, words: Words, best: dict[str, int]) -> LevelLink:
    label = one.words[words.lang]
    return LevelLink(one.id, number, label.title, label.task, one.par, _url(words.lang, one), best.get(one.id, 0))


def _url(lang: str, one: Level) -> str:
    return f"/{lang}/lab/levels/{one.id}"
