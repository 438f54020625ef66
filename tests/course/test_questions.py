"""Written questions, misconceptions, what interviewers ask: complete in both languages, or said where they are not."""

import pytest

from app.cli import FAILED, main
from app.course.check import covered
from app.course.compile import load
from app.words import load as load_words
from tests.course.conftest import CORPUS

QUESTIONS = "questions/all/{lang}.md"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#about-order skill=order", "#about-order skill=none", "there is no skill “none”"),
        ("#about-order skill=order", "#about-number skill=order", "the id “about-number” is taken: line 1 has it"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(content, old: str, new: str, problem: str) -> None:
    for lang in ("zh", "en"):
        content.change(QUESTIONS.format(lang=lang), old, new)
    assert any(problem in said for said in content.problems()), content.problems()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("level=1", "level=9", "a level is 1, 2, 3, not “9”"),
        ("1:wrong", "1:other", "there is no misconception “other”"),
        ("1:wrong", "wrong", "expected option:misconception, not “wrong”"),
        ("1:wrong", "1:wrong 7:wrong", "there is no option 7 to stand for “wrong”"),
        ("1:wrong", "0:wrong", "there is no option 0 to stand for “wrong”"),
        ("1:wrong", "1:wrong 2:wrong", "option 2 is right and stands for no misconception"),
        ("1:wrong", "1:wrong 1:wrong", "option 1 stands for two misconceptions: “wrong” and “wrong”"),
        ("rfc:9293#3.4", "rfc:9293#99", "RFC 9293 has no section 99 in sources.toml"),
        ("- [x] The SYN", "- [ ] The SYN", "at least one option of a question is right, and one wrong: [x]"),
        (
            ":::say\nA SYN takes a number.\n:::\n",
            "",
            "a question ends with one sentence to say in the interview: :::say",
        ),
        ('asked="Q001"', 'asked="Q999"', "answers Q999, which is not in the corpus"),
    ],
)
def test_and_everywhere_that_it_is_wrong(content, old: str, new: str, problem: str) -> None:
    for lang in ("zh", "en"):
        path = content.root / QUESTIONS.format(lang=lang)
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert any(problem in said for said in content.problems()), content.problems()


def test_a_skill_that_nothing_asks_about_is_reported(content) -> None:
    for lang in ("zh", "en"):
        path = content.root / QUESTIONS.format(lang=lang)
        path.write_text(path.read_text(encoding="utf-8").replace("skill=number", "skill=order"), encoding="utf-8")
    assert content.problems() == ["content/skills.toml:9: nothing asks about the skill number"]


def test_a_misconception_that_no_answer_stands_for_is_reported(content) -> None:
    for lang in ("zh", "en"):
        path = content.root / QUESTIONS.format(lang=lang)
        path.write_text(path.read_text(encoding="utf-8").replace(' beliefs="1:wrong"', ""), encoding="utf-8")
    assert content.problems() == ["content/misconceptions/zh.md:1: no wrong answer stands for the misconception wrong"]


def test_the_corpus_leads_to_lessons_and_generators(content) -> None:
    content.change("corpus.toml", "first#syn", "first#none")
    content.change("corpus.toml", "generators = []", 'generators = ["none"]')
    assert content.problems() == [
        "content/corpus.toml:2: Q001: there is no first#none",
        "content/corpus.toml:2: Q001: there is no generator none",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("sources = 1", "sources = 1\nsource = 2", "what is asked has no key “source”"),
        ("sources = 1\n", f"sources = 1\n\n{CORPUS}", "Q001 is there twice"),
    ],
)
def test_the_corpus_has_no_other_keys_and_no_id_twice(content, old: str, new: str, problem: str) -> None:
    content.change("corpus.toml", old, new)
    assert content.problems() == [f"content/corpus.toml:2: {problem}"]


def test_coverage_of_content_with_problems_fails(content, capsys) -> None:
    asked = ["check", "--coverage", "--content", str(content.root)]
    assert main(asked) == 0
    content.change("corpus.toml", "first#syn", "first#none")
    assert main(asked) == FAILED
    assert "content/corpus.toml:2: Q001: there is no first#none" in capsys.readouterr().out


def test_coverage_counts_what_has_a_question(content) -> None:
    assert covered(content.root) == ["Q001  first#syn  about-order, about-number", "covered 1 of 1"]


def test_options_come_in_an_order_of_the_seeds(content) -> None:
    pool = load(content.root, load_words(content.root / "locale")).pool
    orders = {tuple(option.right for option in pool.question("about-order", seed).form.options) for seed in range(20)}
    assert orders == {(True, False), (False, True)}
    for seed in range(20):
        made = pool.question("about-order", seed)
        assert made.form.grade(made.form.key).right
        assert [belief for belief, _ in made.form.mistakes] == ["wrong"]
