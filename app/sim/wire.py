"""What the wire does with a segment: how long it takes, which faults name it, what becomes of it."""

from typing import NamedTuple

from app.sim.faults import Cut, Delay, Fault, Ref, Wire
from app.tcp.segment import Segment

DEFAULT_DELAY = 50_000
Numbers = dict[int | str | None, int]


class Carriage(NamedTuple):
    """When each copy of a segment arrives, or when and that it dies on the way (µs)."""

    arrivals: tuple[int, ...]
    lost_at: int | None


class Counts:
    """How many segments each host has put on the wire: in all, by connection, by flags."""

    def __init__(self) -> None:
        self._counts: dict[str, Numbers] = {}

    def count(self, host: str, conn: int, flags: str) -> Numbers:
        """Count one more; how many there are now in all (key None), by connection (its port), by flags."""
        counts = self._counts.setdefault(host, {})
        for key in (None, conn, flags):
            counts[key] = counts.get(key, 0) + 1
        return counts


def carry(wire: tuple[Wire, ...], host: str, numbers: Numbers, conn: int, flags: str, now: int) -> Carriage:
    """The fate of a segment that `host` sends now; `numbers` is what `Counts.count` said of it."""
    delay, cut = DEFAULT_DELAY, False
    faults: list[Fault] = []
    for item in wire:
        match item:
            case Delay(us, whose, since) if whose in (None, host) and since <= now:
                delay = us
            case Cut(start, end, whose) if whose in (None, host) and start <= now < end:
                cut = True
            case Fault(_, ref) if ref.host == host and named(ref, numbers, conn, flags):
                faults.append(item)
    if not (faults or cut):
        return Carriage((now + delay,), None)
    if cut or any(fault.kind == "drop" for fault in faults):
        return Carriage((), now + delay // 2)
    first = now + delay + sum(fault.us for fault in faults if fault.kind == "late")
    return Carriage((first, *(first + fault.us for fault in faults if fault.kind == "dup")), None)


def named(ref: Ref, numbers: Numbers, conn: int, flags: str) -> bool:
    """Whether the reference names this segment."""
    if ref.conn not in (None, conn):
        return False
    if ref.flags not in (None, flags):
        return False
    number = numbers[flags if ref.flags is not None else ref.conn]
    return ref.first <= number and (ref.last is None or number <= ref.last)


def plain(segment: Segment) -> str:
    """The flags by which a fault names a segment: P does not count."""
    return segment.letters.replace("P", "")
