"""What the lab's forms ask for: fields → another scenario, or what is wrong with what was typed, and where."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from app.lab import forks
from app.lab.said import Said, said
from app.lab.settings import default_of
from app.sim.cursor import Cursor, Mentions, ScenarioError
from app.sim.faults import Delay
from app.sim.reader import read_calls
from app.sim.scenario import KEYS, Scenario, parse, written
from app.sim.sockets import DEFAULT_BACKLOG
from app.sim.when import time
from app.web.lab_address import why
from app.web.lab_programs import position

Fields = Mapping[str, str]

SYSCTLS = (  # those that somebody who is learning reaches for
    "tcp_syn_retries",
    "tcp_synack_retries",
    "tcp_retries2",
    "tcp_syncookies",
    "tcp_max_syn_backlog",
    "tcp_abort_on_overflow",
    "somaxconn",
    "tcp_fin_timeout",
    "tcp_tw_reuse",
    "tcp_timestamps",
    "tcp_keepalive_time",
)
DEFAULTS = {name: str(default_of(name)) for name in SYSCTLS}
HOSTS = ("client", "server")  # whose ISN the form asks for
NONE: Mapping[str, int] = {}


class Wrong(Exception):
    """What was typed is not understood: the form (`do`), what to say, the line of it, and the column (from 1).

    `field` is the one that it is about, where the form has several.
    """

    def __init__(
        self, do: str, what: Said, line: str = "", column: int = 0, number: int = 0, *, field: str = ""
    ) -> None:
        super().__init__(what)
        self.do, self.what, self.line, self.column, self.number = do, what, line, column, number
        self.field = field


class Setting(NamedTuple):
    """A field of the settings form: its name, what it holds now, and what is so where it is empty ("": it depends)."""

    name: str
    value: str
    default: str


def changed(scenario: Scenario, fields: Fields) -> Scenario:
    """The scenario after the form `do`. Raises Wrong."""
    do = fields.get("do", "")
    form = FORMS.get(do)
    if form is None:
        raise Wrong("", said("lab.form.unknown"))
    try:
        return form(scenario, fields)
    except forks.ForkError as error:
        raise Wrong(do, said(error.message, **error.params)) from None


def settings(scenario: Scenario, isns: Mapping[str, int] = NONE) -> tuple[Setting, ...]:
    """What the settings form holds, by its fields' names; `isns` are those that the hosts choose by themselves."""
    known = {(s.host, s.name): str(s.value) for s in scenario.settings}
    own = tuple(
        Setting(f"{host}.isn", known.get((host, "isn"), ""), str(isns.get(host, "")))
        for host in HOSTS
        if host in scenario.hosts
    )
    listening = tuple(
        Setting(f"{host}.backlog", _backlog(scenario, host), str(DEFAULT_BACKLOG))
        for host in scenario.hosts
        if _listens(scenario, host)
    )
    if scenario.dialect == "rfc":
        return own + listening
    return own + listening + tuple(Setting(name, known.get((None, name), ""), DEFAULTS[name]) for name in SYSCTLS)


def delay(scenario: Scenario) -> int:
    """The one-way delay of the wire, µs."""
    found = [item.us for item in scenario.wire if isinstance(item, Delay) and item.host is None and not item.since]
    return found[-1] if found else 50_000


def _text(scenario: Scenario, fields: Fields) -> Scenario:
    text = fields.get("text", "")
    try:
        return forks.text(text)
    except ScenarioError as error:
        lines = text.splitlines()
        line = lines[error.line - 1] if error.line <= len(lines) else ""
        raise Wrong("text", why(error, line.partition(":")[0].strip()), line, error.column, error.line) from None


def _program(scenario: Scenario, fields: Fields) -> Scenario:
    host, number, text = fields.get("host", ""), _whole(fields.get("number", "1")), _line(fields)
    if "remove" in fields:
        return forks.remove_program(scenario, host, number)
    _calls("program", text)
    return forks.rewrite(scenario, host, number, text)


