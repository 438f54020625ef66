"""What numbers count from at any point of a run: ISNs as the world would choose them, replayed from what was sent."""

from collections.abc import Iterable

from app.sim.numbers import Numbers
from app.sim.scenario import Scenario
from app.sim.trace import Sent, Trace


def own_isns(trace: Trace) -> dict[str, int]:
    """The ISN of the first connection of each host that sent a SYN, as it chooses it where no setting does."""
    free, found = Numbers({}), dict[str, int]()
    for sent in trace.sent:
        if sent.segment.syn and not sent.forged and sent.source not in found:
            found[sent.source] = free.isn(sent.source, sent.conn, sent.at)
            if len(found) == len(trace.scenario.hosts):
                break
    return found


def numbers(scenario: Scenario, sent: Iterable[Sent]) -> Numbers:
    """The world's own bookkeeping of ISNs after those segments, the first ones of a run."""
    known = Numbers({s.host: int(s.value) for s in scenario.settings if s.name == "isn" and s.host})
    for one in sent:
        if one.forged:
            known.said(one.source, one.conn, known.base(one.source, one.conn), forged=True)
        elif one.segment.syn:
            known.said(one.source, one.conn, one.segment.seq)
    return known
