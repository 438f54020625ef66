"""Every generator, many seeds, both languages: honest questions, keys that hold, wrong answers that are told apart."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.folders import folder
from app.quiz.answers import Malformed
from app.quiz.forms import Build, Choices, Number, Table
from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.question import Question
from app.quiz.worlds import is_machine, parts
from app.words import load
from tests.quiz.content import anew, content, digests

ROOT = Path(__file__).parents[2]
SEEDS = range(int(os.environ.get("ACKADEMY_SEEDS", "20")))
WORDS = load(folder("content") / "locale")

assert LOADED


def spelled(made: Question) -> list[dict[str, str]]:
    """The key in every accepted spelling and base."""
    key = dict(made.form.key)
    found = [key]
    if isinstance(made.form, Number):
        found += [{"number": hex(made.form.value)}, {"number": f" {made.form.value:,} "}]
        found += [{"number": str(value)} for value in made.form.also]
    elif isinstance(made.form, Table):
        for change in (str.lower, lambda text: text.replace("-", "_")):
            found.append({f: change(v) if f.endswith(("client", "server")) else v for f, v in key.items()})
        found.append({f: hex(int(v)) if v.isdigit() else v for f, v in key.items()})
    elif isinstance(made.form, Build):
        found.append({f: hex(int(v)) if v.isdigit() else v for f, v in key.items()})
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", GENERATORS)
def test_a_question_is_honest(id: str, seed: int) -> None:
    made = question(id, seed)
    for words in WORDS.values():
        for text in (made.prompt, made.why, made.tell):
            assert text.told(words).strip()
    for key in spelled(made):
        verdict = made.form.grade(key)
        assert verdict.right, (key, made.form)
        assert verdict.belief is None
        assert all(verdict.marks.values())
    mistakes = made.form.mistakes
    assert mistakes
    for belief, answer in mistakes:
        verdict = made.form.grade(answer)
        assert not verdict.right, (belief, answer)
        assert verdict.belief in GENERATORS[id].beliefs
        assert not all(verdict.marks.values())
        if is_machine(belief):  # there is another world to show to whoever believes it
            assert made.trace is not None
            assert parts(made.trace, belief)
    if isinstance(made.form, (Choices, Number)):
        assert [made.form.grade(answer).belief for _, answer in mistakes] == [belief for belief, _ in mistakes]
    if isinstance(made.form, Choices):
        for words in WORDS.values():
            told = [option.text.told(words) for option in made.form.options]
            assert len(set(told)) == len(told) >= (2 if made.form.several else 3)
        assert made.form.several or sum(option.right for option in made.form.options) == 1


@pytest.mark.parametrize("id", GENERATORS)
def test_every_misconception_of_a_generator_leads_astray_sometimes(id: str) -> None:
    met = {belief for seed in range(80) for belief, _ in question(id, seed).form.mistakes}
    assert met == set(GENERATORS[id].beliefs)


@pytest.mark.parametrize("id", GENERATORS)
def test_a_question_is_the_same_whenever_it_is_made(id: str) -> None:
    for seed in range(2):
        made = content(anew(id, seed))
        assert made == content(anew(id, seed)) == content(question(id, seed))
        assert made != content(anew(id, seed + 1))


@pytest.mark.parametrize("hashing", ["1", "2"])
def test_a_question_is_the_same_in_every_process(hashing: str) -> None:
    program = "import json; from tests.quiz.content import digests; print(json.dumps(digests(3)))"
    environment = {**os.environ, "PYTHONHASHSEED": hashing}
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(made.stdout) == digests(3)


@pytest.mark.parametrize("id", GENERATORS)
def test_seeds_make_different_questions(id: str) -> None:
    asked = {(str(made.form.key), made.trace and str(made.scenario)) for made in (question(id, n) for n in range(8))}
    assert len(asked) > 3


@pytest.mark.parametrize("id", GENERATORS)
def test_an_empty_answer_is_asked_for_again(id: str) -> None:
    with pytest.raises(Malformed):
        question(id, 1).form.grade({})
