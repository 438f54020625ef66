"""One evening before the interview, in minutes: what to read, what to drill, what to leave. Pure."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import timedelta
from math import ceil
from typing import Literal, NamedTuple, TypeVar

from app.progress.mastery import SITTING
from app.progress.reviews import mixed
from app.progress.schedule import AGAIN
from app.progress.study import ANSWERS, Lesson, Skill, Study

T = TypeVar("T")

MINUTE = timedelta(minutes=1)


class Item(NamedTuple):
    """A piece of the evening.

    `answer`: read a lesson's answer in half a minute, and say it. `drill`: a question about each of `skills`, in that
    order. `read`: what is unread of a lesson, in full. `again`: a second question about each of `skills`. `rest`: a
    pause, or nothing is left that helps. `leave`: there is no time for a lesson, with the `skills` that it teaches;
    `skip`: none for questions about `skills` of a lesson whose answer is read. These two take no minutes.
    """

    kind: Literal["answer", "drill", "read", "again", "rest", "leave", "skip"]
    minutes: int
    lesson: str = ""
    skills: tuple[str, ...] = ()


def done(study: Study, read: Set[tuple[str, str]], answered: Sequence[str]) -> tuple[Item, ...]:
    """What has been done of an evening in which these steps were read and these skills answered, once or more often."""
    seconds = {skill.id: skill.seconds for skill in study.skills}
    asked = tuple(skill for skill in answered if skill in seconds)
    drilled = [Item("drill", _minutes(sum(seconds[skill] for skill in asked)), skills=asked)] if asked else []
    steps = {lesson: sum((lesson.id, step) in read for step in lesson.steps) for lesson in study.lessons}
    return (
        *(Item("answer", _answer(lesson), lesson.id) for lesson in study.lessons if (lesson.id, ANSWERS) in read),
        *drilled,
        *(Item("read", _minutes(steps[one] * one.step_seconds), one.id) for one in study.lessons if steps[one]),
    )


def tonight(study: Study, minutes: int, before: Sequence[Item] = ()) -> tuple[Item, ...]:
    """The rest of an evening of so many minutes, after what was done `before`, in the order in which it goes.

    The items' minutes are in all what is left. First the answers of unread lessons, what interviewers ask most and the
    learner knows least: in half of the evening, or more where drilling needs less. Then by the same rule a question
    about each skill that is at risk or not mastered, can be known by then and was not right this evening. What is left
    is for the other answers, and then shared in the same way between reading in full and a second round, which comes
    last, after a pause if need be: a sitting of its own. What was chosen comes after what it requires.
    """
    unread = sorted((lesson for lesson in study.lessons if study.unread(lesson)), key=study.gain, reverse=True)
    unheard = [lesson for lesson in unread if not study.knows_answer(lesson.id)]
    worth = sorted((skill for skill in study.skills if _worth(study, skill)), key=study.value, reverse=True)
    held = [skill for skill in worth if skill.id in _right(study, before)]
    fresh = [skill for skill in worth if skill not in held]

    left = max(0, minutes - _spent(before))
    talk = max(minutes // 2, minutes - _spent(before, "drill") - _round(fresh)) - _spent(before, "answer")
    answers = _fitting(unheard, _answer, min(left, talk))
    left -= sum(map(_answer, answers))

    first = _fitting((skill for skill in fresh if _can_be_asked(study, skill, answers)), _seconds, left * 60)
    left -= _round(first)

    more = _fitting((lesson for lesson in unheard if lesson not in answers), _answer, left)
    answers += more
    left -= sum(map(_answer, more))

    heard = [lesson for lesson in unread if lesson in answers or lesson not in unheard]
    full = _fitting(heard, _in_full(study), max(left // 2, left - _round([*first, *held])))
    left -= sum(map(_in_full(study), full))

    second = _fitting([*first, *held], _seconds, left * 60)
    apart = _apart(study, first, held) + sum(map(_in_full(study), full))  # minutes between two questions about a skill
    if apart + left - _round(second) < AGAIN // MINUTE:
        second = []
    left -= _round(second)
    pause = min(left, max(0, SITTING // MINUTE - apart)) if second else 0

    return (
        *(Item("answer", _answer(lesson), lesson.id) for lesson in _in_order(answers, study.requires)),
        *_questions("drill", _in_order(first, study.prepares)),
        *(Item("read", _in_full(study)(lesson), lesson.id) for lesson in _in_order(full, study.requires)),
        *_rest(pause),
        *_questions("again", _in_order(second, study.prepares)),
        *_rest(left - pause),
        *_left(study, [lesson for lesson in unheard if lesson not in answers], set(fresh) - set(first)),
    )


def _worth(study: Study, skill: Skill) -> bool:
    return study.at_risk(skill) or not study.mastered(skill)


def _right(study: Study, before: Iterable[Item]) -> set[str]:
    """The skills that were asked about this evening and are known."""
    asked = {skill for item in before for skill in item.skills}
    return {skill for skill in asked if skill in study.memories and not study.memories[skill].failed}


def _can_be_asked(study: Study, skill: Skill, answers: list[Lesson]) -> bool:
    """Whether it was asked before, or read, or will have been read about tonight."""
    read = (skill.lesson, skill.step) in study.read or study.knows_answer(skill.lesson)
    return skill.id in study.memories or read or any(lesson.id == skill.lesson for lesson in answers)


def _apart(study: Study, first: list[Skill], held: list[Skill]) -> int:
    """The minutes from a first question about a skill to the end of the first round."""
    if first or not held:
        return _round(first)
    return (study.now - max(study.memories[skill.id].last for skill in held)) // MINUTE


def _in_order(chosen: list[T], required: Callable[[T], Iterable[T]]) -> list[T]:
    """The same things, each after those of them that it requires, be it through others."""
    order: list[T] = []
    seen: list[T] = []

    def place(thing: T) -> None:
        if thing in seen:
            return
        seen.append(thing)
        for other in required(thing):
            place(other)
        order.append(thing)

    for thing in chosen:
        place(thing)
    return [thing for thing in order if thing in chosen]


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


def _minutes(seconds: float) -> int:
    return ceil(seconds / 60)


def _answer(lesson: Lesson) -> int:
    """The minutes of its answer."""
    return _minutes(lesson.answer_seconds)


def _in_full(study: Study) -> Callable[[Lesson], int]:
    """The minutes of what is unread of a lesson."""
    return lambda lesson: _minutes(len(study.unread(lesson)) * lesson.step_seconds)


def _round(skills: Iterable[Skill]) -> int:
    """The minutes of a question about each."""
    return _minutes(sum(map(_seconds, skills)))


def _spent(items: Iterable[Item], *kinds: str) -> int:
    """The minutes of the items, of those kinds if any are named."""
    return sum(item.minutes for item in items if not kinds or item.kind in kinds)


def _questions(kind: Literal["drill", "again"], skills: list[Skill]) -> list[Item]:
    return [Item(kind, _round(skills), skills=tuple(skill.id for skill in mixed(skills)))] if skills else []


def _rest(minutes: int) -> list[Item]:
    return [Item("rest", minutes)] if minutes else []


def _left(study: Study, lessons: list[Lesson], skills: set[Skill]) -> Iterable[Item]:
    """What there is no time for, by lesson."""
    for lesson in study.lessons:
        missed = tuple(skill.id for skill in study.taught(lesson) if skill in skills)
        if lesson in lessons:
            yield Item("leave", 0, lesson.id, missed)
        elif missed:
            yield Item("skip", 0, lesson.id, missed)
