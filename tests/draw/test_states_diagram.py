"""The state diagram draws the machine's own table, all of it, and nothing touches anything."""

from itertools import pairwise

import pytest

from app.draw.names import GROUP, NETSTAT, RFC, SS, anchor
from app.draw.states import EXITS, LINES, PLACES, is_exit, states_diagram
from app.tcp.states import ARCS, Cause, State
from tests.draw.geometry import SVG, Shape, overlap, parsed, paths, rectangles, texts
from tests.draw.scenes import words

DRAWN = {(line.before, cause) for line in LINES for cause in line.causes}


def test_every_arc_that_is_drawn_is_an_arc_of_the_machine() -> None:
    assert set(ARCS) >= DRAWN
    for line in LINES:
        assert len({ARCS[line.before, cause].to for cause in line.causes}) == 1


def test_every_arc_of_the_machine_is_drawn_or_told_as_an_exit() -> None:
    assert {arc for arc in ARCS if not is_exit(*arc)} == DRAWN


def test_an_exit_ends_a_connection_and_no_ordinary_close_is_one() -> None:
    assert not EXITS & {Cause.CLOSE, Cause.ACK_OF_FIN, Cause.TIME_WAIT_TIMEOUT}
    assert all(ARCS[arc].to is State.CLOSED for arc in ARCS if is_exit(*arc))


def test_every_arc_begins_and_ends_at_its_states() -> None:
    places: dict[State, list[tuple[float, float]]] = {}
    for state, x, y in PLACES:
        places.setdefault(state, []).append((x, y))
    for line in LINES:
        ends = ((line.before, line.points[0]), (ARCS[line.before, line.causes[0]].to, line.points[-1]))
        for state, (x, y) in ends:
            assert any(abs(x - px) < 62 and abs(y - py) < 18 for px, py in places[state]), (line, state)


def test_every_state_stands_there_and_leads_to_its_explanation() -> None:
    root = parsed(states_diagram(words("en")).svg)
    links = [(link.get("href"), "".join(link.itertext())) for link in root.iter(f"{SVG}a")]
    assert set(links) == {(f"#{anchor(state)}", state.value) for state in State}
    assert len(links) == len(State) + 1  # CLOSED twice


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_overlaps(lang: str) -> None:
    drawing = states_diagram(words(lang))
    root = parsed(drawing.svg)
    labels = [text for text in texts(root) if text.what not in {state.value for state in State}]
    boxes = rectangles(root, "node-box")
    strokes = [Shape("line", ends) for path in paths(root, "line") for ends in pairwise(path.corners)]
    hit = [
        (one.what, other.what)
        for index, one in enumerate(labels)
        for other in (*labels[index + 1 :], *boxes, *strokes, *paths(root, "head"))
        if overlap(one, other)
    ]
    assert hit == []
    for text in labels:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in text.corners), text.what


def test_three_spellings_of_each_state() -> None:
    assert set(RFC) == set(NETSTAT) == set(SS) == set(GROUP) == set(State)
    assert (NETSTAT[State.FIN_WAIT_1], SS[State.FIN_WAIT_1]) == ("FIN_WAIT1", "FIN-WAIT-1")
    assert (NETSTAT[State.SYN_RECEIVED], SS[State.SYN_RECEIVED]) == ("SYN_RECV", "SYN-RECV")
    assert SS[State.ESTABLISHED] == "ESTAB"
