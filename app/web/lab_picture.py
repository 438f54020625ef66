"""The lab's pictures: the diagram's segments and lifelines as links, and both ends marked in the state diagram."""

import re
from collections.abc import Callable
from functools import lru_cache

from app.draw.clock import clock
from app.draw.columns import Rail, host_name
from app.draw.focus import Focus
from app.draw.look import Look, lasting
from app.draw.metrics import mono
from app.draw.states import BOX, PLACES, states_diagram
from app.draw.svg import escaped, phased
from app.sim.trace import Trace
from app.tcp.states import State
from app.web.lab_address import Place
from app.words import Words

REACH = 10  # user units on each side of a lifeline that belong to it, for a finger


class Clickable(Look):
    """The sequence diagram as the lab has it: at one moment, with a link on every segment, length of rail and time.

    With the keyboard one copy of each segment is stopped at, and one length for each host: that of the moment that is
    shown. Those that can be have an id.
    """

    role = "group"

    def __init__(self, trace: Trace, words: Words, place: Place, moment: int) -> None:
        self._trace, self._words, self._selected, self._moment = trace, words, place.sel, moment
        self._last = len(trace.moments) - 1
        self._address = place.around(escaped)
        self._spans: dict[tuple[int, int], str] = {}
        self._segments, self._lengths = set[str](), set[tuple[str, int]]()  # those that are written already

    def lasting(self, since: int, until: int) -> str:
        """With the phase of the moment that is shown."""
        span = (since, until)
        if (written := self._spans.get(span)) is None:  # a rail, a tick and a time of one moment last alike
            written = phased(since, until, self._moment, self._last) + lasting(since, until)
            self._spans[span] = written
        return written

    def segment(self, name: str) -> tuple[str, str]:
        """A link to where it is selected."""
        more = ' tabindex="-1"' if name in self._segments else f' id="seg-{name}"'
        self._segments.add(name)
        current, marked = (' aria-current="true"', "selected ") if name == self._selected else ("", "")
        return (
            f'<a href="{self._address(sel=name)}" rel="nofollow" data-sel="{name}"{more}{current} '
            f'class="segment {marked}'
        ), "</a>"

    def line(self, path: str) -> str:
        """With what a finger hits."""
        return f'<path class="hit" d="{path}"/>{super().line(path)}'

    def lengths(self, rail: Rail) -> Callable[[int, int, int, str], str]:
        """Links to what its host can do at the moment of each."""
        host, name, say = rail.host, host_name(self._words, rail.host), self._words.__call__
        x, width = f"{rail.left - REACH:.1f}", f"{rail.right - rail.left + 2 * REACH:.0f}"

        def length(moment: int, y: int, height: int, drawn: str) -> str:
            at = self._trace.moments[moment].at
            url, title = self._address(t=at, sel=host), say("lab.lifeline", host=name, at=clock(at))
            stop, id = ' tabindex="-1"', ""
            if (host, moment) not in self._lengths:
                self._lengths.add((host, moment))
                stop, id = "" if moment == self._moment else stop, f' id="life-{host}-{moment}"'
            return (
                f'<a class="lifeline" href="{url}#doing" rel="nofollow" data-moment-link="{moment}" '
                f'data-host="{host}"{id}{stop}><title>{escaped(title)}</title>{drawn}'
                f'<rect class="hit" x="{x}" y="{y}" width="{width}" height="{height}"/></a>'
            )

        return length

    def time(self, moment: int, drawn: str) -> str:
        """A link to that moment."""
        url = self._address(t=self._trace.moments[moment].at)
        return f'<a href="{url}" rel="nofollow" data-moment-link="{moment}" tabindex="-1">{drawn}</a>'


@lru_cache(maxsize=4)
def _map(words: Words) -> str:
    return states_diagram(words).svg.replace('href="#', f'href="/{words.lang}/states#')


def marked(trace: Trace, focus: Focus, moment: int, words: Words) -> str:
    """The state diagram, with the first letter of each end at the state that it is in."""
    tokens, taken = [], dict[tuple[float, float], int]()
    for host in focus.hosts:
        state = trace.state(moment, host, focus.conn)
        used = any(trace.state(past, host, focus.conn) not in (State.CLOSED, State.LISTEN) for past in range(moment))
        places = [(x, y) for named, x, y in PLACES if named is state]
        x, y = places[-1 if used else 0]
        number = taken.get((x, y), 0)
        taken[x, y] = number + 1
        cx = x + (mono(state.value) / 2 + 10) * (1 if number % 2 == 0 else -1)
        cy = y - BOX / 2 - 20 * (number // 2)
        letter = mark(host)
        tokens.append(
            f'<g class="token"><circle cx="{cx:.1f}" cy="{cy:.1f}" r="11"/>'
            f'<text x="{cx:.1f}" y="{cy + 4:.1f}" text-anchor="middle">{letter}</text></g>'
        )
    return _map(words).replace("</svg>", "".join(tokens) + "</svg>")


def mark(host: str) -> str:
    """What stands for a host where there is room for two characters: C, S, C2."""
    return host[0].upper() + re.sub(r"[^0-9]", "", host)[:1]
