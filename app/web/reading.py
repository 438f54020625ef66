"""Where a reader stands in a lesson, and what may be seen from there. `static/js/reading.js` keeps the same rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from app.course.blocks import Choice, Player, Predict
from app.course.lesson import Lesson, StepRef

_NUMBER = re.compile(r"[0-9]{1,9}")
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(us|ms|s)")
_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000}


class NoSuchStep(LookupError):
    """The address names a step that the lesson does not have."""


@dataclass(frozen=True)
class Reading:
    """The place of a reader as the address says it; `query` writes it back, equal places equally."""

    step: int
    moment: int  # in the player of that step
    answers: tuple[tuple[str, int], ...] = ()  # in the order of the predictions
    at: str = ""  # the time of the moment where it is not the step's own
    said: bool = False  # whether the address named a step

    @property
    def query(self) -> str:
        """The canonical query string: "" or with its question mark."""
        pairs = [("step", str(self.step))] if self.said else []
        pairs += [("t", self.at)] if self.at else []
        pairs += [(id, str(option)) for id, option in self.answers]
        return f"?{urlencode(pairs)}" if pairs else ""

    def answered(self, prediction: str) -> bool:
        """Whether that prediction has been made."""
        return any(id == prediction for id, _ in self.answers)

    def at_step(self, number: int) -> "Reading":
        """The same answers, another step; its own moment is not written."""
        return replace(self, step=number, at="", said=True)


class Controls(NamedTuple):
    """The steps where a player's buttons lead, and which of its steps is shown: number `place` of `of`."""

    previous: int | None
    next: int | None
    place: int
    of: int


def read(lesson: Lesson, query: Mapping[str, str]) -> Reading:
    """What the query string says. An unknown step raises `NoSuchStep`; other nonsense is passed over."""
    said = query.get("step", "1")
    number = int(said) if _NUMBER.fullmatch(said) else 0
    if not 1 <= number <= max(1, len(lesson.steps)):
        raise NoSuchStep(said)
    if not lesson.steps:
        return Reading(1, 0, said="step" in query)
    step = lesson.steps[number - 1]
    reading = Reading(step.number, step.moment, _answers(lesson, query), said="step" in query)
    moment = _moment(lesson, step, query.get("t", ""))
    if moment is None:
        return reading
    player = _player(lesson, step.player)
    moment = min(moment, horizon(player, reading))
    return reading if moment == step.moment else replace(reading, moment=moment, at=time(player.moments[moment].at))


def open_prediction(player: Player, reading: Reading) -> Predict | None:
    """The first prediction of a player that lies at or ahead of the reader and has no answer."""
    ahead = (step for step in player.steps if isinstance(step, Predict) and step.number >= reading.step)
    return next((predict for predict in ahead if not reading.answered(predict.id)), None)


def horizon(player: Player, reading: Reading) -> int:
    """The last moment of a player that may be seen."""
    asked = open_prediction(player, reading)
    return asked.moment if asked else len(player.moments) - 1


def moment_of(player: Player, reading: Reading) -> int:
    """The moment that a player shows: the reader's own if they read it, else that of its step nearest to them.

    A player without steps is shown whole.
    """
    if not player.steps:
        return len(player.moments) - 1
    if any(step.number == reading.step for step in player.steps):
        return reading.moment
    first, last = player.steps[0], player.steps[-1]
    return first.moment if first.number > reading.step else last.moment


def controls(player: Player, step: int, steps: int) -> Controls:
    """Where the buttons of a player lead from that step, of so many in the lesson.

    They run on into the player before and after.
    """
    if not player.steps:
        return Controls(None, None, 0, 0)
    first, last, own = player.steps[0].number, player.steps[-1].number, len(player.steps)
    if step < first:
        return Controls(None, first, 1, own)
    here = min(step, last)
    return Controls(here - 1 if here > 1 else None, here + 1 if here < steps else None, here - first + 1, own)


def shown(lesson: Lesson, step: int) -> frozenset[str]:
    """The players that are shown at that step: of a choice the one that is read, or was read last, or comes first."""
    put_aside = set()
    for block in lesson.body:
        if isinstance(block, Choice):
            begun = [player for player in block.players if player.steps[0].number <= step]
            chosen = begun[-1] if begun else block.players[0]
            put_aside |= {player.id for player in block.players if player is not chosen}
    return frozenset(player.id for player in lesson.players) - put_aside


def time(at: int) -> str:
    """Microseconds as the scenario notation writes them, in the largest unit that needs no fraction."""
    if at % _UNITS["s"] == 0 and at:
        return f"{at // _UNITS['s']}s"
    return f"{at // _UNITS['ms']}ms" if at % _UNITS["ms"] == 0 else f"{at}us"


def _answers(lesson: Lesson, query: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """The answers that choose an option that there is."""
    if query.keys().isdisjoint(step.id for step in lesson.steps):
        return ()
    return tuple(
        (predict.id, option.number)
        for player in lesson.players
        for predict in player.steps
        if isinstance(predict, Predict)
        for option in predict.options
        if query.get(predict.id) == str(option.number)
    )


def _moment(lesson: Lesson, step: StepRef, text: str) -> int | None:
    """The last moment of the step's player at or before that time; None where the text is no time."""
    if not (match := _TIME.fullmatch(text)):
        return None
    microseconds = round(float(match[1]) * _UNITS[match[2]])
    moments = _player(lesson, step.player).moments
    return max((moment.index for moment in moments if moment.at <= microseconds), default=0)


def _player(lesson: Lesson, id: str) -> Player:
    return next(player for player in lesson.players if player.id == id)
