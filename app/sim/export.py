"""The trace as JSON: a stable, documented interface. Relative numbers, each host's ISN is 0; times in µs.

`win` is the window that is offered, in bytes, whatever the scale; the header's field is in the capture file.
"""

from typing import Any

from app.sim.scenario import written
from app.sim.trace import Arrived, Called, Changed, Queued, Returned, Sent, Trace
from app.tcp.segment import add, distance

VERSION = 1


def to_json(trace: Trace) -> dict[str, Any]:
    """The trace as plain values, ready for `json.dumps`.

    `result` of a call is a value, an errno name, or `blocked`. `rules` lists, for each arrival, the checks that ran.
    """
    return {
        "version": VERSION,
        "dialect": trace.scenario.dialect,
        "scenario": written(trace.scenario),
        "stopped_by": trace.stopped_by,
        "segments": [_segment(sent) for sent in trace.sent],
        "states": [
            {"at_us": e.at, "host": e.host, "conn": e.conn, "state": e.after.value, "cause": e.cause.value}
            for e in trace.events
            if isinstance(e, Changed)
        ],
        "calls": _calls(trace),
        "queues": [
            {
                "at_us": e.at,
                "host": e.host,
                "syn_queue": len(e.syn),
                "accept_queue": len(e.accept),
                "limit": e.limit,
            }
            for e in trace.events
            if isinstance(e, Queued)
        ],
        "rules": [
            {
                "at_us": e.at,
                "host": e.host,
                "segment": e.name,
                "checks": [{"rule": check.rule, "fired": check.fired, "section": check.section} for check in e.checks],
            }
            for e in trace.events
            if isinstance(e, Arrived)
        ],
        "moments": [moment.at for moment in trace.moments],
    }


def _segment(sent: Sent) -> dict[str, Any]:
    segment = sent.segment
    absolute = {} if sent.seq is not None else {"seq_abs": segment.seq}
    if segment.ack is not None and sent.ack is None:
        absolute["ack_abs"] = segment.ack
    return {
        "n": sent.name,
        "conn": sent.conn,
        "at_us": sent.at,
        "from": sent.source,
        "to": sent.target,
        "flags": list(segment.flags),
        "seq": sent.seq,
        "ack": sent.ack,
        **absolute,
        "len": segment.length,
        "win": segment.window,
        "fate": sent.fate,
        "forged": sent.forged,
        "retransmits": sent.retransmits,
        "options": _options(sent),
        "arrives_us": list(sent.arrivals),
    }


def _options(sent: Sent) -> dict[str, Any]:
    """Those that are there, under the names that the recordings of real kernels use. SACK counts as `ack` does."""
    options = sent.segment.options
    told: dict[str, Any] = {}
    if options.mss is not None:
        told["mss"] = options.mss
    if options.wscale is not None:
        told["wscale"] = options.wscale
    if options.timestamps is not None:
        told["ts"] = list(options.timestamps)
    if options.sack:
        edges = [edge for block in options.sack for edge in block]
        if sent.ack is None or sent.segment.ack is None:
            told["sack_abs"] = edges
        else:
            zero = add(sent.segment.ack, -sent.ack)
            told["sack"] = [distance(zero, edge) for edge in edges]
    if options.cookie is not None:
        told["tfo"] = f"{options.cookie:016x}" if options.cookie else ""
    if options.sack_permitted:
        told["sackok"] = True
    return told


def _calls(trace: Trace) -> list[dict[str, Any]]:
    """Each call with its return. A call that never returned is `blocked`."""
    waiting: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    calls = []
    for event in trace.events:
        if isinstance(event, Called):
            call = {
                "at_us": event.at,
                "host": event.host,
                "conn": event.conn,
                "call": event.call,
                "args": event.args,
                "returned_us": None,
                "result": "blocked",
            }
            calls.append(call)
            waiting.setdefault((event.host, event.call, event.at), []).append(call)
        elif isinstance(event, Returned):
            candidates = waiting[event.host, event.call, event.called_at]
            call = next((c for c in candidates if c["conn"] == event.conn), candidates[0])
            candidates.remove(call)
            call.update(conn=event.conn, returned_us=event.at, result=event.result)
    return calls
