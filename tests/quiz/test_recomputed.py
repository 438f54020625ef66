"""The keys once more, by other means: from the JSON of the trace and nothing else, by rules written down here."""

import json
import re
from typing import Any

import pytest

from app.quiz.forms import Choices, Order
from app.quiz.pool import Pool
from app.quiz.question import Question
from app.quiz.say import Say
from app.sim.export import to_json

SEEDS = range(12)
question = Pool({}).question
CIRCLE = 2**32
LETTERS = {"SYN": "S", "FIN": "F", "RST": "R"}


class Told:
    """A trace as its JSON tells it."""

    def __init__(self, made: Question) -> None:
        assert made.trace
        self.json: dict[str, Any] = json.loads(json.dumps(to_json(made.trace)))
        self.isn = {host: int(isn) for host, isn in re.findall(r"(client|server)\.isn=([0-9]+)", self.json["scenario"])}
        self.segments = {segment["n"]: segment for segment in self.json["segments"]}

    def number(self, segment: dict[str, Any], column: str) -> str:
        """A seq or ack as it is on the wire: relative numbers count from the ISN of the side whose bytes they are."""
        if f"{column}_abs" in segment:
            return str(segment[f"{column}_abs"])
        if segment[column] is None:
            return ""
        side = segment["from"] if column == "seq" else segment["to"]
        return str((self.isn[side] + segment[column]) % CIRCLE)

    def flags(self, segment: dict[str, Any]) -> str:
        letters = "".join(LETTERS[flag] for flag in ("SYN", "FIN", "RST") if flag in segment["flags"])
        return letters + ("." if "ACK" in segment["flags"] else "")

    def state(self, host: str, conn: int, at: int) -> str:
        """The last state by then; a listener's until the connection has one of its own."""
        own = [e for e in self.json["states"] if (e["host"], e["conn"]) == (host, conn) and e["at_us"] <= at]
        listening = [e for e in self.json["states"] if (e["host"], e["conn"]) == (host, None) and e["at_us"] <= at]
        own = [e for e in own if e["state"] != "LISTEN"]
        return (own or listening or [{"state": "CLOSED"}])[-1]["state"]

    def seen_at(self, segment: dict[str, Any], made: Question) -> int:
        """When it arrived; for a lost one, when the table looks: half a delay after it left."""
        if segment["arrives_us"]:
            return int(segment["arrives_us"][0])
        assert made.trace
        lost = made.trace.segments[segment["n"]].lost_at
        assert lost
        return lost


TABLES = ("fill-the-handshake", "whole-connection", "after-the-half-close")
STATES = (
    "handshake-states", "four-segment-states", "three-segment-states", "simultaneous-close-states",
    "simultaneous-open-states", "lossy-close-states",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", TABLES)
def test_tables_of_numbers(id: str, seed: int) -> None:
    made = question(id, seed)
    told = Told(made)
    for field, value in made.form.key.items():
        name, _, column = field.partition(".")
        segment = told.segments[name]
        assert value == (told.flags(segment) if column == "flags" else told.number(segment, column)), field


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", STATES)
def test_tables_of_states(id: str, seed: int) -> None:
    made = question(id, seed)
    told = Told(made)
    for field, value in made.form.key.items():
        name, _, host = field.partition(".")
        segment = told.segments[name]
        assert value == told.state(host, segment["conn"], told.seen_at(segment, made)), field


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ack_of_a_syn_is_one_more_than_its_number(seed: int) -> None:
    made = question("ack-of-the-syn", seed)
    told = Told(made)
    syn = next(s for s in told.json["segments"] if s["flags"] == ["SYN"])
    assert made.form.key["number"] == str((int(told.number(syn, "seq")) + 1) % CIRCLE)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_third_segment_goes_on_from_both_isns(seed: int) -> None:
    made = question("third-segment", seed)
    isn = Told(made).isn
    wanted = {side: str((isn[side] + 1) % CIRCLE) for side in isn}
    assert made.form.key == {"flags": ".", "seq": wanted["client"], "ack": wanted["server"]}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("id", "flags"), [("build-the-fin", "F."), ("build-the-last-ack", ".")])
def test_what_is_built_is_on_the_wire(id: str, flags: str, seed: int) -> None:
    made = question(id, seed)
    told = Told(made)
    key = made.form.key
    assert key["flags"] == flags
    on_the_wire = [
        {"flags": told.flags(s), "seq": told.number(s, "seq"), "ack": told.number(s, "ack")}
        for s in told.json["segments"]
    ]
    assert key in on_the_wire


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_are_put_in_the_order_in_which_they_left(seed: int) -> None:
    made = question("segments-of-a-close", seed)
    assert isinstance(made.form, Order)
    items = {item.id: dict(item.text.parameters) for item in made.form.items if isinstance(item.text, Say)}
    left = Told(made).json["segments"]
    last = -1
    for id in made.form.solution:
        item = items[id]
        source = item["source"].message.removeprefix("host.")
        found = next(
            s
            for s in left
            if (s["from"], s["seq"], s["ack"]) == (source, item["seq"], item["ack"]) and s["at_us"] >= last
        )
        left.remove(found)
        last = found["at_us"]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_takes_numbers_takes_them(seed: int) -> None:
    made = question("which-take-numbers", seed)
    segments = Told(made).json["segments"]
    taking = {
        place for place, segment in enumerate(segments, 1) if segment["len"] or set(segment["flags"]) & {"SYN", "FIN"}
    }
    assert isinstance(made.form, Choices)
    lines = [dict(option.text.parameters) for option in made.form.options if isinstance(option.text, Say)]
    assert all(line["who"].message.endswith(segments[line["place"] - 1]["from"]) for line in lines)
    wanted = [str(n) for n, line in enumerate(lines, 1) if line["place"] in taking]
    assert made.form.key == {"choice": ",".join(wanted)}


def test_an_ack_that_is_ticked_is_not_laid_to_a_syn_that_is_ticked_too() -> None:
    form = question("which-take-numbers", 583575).form  # lines 1 (SYN), 2 (SYN-ACK), 3 and 5 (ACK), 8 (RST)
    assert form.grade({"choice": "1,4"}).belief == "ack-takes-a-number"
