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
FIELD = 2 * 12 * LONGEST  # bytes of one, as it is sent: a character takes up to twelve; what is too long is shortened


@dataclass(frozen=True)
class RemarkView:
    """A remark on a question: thanked for, or still to be written."""

    template: ClassVar[str] = "remarks/index.html"
    source: str
    seed: int
    skill: str
    back: str  # where it was written
    answer: str  # as in an address
    longest: int
    sent: bool
    complaint: bool


async def remark(
    request: Request, lang: str, source: str = "", seed: str = "1", back: str = "", sent: str = ""
) -> Response:
    """`/{lang}/remarks?source=…&seed=7`: the form by itself; with `sent=1`, thanks."""
    here = world(request)
    words = here.speak(lang)
    return _page(request, here, words, _view(here, words, source, seed, back, sent=bool(sent)))


async def leave(request: Request, lang: str) -> Response:
    """The form, from a visitor, too: kept, and thanked for. It makes no learner."""
    here = world(request)
    words = here.speak(lang)
    form = await request.form(max_files=0, max_fields=FIELDS, max_part_size=FIELD)
    field = {name: value for name, value in form.items() if isinstance(value, str)}
    answer = _answer(field.get("answer", ""))
    view = _view(here, words, field.get("source", ""), field.get("seed", ""), field.get("back", ""))
    text = field.get("text", "").strip()
    if not text:
        return _page(request, here, words, replace(view, answer=urlencode(answer), complaint=True))
    left = Remark(here.now(), view.source, view.seed, lang, dict(answer), text)
    learner = learner_of(here, request)
    await here.writer.write(lambda connection: remarks.leave(connection, learner, left), learner)
    return RedirectResponse(_url(words, replace(view, sent=True)), 303, {"cache-control": "no-store"})


def _view(here: World, words: Words, source: str, seed: str, back: str, *, sent: bool = False) -> RemarkView:
    """Raises NotHere for a question that there is not."""
    if source not in here.course.pool:
        raise NotHere("error.no-question", id=source)
    if not (seed.isascii() and seed.isdecimal() and len(seed) <= 12):
        raise NotHere("error.no-seed")
    name = here.skills[here.course.pool.skill(source)].names[words.lang]
    if not back.startswith(f"/{words.lang}/"):
        back = f"/{words.lang}/questions/{source}?seed={seed}"
    return RemarkView(source, int(seed), name, back, "", LONGEST, sent, complaint=False)


def _page(request: Request, here: World, words: Words, view: RemarkView) -> Response:
    page = here.page(request, words, "quiz", "?" + _url(words, view).partition("?")[2])
    return here.answer(request, words, here.renderer.render(page, view), 422 if view.complaint else 200)


def _url(words: Words, view: RemarkView) -> str:
    told = {"source": view.source, "seed": view.seed, "back": view.back} | ({"sent": 1} if view.sent else {})
    return f"/{words.lang}/remarks?{urlencode(told)}"


def _answer(text: str) -> Answer:
    """What was answered, as the form carries it: an address's query."""
    try:
        return meant(joined(parse_qsl(text[:MOST], max_num_fields=60)))
    except ValueError:
        return {}
