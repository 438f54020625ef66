"""Quizzes: chosen, taken question by question, looked back on. The address says which questions it has."""

from dataclasses import dataclass
from secrets import randbelow
from typing import ClassVar, NamedTuple
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.course.lesson import Misconception
from app.quiz.answers import Answer, Malformed
from app.quiz.pool import SEEDS, next_seed
from app.web.answering import answered, posted, whole
from app.web.asking import Asked, asked
from app.web.learners import record, remember, thinking
from app.web.next_time import NextTime, next_time
from app.web.not_here import Link
from app.web.taking import ALL, HARDEST, PLACEMENT, Mark, Quiz
from app.web.world import World, world
from app.words import Words

COUNTS = (5, 10, 20)


class SkillChoice(NamedTuple):
    """A skill that can be asked about."""

    id: str
    name: str
    sources: int


class PartChoice(NamedTuple):
    """The skills of one part of the course."""

    id: str
    name: str
    url: str
    skills: tuple[SkillChoice, ...]


@dataclass(frozen=True)
class ChooseView:
    """What a quiz can be about."""

    template: ClassVar[str] = "quiz/choose.html"
    parts: tuple[PartChoice, ...]
    counts: tuple[int, ...]
    sources: int


@dataclass(frozen=True)
class QuizView:
    """One question of a quiz."""

    template: ClassVar[str] = "quiz/quiz.html"
    title: str
    asked: Asked
    action: str
    marks: tuple[Mark, ...]
    number: int
    next_url: str
    again_url: str
    share_url: str
    next_time: NextTime | None


class Result(NamedTuple):
    """How one question went."""

    number: int
    url: str
    prompt: str
    skill: str
    right: bool | None


@dataclass(frozen=True)
class EndView:
    """How the quiz went."""

    template: ClassVar[str] = "quiz/end.html"
    title: str
    results: tuple[Result, ...]
    misconceptions: tuple[Misconception, ...]
    retry_url: str
    another_url: str
    share_url: str
    start: Link | None  # of a placement quiz: the lesson to begin with

    @property
    def right(self) -> int:
        """How many were right."""
        return sum(result.right is True for result in self.results)


async def choose(request: Request, lang: str) -> Response:
    """`/{lang}/quiz`: what to be asked about."""
    here = world(request)
    return here.show(request, here.speak(lang), choices, section="quiz")


async def begin(request: Request, lang: str) -> Response:
    """`/{lang}/quiz/go?skill=…&n=10`: what was chosen, with a seed of chance, as an address to keep."""
    here = world(request)
    here.speak(lang)
    query = request.query_params
    chosen = ",".join(dict.fromkeys(query.getlist("skill"))) or ALL
    named: dict[str, int] = {"seed": 1 + randbelow(SEEDS - 1)}
    if chosen != PLACEMENT:
        named["n"] = whole(query.get("n"), 1, 30, 10)
        if (level := whole(query.get("level"), 1, HARDEST, HARDEST)) < HARDEST:
            named["level"] = level
    return RedirectResponse(f"/{lang}/quiz/{chosen}?{urlencode(named)}", 303, {"cache-control": "no-store"})


async def quiz(request: Request, lang: str, subject: str) -> Response:
    """`/{lang}/quiz/{subject}?seed=…&n=10&q=3`: a question of it, the first open one, or (`q=end`) how it went."""
    here = world(request)
    words = here.speak(lang)
    taken = Quiz(request, here, words, subject)
    if "seed" not in request.query_params:
        return await _seeded(request, lang, subject)
    place = request.query_params.get("q")
    if place is None:
        return RedirectResponse(taken.at(taken.first_open), 303, {"cache-control": "no-store"})
    if place == "end":
        return _show(request, here, words, _end(taken), taken)
    number = whole(place, 1, len(taken.picks), 1)
    return _show(request, here, words, _question(request, taken, number, taken.answer(number)), taken)


