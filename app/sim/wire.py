"""What the wire does with a segment: how long it takes, which faults name it, what becomes of it."""

from collections import Counter
from typing import NamedTuple

from app.sim.faults import Cut, Delay, Fault, Ref, Wire
from app.tcp.segment import Segment

DEFAULT_DELAY = 50_000


class Carriage(NamedTuple):
    """When each copy of a segment arrives, or when and that it dies on the way (µs)."""

    arrivals: tuple[int, ...]
    lost_at: int | None


class Counts:
    """How many segments each host has put on the wire: in all, by connection, by flags."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int | str | None]] = Counter()

    def count(self, host: str, conn: int, flags: str) -> dict[int | str | None, int]:
        """Count one more; its number in all (key None), on its connection (its port), among those with its flags."""
        keys: tuple[int | str | None, ...] = (None, conn, flags)
        for key in keys:
            self._counts[host, key] += 1
        return {key: self._counts[host, key] for key in keys}


def carry(
    wire: tuple[Wire, ...], host: str, numbers: dict[int | str | None, int], conn: int, segment: Segment, now: int
) -> Carriage:
    """The fate of a segment that `host` sends now; `numbers` is what `Counts.count` said of it."""
    delay = DEFAULT_DELAY
    for item in wire:
        if isinstance(item, Delay) and item.host in (None, host) and item.since <= now:
            delay = item.us
    about = [item for item in wire if isinstance(item, Fault) and item.ref.host == host]
    faults = [fault for fault in about if named(fault.ref, numbers, conn, segment)]
    cut = any(isinstance(item, Cut) and item.host in (None, host) and item.start <= now < item.end for item in wire)
    if cut or any(fault.kind == "drop" for fault in faults):
        return Carriage((), now + delay // 2)
    first = now + delay + sum(fault.us for fault in faults if fault.kind == "late")
    return Carriage((first, *(first + fault.us for fault in faults if fault.kind == "dup")), None)


def named(ref: Ref, numbers: dict[int | str | None, int], conn: int, segment: Segment) -> bool:
    """Whether the reference names this segment."""
    if ref.conn not in (None, conn):
        return False
    flags = plain(segment)
    if ref.flags not in (None, flags):
        return False
    number = numbers[flags if ref.flags is not None else ref.conn]
    return ref.first <= number and (ref.last is None or number <= ref.last)


def plain(segment: Segment) -> str:
    """The flags by which a fault names a segment: P does not count."""
    return segment.letters.replace("P", "")
