"""Something is wrong here: what readers say about a question, for whoever runs the site."""

from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import remarks
from app.progress.remarks import LONGEST, Remark
from app.quiz.answers import MOST, Answer
from app.web.answering import joined
from app.web.learners import learner_of
from app.web.next_time import meant
from app.web.not_here import NotHere
from app.web.world import World, world
from app.words import Words

FIELDS = 8  # of the form at most


@dataclass(frozen=True)
class RemarkView:
    """A remark on a question: thanked for, or still to be written."""

    template: ClassVar[str] = "remarks/index.html"
    source: str
    seed: int
    skill: str
    question_url: str
    answer: str  # as in an address
    longest: int
    sent: bool
    complaint: bool


async def remark(request: Request, lang: str, source: str = "", seed: str = "1", sent: str = "") -> Response:
    """`/{lang}/remarks?source=…&seed=7`: the form by itself; with `sent=1`, thanks."""
    here = world(request)
    words = here.speak(lang)
    view = _view(here, words, source, seed, "", sent=bool(sent))
    return _page(request, here, words, view)


async def leave(request: Request, lang: str) -> Response:
    """The form, from a visitor, too: kept, and thanked for. It makes no learner."""
    here = world(request)
    words = here.speak(lang)
    form = await request.form(max_files=0, max_fields=FIELDS, max_part_size=4 * LONGEST)
    field = {name: value for name, value in form.items() if isinstance(value, str)}
    answer = _answer(field.get("answer", ""))
    view = _view(here, words, field.get("source", ""), field.get("seed", ""), urlencode(answer), sent=False)
    text = field.get("text", "").strip()
    if not text:
        return _page(request, here, words, view, complaint=True)
    left = Remark(here.now(), view.source, view.seed, lang, dict(answer), text)
    learner = learner_of(here, request)
    await here.writer.write(lambda connection: remarks.leave(connection, learner, left), learner)
    told = urlencode({"source": view.source, "seed": view.seed, "sent": 1})
    return RedirectResponse(f"/{lang}/remarks?{told}", 303, {"cache-control": "no-store"})


def _view(here: World, words: Words, source: str, seed: str, answer: str, *, sent: bool) -> RemarkView:
    """Raises NotHere for a question that there is not."""
    if source not in here.course.pool:
        raise NotHere("error.no-question", id=source)
    if not (seed.isascii() and seed.isdecimal() and len(seed) <= 12):
        raise NotHere("error.no-seed")
    name = here.skills[here.course.pool.skill(source)].names[words.lang]
    url = f"/{words.lang}/questions/{source}?seed={seed}"
    return RemarkView(source, int(seed), name, url, answer, LONGEST, sent, complaint=False)


def _page(request: Request, here: World, words: Words, view: RemarkView, *, complaint: bool = False) -> Response:
    told = {"source": view.source, "seed": view.seed} | ({"sent": 1} if view.sent else {})
    page = here.page(request, words, "quiz", f"?{urlencode(told)}")
    shown = replace(view, complaint=complaint)
    return here.answer(request, words, here.renderer.render(page, shown), 422 if complaint else 200)


def _answer(text: str) -> Answer:
    """What was answered, as the form carries it: an address's query."""
    try:
        return meant(joined(parse_qsl(text[:MOST], max_num_fields=60)))
    except ValueError:
        return {}
