"""Templates into bytes, once: the content cannot change while the process lives."""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import ClassVar, Protocol

from app.web.page import Page
from app.web.representation import Representation
from app.web.settings import Settings
from app.web.templating import Templates
from app.words import Words


class View(Protocol):
    """What a template gets: a frozen dataclass that knows its template."""

    template: ClassVar[str]


class Renderer:
    """Renders views into pages, and remembers the last ones as they go over the wire."""

    def __init__(self, settings: Settings, asset: Callable[[str], str], words: Mapping[str, Words]) -> None:
        """`asset` gives templates the address of a static file."""
        self._templates = {lang: Templates(settings.templates, asset, said) for lang, said in words.items()}
        self.remembered = lru_cache(settings.remembered_pages)(self._remembered)

    def render(self, page: Page, view: View) -> Representation:
        """Fill in the template of this view. Every template has `page`, `view`, and what all have (`Templates`)."""
        return Representation.of(self._filled(page, view), "text/html", once=True)

    def _filled(self, page: Page, view: View) -> bytes:
        return self._templates[page.lang].get_template(view.template).render(page=page, view=view).encode()

    def _remembered(self, page: Page, view: Callable[..., View], *subject: Hashable) -> Representation:
        """Render `view(*subject)` on this page, if it has not been done yet."""
        return Representation.of(self._filled(page, view(*subject)), "text/html")
