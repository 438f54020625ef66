"""The glossary."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import Request, Response

from app.course.lesson import Term
from app.web.world import World, world
from app.words import Words


@dataclass(frozen=True)
class GlossaryView:
    """The terms, in the order in which they are written."""

    template: ClassVar[str] = "glossary/index.html"
    terms: tuple[Term, ...]


async def glossary(request: Request, lang: str) -> Response:
    """`/{lang}/glossary`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="glossary")


def view(here: World, words: Words) -> GlossaryView:
    """The terms in that language."""
    return GlossaryView(here.course.editions[words.lang].glossary)
