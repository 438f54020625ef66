"""The law of state changes: complete, anchored in the RFC, and nowhere evaded."""

import ast
import re
from pathlib import Path

import pytest

import app
from app.tcp.arrivals import PROCEDURE
from app.tcp.block import Block
from app.tcp.dialect import DIALECTS, RFC
from app.tcp.rules import RULES
from app.tcp.states import ARCS, WRONG_ARCS, Cause, State
from app.tcp.turn import Change, IllegalArc, Turn

S, C = State, Cause

FIGURE_5 = {
    (S.CLOSED, C.PASSIVE_OPEN, S.LISTEN),
    (S.CLOSED, C.ACTIVE_OPEN, S.SYN_SENT),
    (S.LISTEN, C.CLOSE, S.CLOSED),
    (S.LISTEN, C.SYN, S.SYN_RECEIVED),
    (S.LISTEN, C.SEND, S.SYN_SENT),
    (S.SYN_SENT, C.CLOSE, S.CLOSED),
    (S.SYN_SENT, C.SYN, S.SYN_RECEIVED),
    (S.SYN_SENT, C.SYN_ACK, S.ESTABLISHED),
    (S.SYN_RECEIVED, C.ACK_OF_SYN, S.ESTABLISHED),
    (S.SYN_RECEIVED, C.CLOSE, S.FIN_WAIT_1),
    (S.SYN_RECEIVED, C.RST_AFTER_PASSIVE_OPEN, S.LISTEN),  # note 1
    (S.ESTABLISHED, C.CLOSE, S.FIN_WAIT_1),
    (S.ESTABLISHED, C.FIN, S.CLOSE_WAIT),
    (S.FIN_WAIT_1, C.ACK_OF_FIN, S.FIN_WAIT_2),
    (S.FIN_WAIT_1, C.FIN, S.CLOSING),
    (S.FIN_WAIT_1, C.FIN_AND_ACK_OF_FIN, S.TIME_WAIT),  # note 2
    (S.FIN_WAIT_2, C.FIN, S.TIME_WAIT),
    (S.CLOSING, C.ACK_OF_FIN, S.TIME_WAIT),
    (S.CLOSE_WAIT, C.CLOSE, S.LAST_ACK),
    (S.LAST_ACK, C.ACK_OF_FIN, S.CLOSED),
    (S.TIME_WAIT, C.TIME_WAIT_TIMEOUT, S.CLOSED),
}

