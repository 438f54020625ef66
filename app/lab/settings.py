"""What `set:` says: the dialect, sysctls, ISNs, beliefs, and when a run ends.

Forks are pure: each returns another scenario, or raises ForkError.
"""

from app.lab.sound import ForkError, read, sound
from app.sim.program import Setting
from app.sim.reader import read_settings
from app.sim.scenario import Scenario
from app.sim.settings import BOUND, BOUNDS, SYSCTLS
from app.tcp.dialect import LINUX


def choose(scenario: Scenario, name: str, value: int | str, host: str | None = None) -> Scenario:
    """`client.isn=1000`, `tcp_syn_retries=2`: for that host, or (None) for all, instead of what was said before."""
    whose = "" if host is None else f"{host}."
    dialect, end, settings = read(read_settings, f"{whose}{name}={value}")
    if (dialect, end) != (None, None) or len(settings) != 1:
        raise ForkError("scenario.expected-setting")
    same = [i for i, setting in enumerate(scenario.settings) if setting[:2] == settings[0][:2]]
    if not same:
        return sound(scenario._replace(settings=(*scenario.settings, settings[0])))
    kept = [settings[0] if i == same[0] else s for i, s in enumerate(scenario.settings) if i not in same[1:]]
    return sound(scenario._replace(settings=tuple(kept)))


def default_of(name: str) -> int:
    """The value of a sysctl that leaves the machine as it is: Linux's own."""
    values = range(BOUNDS.get(name, BOUND) + 1)
    return next(n for n in values if all(getattr(LINUX, what) == is_so for what, is_so in SYSCTLS[name](n).items()))


def default(scenario: Scenario, name: str, host: str | None = None) -> Scenario:
    """What was said of it for that host, or for all, is not said any more."""
    return sound(scenario._replace(settings=tuple(s for s in scenario.settings if s[:2] != (host, name))))


def speak(scenario: Scenario, dialect: str) -> Scenario:
    """That dialect, `rfc` or `linux`. Under `rfc` there are no sysctls: what is said of them goes."""
    named, _, _ = read(read_settings, dialect)
    if named is None:
        raise ForkError("scenario.expected-setting")
    scenario = scenario._replace(dialect=named)
    if named == "rfc":
        scenario = scenario._replace(
            settings=tuple(setting for setting in scenario.settings if setting.name not in SYSCTLS),
            deeds=tuple(d for d in scenario.deeds if not (isinstance(d.deed, Setting) and d.deed.name in SYSCTLS)),
        )
    return sound(scenario)


def end(scenario: Scenario, us: int | None) -> Scenario:
    """The run ends then; None: when nothing is left to happen."""
    return sound(scenario._replace(end=us))
