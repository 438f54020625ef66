"""How much somebody did to an experiment: what a second scenario says that the first one does not."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from app.sim.program import Call, Setting
from app.sim.scenario import Scenario


class Effort(NamedTuple):
    """The number of changes of each kind. When a run ends (`end=…`) is nobody's doing and counts for nothing."""

    wire: int = 0  # faults, cuts and delays
    at: int = 0  # calls, sysctls and blows at an instant
    forge: int = 0  # segments that nobody sent; a flood is one
    calls: int = 0  # of programs: inserted, removed or changed
    settings: int = 0
    beliefs: int = 0  # a host believes something, or does not any more
    dialect: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of which there are any."""
        return tuple(kind for kind, number in zip(self._fields, self, strict=True) if number)


KINDS = Effort._fields


def effort(start: Scenario, scenario: Scenario) -> Effort:
    """What leads from the one to the other, counted. The same scenario: nothing."""
    old, new = (
        {(program.host, program.number): program.calls for program in one.programs} for one in (start, scenario)
    )
    return Effort(
        wire=_changed(start.wire, scenario.wire),
        at=_changed(start.deeds, scenario.deeds),
        forge=_changed(start.forged, scenario.forged),
        calls=sum(_edits(old.get(key), new.get(key)) for key in old.keys() | new.keys()),
        settings=_changed(_settings(start, beliefs=False), _settings(scenario, beliefs=False)),
        beliefs=_changed(_settings(start, beliefs=True), _settings(scenario, beliefs=True)),
        dialect=int(start.dialect != scenario.dialect),
    )


def _settings(scenario: Scenario, *, beliefs: bool) -> list[Setting]:
    return [setting for setting in scenario.settings if (setting.name == "belief") is beliefs]


def _changed(old: Iterable[Hashable], new: Iterable[Hashable]) -> int:
    """How many entries were added, removed or put in the place of another; their order does not count."""
    before, after = Counter(old), Counter(new)
    return max((after - before).total(), (before - after).total())


def _edits(old: tuple[Call, ...] | None, new: tuple[Call, ...] | None) -> int:
    """The fewest calls that must be inserted, removed or changed; a program that comes or goes is one at least."""
    if old is None or new is None:
        return max(len(old or new or ()), 1)
    row = list(range(len(new) + 1))
    for i, call in enumerate(old, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(new, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + _edit(call, other))
    return row[-1]


def _edit(old: Call, new: Call) -> int:
    """Whether a call is another one; in a block, how many calls are."""
    if old == new:
        return 0
    if old.block is not None and new.block is not None and old._replace(block=None) == new._replace(block=None):
        return _edits(old.block, new.block)
    return 1
