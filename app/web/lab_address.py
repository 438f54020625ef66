"""A link to the lab: the experiment, the instant, what is selected. Read as far as it makes sense, written one way."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

from app.lab.said import Said, said
from app.sim.cursor import SHORT, ScenarioError
from app.sim.digest import DIGEST
from app.sim.scenario import Scenario, parse, queries, to_query
from app.sim.when import time
from app.sim.writer import duration

OWN = ("t", "v", "sel", "num")  # the keys of a link that are not the notation's
MOST_ENTRIES = 200
_KEY = re.compile(r"[a-z][a-z0-9]{0,30}(?:/[0-9]{1,2})?")
_OF_A_HOST = {"scenario.unknown-call": "lab.key.unknown-call", "scenario.expected-call": "lab.key.expected-call"}
_SELECTED = re.compile(r"[a-z][a-z0-9]{0,30}(?:\.[0-9]{1,6}|(?:-[0-9]{1,3}){2,5})?")
LONGEST_LINK = 20_000  # characters of a query that is looked at

USUAL = parse("server: listen; accept; recv(eof); close\nclient: connect; send(100); close@300ms\nwire: delay 50ms")
EMPTY = parse("server: listen; accept\nclient:\nwire: delay 50ms")


class Place(NamedTuple):
    """Where somebody stands in the lab. `t` is in µs, None for the start; `sel`: a segment, host or call."""

    path: str
    scenario: Scenario
    t: int | None = None
    sel: str = ""
    absolute: bool = False

    @property
    def query(self) -> str:
        """The canonical query, with its question mark."""
        return "?" + to_query(self.scenario) + _rest(self.t, self.sel, self.absolute)

    @property
    def url(self) -> str:
        """The whole address within the site."""
        return self.path + self.query

    def around(self, write: Callable[[str], str] = str) -> Callable[..., str]:
        """Addresses of the same experiment, as `around()(t=…, sel=…)`: it is written once for all of them.

        `write` is how text is written where they will stand.
        """
        experiment, amp = write(self.path + "?" + to_query(self.scenario)), write("&")

        def at(t: int | None = self.t, sel: str = self.sel) -> str:
            return experiment + _rest(t, write(sel), self.absolute, amp)

        return at

    def forked(self) -> Callable[..., str]:
        """Addresses of experiments that have come of this one, as `forked()(scenario, t=…, sel=…)`."""
        query = queries(self.scenario)

        def at(scenario: Scenario, t: int | None = self.t, sel: str = self.sel) -> str:
            return self.path + "?" + query(scenario) + _rest(t, sel, self.absolute)

        return at


def _rest(t: int | None, sel: str, absolute: bool, amp: str = "&") -> str:
    """What a query says after the experiment."""
    rest = "" if t is None else f"{amp}t={duration(t)}"
    if sel:
        rest += f"{amp}sel={sel}"
    return rest + f"{amp}num=abs" if absolute else rest


class Understood(NamedTuple):
    """What a link says, and what is to be said of the rest of it."""

    place: Place
    complaints: tuple[tuple[str, Said], ...]  # what was not understood, and why
    was: str = ""  # the digest of the run as it was when somebody shared the link


def read(path: str, query: str, otherwise: Scenario) -> Understood:
    """Where that link leads. Without a scenario in it: to `otherwise`."""
    own: dict[str, str] = {}
    entries: list[tuple[str, str]] = []
    complaints: list[tuple[str, Said]] = []
    for key, value in parse_qsl(query[:LONGEST_LINK], keep_blank_values=True):
        if key in OWN or (key == "as" and DIGEST.fullmatch(value)):  # a host may be called `as`, too
            own[key] = value
        elif _KEY.fullmatch(key) is None:
            complaints.append((key[:60], said("lab.key.unknown")))
        elif len(entries) < MOST_ENTRIES:
            entries.append((key, re.sub(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029#]", " ", value)))
    t = time(own["t"]) if "t" in own else None
    if own.get("t") and t is None:
        complaints.append((f"t={own['t'][:40]}", said("lab.link.no-time")))
    if own.get("v", "1") != "1":
        complaints.append((f"v={own['v'][:40]}", said("lab.link.version")))
    scenario = _scenario(entries, complaints, otherwise)
    sel = own.get("sel", "") if _SELECTED.fullmatch(own.get("sel", "")) else ""
    return Understood(Place(path, scenario, t, sel, own.get("num") == "abs"), tuple(complaints), own.get("as", ""))


def _scenario(entries: list[tuple[str, str]], complaints: list[tuple[str, Said]], otherwise: Scenario) -> Scenario:
    """What can be read of the entries; each that cannot is left out, and complained of."""
    left = list(entries)
    while left:
        try:
            return parse(_text(left))
        except ScenarioError as error:
            if error.message == "scenario.two-hosts":
                named = {key.split("/")[0] for key, _ in left}
                complaints.append(("", why(error, "")))
                left += [(host, "") for host in ("server", "client") if host not in named]
            else:  # what is wrong with the whole stands at 1:1: the last entry is given up
                whole = (error.line, error.column) == (1, 1) and error.message != "scenario.expected-key"
                key, value = left.pop(-1 if whole else error.line - 1)
                complaints.append((f"{key}: {value[:200]}", why(error, key)))
    return otherwise


def why(error: ScenarioError, key: str) -> Said:
    """What to say of a mistake in the entry `key`. A misspelt one reads as the name of a host: then that, too."""
    host = key.partition("/")[0]
    message = error.message if host in ("", *SHORT) else _OF_A_HOST.get(error.message, error.message)
    more = {"host": host} if message != error.message else {}
    return said(message, **error.params, **more)


def _text(entries: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in entries)
