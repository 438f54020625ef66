"""A trace as a Mermaid `sequenceDiagram`, for wikis and READMEs."""

from collections.abc import Iterator

from app.draw.columns import host_name
from app.draw.happenings import happenings
from app.draw.labels import in_full
from app.sim.trace import Arrived, Sent, Trace
from app.words import Words


def mermaid(trace: Trace, words: Words) -> str:
    """A participant for each host, an arrow for each segment in the order of leaving, a note for each state."""
    return "\n".join(("sequenceDiagram", *(f"    {line}" for line in _lines(trace, words)))) + "\n"


def _lines(trace: Trace, words: Words) -> Iterator[str]:
    for host in trace.scenario.hosts:
        yield f"participant {host} as {_escaped(host_name(words, host))}"
    for moment in trace.moments:
        for happening in happenings(moment):
            trigger = happening.trigger
            if isinstance(trigger, Arrived) and trace.segments[trigger.name].forged:
                yield _arrow(trace.segments[trigger.name], words)
            for change in happening.changed:
                which = "" if change.conn is None or _alone(trace, change.host) else f" ({change.conn})"
                yield f"Note over {change.host}: {change.after.value}{which}"
            for departed in happening.departed:
                yield _arrow(trace.segments[departed.name], words)


def _arrow(sent: Sent, words: Words) -> str:
    """`-x` where it is lost, a dotted line where nobody sent it."""
    arrow = "--)" if sent.forged else "-x" if not sent.arrivals else "->>"
    mark = f"{words('segment.injected')} " if sent.forged else "↻ " if sent.retransmits else ""
    return f"{sent.source}{arrow}{sent.target}: {_escaped(mark + in_full(sent))}"


def _alone(trace: Trace, host: str) -> bool:
    return sum(owner == host for owner, _ in trace.connections) <= 1


def _escaped(text: str) -> str:
    """Mermaid takes `;` and `#` for its own."""
    return text.replace("#", "#35;").replace(";", "#59;")
