"""What numbers count from at any point of a run: ISNs as the world would choose them, replayed from what was sent."""

from collections.abc import Iterable

from app.sim.numbers import Numbers
from app.sim.scenario import Scenario
from app.sim.trace import Sent, Trace


def own_isns(trace: Trace) -> dict[str, int]:
    """The ISN of the first connection of each host that sent a SYN, as it chooses it where no setting does.

    Without the hosts that chose none: the number of a SYN-ACK may be a cookie.
    """
    free, first = Numbers({}), dict[str, Sent]()
    for sent in trace.sent:
        if sent.segment.syn and not sent.forged:
            first.setdefault(sent.source, sent)
            if len(first) == len(trace.scenario.hosts):
                break
    isns = {host: free.isn(host, sent.conn, sent.at) for host, sent in first.items()}
    said = {setting.host for setting in trace.scenario.settings if setting.name == "isn"}
    return {host: isn for host, isn in isns.items() if host in said or isn == first[host].segment.seq}


def numbers(scenario: Scenario, sent: Iterable[Sent]) -> Numbers:
    """The world's own bookkeeping of ISNs after those segments, the first ones of a run."""
    known = Numbers({s.host: int(s.value) for s in scenario.settings if s.name == "isn" and s.host})
    for one in sent:
        if one.forged:
            known.said(one.source, one.conn, known.base(one.source, one.conn), forged=True)
        elif one.segment.syn:
            known.said(one.source, one.conn, one.segment.seq)
    return known