# Where RFC 9293 speaks of connections being made and unmade, with the ordered checks that a section has.
SECTIONS = {
    "3.4", "3.5", "3.5.1", "3.6.1", "3.8.3", "3.8.4",
    "3.10.1", "3.10.2", "3.10.3", "3.10.4", "3.10.5", "3.10.6", "3.10.8",
    "3.10.7.1",
    *(f"3.10.7.2 {check}" for check in ("first", "second", "third", "fourth")),
    *(f"3.10.7.3 {check}" for check in ("first", "second", "third", "fourth", "fifth")),
    *(f"3.10.7.4 {check}" for check in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")),
}  # fmt: skip


def exists(section: str) -> bool:
    """Whether there is such a passage: in RFC 9293, in another RFC, or in what Linux documents."""
    return (
        section in SECTIONS
        or any(whole.startswith(f"{section} ") for whole in SECTIONS)
        or re.fullmatch(r"RFC (1337|4987|5681|5961|7323|7413) \d(\.\d)*", section) is not None
        or re.fullmatch(r"linux (tcp|inet|TCP)_[A-Za-z0-9_]+", section) is not None
    )


def test_the_eleven_states() -> None:
    assert [state.value for state in State] == [
        "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
        "CLOSING", "LAST-ACK", "TIME-WAIT",
    ]  # fmt: skip


def test_figure_5_is_in_the_table() -> None:
    assert {(state, cause, arc.to) for (state, cause), arc in ARCS.items()} >= FIGURE_5


def test_every_arc_stands_in_a_passage_that_exists() -> None:
    assert {arc.section for arc in ARCS.values() if not exists(arc.section)} == set()


def test_every_rule_stands_in_a_passage_that_exists() -> None:
    assert {section for section in RULES.values() if not exists(section)} == set()


def test_every_cause_moves_something() -> None:
    assert {cause for _, cause in ARCS} == set(Cause)


def test_every_state_can_be_reached_and_left_for_good() -> None:
    neighbours = {state: {arc.to for (before, _), arc in ARCS.items() if before is state} for state in State}
    assert reachable(State.CLOSED, neighbours) == set(State)
    assert all(State.CLOSED in reachable(state, neighbours) for state in State)


def reachable(start: State, neighbours: dict[State, set[State]]) -> set[State]:
    seen, frontier = {start}, {start}
    while frontier:
        frontier = {after for state in frontier for after in neighbours[state]} - seen
        seen |= frontier
    return seen


def test_text_and_fin_are_looked_at_only_where_a_connection_stands() -> None:
    """Each state has its procedure; the synchronized ones and SYN-RECEIVED run the same one."""
    assert set(PROCEDURE) == set(State)
    common = PROCEDURE[State.ESTABLISHED]
    assert [step.__name__.split("_")[0] for step in common] == [
        "first", "second", "fourth", "fifth", "seventh", "eighth",
    ]  # fmt: skip
    assert PROCEDURE[State.SYN_RECEIVED][1:] == common  # behind what Linux asks of a request
    assert {state for state, steps in PROCEDURE.items() if steps is common} == set(State) - {
        State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RECEIVED,
    }  # fmt: skip


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("cause", Cause)
def test_become_walks_the_arcs_of_the_table_and_no_other(state: State, cause: Cause) -> None:
    turn = Turn(Block(state), 0, RFC)
    if arc := ARCS.get((state, cause)):
        turn.become(cause)
        assert turn.block.state is arc.to
        assert turn.changes == [Change(state, arc.to, cause)]
    else:
        with pytest.raises(IllegalArc):
            turn.become(cause)
        assert turn.block.state is state
        assert turn.changes == []


def test_wrong_arcs_lead_where_the_law_does_not() -> None:
    """Each stands in the place of an arc; the dialects that are no misconception have none."""
    for belief, arcs in WRONG_ARCS.items():
        assert {key for key, to in arcs.items() if key not in ARCS or ARCS[key].to is to} == set(), belief
    assert all(dialect.wrong_arcs == () for dialect in DIALECTS.values())


@pytest.mark.parametrize("belief", WRONG_ARCS)
def test_become_walks_the_arcs_of_the_belief_that_is_held(belief: str) -> None:
    dialect = RFC._replace(wrong_arcs=tuple(WRONG_ARCS[belief].items()))
    for (state, cause), arc in ARCS.items():
        turn = Turn(Block(state), 0, dialect)
        turn.become(cause)
        assert turn.block.state is WRONG_ARCS[belief].get((state, cause), arc.to)
        assert turn.changes == [Change(state, turn.block.state, cause)]


def test_nothing_but_become_changes_a_state() -> None:
    """`…_replace(state=…)` stands once in the whole of the app, and a new block begins CLOSED or LISTEN."""
    source = Path(app.__file__).parent
    calls = [
        (path.relative_to(source).as_posix(), call)
        for path in sorted(source.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
    ]
    replaced = [
        path
        for path, call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "_replace"
        and any(keyword.arg == "state" for keyword in call.keywords)
    ]
    assert replaced == ["tcp/turn.py"]
    made = {
        ast.unparse(call.args[0]) for _, call in calls if isinstance(call.func, ast.Name) and call.func.id == "Block"
    }
    assert made <= {"State.CLOSED", "State.LISTEN", "turn.block.state"}
    assert "State.CLOSED" in made
