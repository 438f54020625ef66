"""Initial sequence numbers, and numbers relative to them.

ISN = M + F(addresses), as RFC 9293 §3.4.1 has it: M ticks every 4 µs of virtual time, F spreads connections over all
32 bits. RFC 6528's F() wants a secret key; a scenario wants the same numbers every time, so here it has none.
"""

import zlib

from app.sim.trace import Key
from app.tcp.segment import add, distance

TICK = 4  # µs


class Numbers:
    """What each side of each connection counts from."""

    def __init__(self, fixed: dict[str, int]) -> None:
        """`fixed` is the ISN that a scenario sets for a host's first connection."""
        self._fixed = fixed
        self._first: dict[Key, int] = {}
        self._current: dict[Key, int] = {}
        self._opened: set[str] = set()

    def isn(self, host: str, conn: int, now: int) -> int:
        """The ISN that the host would choose for that connection now."""
        if host in self._fixed and host not in self._opened:
            return self._fixed[host]
        return add(spread(f"{host}:{conn}"), now // TICK)

    def base(self, host: str, conn: int) -> int:
        """The first ISN that the host used on that connection, or the one that it was going to use."""
        return self._first.get((host, conn), self._fixed.get(host, spread(f"{host}:{conn}")))

    def said(self, host: str, conn: int, isn: int, *, forged: bool = False) -> None:
        """A SYN with that number was sent, or something was said in the host's name."""
        self._first.setdefault((host, conn), isn)
        if forged:
            self._current.setdefault((host, conn), isn)
        else:
            self._current[host, conn] = isn
            self._opened.add(host)

    def relative(self, host: str, conn: int, number: int) -> int | None:
        """`number` counted from the ISN of the host's current incarnation; None where none is known."""
        isn = self._current.get((host, conn))
        return None if isn is None else distance(isn, number)


def spread(name: str) -> int:
    """A number for that name, anywhere in the 32 bits."""
    return zlib.crc32(name.encode())
