"""All there is to ask, and which of it a quiz asks: the same for the same seed."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.question import Question
from app.quiz.written import Written

SEEDS = 1_000_000  # that a quiz chooses from
LINKS = 10**12  # seeds that an address can name

assert LOADED


class Source(NamedTuple):
    """A generator or a written question, as far as choosing goes."""

    id: str
    skill: str
    level: int


class Pick(NamedTuple):
    """One question of a quiz."""

    id: str
    seed: int


class Pool:
    """The generators and the written questions of the course."""

    def __init__(self, written: Mapping[str, Written]) -> None:
        self.written = written
        generated = (Source(one.id, one.skill, one.level) for one in GENERATORS.values())
        self.sources = (*generated, *(Source(one.id, one.skill, one.level) for one in written.values()))
        self._known = {source.id: source for source in self.sources}

    def __contains__(self, id: object) -> bool:
        return id in self._known

    @property
    def beliefs(self) -> frozenset[str]:
        """The misconceptions that some wrong answer stands for."""
        generated = (belief for generator in GENERATORS.values() for belief in generator.beliefs)
        written = (belief for one in self.written.values() for belief, _ in one.model.form.mistakes)
        return frozenset((*generated, *written))

    def question(self, id: str, seed: int) -> Question:
        """The question of that source and seed. Raises KeyError for an unknown source."""
        return self.written[id].question(seed) if id in self.written else question(id, seed)

    def skill(self, id: str) -> str:
        """The skill that a source asks about. Raises KeyError for an unknown source."""
        return self._known[id].skill

    def kind(self, id: str) -> str:
        """The kind of a source's questions. Raises KeyError for an unknown source."""
        return self.written[id].model.kind if id in self.written else GENERATORS[id].kind

    def of_skill(self, skill: str) -> tuple[Source, ...]:
        """The sources that ask about that skill."""
        return tuple(source for source in self.sources if source.skill == skill)

    def draw(
        self, skills: Iterable[str], seed: int, count: int, level: int = 3, besides: Iterable[str] = ()
    ) -> tuple[Pick, ...]:
        """A quiz on those skills, in turns, none harder than `level` where the skill has another.

        A generator comes again, with another seed, only when all others of its skill have been asked, and twice in a
        row only when it is the last that can. A written question comes once, and not at all if it is `besides`, asked
        in another part of the quiz; where no more is left, the quiz is shorter than `count`.
        """
        dice = Dice(f"quiz/{seed}")
        skills = [skill for skill in dict.fromkeys(skills) if self.of_skill(skill)]
        dice.shuffle(skills)
        turns = deque(skills)
        decks: dict[str, list[Source]] = {}
        asked = list(besides)
        picks: list[Pick] = []
        while turns and len(picks) < count:
            skill = turns.popleft()
            if not decks.get(skill):
                decks[skill] = self._shuffled(skill, level, dice, asked)
            if decks[skill]:
                picks.append(Pick(decks[skill].pop().id, dice.randrange(SEEDS)))
                asked.append(picks[-1].id)
                turns.append(skill)
        return tuple(picks)

    def again(self, ids: Iterable[str], seed: int) -> tuple[Pick, ...]:
        """Those very sources, each once, with the numbers of this seed."""
        dice = Dice(f"again/{seed}")
        return tuple(Pick(id, dice.randrange(SEEDS)) for id in dict.fromkeys(ids) if id in self)

    def _shuffled(self, skill: str, level: int, dice: Dice, asked: Sequence[str]) -> list[Source]:
        """What that skill can still be asked, from the last to the first; not first what it was asked last."""
        sources = self.of_skill(skill)
        fitting = [source for source in sources if source.level <= level] or sources
        deck = [source for source in fitting if not (source.id in self.written and source.id in asked)]
        dice.shuffle(deck)
        last = next((id for id in reversed(asked) if self.skill(id) == skill), None)
        if deck and deck[-1].id == last:
            deck[0], deck[-1] = deck[-1], deck[0]
        return deck


def next_seed(seed: int) -> int:
    """The seed of the same thing with other numbers: never one that an address can't name."""
    return (seed + 1) % LINKS
