"""The gallery: experiments that are ready to be looked at, in groups."""

import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.sim.cursor import ScenarioError
from app.sim.scenario import Scenario, parse
from app.sim.when import time


class GalleryError(ValueError):
    """What is wrong with the gallery's file, as a sentence for its author."""


class Label(NamedTuple):
    """A title and a sentence in one language."""

    title: str
    text: str


class Experiment(NamedTuple):
    """A scenario and the instant (µs) to open it at; `words` is by language. `of` is what a ladder's rung loses."""

    id: str
    scenario: Scenario
    t: int
    words: Mapping[str, Label]
    of: str | None = None


class Group(NamedTuple):
    """Experiments on one subject. Those of a `ladder` are one story that goes wrong at each step: one grid."""

    id: str
    ladder: bool
    words: Mapping[str, Label]
    experiments: tuple[Experiment, ...]


def read_gallery(text: str, scenarios: Mapping[str, str], languages: tuple[str, ...]) -> tuple[Group, ...]:
    """The groups of a TOML file; `scenarios` has their texts by the names that the file uses. Raises GalleryError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GalleryError(f"not TOML: {error}") from error
    experiments: dict[str, list[Experiment]] = {}
    known = [str(table.get("id")) for table in tables.get("group", [])]
    for table in tables.get("experiment", []):
        group = str(table.get("group"))
        if group not in known:
            raise GalleryError(f"the experiment {table.get('id')} is in no group: there are {', '.join(known)}")
        experiments.setdefault(group, []).append(_experiment(table, scenarios, languages))
    ids = [experiment.id for group in experiments.values() for experiment in group]
    if twice := next((id for id in (*known, *ids) if known.count(id) + ids.count(id) > 1), None):
        raise GalleryError(f"there are two of the name {twice}")
    return tuple(
        Group(
            str(table["id"]),
            bool(table.get("ladder", False)),
            _labels(table, languages),
            tuple(experiments.get(str(table["id"]), ())),
        )
        for table in tables.get("group", [])
    )


def _experiment(table: Mapping[str, Any], scenarios: Mapping[str, str], languages: tuple[str, ...]) -> Experiment:
    id, name, t = str(table.get("id")), str(table.get("scenario")), time(str(table.get("t", "0ms")))
    if name not in scenarios:
        raise GalleryError(f"the experiment {id} is of {name}, which is no scenario")
    if t is None:
        raise GalleryError(f"the experiment {id} opens at {table['t']}, which is no time")
    try:
        scenario = parse(scenarios[name])
    except ScenarioError as error:
        raise GalleryError(f"the scenario {name}: {error}") from error
    return Experiment(id, scenario, t, _labels(table, languages), table.get("of"))


def _labels(table: Mapping[str, Any], languages: tuple[str, ...]) -> dict[str, Label]:
    labels = {}
    for language in languages:
        said = table.get(language, {})
        if not said.get("title") or not said.get("text"):
            raise GalleryError(f"{table.get('id')} has no title and text in {language}")
        labels[language] = Label(said["title"], " ".join(said["text"].split()))
    return labels
