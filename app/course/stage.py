"""Pictures for one language: what the course needs of `app.draw`, each made once for a scenario."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.course.scenarios import Scenarios
from app.course.source import Mistake
from app.draw.panels import MomentView, moments
from app.draw.sequence import Drawing, sequence
from app.words import MissingWords, Words


class Stage:
    """Draws the scenarios in the words of one language. Raises Mistake where one does not run, or words are missing."""

    def __init__(self, scenarios: Scenarios, words: Words) -> None:
        self.scenarios = scenarios
        self._words = words
        self._moments: dict[str, tuple[MomentView, ...]] = {}

    def drawing(self, scenario: str, name: str) -> Drawing:
        """The sequence diagram; `name` keeps its ids apart from those of another one on the same page."""
        with _all_words():
            return sequence(self.scenarios.trace(scenario), self._words, id=name)

    def moments(self, scenario: str) -> tuple[MomentView, ...]:
        """What stands beside the diagram, moment by moment."""
        if scenario not in self._moments:
            with _all_words():
                self._moments[scenario] = moments(self.scenarios.trace(scenario), self._words)
        return self._moments[scenario]


@contextmanager
def _all_words() -> Iterator[None]:
    try:
        yield
    except MissingWords as missing:
        raise Mistake(f"words are missing from content/locale: {missing.args[0]}") from missing
