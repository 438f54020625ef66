"""The state diagram: the eleven states laid out by hand, the arcs between them those of the machine's own table.

What ends a connection from anywhere (a reset, an abort, a time-out) would be a line from every state to CLOSED: it is
said in words below. CLOSED stands twice, as in RFC 9293's figure 5: where a connection begins and where it ends.
"""

from math import hypot
from typing import NamedTuple

from app.draw.metrics import LINE, mono
from app.draw.names import GROUP, anchor
from app.draw.svg import Drawing, escaped
from app.tcp.states import ARCS, Cause, State
from app.words import Words

S, C = State, Cause
WIDTH, HEIGHT = 480, 752
BOX = 28  # the height of a state's box

# Causes that lead to CLOSED from many states at once.
EXITS = frozenset(
    {
        C.ABORT,
        C.RST,
        C.SYN_IN_WINDOW,
        C.DATA_AFTER_CLOSE,
        C.UNREAD_DATA,
        C.RETRIES_EXHAUSTED,
        C.USER_TIMEOUT,
        C.ORPHAN_TIMEOUT,
        C.ACCEPT_QUEUE_FULL,
        C.LISTENER_CLOSED,
        C.KEEPALIVE_TIMEOUT,
        C.ADDRESS_REUSED,
        C.HOST_DOWN,
    }
)

PLACES: tuple[tuple[State, float, float], ...] = (
    (S.CLOSED, 240, 28),
    (S.LISTEN, 100, 132),
    (S.SYN_SENT, 385, 132),
    (S.SYN_RECEIVED, 100, 262),
    (S.ESTABLISHED, 385, 262),
    (S.FIN_WAIT_1, 100, 400),
    (S.CLOSE_WAIT, 385, 400),
    (S.FIN_WAIT_2, 92, 545),
    (S.CLOSING, 285, 545),
    (S.LAST_ACK, 385, 545),
    (S.TIME_WAIT, 190, 690),
    (S.CLOSED, 385, 690),
)

Point = tuple[float, float]


class Line(NamedTuple):
    """An arc as it is drawn: the causes that it stands for, its corners, its label.

    `why` is a socket call, or what is received; `sends` what goes out. The label's first baseline begins, ends or
    centres (`align`) at `at`; `gap` parts its two lines so that the arc can run between them.
    """

    before: State
    causes: tuple[Cause, ...]
    points: tuple[Point, ...]
    at: Point
    align: str
    why: str
    sends: str = ""
    gap: int = 0


LINES = (
    Line(S.CLOSED, (C.PASSIVE_OPEN,), ((212, 42), (94, 118)), (138, 76), "end", "listen()"),
    Line(S.LISTEN, (C.CLOSE,), ((114, 118), (230, 42)), (176, 94), "start", "close()"),
    Line(S.CLOSED, (C.ACTIVE_OPEN,), ((268, 42), (392, 118)), (346, 70), "start", "connect()", "SYN"),
    Line(S.SYN_SENT, (C.CLOSE,), ((372, 118), (250, 42)), (308, 94), "end", "close()"),
    Line(S.LISTEN, (C.SEND,), ((132, 132), (344, 132)), (238, 127), "middle", "send()", "SYN", 4),
    Line(S.LISTEN, (C.SYN,), ((90, 146), (90, 248)), (84, 190), "end", "SYN", "SYN-ACK"),
    Line(
        S.SYN_RECEIVED,
        (C.RST_AFTER_PASSIVE_OPEN, C.SYN_AFTER_PASSIVE_OPEN),
        ((112, 248), (112, 146)),
        (118, 198),
        "start",
        "RST",
    ),
    Line(S.SYN_SENT, (C.SYN,), ((352, 146), (148, 248)), (256, 216), "start", "SYN", "SYN-ACK"),
    Line(S.SYN_SENT, (C.SYN_ACK,), ((385, 146), (385, 248)), (392, 190), "start", "SYN-ACK", "ACK"),
    Line(S.SYN_RECEIVED, (C.ACK_OF_SYN,), ((154, 262), (335, 262)), (246, 257), "middle", "ACK"),
    Line(S.SYN_RECEIVED, (C.CLOSE,), ((100, 276), (100, 386)), (94, 326), "end", "close()", "FIN"),
    Line(S.ESTABLISHED, (C.CLOSE,), ((350, 276), (142, 386)), (310, 312), "start", "close()", "FIN"),
    Line(S.ESTABLISHED, (C.FIN,), ((385, 276), (385, 386)), (392, 326), "start", "FIN", "ACK"),
    Line(S.FIN_WAIT_1, (C.ACK_OF_FIN,), ((92, 414), (92, 531)), (86, 476), "end", "ACK"),
    Line(S.FIN_WAIT_1, (C.FIN,), ((146, 412), (276, 531)), (224, 460), "start", "FIN", "ACK"),
    Line(S.FIN_WAIT_1, (C.FIN_AND_ACK_OF_FIN,), ((124, 414), (184, 676)), (170, 580), "start", "FIN·ACK", "ACK"),
    Line(S.CLOSE_WAIT, (C.CLOSE,), ((385, 414), (385, 531)), (392, 466), "start", "close()", "FIN"),
    Line(S.FIN_WAIT_2, (C.FIN,), ((96, 559), (162, 676)), (118, 624), "end", "FIN", "ACK"),
    Line(S.CLOSING, (C.ACK_OF_FIN,), ((278, 559), (210, 676)), (258, 624), "start", "ACK"),
    Line(S.LAST_ACK, (C.ACK_OF_FIN,), ((385, 559), (385, 676)), (392, 622), "start", "ACK"),
    Line(S.TIME_WAIT, (C.TIME_WAIT_TIMEOUT,), ((233, 690), (352, 690)), (292, 685), "middle", "2MSL"),
    Line(
        S.TIME_WAIT,
        (C.NEW_CONNECTION,),
        ((147, 690), (10, 690), (10, 262), (46, 262)),
        (16, 670),
        "start",
        "SYN",
        "SYN-ACK",
    ),
)


