"""The sockets of a host as `ss -tan` lists them."""

from functools import lru_cache

from app.draw.addresses import name
from app.draw.names import SS
from app.sim.trace import Key, Returned, Trace
from app.tcp.block import Block
from app.tcp.segment import distance
from app.tcp.states import State

HEADER = ("State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port")
WIDTHS = (10, 6, 6, 18, 0)


def ss(trace: Trace, moment: int, host: str) -> str:
    """`ss -tan` on that host after that moment: its listener, then its connections."""
    lines = [_line(*HEADER)]
    queues = trace.queues(moment, host)
    if queues is not None and trace.state(moment, host, -1) is State.LISTEN:
        limit = "-" if queues.limit is None else str(queues.limit)
        lines.append(_line(SS[State.LISTEN], str(len(queues.accept)), limit, "0.0.0.0:80", "0.0.0.0:*"))
    ends = _ends(trace)
    for owner, conn in trace.connections:
        block = trace.block(moment, host, conn) if owner == host else None
        if block is None:
            continue
        own, other, peer = ends[host, conn]
        lines.append(
            _line(
                SS[block.state],
                str(_received(trace, moment, host, conn, block)),
                str(_unacknowledged(block)),
                f"{host}:{own}",
                f"{name(trace, peer, conn)}:{other}",
            )
        )
    return "\n".join(lines)


@lru_cache(maxsize=4)
def _ends(trace: Trace) -> dict[Key, tuple[int, int, str]]:
    """Of each endpoint its port, its peer's, and its peer: asked for at every moment of a trace, on every host."""
    heard = {(sent.target, sent.conn): (sent.ports[1], sent.ports[0], sent.source) for sent in trace.sent}
    return heard | {(sent.source, sent.conn): (*sent.ports, sent.target) for sent in trace.sent}


def _line(*cells: str) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _received(trace: Trace, moment: int, host: str, conn: int, block: Block) -> int:
    """What the program has not read; a FIN counts one until a read has returned end of file, which close() is not."""
    if block.state is State.TIME_WAIT or not block.fin_received:
        return block.unread
    come = next(
        step.at
        for step in trace.moments
        if (known := step.blocks.get((host, conn))) is not None and known.fin_received and known.irs == block.irs
    )
    read = any(
        isinstance(event, Returned)
        and (event.host, event.conn, event.call) == (host, conn, "recv")
        and event.at >= come
        for step in trace.moments[: moment + 1]
        for event in step.events
    )
    return block.unread + (not read)


def _unacknowledged(block: Block) -> int:
    """What was given to send and is not acknowledged; a request in the SYN queue and TIME-WAIT show nothing.

    Fast Open makes a socket of a request at once, whose SYN is not counted (`tcp_create_openreq_child`).
    """
    half_open = block.state is State.SYN_RECEIVED and block.passive
    if block.state is State.TIME_WAIT or (half_open and not block.fast_open):
        return 0
    waits = block.fin_wanted and block.fin_seq is None  # the FIN is queued behind what is unsent (`tcp_send_fin`)
    return distance(block.snd_una, block.snd_nxt) - half_open + block.unsent + waits
