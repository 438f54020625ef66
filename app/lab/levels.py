"""Levels: where an experiment starts, what is to be made of it, and in how few actions it can be done."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from app.lab.effort import KINDS, Effort, effort
from app.lab.goals import Clause, Verdict, judge, parse_goal
from app.sim.cursor import ScenarioError
from app.sim.scenario import Scenario, parse
from app.sim.trace import Trace
from app.sim.when import Nonsense, time
from app.sim.world import run


class LevelError(ValueError):
    """What is wrong with a file of levels, as a sentence for its author."""


class Wording(NamedTuple):
    """A level in one language."""

    title: str
    task: str
    hint: str


class Level(NamedTuple):
    """`par` is the number of actions that the stored solution takes, `allowed` the kinds of action that count here.

    `t` is the instant (µs) to open at. `words` is by language.
    """

    id: str
    start: Scenario
    goal: tuple[Clause, ...]
    par: int
    allowed: tuple[str, ...]
    solution: Scenario
    t: int
    words: Mapping[str, Wording]


class Attempt(NamedTuple):
    """How a scenario does on a level; `forbidden` are the kinds of action that it takes though they do not count."""

    trace: Trace
    verdict: Verdict
    effort: Effort
    forbidden: tuple[str, ...]

    @property
    def solved(self) -> bool:
        """Whether the goal is reached by what is allowed."""
        return self.verdict.met and not self.forbidden


def attempt(level: Level, scenario: Scenario) -> Attempt:
    """Run it and see. A scenario with other programs than the level's is fine, if `calls` are allowed."""
    trace, spent = run(scenario), effort(level.start, scenario)
    forbidden = tuple(kind for kind in spent.kinds if kind not in level.allowed)
    return Attempt(trace, judge(trace, level.goal), spent, forbidden)


def read_levels(text: str, languages: tuple[str, ...]) -> tuple[Level, ...]:
    """The levels of a TOML file, easy ones first. Raises LevelError."""
    try:
        tables = tomllib.loads(text).get("level", [])
    except tomllib.TOMLDecodeError as error:
        raise LevelError(f"not TOML: {error}") from error
    levels = tuple(_level(table, languages) for table in tables)
    ids = [level.id for level in levels]
    if twice := next((id for id in ids if ids.count(id) > 1), None):
        raise LevelError(f"there are two levels {twice}")
    return levels


def _level(table: Mapping[str, Any], languages: tuple[str, ...]) -> Level:
    id = str(table.get("id", "?"))
    if missing := [
        key for key in ("id", "start", "goal", "par", "allowed", "solution", *languages) if key not in table
    ]:
        raise LevelError(f"the level {id} lacks its {', '.join(missing)}")
    if wrong := [kind for kind in table["allowed"] if kind not in KINDS]:
        raise LevelError(f"the level {id} allows {', '.join(wrong)}: there are {', '.join(KINDS)}")
    t = time(str(table.get("t", "0ms")))
    if t is None:
        raise LevelError(f"the level {id} opens at {table['t']}, which is no time")
    try:
        return Level(
            id,
            parse(table["start"]),
            parse_goal(" ".join(table["goal"].split())),
            table["par"],
            tuple(table["allowed"]),
            parse(table["solution"]),
            t,
            {language: Wording(*_worded(id, table[language])) for language in languages},
        )
    except ScenarioError as error:
        raise LevelError(f"a scenario of the level {id}: {error}") from error
    except Nonsense as error:
        raise LevelError(f"the goal of the level {id}: {error}") from error


def _worded(id: str, table: Mapping[str, Any]) -> Iterator[str]:
    for key in Wording._fields:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise LevelError(f"the level {id} has no {key}")
        yield " ".join(table[key].split())
