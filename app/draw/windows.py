"""The window field of the header: 16 bits, shifted once both SYNs have said by how much (RFC 7323 §2)."""

from app.sim.trace import Sent, Trace

Shifts = dict[tuple[str, int], int]  # by host and connection

MOST = 65535


def shifts(trace: Trace) -> Shifts:
    """By how much each end's windows are shifted: as its SYN says, where both SYNs do (RFC 7323 §2.2)."""
    said = {(s.source, s.conn): s.segment.options.wscale for s in trace.sent if s.segment.syn and not s.forged}
    return {
        key: shift
        for key, shift in said.items()
        if shift is not None and all(other is not None for (_, conn), other in said.items() if conn == key[1])
    }


def window(sent: Sent, known: Shifts) -> int:
    """What stands in the field: of a SYN the window itself, of any later segment the shifted one."""
    segment = sent.segment
    return min(segment.window >> (0 if segment.syn else known.get((sent.source, sent.conn), 0)), MOST)
