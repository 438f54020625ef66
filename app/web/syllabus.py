"""The course as planning sees it: lessons with their steps, skills with what they require and how much they weigh."""

from typing import NamedTuple

from app.course.lesson import Course
from app.progress.study import Lesson, Skill


class Syllabus(NamedTuple):
    """Lessons and skills in the order of the course."""

    lessons: tuple[Lesson, ...]
    skills: tuple[Skill, ...]


def syllabus(course: Course) -> Syllabus:
    """The syllabus of a course: it is the same in every language."""
    edition = next(iter(course.editions.values()))
    weights: dict[str, float] = {}
    for asked in course.corpus:
        about = {course.pool.skill(id) for id in asked.questions(course.pool) if id in course.pool}
        for skill in about:
            weights[skill] = weights.get(skill, 0) + asked.sources / len(about)
    lessons = tuple(Lesson(lesson.slug, tuple(step.id for step in lesson.steps)) for lesson in edition.lessons.values())
    skills = tuple(
        Skill(skill.id, skill.lesson, skill.anchor, skill.requires, weights.get(skill.id, 0) or 1)
        for lesson in edition.lessons.values()
        for skill in lesson.skills
    )
    return Syllabus(lessons, skills)
