"""Finding lessons, states, timers and terms by their words."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import Request, Response

from app.course.search import LONGEST, MOST, Hits
from app.web.world import world


@dataclass(frozen=True)
class SearchView:
    """What was looked for, and what was found; `hits` is None where nothing was asked yet."""

    template: ClassVar[str] = "search/index.html"
    query: str
    hits: Hits | None
    longest: int
    most: int

    @property
    def too_long(self) -> bool:
        """Whether only the beginning of the query was looked at."""
        return len(self.query) > self.longest


async def search(request: Request, lang: str, q: str = "") -> Response:
    """`/{lang}/search?q=…`. Queries have no end, so these pages are not remembered."""
    here = world(request)
    words = here.speak(lang)
    asked = q.strip()
    view = SearchView(asked, here.indexes[lang].find(asked) if asked else None, LONGEST, MOST)
    query = f"?{urlencode({'q': asked})}" if asked else ""
    return here.answer(request, words, here.renderer.render(here.page(request, words, "search", query), view))
