"""Skills that fail again and again: not just asked again, but offered as the misconception behind them."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from app.course.lesson import Misconception
from app.draw.clock import clock
from app.progress import attempts
from app.progress.attempts import Attempt
from app.progress.memory import Memory
from app.progress.study import Skill, Study
from app.quiz.answers import Malformed
from app.web.learners import Learner
from app.web.next_time import OFTEN, meant
from app.web.showing import Counterfactual, counterfactual
from app.web.world import World
from app.words import Words

MOST = 3  # ideas on one page


class Idea(NamedTuple):
    """A misconception that keeps a learner from a skill, and how often it gave an answer.

    `mine_url` leads to the last of these answers; `worlds` are the two worlds that part in it, for the first idea of
    a page and if its misconception is a machine's.
    """

    skill: str
    lesson_url: str
    misconception: Misconception
    times: int
    fix_url: str
    mine_url: str
    worlds: Counterfactual | None
    worlds_clock: str


def again_and_again(memory: Memory) -> bool:
    """Whether the skill was wrong several times in a row, or was known and lost several times."""
    return max(memory.failed, memory.lapses) >= OFTEN


def stubborn(study: Study, waiting: Iterable[Skill]) -> tuple[Skill, ...]:
    """Of what is due, and of what was wrong and will be asked again in a moment, the skills that fail again and again.

    The one that was wrong most often comes first.
    """
    wrong = (skill for skill in study.skills if skill.id in study.memories and study.memories[skill.id].failed)
    found = [skill for skill in dict.fromkeys((*waiting, *wrong)) if again_and_again(study.memories[skill.id])]
    return tuple(sorted(found, key=lambda skill: -_wrong(study.memories[skill.id])))


def ideas(here: World, words: Words, learner: Learner, skills: Iterable[Skill]) -> tuple[Idea, ...]:
    """The misconception behind each of these skills that has one, the most frequent of its wrong answers; MOST in all.

    Raises Trouble.
    """
    found: dict[str, Idea] = {}
    with here.store.reading() as connection:
        for skill in skills:
            wrong = _held(here, words, attempts.of_skill(connection, learner.id, skill.id))
            counted = Counter(attempt.belief for attempt in reversed(wrong) if attempt.belief not in found)
            belief = next((belief for belief, _ in counted.most_common(1)), None)
            if belief:
                mine = [attempt for attempt in wrong if attempt.belief == belief]
                found[belief] = _idea(here, words, skill.id, mine, first=not found)
            if len(found) == MOST:
                break
    return tuple(found.values())


def _wrong(memory: Memory) -> int:
    return memory.failed + memory.lapses


def _held(here: World, words: Words, past: list[Attempt]) -> list[Attempt]:
    """The attempts that a misconception explains, and that can still be shown."""
    known = here.course.editions[words.lang].misconceptions
    return [one for one in past if not one.right and one.belief in known and one.source in here.course.pool]


def _idea(here: World, words: Words, skill: str, mine: list[Attempt], *, first: bool) -> Idea:
    last = mine[-1]
    belief = last.belief or ""
    worlds = None
    answer = meant(last.answer)
    question = here.course.pool.question(last.source, last.seed)
    try:
        same = question.form.grade(answer).belief == belief
    except Malformed:
        same = False
    if same and first:
        worlds = counterfactual(question, belief, words)
    return Idea(
        here.skills[skill].names[words.lang],
        here.taught(words.lang, here.skills[skill]),
        here.course.editions[words.lang].misconceptions[belief],
        len(mine),
        f"/{words.lang}/review/fix/{belief}?{urlencode({'skill': skill})}",
        f"/{words.lang}/questions/{last.source}?{urlencode({'seed': last.seed, **answer})}#verdict" if same else "",
        worlds,
        clock(worlds.at) if worlds else "",
    )
