"""The experiment that an address holds: a scenario, and with it the language, the host, the ground and the moment."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from app.draw.sequence import sequence
from app.draw.svg import Drawing
from app.sim.cursor import ScenarioError
from app.sim.digest import DIGEST
from app.sim.program import FORMS
from app.sim.scenario import Scenario, from_query, to_query
from app.sim.trace import Trace
from app.sim.when import time
from app.sim.world import run
from app.sim.writer import duration
from app.web.lab_address import why
from app.web.language import CODES
from app.web.palette import Ground
from app.words import Words

GROUNDS = ("light", "dark")
LONGEST = 20_000  # characters of a query
# What is drawn of a run: beyond that it is no picture any more.
MOST_SEGMENTS, MOST_ENDS = 600, 128
MOST_CROSSINGS = 20_000  # segments times the lines that they pass: how large the drawing gets


class Unreadable(Exception):
    """The address says something that cannot be: a message id, its parameters, and the status to answer with."""

    def __init__(self, message: str, status: int = 422, **params: str | int) -> None:
        super().__init__(message)
        self.message, self.status, self.params = message, status, params

    def told(self, words: Words) -> str:
        """The sentence about it."""
        return words(self.message, **self.params)


class Misspelt(Unreadable):
    """A mistake in the scenario itself: which key of the address, and where in it (both from 1)."""

    def __init__(self, mistake: ScenarioError, key: str) -> None:
        status = 413 if mistake.message == "scenario.too-long" else 422
        what = why(mistake, key)
        super().__init__(what.message, status, **what.params)
        self.key, self.column = key, max(1, mistake.column - len(f"{key}: "))

    def told(self, words: Words) -> str:
        """Where it is and what was expected."""
        return words("share.misspelt", key=self.key, column=self.column, sentence=super().told(words))


@dataclass(frozen=True)
class Experiment:
    """What was asked for; `moment` is None where no time was said, and then everything has happened."""

    scenario: Scenario
    trace: Trace
    lang: str = ""
    ground: Ground = "light"
    host: str | None = None
    moment: int | None = None

    @property
    def query(self) -> str:
        """The canonical query of the lab for the scenario and the moment."""
        return to_query(self.scenario) + ("" if self.moment is None else "&" + urlencode({"t": self.time}))

    @property
    def time(self) -> str:
        """The time of the moment as an address has it."""
        return duration(self.trace.moments[self.moment or 0].at)

    def check_drawable(self) -> None:
        """`Unreadable` where more happens than a picture can hold."""
        if not drawable(self.trace):
            raise Unreadable("lab.too-much")

    def drawing(self, words: Words) -> Drawing:
        """The whole run as a diagram. `Unreadable` where more happens than it can hold."""
        self.check_drawable()
        return sequence(self.trace, words, id="diagram")

    @property
    def last(self) -> int:
        """The last moment."""
        return len(self.trace.moments) - 1

    @property
    def here(self) -> int:
        """The moment to be shown."""
        return self.last if self.moment is None else self.moment


def drawable(trace: Trace) -> bool:
    """Whether a picture can hold what happens in that run."""
    segments, ends = len(trace.sent), len(trace.connections)
    lines = max(ends, len(trace.scenario.hosts))
    return segments <= MOST_SEGMENTS and ends <= MOST_ENDS and segments * lines <= MOST_CROSSINGS


def experiment(query: str) -> Experiment:
    """The experiment of a query string. `Unreadable` where it makes no sense; never longer than the bounds of a run."""
    if len(query) > LONGEST:
        raise Unreadable("share.too-long", 413, limit=LONGEST)
    own, rest = _parted(query)
    scenario, trace = _ran(urlencode(rest))
    host = own.get("host")
    if host is not None and host not in scenario.hosts:
        raise Unreadable("share.no-host", host=host[:40], hosts=", ".join(scenario.hosts))
    at = time(own["t"]) if own.get("t") else None
    if own.get("t") and at is None:
        raise Unreadable("share.no-time", time=own["t"][:40])
    moment = None if at is None else trace.moment_at(at).index
    ground: Ground = "dark" if own.get("theme") == "dark" else "light"
    told = trace.in_absolute_numbers() if own.get("num") == "abs" else trace
    return Experiment(scenario, told, own.get("lang", ""), ground, host, moment)


def _parted(query: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What is about the picture, and what is the scenario: a host may be called `lang` or `host`, too."""
    own, rest = {}, []
    for key, value in parse_qsl(query, keep_blank_values=True):
        ours = (
            key in ("t", "sel", "num")
            or (key == "as" and DIGEST.fullmatch(value))
            or (key == "lang" and value in CODES)
            or (key == "theme" and value in (*GROUNDS, "system"))
            or (key == "host" and value.isalnum() and value not in FORMS)
        )
        if ours:
            own[key] = value
        else:
            rest.append((key, value))
    return own, rest


@lru_cache(maxsize=64)
def _ran(query: str) -> tuple[Scenario, Trace]:
    """The scenario and what came of it; the last ones are remembered, for the pictures of a page come after it."""
    try:
        scenario = from_query(query)
    except ScenarioError as mistake:
        keys = [key for key, _ in parse_qsl(query, keep_blank_values=True) if key != "v"]
        raise Misspelt(mistake, keys[mistake.line - 1] if mistake.line <= len(keys) else "") from None
    return scenario, run(scenario)
