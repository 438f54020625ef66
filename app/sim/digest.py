"""What a run came to, in eight letters: a link that has them can tell whether the machine still does the same."""

import re
from hashlib import blake2b

from app.sim.trace import Changed, Returned, Sent, Trace

DIGEST = re.compile(r"[0-9a-f]{8}")


def digest(trace: Trace) -> str:
    """The same for as long as a diagram of the run tells the same story.

    Of that are the segments with their relative numbers, the states, what the calls returned, and when; not the words,
    the layout, or the sections of the RFC.
    """
    story: list[tuple[object, ...]] = [(trace.stopped_by,)]
    story += (_sent(sent) for sent in trace.sent)
    for event in trace.events:
        if isinstance(event, Changed):
            story.append((event.at, event.host, event.conn, event.after.value))
        elif isinstance(event, Returned):
            story.append((event.at, event.host, event.conn, event.call, event.result))
    return blake2b(repr(story).encode(), digest_size=4).hexdigest()


def _sent(sent: Sent) -> tuple[object, ...]:
    raw = sent.segment
    seq, ack = raw.seq if sent.seq is None else sent.seq, raw.ack if sent.ack is None else sent.ack
    return (sent.name, sent.at, sent.source, sent.target, raw.letters, seq, ack, raw.length, sent.arrivals)
