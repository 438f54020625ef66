"""What two real Linux kernels did, against what the `linux` dialect does in the same scenario (`app.sim.agreement`).

`tests/captures/NAME.json` is the recording, `NAME.scenario` the same exchange in our notation. Where we decided that
the machine should differ, `DIFFERENCES.md` there names the recording and the reason.
"""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.recordings import report
from app.sim.agreement import differences
from app.sim.scenario import parse
from app.sim.world import run

CAPTURES = Path(__file__).parent.parent / "captures"
EXCHANGES = sorted(path.stem for path in CAPTURES.glob("*.json") if not path.stem.startswith("50_matrix"))
DIFFERENT = re.findall(r"^\| `(\w+)` \|", (CAPTURES / "DIFFERENCES.md").read_text(), re.MULTILINE)


def recorded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CAPTURES / f"{name}.json").read_text())
    return loaded


def told(name: str, capture: dict[str, Any]) -> list[str]:
    return differences(capture, run(parse((CAPTURES / f"{name}.scenario").read_text())))


@pytest.mark.parametrize("name", [name for name in EXCHANGES if name not in DIFFERENT])
def test_the_machine_does_what_the_kernel_did(name: str) -> None:
    assert told(name, recorded(name)) == []


def test_what_differs_is_listed_and_nothing_else_is() -> None:
    assert set(DIFFERENT) <= set(EXCHANGES)
    assert len(EXCHANGES) == 88
    assert len(EXCHANGES) - len(DIFFERENT) >= 80
    for name in DIFFERENT:  # one that has begun to agree leaves the list
        assert not (CAPTURES / f"{name}.scenario").exists() or told(name, recorded(name)), name


def test_the_report_counts() -> None:
    *lines, last = report(CAPTURES)
    scenarios = len(list(CAPTURES.glob("*.scenario")))
    agreeing = len([name for name in EXCHANGES if name not in DIFFERENT])
    assert last == f"agree {agreeing} of {scenarios}"
    assert {line.split(":")[0] for line in lines} <= {*DIFFERENT, *(path.stem for path in CAPTURES.glob("50_*.json"))}


CLOSE = "01_normal_close_4seg"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("segments", 3, "seq"), 2),
        (("segments", 3, "flags"), ["ACK", "FIN"]),
        (("segments", 3, "len"), 99),
        (("segments", 3, "fate"), "dropped"),
        (("segments", -1, "at_us"), 5_000_000),
        (("calls", 4, "result"), 99),
        (("timeline", "40000", -1, "client"), "CLOSING"),
    ],
)
def test_another_recording_does_not_agree(path: tuple[str | int, ...], value: object) -> None:
    capture: Any = deepcopy(recorded(CLOSE))
    place = capture
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert told(CLOSE, capture)


def test_a_segment_more_or_less_does_not_agree() -> None:
    fewer, more = deepcopy(recorded(CLOSE)), deepcopy(recorded(CLOSE))
    del fewer["segments"][-1]
    more["segments"].append({**more["segments"][-1], "at_us": more["segments"][-1]["at_us"] + 1000})
    assert told(CLOSE, fewer)
    assert told(CLOSE, more)


def test_a_mistake_in_a_scenario_is_a_line_of_the_report(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text((CAPTURES / f"{CLOSE}.json").read_text())
    (tmp_path / "one.scenario").write_text("server: lisen")
    (tmp_path / "two.scenario").write_text("server: listen")
    first, second, last = report(tmp_path)
    assert first.startswith("one: the scenario: 1:9")
    assert second == "two: has no .json to be compared with"
    assert last == "agree 0 of 1"
