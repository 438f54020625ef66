"""The lab's gallery: experiments that are ready, by group; the ladder of losses as one grid."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.draw.labels import flags
from app.lab.gallery import Experiment
from app.sim.scenario import written
from app.sim.world import run
from app.web.lab_address import EMPTY, Place
from app.web.world import World, world
from app.words import Words


class Card(NamedTuple):
    """An experiment; `of` names the segment that a rung of the ladder loses, `flags` what it carries."""

    id: str
    title: str
    text: str
    url: str
    scenario: str
    of: str
    flags: str


class Shelf(NamedTuple):
    """A group of them."""

    id: str
    title: str
    text: str
    ladder: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class GalleryView:
    """All groups."""

    template: ClassVar[str] = "lab/gallery.html"
    shelves: tuple[Shelf, ...]
    empty: str


def gallery(request: Request, lang: str) -> Response:
    """`/{lang}/lab/gallery`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="lab")


def view(here: World, words: Words) -> GalleryView:
    """The gallery in that language."""
    return GalleryView(
        tuple(
            Shelf(
                group.id,
                group.words[words.lang].title,
                group.words[words.lang].text,
                group.ladder,
                tuple(_card(experiment, words) for experiment in group.experiments),
            )
            for group in here.experiments.groups
        ),
        Place(f"/{words.lang}/lab", EMPTY, 0).url,
    )


def _card(experiment: Experiment, words: Words) -> Card:
    label = experiment.words[words.lang]
    place = Place(f"/{words.lang}/lab", experiment.scenario, experiment.t)
    lost = run(experiment.scenario).segments[experiment.of] if experiment.of else None
    return Card(
        experiment.id,
        label.title,
        label.text,
        place.url,
        written(experiment.scenario),
        experiment.of or "",
        flags(lost) if lost else "",
    )
