"""Where everybody stands: the addresses of a capture, from networks that are for documentation (RFC 5737)."""

from functools import lru_cache

from app.sim.faults import Flood, Forged
from app.sim.forging import forgeries
from app.sim.trace import Sent, Trace

NETWORK = (192, 0, 2)  # TEST-NET-1
ELSEWHERE = (198, 51, 100)  # TEST-NET-2: where the SYNs of a flood pretend to come from


def address(trace: Trace, host: str, conn: int) -> tuple[int, ...]:
    """192.0.2.1 for the first host that is drawn, and so on; another network for who floods a listener."""
    return _pretended(trace, host, conn) or (*NETWORK, trace.scenario.hosts.index(host) + 1)


def name(trace: Trace, host: str, conn: int) -> str:
    """The host's name; of who floods a listener the address, since nobody is there (RFC 4987 §2)."""
    pretended = _pretended(trace, host, conn)
    return ".".join(map(str, pretended)) if pretended else host


def named(trace: Trace, sent: Sent) -> Sent:
    """The segment between those names."""
    ends = source, target = name(trace, sent.source, sent.conn), name(trace, sent.target, sent.conn)
    return sent if ends == (sent.source, sent.target) else sent._replace(source=source, target=target)


def _pretended(trace: Trace, host: str, conn: int) -> tuple[int, ...]:
    """The address that a flood gives as its own; empty for a host that is there."""
    forged = trace.scenario.forged
    if not forged or conn not in _flooding(forged) or trace.scenario.calls(host, "listen"):
        return ()
    return (*ELSEWHERE, conn % 250 + 1)


@lru_cache(maxsize=64)
def _flooding(forged: tuple[Forged | Flood, ...]) -> frozenset[int | None]:
    return frozenset(forgery.conn for forgery in forgeries(forged) if forgery.spoofed)
