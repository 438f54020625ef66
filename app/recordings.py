"""Whether recordings of real kernels agree with the machine: a folder of them, each beside its scenario."""

import json
from collections.abc import Iterator
from pathlib import Path

from app.sim.agreement import differences
from app.sim.cursor import ScenarioError
from app.sim.scenario import parse
from app.sim.world import run


def report(folder: Path) -> Iterator[str]:
    """Each difference in the folder as a line, and at last `agree N of M`; a scenario's mistake is a difference."""
    names = sorted({path.stem for path in folder.iterdir() if path.suffix in (".json", ".scenario")})
    agreeing, compared = 0, 0
    for name in names:
        recording, scenario = folder / f"{name}.json", folder / f"{name}.scenario"
        if not (recording.exists() and scenario.exists()):
            yield f"{name}: has no {'.json' if scenario.exists() else '.scenario'} to be compared with"
            continue
        compared += 1
        try:
            found = differences(json.loads(recording.read_text()), run(parse(scenario.read_text())))
        except ScenarioError as mistake:
            found = [f"the scenario: {mistake}"]
        agreeing += not found
        yield from (f"{name}: {difference}" for difference in found)
    yield f"agree {agreeing} of {compared}"
