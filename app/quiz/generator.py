"""Generators: functions from dice to a question, registered with what they ask about."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from app.quiz.dice import Dice, dice
from app.quiz.forms import Number, Option
from app.quiz.question import KINDS, Form, Question, Shown
from app.quiz.say import Say, Text, say
from app.quiz.worlds import imagined, is_machine, parts
from app.sim.scenario import Scenario
from app.sim.trace import Trace
from app.sim.world import run

V = TypeVar("V", bound=Hashable)
ATTEMPTS = 60
BELIEFS_MOST = 5


class Redraw(Exception):
    """These dice give no honest question: too few wrong answers that somebody would believe."""


class Draft(NamedTuple):
    """What a generator makes of the dice: the question without its name. `see` is a moment of the trace."""

    trace: Trace
    form: Form
    see: int
    shown: tuple[Shown, ...] = ()
    prompt: Say | None = None  # quiz.GENERATOR.prompt without parameters, where there is none
    why: Say | None = None  # quiz.GENERATOR.why
    tell: Say | None = None  # quiz.GENERATOR.tell
    absolute: bool = False


@dataclass(frozen=True)
class Generator:
    """A source of questions on one skill. `beliefs` are the misconceptions that its wrong answers stand for."""

    id: str
    skill: str
    kind: str
    level: int
    beliefs: tuple[str, ...]
    source: str
    make: Callable[[Dice], Draft]


GENERATORS: dict[str, Generator] = {}


def generator(
    *, skill: str, kind: str, level: int, beliefs: tuple[str, ...], source: str
) -> Callable[[Callable[[Dice], Draft]], Callable[[Dice], Draft]]:
    """Register a function under its name, with hyphens.

    Raises ValueError for a kind that is none, no misconceptions or too many, or a name that is taken.
    """

    def register(make: Callable[[Dice], Draft]) -> Callable[[Dice], Draft]:
        id = make.__name__.replace("_", "-")
        if kind not in KINDS or not 1 <= len(beliefs) <= BELIEFS_MOST or id in GENERATORS:
            raise ValueError(f"generator {id}: no such kind, no misconceptions or too many, or made twice")
        GENERATORS[id] = Generator(id, skill, kind, level, beliefs, source, make)
        return make

    return register


@lru_cache(maxsize=512)
def question(id: str, seed: int) -> Question:
    """The question of that generator and seed: the same, always. Raises KeyError for an unknown generator.

    Raises ValueError where a wrong answer stands for none of the generator's misconceptions, and where the dice give no
    honest question.
    """
    made = GENERATORS[id]
    for attempt in range(ATTEMPTS):
        try:
            draft = made.make(dice(id, seed, attempt))
        except Redraw:
            continue
        stray = {belief for belief, _ in draft.form.mistakes} - set(made.beliefs)
        if stray or not draft.form.mistakes or untagged(draft.form):
            raise ValueError(f"generator {id}: a wrong answer without a misconception of its own: {stray or ''}")
        if any(_pretends(draft.trace, belief) for belief, _ in draft.form.mistakes):
            continue
        return Question(
            id,
            seed,
            made.skill,
            made.kind,
            made.level,
            draft.prompt or say(f"quiz.{id}.prompt"),
            draft.shown,
            draft.form,
            draft.why or say(f"quiz.{id}.why"),
            draft.tell or say(f"quiz.{id}.tell"),
            made.source,
            draft.trace.scenario,
            draft.trace,
            draft.see,
            draft.absolute,
        )
    raise ValueError(f"generator {id}: no honest question in {ATTEMPTS} attempts with seed {seed}")


def untagged(form: Form) -> bool:
    """Whether a wrong option names no misconception."""
    options = getattr(form, "options", ())
    return any(not option.belief and not option.right for option in options)


def worlds(scenario: Scenario, beliefs: tuple[str, ...]) -> tuple[Trace, dict[str, Trace]]:
    """What happens, and what would happen under each of the misconceptions that are dialects."""
    return run(scenario), {belief: imagined(scenario, belief) for belief in beliefs if is_machine(belief)}


def lures(
    trace: Trace,
    believed: Mapping[str, Trace],
    ask: Callable[[Trace], V],
    formulas: Mapping[str, V] | None = None,
    *,
    least: int = 2,
    most: int = 3,
) -> tuple[V, list[tuple[str, V]]]:
    """The key, and the wrong answers that misconceptions give: different from the key and from each other.

    `ask` may raise LookupError in a believed world that has no answer; `formulas` are answers that misconceptions give
    without being run: of those that are dialects, only where their world is another. Raises Redraw where fewer than
    `least` are left.
    """
    key = ask(trace)
    found: list[tuple[str, V]] = []
    told = [(belief, value) for belief, value in (formulas or {}).items() if not _pretends(trace, belief)]
    for belief, value in (*_asked(believed, ask), *told):
        if value != key and value not in (other for _, other in found):
            found.append((belief, value))
    if len(found) < least:
        raise Redraw
    return key, found[:most]


def options(dice: Dice, key: V, wrong: list[tuple[str, V]], label: Callable[[V], Text]) -> tuple[Option, ...]:
    """The right option and the wrong ones, shuffled."""
    found = [Option(label(key), right=True), *(Option(label(value), False, belief) for belief, value in wrong)]
    dice.shuffle(found)
    return tuple(found)


def number(
    key: int, wrong: list[tuple[str, int]], unit: Say | None = None, *, also: frozenset[int] = frozenset()
) -> Number:
    """A number to enter; `also` is right, too, unless a misconception gives it."""
    return Number(key, tuple(wrong), unit, also - {value for _, value in wrong})


def _pretends(trace: Trace, belief: str) -> bool:
    """Whether a misconception is a dialect that changes nothing here: nobody who holds it would answer otherwise."""
    return is_machine(belief) and not parts(trace, belief)


def _asked(believed: Mapping[str, Trace], ask: Callable[[Trace], V]) -> list[tuple[str, V]]:
    found = []
    for belief, trace in believed.items():
        try:
            found.append((belief, ask(trace)))
        except LookupError:
            continue
    return found
