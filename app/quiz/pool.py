"""All there is to ask, and which of it a quiz asks: the same for the same seed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.question import Question
from app.quiz.written import Written

SEEDS = 1_000_000

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

    def of_skill(self, skill: str) -> tuple[Source, ...]:
        """The sources that ask about that skill."""
        return tuple(source for source in self.sources if source.skill == skill)

    def draw(self, skills: Iterable[str], seed: int, count: int, level: int = 3) -> tuple[Pick, ...]:
        """A quiz on those skills: in turns, none harder than `level` where there is another, no source twice in a row.

        A source comes again, with another seed, only when all others of its skill have been asked.
        """
        dice = Dice(f"quiz/{seed}")
        turns = [skill for skill in dict.fromkeys(skills) if self.of_skill(skill)]
        dice.shuffle(turns)
        decks: dict[str, list[Source]] = {skill: [] for skill in turns}
        picks: list[Pick] = []
        while turns and len(picks) < count:
            skill = turns[len(picks) % len(turns)]
            if not decks[skill]:
                decks[skill] = self._shuffled(skill, level, dice)
            picks.append(Pick(decks[skill].pop().id, dice.randrange(SEEDS)))
        return tuple(picks)

    def again(self, ids: Iterable[str], seed: int) -> tuple[Pick, ...]:
        """Those very sources, each once, with the numbers of this seed."""
        dice = Dice(f"again/{seed}")
        return tuple(Pick(id, dice.randrange(SEEDS)) for id in dict.fromkeys(ids) if id in self)

    def _shuffled(self, skill: str, level: int, dice: Dice) -> list[Source]:
        sources = self.of_skill(skill)
        deck = [source for source in sources if source.level <= level] or list(sources)
        dice.shuffle(deck)
        return deck