def states_diagram(words: Words) -> Drawing:
    """The diagram; each state is a link to the place on the page that explains it."""
    parts = [_line(line, words) for line in LINES] + [_state(*place) for place in PLACES]
    parts += [
        f'<text class="note" x="{WIDTH // 2}" y="{y}" text-anchor="middle">{escaped(words(note))}</text>'
        for y, note in ((HEIGHT - 24, "states-diagram.exits"), (HEIGHT - 8, "states-diagram.how-to-read"))
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="states-diagram" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="group" aria-labelledby="states-diagram-title">'
        f'<title id="states-diagram-title">{escaped(words("states-diagram.title"))}</title>{"".join(parts)}</svg>'
    )
    return Drawing(svg, WIDTH, HEIGHT)


def label(line: Line, words: Words) -> tuple[str, ...]:
    """What is written at an arc: the cause, and below it what is sent."""
    if line.why.endswith("()"):
        why = line.why
    elif line.why == "2MSL":
        why = words("states-diagram.2msl")
    else:
        why = words("states-diagram.receives", segment=line.why)
    return (why, words("states-diagram.sends", segment=line.sends)) if line.sends else (why,)


def box(state: State, x: float, y: float) -> tuple[float, float, float, float]:
    """The rectangle of a state around (x, y): left, top, width, height."""
    width = mono(state.value) + 20
    return x - width / 2, y - BOX / 2, width, BOX


def is_exit(before: State, cause: Cause) -> bool:
    """Whether an arc is one of those that are told of in words."""
    return cause in EXITS and ARCS[before, cause].to is State.CLOSED


def _state(state: State, x: float, y: float) -> str:
    left, top, width, height = box(state, x, y)
    group = GROUP[state]
    return (
        f'<a href="#{anchor(state)}" class="node {group}">'
        f'<rect class="node-box" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height}" rx="14"/>'
        f'<text class="state ink-{group}" x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{state.value}</text></a>'
    )


def _line(line: Line, words: Words) -> str:
    to = ARCS[line.before, line.causes[0]].to
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in line.points)
    (x1, y1), (x2, y2) = line.points[-2:]
    length = hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - 8 * ux, y2 - 8 * uy
    head = f"M{x2:.1f} {y2:.1f}L{bx - 4 * uy:.1f} {by + 4 * ux:.1f}L{bx + 4 * uy:.1f} {by - 4 * ux:.1f}Z"
    x, y = line.at
    parts = []
    for index, text in enumerate(label(line, words)):
        kind, baseline = ("why", "sends")[index], y + index * (LINE + line.gap)
        parts.append(
            f'<text class="{kind}" x="{x:.0f}" y="{baseline:.0f}" text-anchor="{line.align}">{escaped(text)}</text>'
        )
    return (
        f'<g class="arc" data-from="{anchor(line.before)}" data-to="{anchor(to)}">'
        f'<path class="line" d="{path}"/><path class="head" d="{head}"/>{"".join(parts)}</g>'
    )
