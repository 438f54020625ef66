"""What interviewers were seen to ask (content/corpus.toml), and which lessons and questions answer it."""

from collections.abc import Iterator
from typing import NamedTuple

from app.course.lesson import Course
from app.course.manuscript import LANGS, Manuscript, anchors
from app.course.source import Source


class Asked(NamedTuple):
    """One question of the corpus: where it is taught, and what asks it. Most often asked first."""

    id: str
    lesson: str
    generators: tuple[str, ...]
    line: int


def corpus(source: Source) -> tuple[Asked, ...]:
    """The corpus in its order; an entry that cannot be read is reported."""
    found = []
    for entry in source.tables("asked"):
        line = source.line_of("id", f'"{entry.get("id", "")}"')
        generators = entry.get("generators", [])
        if not isinstance(entry.get("id"), str) or not isinstance(entry.get("lesson"), str):
            source.report(line, "what is asked has an id and a lesson")
        elif not isinstance(generators, list) or not all(isinstance(one, str) for one in generators):
            source.report(line, "generators are a list of names")
        else:
            found.append(Asked(entry["id"], entry["lesson"], tuple(generators), line))
    return tuple(found)


def inspect(source: Source, asked: tuple[Asked, ...], manuscript: Manuscript, course: Course) -> None:
    """Report entries that lead nowhere, and written questions that claim to answer what is not in the corpus."""
    known = {one.id for one in asked}
    for one in asked:
        slug, _, anchor = one.lesson.partition("#")
        lesson = manuscript.lessons.get(slug, {}).get(LANGS[0])
        if lesson is None or (anchor and anchor not in anchors(lesson)):
            source.report(one.line, f"{one.id}: there is no {one.lesson}")
        for generator in one.generators:
            if generator not in course.pool:
                source.report(one.line, f"{one.id}: there is no generator {generator}")
    for written in course.pool.written.values():
        for id in written.asked:
            if id not in known:
                source.report(1, f"the question {written.id} answers {id}, which is not in the corpus")


def coverage(asked: tuple[Asked, ...], course: Course) -> Iterator[str]:
    """A line for each: its id, lesson, questions; the last line counts those that have both."""
    covered = 0
    for one in asked:
        written = [question.id for question in course.pool.written.values() if one.id in question.asked]
        questions = [*one.generators, *written]
        covered += bool(questions)
        yield f"{one.id}  {one.lesson}  {', '.join(questions) or '—'}"
    yield f"covered {covered} of {len(asked)}"
