"""What a page says that could not be had without a network. The service worker (`static/js/worker.js`) keeps it."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import Request, Response

from app.course.lesson import Part
from app.web.world import World, world
from app.words import Words


@dataclass(frozen=True)
class OfflineView:
    """Everything that the worker may have kept; the page's script leaves what it has."""

    template: ClassVar[str] = "offline/index.html"
    parts: tuple[Part, ...]


async def offline(request: Request, lang: str) -> Response:
    """`/{lang}/offline`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="")


def view(here: World, words: Words) -> OfflineView:
    """The course in that language."""
    return OfflineView(here.course.editions[words.lang].parts)
