"""What an answer did: when its skill is asked about next, and how far it is from being mastered."""

from dataclasses import dataclass, replace

from fastapi import Request

from app.progress import attempts
from app.progress.attempts import Attempt, Effect
from app.progress.mastery import lacking, mastered
from app.progress.study import Study
from app.progress.trouble import Trouble
from app.quiz.answers import Answer
from app.quiz.question import Question
from app.web import learners
from app.web.dates import ahead, lasting, moment
from app.web.world import World
from app.words import Words


@dataclass(frozen=True)
class NextTime:
    """What is said below the explanation. `first` is False where another answer to the question had been given before.

    `slipped` is the lesson to go back to if it had been known and was wrong now, else "".
    """

    when: str
    gap: str  # how the interval has changed; "" where there is nothing to compare
    mastery: str  # "" where nothing new is to be said
    slipped: str
    first: bool = True


def next_time(here: World, request: Request, words: Words, question: Question, given: Answer) -> NextTime | None:
    """What the answer to this question did, for the learner who gave it.

    None for others, once the skill was asked about again, and where the database can't say: the explanation is there.
    """
    try:
        learner = learners.known(here, request)
        if learner is None or learner.memory(question.skill) is None:
            return None
        with here.store.reading() as connection:
            latest = attempts.of_skill(connection, learner.id, question.skill)[-1]
            if (latest.source, latest.seed) != (question.generator, question.seed):
                return None
            effect = attempts.effect(connection, learner.id, latest)
    except Trouble:
        return None
    lesson = here.course.editions[words.lang].lessons[here.skills[question.skill].lesson]
    told = _told(words, learner.study, latest, effect, lesson.title)
    return replace(told, first=meant(given) == meant(latest.answer))


def meant(given: Answer) -> dict[str, str]:
    """The answer without what the form says besides."""
    return {name: value for name, value in given.items() if name != "shown"}


def _told(words: Words, study: Study, attempt: Attempt, effect: Effect, lesson: str) -> NextTime:
    before, after = effect
    due = study.due(after)
    when = {"when": ahead(words, due - study.now), "date": moment(words, due, study.now, study.zone)}
    gap = ""
    if before and not before.failed and not after.failed:
        old, new = lasting(words, before.due - before.last), lasting(words, due - after.last)
        if old != new:
            gap = words("next-time.longer" if due - after.last > before.due - before.last else "next-time.shorter",
                        old=old, new=new)  # fmt: skip
    mastery = ""
    if mastered(after) and not mastered(before):
        mastery = words("next-time.mastered")
    elif attempt.right and lacking(after) == 1 and after.streak > (before.streak if before else 0):
        mastery = words("next-time.once-more")
    return NextTime(
        words("next-time.due" if due <= study.now else "next-time.wrong" if after.failed else "next-time.right", **when),
        gap,
        mastery,
        lesson if before is not None and after.lapses > before.lapses else "",
    )
