"""A single question, for whoever has the link: asked, answered, and asked again with new numbers."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress.reviews import waiting
from app.progress.study import Study
from app.progress.trouble import Trouble
from app.quiz.answers import Answer, Malformed
from app.quiz.pool import next_seed
from app.web.answering import UNSURE, answered, joined, posted, seed_of
from app.web.asking import Asked, asked
from app.web.learners import known, record, remember, shown_at, thinking
from app.web.next_time import NextTime, next_time
from app.web.not_here import Link, NotHere
from app.web.suggestions import Suggestion, suggestion
from app.web.world import World, world
from app.words import Words

QUESTION = "question"  # asked by itself
REVIEW = "review"  # in an address: the question was asked because its skill was due
LESSON = "lesson"  # in an address or a form: a lesson has asked it


@dataclass(frozen=True)
class QuestionView:
    """One question by itself; `again_url` asks it with new numbers. `onward` leads through the review that it is of."""

    template: ClassVar[str] = "quiz/question.html"
    asked: Asked
    action: str
    again_url: str
    quiz_url: str
    onward: Suggestion | None
    left: int  # reviews that wait
    next_time: NextTime | None


async def question(request: Request, lang: str, id: str) -> Response:
    """`/{lang}/questions/{id}?seed=7`, with the answer's fields when it has been answered."""
    here = world(request)
    words = here.speak(lang)
    _known(here, words, id)
    return _page(request, here, words, id, joined(request.query_params.multi_items()))


async def answer(request: Request, lang: str, id: str) -> Response:
    """The answer by POST: leads to the page that says what it was worth, or asks again for one that can't be read."""
    here = world(request)
    words = here.speak(lang)
    _known(here, words, id)
    seed, sent = seed_of(request.query_params), await posted(request)
    made = here.course.pool.question(id, seed)
    given, context, shown = answered(made.form, sent), _context(request, sent), sent.get("shown", "")
    try:
        verdict = made.form.grade(given)
    except Malformed as malformed:
        return _page(request, here, words, id, sent, malformed.reason.told(words))
    recorded = await record(
        here,
        request,
        made,
        given,
        verdict,
        key=_key(id, seed, context, shown_at(shown, here.now())),
        context=context,
        seconds=thinking(shown, here.now()),
    )
    url = f"{_url(lang, id, seed, context)}&{urlencode(given)}#verdict"
    response = RedirectResponse(url, 303, {"cache-control": "no-store"})
    remember(here, request, response, recorded.learner)
    return response


def _page(request: Request, here: World, words: Words, id: str, said: Answer, complaint: str = "") -> Response:
    seed, context = seed_of(request.query_params), _context(request, said)
    made = here.course.pool.question(id, seed)
    given = answered(made.form, said)
    verdict = None
    if given.keys() - {UNSURE} and not complaint:
        try:
            verdict = made.form.grade(given)
        except Malformed as malformed:
            complaint = malformed.reason.told(words)
    study = _study(here, request) if context == REVIEW else None
    view = QuestionView(
        asked(here, words, made, given, verdict, complaint, int(here.now().timestamp())),
        _url(words.lang, id, seed, context),
        _url(words.lang, id, next_seed(seed)),
        f"/{words.lang}/quiz/{made.skill}",
        suggestion(here, words, study) if study else None,
        len(waiting(study)) if study else 0,
        next_time(here, request, words, made, given) if verdict else None,
    )
    query = f"{_url('', id, seed, context).partition('/questions/' + id)[2]}{'&' + urlencode(given) if given else ''}"
    page = here.page(request, words, "review" if study else "quiz", query)
    return here.answer(request, words, here.renderer.render(page, view), 422 if complaint else 200)


def _known(here: World, words: Words, id: str) -> None:
    pool = here.course.pool
    if id not in pool:
        near = get_close_matches(id, [source.id for source in pool.sources], n=1)
        links = (Link(name, _url(words.lang, name, 1)) for name in near)
        raise NotHere("error.no-question", *links, id=id)


def _study(here: World, request: Request) -> Study | None:
    """The learner's; None for somebody else, and where the database can't say: the question is there all the same."""
    try:
        learner = known(here, request)
    except Trouble:
        return None
    return learner.study if learner else None


def _context(request: Request, said: Answer) -> str:
    """Where it was asked, as the address or the form says."""
    return next((name for name in (REVIEW, LESSON) if name in request.query_params or name in said), QUESTION)


def _key(id: str, seed: int, context: str, shown: int) -> str:
    """What an answer is kept under. In a review and in a lesson the first one counts, and no other ever.

    They lead back to the same question, and whoever answers it again has read the solution.
    """
    return f"{context}/{id}/{seed}" + (f"/{shown}" if context == QUESTION else "")


def _url(lang: str, id: str, seed: int, context: str = QUESTION) -> str:
    return f"/{lang}/questions/{id}?seed={seed}{'' if context == QUESTION else f'&{context}=1'}"
