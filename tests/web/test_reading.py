"""The server and the script keep the same rules: what is seen at a place does not depend on who computes it."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.course.blocks import Predict
from app.course.lesson import Lesson
from app.folders import folder
from app.web.reading import Reading, controls, horizon, moment_of, open_prediction, read, time

SCRIPT = """
import {{ controls, horizon, momentOf, openPrediction }} from {reading};
import {{ readAddress, writeAddress }} from {address};
const input = JSON.parse(await new Promise((done) => {{
  let text = ""; process.stdin.on("data", (piece) => (text += piece)).on("end", () => done(text));
}}));
console.log(JSON.stringify(input.map(({{ items, player, place, last, query }}) => [
  openPrediction(items, player, place)?.prediction ?? null,
  horizon(items, player, place, last),
  momentOf(items, player, place, last),
  Object.values(controls(items, player, place.step)),
  writeAddress(readAddress(query, items.flatMap((item) => item.prediction ?? [])), Object.keys(place.answers)),
])));
"""


def readings(lesson: Lesson) -> Iterator[Reading]:
    """Every step with no answer, with all, and with all but the last."""
    predictions = [step.id for step in lesson.steps if step.kind == "predict"]
    for step in lesson.steps:
        for count in {0, len(predictions) - 1, len(predictions)}:
            yield Reading(step.number, step.moment, tuple((id, 1) for id in predictions[:count]), said=True)


def by_server(lesson: Lesson, player: Any, reading: Reading) -> list[Any]:
    asked = open_prediction(player, reading)
    return [
        asked.id if asked else None,
        horizon(player, reading),
        moment_of(player, reading),
        list(controls(player, reading.step, len(lesson.steps))),
        reading.query,
    ]


def for_script(lesson: Lesson, player: Any, reading: Reading) -> dict[str, Any]:
    return {
        "items": [
            {
                "number": step.number,
                "player": step.player,
                "moment": step.moment,
                "prediction": step.id if step.kind == "predict" else None,
            }
            for step in lesson.steps
        ],
        "player": player.id,
        "place": {"step": reading.step, "moment": reading.moment, "answers": dict(reading.answers)},
        "last": len(player.moments) - 1,
        "query": reading.query,
    }


def test_server_and_script_agree_everywhere(site: FastAPI, node: str) -> None:
    course = site.state.world.course.editions["en"].lessons.values()
    cases = [
        (lesson, player, reading) for lesson in course for player in lesson.players for reading in readings(lesson)
    ]
    scripts = folder("static") / "js"
    script = SCRIPT.format(**{name: json.dumps((scripts / f"{name}.js").as_uri()) for name in ("reading", "address")})
    run = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        input=json.dumps([for_script(*case) for case in cases]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == [by_server(*case) for case in cases]


@pytest.mark.parametrize(("at", "text"), [(0, "0ms"), (150_000, "150ms"), (2_000_000, "2s"), (150_500, "150500us")])
def test_a_time_is_written_in_the_largest_unit_that_fits(at: int, text: str) -> None:
    assert time(at) == text


def test_every_place_survives_the_address(site: FastAPI) -> None:
    for lesson in site.state.world.course.editions["zh"].lessons.values():
        for reading in readings(lesson):
            assert read(lesson, dict(pair.split("=") for pair in reading.query[1:].split("&"))) == reading


def test_a_moment_beyond_an_open_prediction_is_not_reached(site: FastAPI) -> None:
    lesson = next(iter(site.state.world.course.editions["zh"].lessons.values()))
    player = lesson.players[0]
    asked = next(step for step in player.steps if isinstance(step, Predict))
    reading = read(lesson, {"step": str(asked.number), "t": "3600s"})
    assert reading.moment == asked.moment
    assert reading == replace(reading, at="")


def test_the_scripts_are_where_this_test_thinks() -> None:
    assert (Path(folder("static")) / "js" / "reading.js").is_file()
