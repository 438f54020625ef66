"""Pictures for one language: what the course needs of `app.draw`, each made once for a scenario."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.course.captures import Captures
from app.course.scenarios import Scenarios
from app.course.source import Mistake
from app.draw.panels import MomentView, moments
from app.draw.sequence import Drawing, sequence
from app.sim.trace import Trace
from app.words import MissingWords, Words


class Stage:
    """Draws the scenarios in the words of one language. Raises Mistake where one does not run, or words are missing."""

    def __init__(self, scenarios: Scenarios, captures: Captures, words: Words) -> None:
        self.scenarios, self.captures = scenarios, captures
        self._words = words
        self._moments: dict[tuple[str, bool], tuple[MomentView, ...]] = {}

    def drawing(self, scenario: str, name: str, *, absolute: bool = False) -> Drawing:
        """The sequence diagram; `name` keeps its ids apart from those of another one on the same page."""
        with _all_words():
            return sequence(self._told(scenario, absolute), self._words, id=name)

    def moments(self, scenario: str, *, absolute: bool = False) -> tuple[MomentView, ...]:
        """What stands beside the diagram, moment by moment."""
        key = (scenario, absolute)
        if key not in self._moments:
            with _all_words():
                self._moments[key] = moments(self._told(scenario, absolute), self._words)
        return self._moments[key]

    def _told(self, scenario: str, absolute: bool) -> Trace:
        trace = self.scenarios.trace(scenario)
        return trace.in_absolute_numbers() if absolute else trace


@contextmanager
def _all_words() -> Iterator[None]:
    try:
        yield
    except MissingWords as missing:
        raise Mistake(f"words are missing from content/locale: {missing.args[0]}") from missing
