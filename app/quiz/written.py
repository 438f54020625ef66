"""Questions that somebody has written, for what no machine can ask. Their options come in an order of the seed's."""

from dataclasses import dataclass, replace

from app.quiz.dice import dice
from app.quiz.forms import Choices
from app.quiz.question import Question


@dataclass(frozen=True, eq=False)
class Written:
    """A written question; `asked` are the ids of what interviewers were seen to ask that it answers."""

    model: Question
    asked: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its name, which no generator has."""
        return self.model.generator

    @property
    def skill(self) -> str:
        """The skill that it asks about."""
        return self.model.skill

    @property
    def level(self) -> int:
        """How hard it is, 1 to 3."""
        return self.model.level

    def question(self, seed: int) -> Question:
        """The question with its options shuffled."""
        assert isinstance(self.model.form, Choices)
        options = list(self.model.form.options)
        dice(self.id, seed, 0).shuffle(options)
        return replace(self.model, seed=seed, form=replace(self.model.form, options=tuple(options)))
