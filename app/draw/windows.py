"""The window field of the header: 16 bits, shifted once both SYNs have said by how much (RFC 7323 §2)."""

from app.sim.trace import Sent, Trace

Shifts = dict[tuple[str, int], int]  # by host and connection

MOST = 65535


def shifts(trace: Trace) -> Shifts:
    """By how much each end's windows are shifted: as its SYN says, where both SYNs do (RFC 7323 §2.2)."""
    said = {(s.source, s.conn): s.segment.options.wscale for s in trace.sent if s.segment.syn and not s.forged}
    by_conn: dict[int, list[int | None]] = {}
    for (_, conn), shift in said.items():
        by_conn.setdefault(conn, []).append(shift)
    agreed = {conn for conn, both in by_conn.items() if len(both) > 1 and None not in both}
    return {key: shift for key, shift in said.items() if shift is not None and key[1] in agreed}


def window(sent: Sent, known: Shifts) -> int:
    """What stands in the field: of a SYN the window itself, of any later segment the shifted one."""
    segment = sent.segment
    return min(segment.window >> (0 if segment.syn else known.get((sent.source, sent.conn), 0)), MOST)
