"""The content itself."""

from app.course.check import check
from app.course.compile import load
from app.folders import folder
from app.words import load as load_words


def test_the_content_has_no_problems() -> None:
    assert [str(problem) for problem in check(folder("content"))] == []


def test_the_course_loads() -> None:
    course = load(folder("content"), load_words(folder("content") / "locale"))
    assert {lang: len(edition.lessons) for lang, edition in course.editions.items()} == {"zh": 16, "en": 16}