async def answer(request: Request, lang: str, subject: str) -> Response:
    """An answer by POST: written down, and on to what it was worth. The first answer to a question counts."""
    here = world(request)
    words = here.speak(lang)
    taken = Quiz(request, here, words, subject)
    number = whole(request.query_params.get("q"), 1, len(taken.picks), 1)
    sent = await posted(request)
    response = RedirectResponse(f"{taken.at(number)}#verdict", 303, {"cache-control": "no-store"})
    if taken.verdict(number):
        return response
    question = taken.question(number)
    given = answered(question.form, sent)
    try:
        verdict = question.form.grade(given)
    except Malformed as malformed:
        view = _question(request, taken, number, given, malformed.reason.told(words))
        return _show(request, here, words, view, taken, 422)
    seconds = thinking(sent.get("shown", ""), here.now())
    recorded = await record(
        here, request, question, given, verdict, key=taken.key(number), context="quiz", seconds=seconds
    )
    remember(here, request, response, recorded.learner)
    return response


def choices(here: World, words: Words) -> ChooseView:
    """Every skill with how many sources ask about it, by part of the course."""
    edition, pool = here.course.editions[words.lang], here.course.pool
    parts = []
    for part in edition.parts:
        skills = tuple(
            SkillChoice(skill.id, skill.names[words.lang], len(pool.of_skill(skill.id)))
            for lesson in part.lessons
            for skill in lesson.skills
        )
        parts.append(PartChoice(part.id, part.name, f"/{words.lang}/quiz/go?skill={part.id}", skills))
    return ChooseView(tuple(parts), COUNTS, len(pool.sources))


async def _seeded(request: Request, lang: str, subject: str) -> Response:
    named = dict(request.query_params) | {"seed": str(1 + randbelow(SEEDS - 1))}
    return RedirectResponse(f"/{lang}/quiz/{subject}?{urlencode(named)}", 303, {"cache-control": "no-store"})


def _show(
    request: Request, here: World, words: Words, view: QuizView | EndView, taken: Quiz, status: int = 200
) -> Response:
    place = view.number if isinstance(view, QuizView) else "end"
    page = here.page(request, words, "quiz", taken.at(place).removeprefix(taken.url.partition("?")[0]))
    return here.answer(request, words, here.renderer.render(page, view), status)


def _question(request: Request, taken: Quiz, number: int, given: Answer, complaint: str = "") -> QuizView:
    pick = taken.picks[number - 1]
    made = taken.question(number)
    verdict = None if complaint else taken.verdict(number)
    onward = number + 1 if number < len(taken.picks) else "end"
    return QuizView(
        taken.title,
        asked(taken.here, taken.words, made, given, verdict, complaint, int(taken.here.now().timestamp())),
        taken.at(number),
        tuple(taken.marks(number)),
        number,
        taken.at(onward),
        f"/{taken.words.lang}/questions/{pick.id}?seed={pick.seed + 1}",
        taken.url,
        next_time(taken.here, request, taken.words, made, given) if verdict else None,
    )


def _end(taken: Quiz) -> EndView:
    here, words = taken.here, taken.words
    results, wrong, beliefs = [], [], dict[str, None]()
    for number, pick in enumerate(taken.picks, 1):
        verdict = taken.verdict(number)
        made = taken.question(number)
        name = here.skills[made.skill].names[words.lang]
        right = verdict.right if verdict else None
        results.append(Result(number, taken.at(number), made.prompt.told(words), name, right))
        if right is False:
            wrong.append(pick.id)
        if verdict and verdict.belief:
            beliefs[verdict.belief] = None
    known = here.course.editions[words.lang].misconceptions
    again = {"seed": next_seed(taken.seed), "n": len(set(wrong))}
    return EndView(
        taken.title,
        tuple(results),
        tuple(known[belief] for belief in beliefs if belief in known),
        f"/{words.lang}/quiz/{','.join(dict.fromkeys(wrong))}?{urlencode(again)}" if wrong else "",
        taken.with_seed(next_seed(taken.seed)),
        taken.url,
        _begin_with(taken, results) if taken.subject == PLACEMENT else None,
    )


def _begin_with(taken: Quiz, results: list[Result]) -> Link:
    """The first lesson of the course that teaches something that was not answered right."""
    here, lang = taken.here, taken.words.lang
    lessons = here.course.editions[lang].lessons
    unsure = {
        here.skills[here.course.pool.skill(pick.id)].lesson
        for pick, result in zip(taken.picks, results, strict=True)
        if not result.right
    }
    first = next((lesson for lesson in lessons.values() if lesson.slug in unsure), None)
    if first is None:
        return Link(taken.words("quiz.placement.all-right"), f"/{lang}/quiz")
    return Link(first.title, f"/{lang}/lessons/{first.slug}")
