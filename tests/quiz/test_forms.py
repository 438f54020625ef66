"""Forms of answering: what is right, what is wrong and why, and what cannot be read."""

import pytest

from app.quiz.answers import Malformed
from app.quiz.forms import Build, Cell, Choices, Item, Number, Option, Order, Row, Table

ONE = Choices((Option("a", False, "first"), Option("b", True), Option("c", False, "third")))
ALL = Choices((Option("a", True, "first"), Option("b", False, "second"), Option("c", True, "third")), several=True)
TABLE = Table(
    ("", "", ""),
    (
        Row("c1", (Cell("c1.seq", "number", "7"), Cell("c1.flags", "flags", "S", asked=True))),
        Row("s1", (Cell("s1.ack", "number", "8", asked=True), Cell("s1.client", "state", "SYN-SENT", asked=True))),
    ),
    (("same", {"s1.ack": "7"}), ("both", {"s1.ack": "7", "s1.client": "ESTABLISHED"})),
)
FILLED = {"c1.flags": "SYN", "s1.ack": "0x8", "s1.client": "syn_sent"}
ORDER = Order(
    (Item("a", "a"), Item("b", "b"), Item("c", "c")),
    frozenset({("a", "b"), ("a", "c")}),
    ("a", "b", "c"),
    (("a", "c", "late"),),
)
SEGMENT = Build("S.", 10, 20, (("last", {"ack": "19"}),))
RESET = Build("R", 10, None, ())


def test_one_option_is_right() -> None:
    assert ONE.grade({"choice": "2"}) == (True, None, {"2": True})
    assert ONE.grade({"choice": " 3 "}) == (False, "third", {"3": False})
    assert ONE.key == {"choice": "2"}
    assert ONE.mistakes == (("first", {"choice": "1"}), ("third", {"choice": "3"}))


def test_all_options_that_are_right_have_to_be_chosen() -> None:
    assert ALL.grade({"choice": "3,1"}) == (True, None, {"1": True, "2": True, "3": True})
    assert ALL.grade({"choice": "1"}) == (False, "third", {"1": True, "2": True, "3": False})
    assert ALL.grade({"choice": "1,2,3"}) == (False, "second", {"1": True, "2": False, "3": True})
    assert ALL.key == {"choice": "1,3"}
    assert dict(ALL.mistakes)["second"] == {"choice": "1,2,3"}


def test_a_misconception_is_not_blamed_for_what_it_would_not_choose() -> None:
    syn, fin, ack = Option("SYN", True, "syn"), Option("FIN", True, "fin"), Option("ACK", False, "ack")
    form = Choices((syn, syn._replace(text="SYN-ACK"), ack, ack._replace(text="another ACK"), fin), several=True)
    assert form.mistakes == (("syn", {"choice": "5"}), ("ack", {"choice": "1,2,3,4,5"}), ("fin", {"choice": "1,2"}))
    assert form.grade({"choice": "1,4,5"}).belief == "ack"  # SYN-ACK is missing, but SYN was seen to take a number
    assert form.grade({"choice": "1,5"}).belief is None
    assert form.grade({"choice": "4,5"}).belief == "syn"


@pytest.mark.parametrize("chosen", ["", ",", "0", "4", "1,2", "b", "1.0"])
def test_what_is_no_choice(chosen: str) -> None:
    with pytest.raises(Malformed):
        ONE.grade({"choice": chosen})
    with pytest.raises(Malformed):
        ONE.grade({})


def test_a_number_is_compared_and_not_its_writing() -> None:
    form = Number(255, (("less", 254), ("more", 256)), also=frozenset({300}))
    for text in ("255", "0xff", " 2 5 5 ", "300"):
        assert form.grade({"number": text}) == (True, None, {"number": True})
    assert form.grade({"number": "0xfe"}) == (False, "less", {"number": False})
    assert form.grade({"number": "1"}) == (False, None, {"number": False})
    with pytest.raises(Malformed):
        form.grade({"number": str(2**32)})
    with pytest.raises(Malformed):
        form.grade({})


def test_each_cell_of_a_table_is_judged() -> None:
    assert TABLE.grade(FILLED) == (True, None, dict.fromkeys(FILLED, True))
    verdict = TABLE.grade({**FILLED, "s1.ack": "7", "s1.client": "ESTAB"})
    assert verdict == (False, "both", {"c1.flags": True, "s1.ack": False, "s1.client": False})
    assert TABLE.grade({**FILLED, "s1.ack": "7"}).belief == "same"
    assert TABLE.grade({**FILLED, "s1.ack": "9"}).belief is None
    assert TABLE.key == {"c1.flags": "S", "s1.ack": "8", "s1.client": "SYN-SENT"}


@pytest.mark.parametrize("change", [{"s1.ack": " "}, {"s1.ack": "x"}, {"c1.flags": "x"}, {"s1.client": "x"}])
def test_a_cell_that_cannot_be_read_is_asked_for_again(change: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        TABLE.grade({**FILLED, **change})


def test_any_order_is_right_that_keeps_what_happens_before_what() -> None:
    right = {f"place-{id}": True for id in "abc"}
    assert ORDER.grade({"place-a": "1", "place-b": "2", "place-c": "3"}) == (True, None, right)
    assert ORDER.grade({"place-a": "1", "place-b": "3", "place-c": "2"}) == (True, None, right)
    verdict = ORDER.grade({"place-a": "2", "place-b": "3", "place-c": "1"})
    assert verdict == (False, "late", {"place-a": False, "place-b": True, "place-c": False})
    assert ORDER.grade({"place-a": "2", "place-b": "1", "place-c": "3"}).belief is None
    assert ORDER.key == {"place-a": "1", "place-b": "2", "place-c": "3"}


@pytest.mark.parametrize("places", ["12", "112", "124", "012", "12x"])
def test_what_is_no_order(places: str) -> None:
    with pytest.raises(Malformed):
        ORDER.grade({f"place-{id}": place for id, place in zip("abc", places, strict=False)})


def test_each_field_of_a_segment_is_judged() -> None:
    right = {"flags": True, "seq": True, "ack": True}
    assert SEGMENT.grade({"flags": "SYN,ACK", "seq": "0xa", "ack": "20"}) == (True, None, right)
    assert SEGMENT.grade({"flags": "S.", "seq": "10", "ack": "19"}) == (False, "last", {**right, "ack": False})
    assert SEGMENT.grade({"flags": "S", "seq": "10"}) == (False, None, {**right, "flags": False, "ack": False})
    assert RESET.grade({"flags": "RST", "seq": "10", "ack": ""}) == (True, None, right)
    assert SEGMENT.key == {"flags": "S.", "seq": "10", "ack": "20"}
    assert RESET.key == {"flags": "R", "seq": "10", "ack": ""}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"seq": "10", "ack": "20"},
        {"flags": "S.", "ack": "20"},
        {"flags": "S.", "seq": "10"},
        {"flags": "S", "seq": "10", "ack": "20"},
        {"flags": "S.", "seq": "10", "ack": str(2**32)},
    ],
)
def test_a_segment_that_cannot_be_read_is_asked_for_again(answer: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        SEGMENT.grade(answer)
