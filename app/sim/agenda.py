"""What is going to happen, and when: virtual time."""

import heapq

# The order of what happens at one instant
DEED, ARRIVAL, FORGERY, WAKE, TIMER = range(5)


class Agenda:
    """Entries in order of their instant (µs), their kind, and when they were put here."""

    def __init__(self) -> None:
        self.now = 0
        self.entries: list[tuple[int, int, int, object]] = []
        self._order = 0

    def plan(self, at: int, kind: int, what: object) -> None:
        """Put something here."""
        self._order += 1
        heapq.heappush(self.entries, (at, kind, self._order, what))

    def take(self) -> tuple[int, int, object]:
        """The next entry: its instant, its kind, and what it is."""
        at, kind, _, what = heapq.heappop(self.entries)
        return at, kind, what

    def arrives_more(self, at: int) -> bool:
        """Whether another deed or segment is due at that instant."""
        return bool(self.entries) and self.entries[0][:2] <= (at, FORGERY)
