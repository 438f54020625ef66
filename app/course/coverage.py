"""What interviewers were seen to ask (content/corpus.toml), and which lessons and questions answer it."""

from collections.abc import Iterator

from app.course.corpus import Asked
from app.course.lesson import Course
from app.course.manuscript import LANGS, Manuscript, anchors
from app.course.source import Source


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
    """A line for each: its id, lesson, questions; the last line counts those that have a question."""
    covered = 0
    for one in asked:
        questions = one.questions(course.pool)
        covered += bool(questions)
        yield f"{one.id}  {one.lesson}  {', '.join(questions) or '—'}"
    yield f"covered {covered} of {len(asked)}"
