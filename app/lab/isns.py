"""What numbers count from at any point of a run: ISNs as the world would choose them, replayed from what was sent."""

from collections.abc import Iterable

from app.sim.numbers import Numbers
from app.sim.scenario import Scenario
from app.sim.trace import Sent


def numbers(scenario: Scenario, sent: Iterable[Sent]) -> Numbers:
    """The world's own bookkeeping of ISNs after those segments, the first ones of a run."""
    known = Numbers({s.host: int(s.value) for s in scenario.settings if s.name == "isn" and s.host})
    for one in sent:
        if one.forged:
            known.said(one.source, one.conn, known.base(one.source, one.conn), forged=True)
        elif one.segment.syn:
            known.said(one.source, one.conn, one.segment.seq)
    return known
