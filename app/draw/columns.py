"""Across the page: which hosts stand on which side, a rail for each connection, and the gap that segments cross."""

from functools import lru_cache
from typing import NamedTuple

from app.draw.metrics import TEXT, bold, mono
from app.sim.trace import Changed, Trace
from app.words import Words

LEFT, RIGHT = 0, 1
WIDTH = 390  # two hosts, a connection: the text is 11 px where a phone gives the diagram 360
THICK, THIN = 8, 5  # a rail alone, a rail in a bundle
PITCH = 10  # from rail to rail in a bundle
ASIDE = 5  # between a rail and the words outside it
NARROWEST = 156  # the gap never gets smaller: a label of common length fits on two lines


class Rail(NamedTuple):
    """A connection's line on its host. `mark` tells it from its neighbours: it stands before a state's name."""

    host: str
    conn: int | None
    side: int
    left: float
    right: float
    mark: str = ""
    number: int | None = None  # what stands above it in a bundle

    def moved(self, x: float) -> "Rail":
        """The same rail, `x` further right."""
        return self._replace(left=self.left + x, right=self.right + x)


class Head(NamedTuple):
    """The box with a host's name above its rails."""

    host: str
    name: str
    middle: float
    width: float


class Columns(NamedTuple):
    """Where everything stands across the page. `gap`: from the rightmost left rail to the leftmost right rail."""

    sides: dict[str, int]
    rails: tuple[Rail, ...]
    heads: tuple[Head, ...]
    gap: tuple[float, float]
    aside: tuple[float, float]  # where words outside the rails end (left) and begin (right)
    width: int

    @property
    def bundled(self) -> bool:
        """Whether some host has several rails, which then are numbered."""
        return any(rail.number for rail in self.rails)

    def rail(self, host: str, conn: int | None) -> Rail:
        """The rail of a connection on a host; the host's first where it has no part in that connection."""
        first = None
        for rail in self.rails:
            if rail.host == host:
                if rail.conn == conn:
                    return rail
                first = first or rail
        assert first is not None, host
        return first


@lru_cache(maxsize=4)
def hosts(trace: Trace) -> tuple[str, ...]:
    """The hosts in the order in which they are drawn: every moment asks, and the scenario reads its programs for it."""
    return trace.scenario.hosts


def columns(trace: Trace, words: Words) -> Columns:
    """Hosts that listen stand on the right, the others on the left."""
    every = hosts(trace)
    listening = [host for host in every if trace.scenario.calls(host, "listen")]
    servers = listening if 0 < len(listening) < len(every) else [every[-1]]
    clients = [host for host in every if host not in servers]
    changes = [event for event in trace.events if isinstance(event, Changed)]
    left_margin, right_margin = _margin(trace, clients, changes), _margin(trace, servers, changes)
    left_rails, left_heads, span = _bundles(trace, words, clients, LEFT)
    gap_left = left_margin + span
    right_rails, right_heads, span = _bundles(trace, words, servers, RIGHT)
    gap_right = max(gap_left + NARROWEST, WIDTH - right_margin - span)
    return Columns(
        {host: RIGHT if host in servers else LEFT for host in every},
        (*(rail.moved(left_margin) for rail in left_rails), *(rail.moved(gap_right) for rail in right_rails)),
        (
            *(head._replace(middle=head.middle + left_margin) for head in left_heads),
            *(head._replace(middle=head.middle + gap_right) for head in right_heads),
        ),
        (gap_left, gap_right),
        (left_margin - ASIDE, gap_right + span + ASIDE),
        round(gap_right + span + right_margin),
    )


def host_name(words: Words, host: str) -> str:
    """What a host is called above its rails: `Client`, `Client 2`; a name of its own stays as it is."""
    role = host.rstrip("0123456789")
    if role not in ("client", "server"):
        return host
    return words(f"host.{role}") if role == host else words(f"host.{role}-n", number=host[len(role) :])


def _connections(trace: Trace, host: str) -> list[int | None]:
    """The connections that a host has a rail for; one rail at least."""
    return [conn for name, conn in trace.connections if name == host] or [None]


def _mark(trace: Trace, hosts: list[str], host: str, index: int) -> str:
    """What tells a rail from the others of its side, a space behind it."""
    who = f"{host} " if len(hosts) > 1 else ""
    return who + (f"{index + 1} " if len(_connections(trace, host)) > 1 else "")


def _margin(trace: Trace, hosts: list[str], changes: list[Changed]) -> float:
    """The room for the names of states outside the rails of one side."""
    states = {change.after.value for change in changes if change.host in hosts}
    mark = max((_mark(trace, hosts, host, len(_connections(trace, host)) - 1) for host in hosts), key=len)
    return 1 + mono(mark + max(("ESTABLISHED", *states), key=len)) + ASIDE


def _bundles(trace: Trace, words: Words, hosts: list[str], side: int) -> tuple[list[Rail], list[Head], float]:
    """The rails and heads of one side, from x = 0, and where the last rail ends."""
    rails: list[Rail] = []
    heads: list[Head] = []
    x = end = 0.0
    for host in hosts:
        own, name = _connections(trace, host), host_name(words, host)
        thickness = THICK if len(own) == 1 else THIN
        span, box = (len(own) - 1) * PITCH + thickness, bold(name) + 2 * TEXT
        if heads:
            x = max(end + 2 * PITCH, heads[-1].middle + heads[-1].width / 2 + 6 + box / 2 - span / 2)
        for index, conn in enumerate(own):
            left, number = x + index * PITCH, index + 1 if 1 < len(own) < 10 else None
            rails.append(Rail(host, conn, side, left, left + thickness, _mark(trace, hosts, host, index), number))
        end = x + span
        heads.append(Head(host, name, x + span / 2, box))
    return rails, heads, end
