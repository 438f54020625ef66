"""What an answer did: when its skill is asked about next, and how far it is from being mastered."""

from dataclasses import dataclass, replace
from datetime import timedelta

from fastapi import Request

from app.progress import attempts
from app.progress.attempts import Attempt, Effect
from app.progress.mastery import lacking, mastered
from app.progress.records import Memory
from app.progress.study import Study
from app.progress.trouble import Trouble
from app.quiz.answers import Answer
from app.quiz.question import Question
from app.web import learners
from app.web.dates import ahead, lasting, moment
from app.web.world import World
from app.words import Words

MOST = 1000  # answers on a skill: nobody gives so many, and to go through a file's would keep others waiting
OFTEN = 2  # wrong answers in a row after which it is no use to ask once more


@dataclass(frozen=True)
class NextTime:
    """What is said below the explanation. `first` is False where another answer to the question had been given before.

    `slipped` says that it had been known, or was wrong again: then `lesson` is to be gone back to. Both may be "".
    """

    when: str
    gap: str  # how the interval has changed; "" where there is nothing to compare
    mastery: str  # "" where nothing new is to be said
    slipped: str
    lesson: str
    first: bool = True


def next_time(here: World, request: Request, words: Words, question: Question, given: Answer) -> NextTime | None:
    """What the answer to this question did, for the learner who gave it.

    None for others, once the skill was asked about again, where it was more than MOST times, and where the database
    can't say: the explanation is there.
    """
    try:
        learner = learners.known(here, request)
        memory = learner.memory(question.skill) if learner else None
        if learner is None or memory is None or memory.reps > MOST:
            return None
        with here.store.reading() as connection:
            past = attempts.of_skill(connection, learner.id, question.skill)
    except Trouble:
        return None
    latest = past[-1] if past else None
    if latest is None or (latest.source, latest.seed) != (question.generator, question.seed):
        return None
    study = learner.study
    effect = attempts.effect(past, latest, interview=study.interview, zone=study.zone)
    lesson = here.course.editions[words.lang].lessons[here.skills[question.skill].lesson]
    told = _told(words, study, latest, effect, lesson.title)
    return replace(told, first=meant(given) == meant(latest.answer))


def meant(given: Answer) -> dict[str, str]:
    """The answer without what the form says besides."""
    return {name: value for name, value in given.items() if name != "shown"}


def _told(words: Words, study: Study, attempt: Attempt, effect: Effect, lesson: str) -> NextTime:
    before, after = effect
    slipped = ""
    if after.failed >= OFTEN:
        slipped = words("next-time.again", count=after.failed)
    elif before is not None and after.lapses > before.lapses:
        slipped = words("next-time.slipped")
    if study.days_left == 1 and not _at_risk(study, attempt.skill):  # it will not be asked for
        when, gap = words("next-time.safe"), ""
    else:
        when, gap = _when(words, study, after), _gap(words, effect, study.due(after) - after.last)
    return NextTime(when, gap, _mastery(words, attempt, effect), slipped, lesson if slipped else "")


def _at_risk(study: Study, skill: str) -> bool:
    return any(study.at_risk(one) for one in study.skills if one.id == skill)


def _when(words: Words, study: Study, memory: Memory) -> str:
    due = study.due(memory)
    message = "next-time.due" if due <= study.now else "next-time.wrong" if memory.failed else "next-time.right"
    return words(message, when=ahead(words, due - study.now), date=moment(words, due, study.now, study.zone))


def _gap(words: Words, effect: Effect, now: timedelta) -> str:
    """How the interval has changed; what was wrong comes again so soon that there is none to compare."""
    before, after = effect
    if before is None or before.failed or after.failed:
        return ""
    was = before.due - before.last
    old, new = lasting(words, was), lasting(words, now)
    return "" if old == new else words("next-time.longer" if now > was else "next-time.shorter", old=old, new=new)


def _mastery(words: Words, attempt: Attempt, effect: Effect) -> str:
    before, after = effect
    if mastered(after) and not mastered(before):
        return words("next-time.mastered")
    counted = after.streak > (before.streak if before else 0)
    return words("next-time.once-more") if attempt.right and counted and lacking(after) == 1 else ""