def _call(scenario: Scenario, fields: Fields) -> Scenario:
    """One call of a program, by its parts."""
    argument, sign = fields.get("argument", "").strip(), fields.get("sign", "")
    given, when = f"({argument})" if argument else "", sign + fields.get("time", "").strip() if sign else ""
    text = " ".join(f"{fields.get('call', '')}{given}{when}".split())
    _calls("call", text)
    host, number = fields.get("host", ""), _whole(fields.get("number", "1"))
    return forks.change_call(scenario, host, number, position(fields.get("position", "")), text)


def _add(scenario: Scenario, fields: Fields) -> Scenario:
    host, text = fields.get("host", "").strip(), _line(fields)
    _calls("add", text)
    return forks.add_program(scenario, host, text)


def _entry(scenario: Scenario, fields: Fields) -> Scenario:
    key, text = fields.get("key", ""), _line(fields)
    if not text:
        raise forks.ForkError("lab.fork.empty-entry")
    if key not in KEYS:
        raise forks.ForkError("lab.fork.no-entry")
    return _more("entry", scenario, key, text)


def _forge(scenario: Scenario, fields: Fields) -> Scenario:
    host, flags, seq = fields.get("host", ""), fields.get("flags", ""), fields.get("seq", "").strip() or "nxt"
    ack, at = fields.get("ack", "").strip(), fields.get("at", "").strip()
    with _about("forge", "len"):
        length = _whole(fields.get("len", "0") or "0")
    numbers = seq
    if seq != "nxt":
        with _about("forge", "seq"):
            first = _whole(seq)
        numbers = f"{first}:{first + length}({length})"
    elif length:
        numbers = f"nxt({length})"
    said_ack = f" ack {ack or 'nxt'}" if "." in flags else ""
    return _more("forge", scenario, "forge", f"{host} {flags} {numbers}{said_ack} @{at}")


def _settings(scenario: Scenario, fields: Fields) -> Scenario:
    us = time(fields.get("delay", "").strip())
    if us is None:
        raise Wrong("settings", said("scenario.expected-duration"), field="delay")
    changed = scenario if us == delay(scenario) else forks.slow(scenario, us)
    dialect = fields.get("dialect", scenario.dialect)
    if dialect != scenario.dialect:
        changed = forks.speak(changed, dialect)
    for setting in settings(scenario):
        new = fields.get(setting.name, setting.value).strip()
        host, _, name = setting.name.rpartition(".")
        if new == setting.value or (changed.dialect == "rfc" and not host):
            continue
        with _about("settings", setting.name):
            if name == "backlog":
                changed = forks.backlog(changed, host, _whole(new) if new else None)
            elif new:
                changed = forks.choose(changed, name, _whole(new), host or None)
            else:
                changed = forks.default(changed, name, host or None)
    return changed


@contextmanager
def _about(do: str, field: str) -> Iterator[None]:
    """What goes wrong in here is about that field."""
    try:
        yield
    except forks.ForkError as error:
        raise Wrong(do, said(error.message, **error.params), field=field) from None


FORMS: dict[str, Callable[[Scenario, Fields], Scenario]] = {
    "text": _text,
    "program": _program,
    "call": _call,
    "add": _add,
    "entry": _entry,
    "forge": _forge,
    "settings": _settings,
}


def _line(fields: Fields) -> str:
    return " ".join(fields.get("text", "").split())


def _calls(do: str, text: str) -> None:
    """Point at the first mistake in the calls of one program."""
    try:
        read_calls(Cursor(text, 1, Mentions([], [])))
    except ScenarioError as error:
        raise Wrong(do, said(error.message, **error.params), text, error.column) from None


def _more(do: str, scenario: Scenario, key: str, text: str) -> Scenario:
    """With one more line."""
    before = written(scenario)
    try:
        return parse(f"{before}{key}: {text}")
    except ScenarioError as error:
        column = error.column - len(key) - 2 if error.line > before.count("\n") else 0
        raise Wrong(do, said(error.message, **error.params), text, max(column, 0)) from None


def _whole(text: str) -> int:
    text = text.strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10):
        raise forks.ForkError("scenario.expected-number")
    return int(text)


def _listens(scenario: Scenario, host: str) -> bool:
    return scenario.calls(host, "listen")


def _backlog(scenario: Scenario, host: str) -> str:
    calls = (call for program in scenario.programs if program.host == host for call in program.calls)
    number = next((call.number for call in calls if call.name == "listen"), None)
    return "" if number is None else str(number)
