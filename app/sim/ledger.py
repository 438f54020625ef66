"""What has been put on the wire: each segment's name, its numbers relative to the ISNs, what it repeats."""

from app.sim.cursor import SHORT
from app.sim.numbers import Numbers
from app.sim.trace import Sent
from app.sim.wire import Carriage
from app.tcp.segment import Segment


class Ledger:
    """The segments of a run, in the order in which they were sent."""

    def __init__(self, numbers: Numbers) -> None:
        self.sent: list[Sent] = []
        self._numbers = numbers
        self._originals: dict[tuple[str, int, int], str] = {}

    def write(
        self,
        name: str,
        conn: int,
        hosts: tuple[str, str],
        ports: tuple[int, int],
        segment: Segment,
        now: int,
        carriage: Carriage,
    ) -> None:
        """Write a segment down that leaves now (µs); `hosts` and `ports` are the sender's and the receiver's."""
        source, target = hosts
        occupies = segment.syn or segment.fin or segment.length
        original = self._originals.setdefault((source, conn, segment.seq), name) if occupies else name
        self.sent.append(
            Sent(
                name,
                conn,
                now,
                source,
                target,
                segment,
                self._numbers.relative(source, conn, segment.seq),
                None if segment.ack is None else self._numbers.relative(target, conn, segment.ack),
                *carriage,
                forged=name.startswith("x"),
                retransmits=original if original != name else None,
                ports=ports,
            )
        )


def named(host: str, number: int) -> str:
    """The name of the n-th segment that the host puts on the wire: `c1`, `s2`, `client2.1`."""
    return f"{SHORT.get(host, f'{host}.')}{number}"
