"""What a host's TCP decides by at an instant: the scenario's dialect with all that has been set until then."""

from app.sim.program import Setting
from app.sim.scenario import Scenario
from app.sim.settings import applied
from app.tcp.dialect import DIALECTS, Dialect


def dialect_at(scenario: Scenario, host: str, at: int) -> Dialect:
    """The dialect of that host at the instant `at` (µs), before anything else happens then."""
    dialect = DIALECTS[scenario.dialect]
    for setting in scenario.settings:
        if setting.host in (None, host):
            dialect = applied(dialect, setting.name, setting.value)
    for deed in sorted(scenario.deeds, key=lambda deed: deed.at):
        if deed.host == host and deed.at <= at and isinstance(deed.deed, Setting):
            dialect = applied(dialect, deed.deed.name, deed.deed.value)
    return dialect
