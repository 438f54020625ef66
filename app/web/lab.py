"""The lab: a connection that is built and broken by hand. Every control leads to another address of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from app.lab.said import Said
from app.sim.cursor import MAX_TEXT, ScenarioError
from app.sim.digest import digest
from app.sim.scenario import Scenario, parse, written
from app.sim.trace import Trace
from app.sim.when import time
from app.sim.world import run
from app.sim.writer import duration
from app.web.lab_address import EMPTY, LONGEST_LINK, USUAL, Place, Understood, read
from app.web.lab_forms import Wrong, changed
from app.web.lab_stage import LabStage, SegmentView, held, segment, stage
from app.web.lab_tools import Choice, Guard, Tools, on_selected, tools
from app.web.world import World, world
from app.words import Words

MOST_FIELDS = 60
_LABELS = {"delay": "lab.delay"}  # fields that are called otherwise than by their names

Failed = tuple[Wrong, dict[str, str]]
Show = Callable[[Understood, Failed], Response]


class Complaint(NamedTuple):
    """Something that was not understood: what it is about ("" for all), and why."""

    about: str
    why: str


class Mistake(NamedTuple):
    """A form that was not understood: which, what was typed, what is wrong with it, and a line that points at it."""

    do: str
    why: str
    pointed: str
    field: str  # which field it is about; "" where the line says it, or the whole form is wrong
    typed: dict[str, str]


@dataclass(frozen=True)
class Bench:
    """The lab itself, wherever it stands: on its own page or on a level's."""

    path: str
    text: str
    t: str
    sel: str
    absolute: bool
    other_numbers: str  # the same place with absolute numbers, or with relative ones
    unselected: str
    stage: LabStage | None
    busy: str  # why there is no picture, or why the run was stopped
    segment: SegmentView | None
    on_segment: tuple[Choice, ...]
    tools: Tools
    complaints: tuple[Complaint, ...]
    mistake: Mistake | None
    level: bool

    def typed(self, do: str, name: str, otherwise: str) -> str:
        """What was typed in that field before the form was found wrong, else what is so."""
        return self.mistake.typed.get(name, otherwise) if self.mistake and self.mistake.do == do else otherwise


class Known(NamedTuple):
    """What the gallery calls an experiment, and says of it; `url` is its place there."""

    title: str
    text: str
    group: str
    url: str


@dataclass(frozen=True)
class LabView:
    """The page of the lab."""

    template: ClassVar[str] = "lab/index.html"
    bench: Bench
    empty: str
    known: Known | None  # where the gallery has this very experiment
    differs: bool  # whether the run is no longer what it was when the link was shared


def lab(request: Request, lang: str) -> Response:
    """`/{lang}/lab?server=…&client=…&t=250ms&sel=c1`."""
    here = world(request)
    words = here.speak(lang)
    return _shown(request, here, words, understood(request, USUAL))


async def change(request: Request, lang: str) -> Response:
    """POST `/{lang}/lab`: what a form asks for, as the address of another experiment; or the form with its mistake."""
    here = world(request)
    words = here.speak(lang)
    return await changing(request, USUAL, lambda place, wrong: _shown(request, here, words, place, wrong))


def _shown(request: Request, here: World, words: Words, found: Understood, wrong: Failed | None = None) -> Response:
    trace = run(found.place.scenario)
    view = LabView(
        bench(trace, words, found, Guard(None), wrong),
        found.place._replace(scenario=EMPTY, t=0, sel="").url,
        _known(here, words, found.place.scenario),
        differs(trace, found),
    )
    page = here.page(request, words, "lab", found.place.query)
    return here.answer(request, words, here.renderer.render(page, view), status(trace, wrong))


def _known(here: World, words: Words, scenario: Scenario) -> Known | None:
    found = here.experiments.named(scenario)
    if found is None:
        return None
    group, experiment = found
    label, url = experiment.words[words.lang], f"/{words.lang}/lab/gallery#{experiment.id}"
    return Known(label.title, label.text, group.words[words.lang].title, url)


def understood(request: Request, otherwise: Scenario) -> Understood:
    """What the address says. One that is beyond all measure is refused with 413."""
    if len(request.url.query) > LONGEST_LINK:
        raise HTTPException(413)
    return read(request.scope["path"], request.url.query, otherwise)


def differs(trace: Trace, found: Understood) -> bool:
    """Whether something else happened when the link was shared than the machine makes of it today."""
    return bool(found.was) and found.was != digest(trace)


def status(trace: Trace, wrong: object) -> int:
    """422 for a form with a mistake, for a run that had to be stopped, and for one that the stage cannot hold."""
    return 422 if wrong or trace.stopped_by or not held(trace) else 200


async def fields(request: Request) -> dict[str, str]:
    """What a form sent, at most so much of it."""
    form = await request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=4 * MAX_TEXT)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def place_of(path: str, sent: dict[str, str], otherwise: Scenario) -> Place:
    """Where the form stood: every form carries the whole experiment along."""
    try:
        scenario = parse(sent["scenario"]) if "scenario" in sent else otherwise
    except ScenarioError:
        scenario = otherwise
    return read(path, urlencode({key: sent[key] for key in ("t", "sel", "num") if sent.get(key)}), scenario).place


async def changing(request: Request, otherwise: Scenario, show: Show) -> Response:
    """Answer a form: 303 to where it leads, or `show(place, mistake)`."""
    sent = await fields(request)
    place = place_of(request.scope["path"], sent, otherwise)
    try:
        scenario = changed(place.scenario, sent)
    except Wrong as wrong:
        return show(Understood(place, ()), (wrong, sent))
    t = time(sent["at"].strip()) if sent.get("do") == "forge" and sent.get("at") else place.t
    return RedirectResponse(place._replace(scenario=scenario, t=t).url, 303, {"cache-control": "no-store"})


def bench(trace: Trace, words: Words, found: Understood, guard: Guard, wrong: Failed | None = None) -> Bench:
    """The lab at that place."""
    place = found.place
    picture = stage(trace, words, place)
    selected = segment(trace, words, place)
    busy = ""
    if trace.stopped_by:
        busy = words(f"scenario.stopped-by-{trace.stopped_by}")
    elif picture is None:
        busy = words("lab.too-much" if trace.moments else "lab.nothing")
    return Bench(
        place.path,
        written(place.scenario),
        "" if place.t is None else duration(place.t),
        place.sel,
        place.absolute,
        place._replace(absolute=not place.absolute).url,
        place._replace(sel="").url,
        picture,
        busy,
        selected,
        on_selected(trace, words, place, guard) if selected else (),
        tools(trace, words, place, guard),
        tuple(Complaint(about, _say(words, why)) for about, why in found.complaints),
        _mistake(words, *wrong) if wrong else None,
        guard.level is not None,
    )


def _mistake(words: Words, wrong: Wrong, sent: dict[str, str]) -> Mistake:
    pointed = f"{wrong.line}\n{' ' * (wrong.column - 1)}^" if wrong.column and wrong.line.strip() else ""
    where = words("lab.form.line", line=wrong.number) if wrong.number else ""
    if wrong.field:
        called = words(_LABELS[wrong.field]) if wrong.field in _LABELS else wrong.field
        where = words("lab.form.field", field=called)
    return Mistake(wrong.do, where + _say(words, wrong.what), pointed, wrong.field, sent)


def _say(words: Words, what: Said) -> str:
    return words(what.message, **what.params)
