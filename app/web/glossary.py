"""The glossary."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fastapi import Request, Response

from app.course.lesson import Term
from app.draw.names import GROUP, NETSTAT, OTHER, SS, anchor
from app.tcp.states import State
from app.web.world import World, world
from app.words import Words


class Spelling(NamedTuple):
    """A state as each writes it."""

    id: str
    colour: str
    rfc: str
    ss: str
    netstat: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class GlossaryView:
    """The terms, in the order in which they are written, and how each state is spelled."""

    template: ClassVar[str] = "glossary/index.html"
    terms: tuple[Term, ...]
    spellings: tuple[Spelling, ...]


async def glossary(request: Request, lang: str) -> Response:
    """`/{lang}/glossary`."""
    here = world(request)
    return here.show(request, here.speak(lang), view, section="glossary")


def view(here: World, words: Words) -> GlossaryView:
    """The terms in that language."""
    spellings = (
        Spelling(anchor(state), GROUP[state], state.value, SS[state], NETSTAT[state], OTHER.get(state, ()))
        for state in State
    )
    return GlossaryView(here.course.editions[words.lang].glossary, tuple(spellings))
