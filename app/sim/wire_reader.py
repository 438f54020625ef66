"""Reading what happens on the wire: `wire:` and `forge:`."""

from app.sim.cursor import LONG, Cursor, series
from app.sim.faults import Cut, Delay, Fault, Flood, Forged, Ref, Wire

# As packetdrill writes them: S F R P E W and . in that order, - for none; P alone says nothing.
ANY_FLAGS = r"(?:-|(?=[SFRPEW.])S?F?R?P?E?W?\.?)(?![SFRPEW.-])"
FLAGS = r"(?:-|(?=[SFR.]|P[EW]*\.)S?F?R?P?E?W?\.?)(?![SFRPEW.-])"
MAX_FLOOD = 2_000


def read_wire(cursor: Cursor) -> list[Wire]:
    """`delay 50ms; delay c 400ms@607ms; drop c4; drop s[S.]; dup s2+30ms; late c3+200ms; cut 610ms..900ms`."""
    return _wires(cursor)


def _wire(cursor: Cursor) -> Wire:
    kind = cursor.take(r"(?:delay|drop|dup|late|cut)\b", "scenario.expected-wire")
    if kind == "delay":
        host = cursor.host() if cursor.match(r"(?=[a-z])") is not None else None
        us = cursor.duration()
        return Delay(us, host, cursor.duration() if cursor.skip("@") else 0)
    if kind == "cut":
        host = cursor.host() if cursor.match(r"(?=[a-z])") is not None else None
        start = cursor.duration()
        cursor.expect("..")
        end = cursor.duration()
        if end <= start:
            raise cursor.fail("scenario.empty-range")
        return Cut(start, end, host)
    ref = _ref(cursor)
    if kind == "drop":
        return Fault(kind, ref)
    cursor.expect("+")
    return Fault(kind, ref, cursor.duration())


_wires = series(_wire)


def _ref(cursor: Cursor) -> Ref:
    """`c1`, `c4..7`, `c5..`, `c:40001.2`, `s[S.]`, `s[S.]1`, `client2.1`; of a host called c1: `c1.1`, `c1:40001.2`."""
    place = cursor.place
    pattern = r"[a-z][a-z0-9]*(?=\.[0-9\[]|:)|[cs](?=[0-9\[])|[a-z][a-z0-9]*(?=[.\[])"
    name = cursor.take(pattern, "scenario.expected-segment")
    host = LONG.get(name, name)
    cursor.mentions.programs.append((place, host, None))
    conn = None
    if cursor.skip(":"):
        conn = cursor.number(most=65535)
        cursor.expect(".")
    elif name not in LONG:
        cursor.skip(".")
    if cursor.skip("["):
        flags = cursor.take(FLAGS, "scenario.expected-flags").replace("P", "")
        cursor.expect("]")
        if cursor.match(r"(?=[0-9])") is None:
            return Ref(host, 1, None, flags, conn)
        return Ref(host, *_range(cursor), flags, conn)
    return Ref(host, *_range(cursor), None, conn)


def _range(cursor: Cursor) -> tuple[int, int | None]:
    """`4`, `4..7`, `5..`: the first and the last (None: there is none)."""
    start = cursor.at
    first = cursor.number("scenario.expected-segment", 100_000)
    last: int | None = first
    if cursor.skip(".."):
        last = cursor.number(most=100_000) if cursor.match(r"(?=[0-9])") is not None else None
    if first < 1 or (last is not None and last < first):
        raise cursor.fail("scenario.empty-range", start)
    return first, last


def read_forged(cursor: Cursor) -> list[Forged | Flood]:
    """`c S 100102:100102(0) @1s; c R nxt @616ms; s . 1:101(100) ack 1 ts -5 @2s; flood 12 every 11ms @100ms`."""
    return _forgeries(cursor)


def _forged(cursor: Cursor) -> Forged | Flood:
    if cursor.match(r"flood\b") is not None:
        number = cursor.number(most=MAX_FLOOD)
        cursor.take(r"every\b", "scenario.expected-literal", literal="every")
        every = cursor.duration()
        cursor.expect("@")
        return Flood(number, every, cursor.duration())
    host = cursor.host()
    conn = cursor.number(most=65535) if cursor.skip(":") else None
    flags = cursor.take(ANY_FLAGS, "scenario.expected-flags")
    seq, length = None, 0
    if not cursor.skip("nxt"):
        seq = _relative(cursor)
        cursor.expect(":")
        end_at, end = cursor.at, _relative(cursor)
        length = end - seq
        if cursor.skip("("):
            if cursor.number(most=65535) != length:
                raise cursor.fail("scenario.length-mismatch", end_at, length=length)
            cursor.expect(")")
        if not 0 <= length <= 65535:
            raise cursor.fail("scenario.length-mismatch", end_at, length=length)
    elif cursor.skip("("):
        length = cursor.number(most=65535)
        cursor.expect(")")
    ack, has_ack = None, "." in flags
    ack_at = cursor.at
    if cursor.skip("ack"):
        if not has_ack:
            raise cursor.fail("scenario.ack-without-flag", ack_at, flags=flags)
        ack = None if cursor.skip("nxt") else _relative(cursor)
    ts = _relative(cursor) if cursor.match(r"ts\b") is not None else None
    cursor.expect("@")
    return Forged(host, flags, seq, length, ack, has_ack, cursor.duration(), conn, ts)


_forgeries = series(_forged)


def _relative(cursor: Cursor) -> int:
    return int(cursor.take(r"-?[0-9]{1,10}", "scenario.expected-number"))
