"""What a quiz asks: its skills in turns, nothing too hard, nothing over and over."""

from itertools import pairwise

import pytest

from app.quiz.forms import Choices, Option
from app.quiz.generator import GENERATORS
from app.quiz.pool import LINKS, Pool, next_seed
from app.quiz.question import Question
from app.quiz.written import Written

SEEDS = range(12)
SKILLS = sorted({made.skill for made in GENERATORS.values()})
ONE_GENERATOR = next(skill for skill in SKILLS if len(Pool({}).of_skill(skill)) == 1)
SEVERAL = [skill for skill in SKILLS if len(Pool({}).of_skill(skill)) > 1]
ONLY_WRITTEN = "written.only"


def written(id: str, skill: str, level: int = 1) -> Written:
    form = Choices((Option("yes", right=True), Option("no", right=False, belief="no")))
    return Written(Question(id, 0, skill, "single", level, "?", (), form, "why", "tell", "rfc:9293#3.4"), ())


def pool(*questions: Written) -> Pool:
    return Pool({one.id: one for one in questions})


MIXED = pool(
    *(written(f"{skill}-{n}", skill, n) for skill in (ONE_GENERATOR, ONLY_WRITTEN, *SEVERAL[:3]) for n in (1, 2, 3))
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_nothing_is_harder_than_it_should_be_where_there_is_another(level: int, seed: int) -> None:
    levels = {source.id: source.level for source in MIXED.sources}
    for skill in {source.skill for source in MIXED.sources}:
        least = min(source.level for source in MIXED.of_skill(skill))
        hardest = max(levels[pick.id] for pick in MIXED.draw([skill], seed, 6, level))
        assert hardest <= level or least > level


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("skill", SEVERAL)
def test_a_generator_comes_again_only_after_the_others_and_not_twice_in_a_row(skill: str, seed: int) -> None:
    everything = Pool({})
    sources = {source.id for source in everything.of_skill(skill)}
    asked = [pick.id for pick in everything.draw([skill], seed, 30)]
    assert len(asked) == 30
    assert all(one != two for one, two in pairwise(asked))
    for start in range(0, 30 - len(sources) + 1, len(sources)):
        assert set(asked[start : start + len(sources)]) == sources


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_written_is_asked_once(seed: int) -> None:
    asked = [pick.id for pick in MIXED.draw([ONE_GENERATOR, ONLY_WRITTEN, *SEVERAL[:3]], seed, 60)]
    assert len(asked) == 60
    assert sorted(id for id in asked if id in MIXED.written) == sorted(MIXED.written)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_generator_may_come_again_as_the_last_that_can(seed: int) -> None:
    picks = MIXED.draw([ONE_GENERATOR], seed, 12)
    assert len(set(picks)) == 12
    assert sum(pick.id in GENERATORS for pick in picks) == 9


def test_a_quiz_ends_where_all_is_written_and_asked() -> None:
    assert {pick.id for pick in MIXED.draw([ONLY_WRITTEN], 1, 10)} == {f"{ONLY_WRITTEN}-{n}" for n in (1, 2, 3)}
    assert len(MIXED.draw([ONLY_WRITTEN], 1, 10)) == 3
    assert len(MIXED.draw([ONLY_WRITTEN], 1, 10, 1)) == 1
    assert MIXED.draw([], 1, 10) == MIXED.draw(["no.skill"], 1, 10) == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_another_part_of_the_quiz_asks_is_not_asked_again(seed: int) -> None:
    besides = [f"{ONLY_WRITTEN}-2"]
    assert {pick.id for pick in MIXED.draw([ONLY_WRITTEN], seed, 10, besides=besides)} == {
        f"{ONLY_WRITTEN}-1",
        f"{ONLY_WRITTEN}-3",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_skills_take_turns(seed: int) -> None:
    skills = [MIXED.skill(pick.id) for pick in MIXED.draw(SEVERAL, seed, 3 * len(SEVERAL))]
    turn = skills[: len(SEVERAL)]
    assert sorted(turn) == SEVERAL
    assert skills == 3 * turn


def test_a_link_asks_the_same_of_everyone_and_another_seed_something_else() -> None:
    again = pool(*MIXED.written.values())
    drawn = [MIXED.draw(SKILLS, seed, 20, 2) for seed in SEEDS]
    assert drawn == [again.draw(SKILLS, seed, 20, 2) for seed in SEEDS]
    assert len(set(drawn)) == len(SEEDS)


def test_questions_by_name_come_in_order_each_once() -> None:
    ids = ["third-segment", "ack-of-the-syn", "no-such-question", "third-segment"]
    assert [pick.id for pick in MIXED.again(ids, 5)] == ["third-segment", "ack-of-the-syn"]
    assert MIXED.again(ids, 5) == MIXED.again(ids, 5) != MIXED.again(ids, 6)


def test_the_last_seed_is_followed_by_the_first() -> None:
    assert next_seed(7) == 8
    assert next_seed(LINKS - 1) == 0
