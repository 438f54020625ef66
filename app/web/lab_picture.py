"""The lab's pictures: the diagram's segments and lifelines as links, and both ends marked in the state diagram."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.draw.focus import Focus
from app.draw.metrics import mono
from app.draw.states import BOX, PLACES, states_diagram
from app.draw.svg import escaped
from app.sim.trace import Trace
from app.tcp.states import State
from app.words import Words

_NAME = re.compile(r'data-name="([^"]+)"')
_LINE = re.compile(r'<path class="line" pathLength="1" d="([^"]+)"/>')
START = '<g class="segment '
_LIFELINE = re.compile(
    r'<rect class="(?P<part>track|rail)(?:[^>]* data-since="(?P<since>[0-9]+)")?[^>]* x="(?P<x>[0-9.]+)" '
    r'y="(?P<y>[0-9]+)" width="(?P<width>[0-9]+)" height="(?P<height>[0-9]+)"/>'
)
_CLOCK = re.compile(r'<text class="clock" data-since="([0-9]+)".*?</text>')
REACH = 10  # user units on each side of a lifeline that belong to it, for a finger


def linked(svg: str, url: Callable[[str], str], selected: str) -> str:
    """The sequence diagram with each segment a link to where it is selected: `url`, as an attribute has it."""
    first, *rest = svg.replace('role="img"', 'role="group"', 1).split(START)
    parts, seen = [first], set()
    for chunk in rest:
        crossed = chunk.find('<g class="cross">')
        end = chunk.index("</g>")
        if 0 <= crossed < end:
            end = chunk.index("</g>", end + 4)
        inside, after = chunk[:end], chunk[end + 4 :]
        found = _NAME.search(inside)
        name = found[1] if found else ""
        inside = _LINE.sub(r'<path class="hit" d="\1"/>\g<0>', inside, count=1)
        more = ' tabindex="-1"' if name in seen else f' id="seg-{name}"'
        current = ' aria-current="true"' if name == selected else ""
        seen.add(name)
        marked = "selected " if name == selected else ""
        parts.append(
            f'<a href="{url(name)}" rel="nofollow" data-sel="{name}"{more}{current} '
            f'class="segment {marked}{inside}</a>{after}'
        )
    return "".join(parts)


class Lifeline(NamedTuple):
    """A host's rail at a moment: where one gets by clicking it, as an attribute has it, and what that is called."""

    url: str
    title: str


def lived(
    svg: str, hosts: Sequence[str], lifeline: Callable[[str, int], Lifeline], clock: Callable[[int], str], moment: int
) -> str:
    """The sequence diagram with each length of a rail, and each time beside it, a link to that moment.

    `hosts` are those of the rails in turn. With the keyboard one length for each host is stopped at: that of the moment
    that is shown. Those that can be have an id.
    """
    whose, host, seen = iter(hosts), "", set[tuple[str, int]]()

    def rail(found: re.Match[str]) -> str:
        nonlocal host
        if found["part"] == "track":
            host = next(whose)
            return found[0]
        since = int(found["since"])
        url, title = lifeline(host, since)
        stop = ' tabindex="-1"' if since != moment or (host, since) in seen else ""
        id = "" if (host, since) in seen else f' id="life-{host}-{since}"'
        seen.add((host, since))
        return (
            f'<a class="lifeline" href="{url}" rel="nofollow" data-moment-link="{since}" data-host="{host}"'
            f"{id}{stop}><title>{escaped(title)}</title>{found[0]}"
            f'<rect class="hit" x="{float(found["x"]) - REACH:.1f}" y="{found["y"]}" '
            f'width="{int(found["width"]) + 2 * REACH}" height="{found["height"]}"/></a>'
        )

    def time(found: re.Match[str]) -> str:
        since = int(found[1])
        return f'<a href="{clock(since)}" rel="nofollow" data-moment-link="{since}" tabindex="-1">{found[0]}</a>'

    return _CLOCK.sub(time, _LIFELINE.sub(rail, svg))


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
