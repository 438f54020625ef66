"""Who is asking: an anonymous learner by a signed cookie, made with the first thing that is kept and not before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from fastapi import Request, Response

from app.progress import attempts, learners, memories, reading, settings
from app.progress.attempts import Recorded
from app.progress.memory import Memory
from app.progress.reading import StepRead
from app.progress.reviews import waiting
from app.progress.study import ANSWERS, Study
from app.progress.trouble import Trouble
from app.quiz.answers import Answer, Verdict
from app.quiz.question import Question
from app.web.answering import UNSURE
from app.web.pace import PACES

if TYPE_CHECKING:  # the world shows in every page what this file counts
    from app.web.world import World

COOKIE = "learner"
FIRST = "learner-"  # of a new learner, for an hour: `app.web.firsts` says why
TEN_YEARS = 10 * 365 * 24 * 3600
AN_HOUR = 3600
LONGEST = 3600  # seconds after which somebody was not thinking, but away
FRESH = timedelta(minutes=1)  # how long a count may be wrong because of what another process has written
SOON = {0: "today", 1: "tomorrow"}  # by the days left until the interview
COUNTED = 20_000  # learners whose count is remembered


@dataclass(frozen=True)
class Learner:
    """A browser that has answered something, and all that a plan is made from."""

    id: UUID
    study: Study
    settings: dict[str, str]
    steps: tuple[StepRead, ...]  # the one read last is the last

    def memory(self, skill: str) -> Memory | None:
        """What is remembered of a skill; None if it was never asked about."""
        return self.study.memories.get(skill)


class Waits(NamedTuple):
    """How many skills wait to be reviewed, and whether the interview is `today` or `tomorrow`; "" for neither."""

    due: int
    interview: str


def learner_of(here: "World", request: Request) -> UUID | None:
    """Whose cookie it is; None for a browser without one, or with one that was not signed here."""
    tag = request.cookies.get(COOKIE)
    return here.signer.learner(tag) if tag else None


def remember(here: "World", request: Request, response: Response, learner: UUID) -> None:
    """Let the browser be this learner from now on."""
    here.dues.pop(learner, None)
    secure = here.settings.origin.startswith("https:") or request.url.scheme == "https"
    tag = here.signer.sign(learner)
    response.set_cookie(COOKIE, tag, max_age=TEN_YEARS, samesite="lax", httponly=True, secure=secure)
    if learner_of(here, request) is None:
        response.set_cookie(f"{FIRST}{learner.hex}", tag, max_age=AN_HOUR, samesite="lax", httponly=True, secure=secure)


def drop(request: Request, response: Response) -> None:
    """Let the browser be nobody."""
    for name in request.cookies:
        if name == COOKIE or name.startswith(FIRST):
            response.delete_cookie(name, samesite="lax", httponly=True)


def known(here: "World", request: Request) -> Learner | None:
    """The learner with everything that is known of them, read once for a page. Raises Trouble where it cannot be."""
    state = request.state
    if not hasattr(state, "learner"):
        state.learner = _read(here, request)
    learner: Learner | None = state.learner
    return learner


def _read(here: "World", request: Request) -> Learner | None:
    id = learner_of(here, request)
    if id is None:
        return None
    with here.store.reading() as connection:
        learner = learners.known(connection, id)
        if learner is None:
            return None
        held = {setting.name: setting.value for setting in settings.of(connection, learner)}
        calendar = settings.calendar_in(held)
        steps = tuple(reading.of(connection, learner))
        study = Study(
            here.syllabus.lessons,
            here.syllabus.skills,
            memories.of(connection, learner),
            frozenset((step.lesson, step.step) for step in steps),
            here.now(),
            calendar.interview,
            calendar.zone,
            learners.begun(connection, learner),
            next(((one.lesson, one.step) for one in reversed(steps) if one.step != ANSWERS), None),
        )
    return Learner(learner, study, held, steps)


def waits(here: "World", request: Request) -> Waits | None:
    """What waits for this learner, for the head of every page; None for a visitor, or in trouble.

    Remembered until the next one falls due, a minute at most, and forgotten with whatever this process writes.
    """
    id = learner_of(here, request)
    if id is None:
        return None
    now = here.now()
    if (counted := here.dues.get(id)) and counted[1] > now:
        return counted[0]
    try:
        learner = known(here, request)
    except Trouble:
        return None
    if learner is None:
        return None
    days = learner.study.days_left
    told = Waits(len(waiting(learner.study)), "" if days is None else SOON.get(days, ""))
    later = [memory.due for memory in learner.study.memories.values() if memory.due > now]
    if len(here.dues) >= COUNTED:
        here.dues.clear()
    here.dues[id] = (told, min([now + FRESH, *later]))
    return told


async def record(
    here: "World",
    request: Request,
    question: Question,
    given: Answer,
    verdict: Verdict,
    *,
    key: str,
    context: str,
    seconds: float,
) -> Recorded:
    """Put an answer on record, durably, and its skill's memory up to date. Raises Trouble where it cannot be kept."""
    learner = learner_of(here, request) or uuid4()
    answer = attempts.Answer(
        key=key,
        skill=question.skill,
        source=question.generator,
        seed=question.seed,
        variant=question.generator if question.trace is None else f"{question.generator}/{question.seed}",
        answer=dict(given),
        right=verdict.right,
        belief=verdict.belief,
        hinted=False,
        unsure=UNSURE in given,
        seconds=seconds,
        slow=PACES[question.kind].slow,
        context=context,
        content_version=here.version,
    )
    now = here.now()
    recorded = await here.writer.write(lambda connection: attempts.record(connection, learner, answer, now), learner)
    here.dues.pop(recorded.learner, None)
    return recorded


def thinking(shown: str, now: datetime) -> float:
    """Seconds between the page and the answer, as far as the form can be believed; 0 where it says nothing sensible."""
    seconds = now.timestamp() - shown_at(shown, now)
    return seconds if 0 < seconds <= LONGEST else 0.0


def shown_at(shown: str, now: datetime) -> int:
    """When the page was made, in seconds since 1970, as its form says; 0 for nonsense, and for what is yet to come."""
    if not (shown.isascii() and shown.isdecimal() and len(shown) <= 12):
        return 0
    return int(shown) if int(shown) <= now.timestamp() else 0
