"""The course as planning sees it: lessons with their steps, skills with what they require and how much they weigh."""

from collections.abc import Mapping
from statistics import mean
from typing import NamedTuple

from app.course.lesson import Course
from app.progress.study import Lesson, Skill
from app.quiz.pool import Pool
from app.web.pace import PACES


class Syllabus(NamedTuple):
    """Lessons and skills in the order of the course."""

    lessons: tuple[Lesson, ...]
    skills: tuple[Skill, ...]


def syllabus(course: Course) -> Syllabus:
    """The syllabus of a course: it is the same in every language."""
    edition = next(iter(course.editions.values()))
    answered, practised = _answered(course), _practised(course)
    lessons = tuple(
        Lesson(lesson.slug, tuple(step.id for step in lesson.steps), answered.get(lesson.slug, 1))
        for lesson in edition.lessons.values()
    )
    skills = tuple(
        Skill(
            skill.id,
            skill.lesson,
            skill.anchor,
            skill.requires,
            practised.get(skill.id, 1),
            _seconds(course.pool, skill.id),
        )
        for lesson in edition.lessons.values()
        for skill in lesson.skills
    )
    return Syllabus(lessons, skills)


def _answered(course: Course) -> Mapping[str, float]:
    """How often the one question is asked that a lesson answers and that is asked most."""
    most: dict[str, float] = {}
    for asked in course.corpus:
        lesson = asked.lesson.partition("#")[0]
        most[lesson] = max(asked.sources, most.get(lesson, 0))
    return most


def _practised(course: Course) -> dict[str, float]:
    """How often a skill is asked for; what asks for several of them is shared out among them."""
    weights: dict[str, float] = {}
    for asked in course.corpus:
        about = {course.pool.skill(id) for id in asked.questions(course.pool) if id in course.pool}
        for skill in about:
            weights[skill] = weights.get(skill, 0) + asked.sources / len(about)
    return weights


def _seconds(pool: Pool, skill: str) -> float:
    """What a question about the skill takes."""
    return mean([PACES[pool.kind(source.id)].usual for source in pool.of_skill(skill)] or [PACES["single"].usual])
