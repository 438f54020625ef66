"""The lab's pictures: the diagram's segments as links, and the ends of a connection marked in the state diagram."""

import re
from collections.abc import Callable
from functools import lru_cache

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


def linked(svg: str, url: Callable[[str], str], selected: str) -> str:
    """The sequence diagram with each segment a link to where it is selected."""
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
            f'<a href="{escaped(url(name))}" rel="nofollow" data-sel="{name}"{more}{current} '
            f'class="segment {marked}{inside}</a>{after}'
        )
    return "".join(parts)


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
