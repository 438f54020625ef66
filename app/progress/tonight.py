"""One evening before the interview, in minutes: what to read, what to drill, what to leave. Pure."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from math import ceil
from typing import Literal, NamedTuple, TypeVar

from app.progress.mastery import SITTING
from app.progress.reviews import mixed
from app.progress.schedule import AGAIN
from app.progress.study import Lesson, Skill, Study

T = TypeVar("T")

MINUTE = timedelta(minutes=1)


class Item(NamedTuple):
    """A piece of the evening.

    `answer`: read a lesson's answer in half a minute, and say it. `drill`: a question about each of `skills`, in that
    order. `read`: what is unread of a lesson, in full. `rest`: a pause, or nothing is left that helps. `leave`: there
    is no time for `skills`, or for the answer of a lesson that was not read; it takes no minutes.
    """

    kind: Literal["answer", "drill", "read", "rest", "leave"]
    minutes: int
    lesson: str = ""
    skills: tuple[str, ...] = ()


def tonight(study: Study, minutes: int) -> tuple[Item, ...]:
    """The evening in the order in which it goes; the items' minutes are `minutes` in all.

    First the answers of unread lessons, by how often interviewers ask: in half of the time, or more where drilling
    needs less. Then a question about each skill that is at risk or not mastered and that can be known by then; what is
    asked most and known least goes before the rest. What is left is for the other answers, and then shared in the same
    way between reading in full and a second round, which comes last, after a pause if need be: a sitting of its own.
    """
    unread = sorted((lesson for lesson in study.lessons if study.unread(lesson)), key=study.weight, reverse=True)
    worth = sorted((skill for skill in study.skills if _worth(study, skill)), key=_value(study), reverse=True)

    answers = _fitting(unread, _answer, max(minutes // 2, minutes - _round(worth)))
    left = minutes - sum(map(_answer, answers))

    known = _prepared([skill for skill in worth if _can_be_asked(study, skill, answers)])
    first = _fitting(known, _seconds, left * 60)
    left -= _round(first)

    more = _fitting((lesson for lesson in unread if lesson not in answers), _answer, left)
    answers = [lesson for lesson in unread if lesson in answers or lesson in more]
    left -= sum(map(_answer, more))

    full = _fitting(answers, _in_full(study), max(left // 2, left - _round(first)))
    left -= sum(map(_in_full(study), full))

    apart = _round(first) + sum(map(_in_full(study), full))  # of the two questions about a skill
    second = _fitting(first, _seconds, left * 60)
    if apart + left - _round(second) < AGAIN // MINUTE:
        second = []
    left -= _round(second)
    pause = min(left, max(0, SITTING // MINUTE - apart)) if second else 0

    return (
        *(Item("answer", _answer(lesson), lesson.id) for lesson in answers),
        *_drill(first),
        *(Item("read", _in_full(study)(lesson), lesson.id) for lesson in full),
        *_rest(pause),
        *_drill(second),
        *_rest(left - pause),
        *_left(study, {lesson.id for lesson in unread} - {lesson.id for lesson in answers}, set(worth) - set(first)),
    )


def _worth(study: Study, skill: Skill) -> bool:
    return study.at_risk(skill) or not study.mastered(skill)


def _value(study: Study) -> Callable[[Skill], float]:
    """What a question about the skill is worth: how often it is asked, by how much of it would be missing."""
    return lambda skill: skill.weight * (1 - study.chance(skill, study.horizon))


def _can_be_asked(study: Study, skill: Skill, answers: list[Lesson]) -> bool:
    """Whether it was asked before, or read, or will have been read about tonight."""
    read = (skill.lesson, skill.step) in study.read
    return skill.id in study.memories or read or any(lesson.id == skill.lesson for lesson in answers)


def _prepared(skills: list[Skill]) -> list[Skill]:
    """The same skills, each after those of them that it requires."""
    chosen = {skill.id: skill for skill in skills}
    order: dict[str, Skill] = {}

    def place(skill: Skill) -> None:
        for other in skill.requires:
            if other in chosen and other not in order:
                place(chosen[other])
        order[skill.id] = skill

    for skill in skills:
        if skill.id not in order:
            place(skill)
    return list(order.values())


def _fitting(things: Iterable[T], cost: Callable[[T], float], budget: float) -> list[T]:
    """The things, taken in turn, that fit."""
    taken = []
    for thing in things:
        if cost(thing) <= budget:
            budget -= cost(thing)
            taken.append(thing)
    return taken


def _seconds(skill: Skill) -> float:
    return skill.seconds


def _answer(lesson: Lesson) -> int:
    """The minutes of its answer."""
    return ceil(lesson.answer_seconds / 60)


def _in_full(study: Study) -> Callable[[Lesson], int]:
    """The minutes of what is unread of a lesson."""
    return lambda lesson: ceil(len(study.unread(lesson)) * lesson.step_seconds / 60)


def _round(skills: Iterable[Skill]) -> int:
    """The minutes of a question about each."""
    return ceil(sum(map(_seconds, skills)) / 60)


def _drill(skills: list[Skill]) -> list[Item]:
    return [Item("drill", _round(skills), skills=tuple(skill.id for skill in mixed(skills)))] if skills else []


def _rest(minutes: int) -> list[Item]:
    return [Item("rest", minutes)] if minutes else []


def _left(study: Study, lessons: set[str], skills: set[Skill]) -> Iterable[Item]:
    """What there is no time for, by lesson."""
    for lesson in study.lessons:
        missed = tuple(skill.id for skill in study.taught(lesson) if skill in skills)
        if missed or lesson.id in lessons:
            yield Item("leave", 0, lesson.id, missed)
