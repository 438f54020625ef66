"""Templates into bytes, once: the content cannot change while the process lives."""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context

from app.draw.panels import stretches
from app.web.page import Page
from app.web.representation import Representation
from app.web.settings import Settings
from app.words import Words


class View(Protocol):
    """What a template gets: a frozen dataclass that knows its template."""

    template: ClassVar[str]


class Direct(Context):
    """The templates' context, where a call is a call: none of ours wants to be handed the context itself."""

    def call(
        self, called: Callable[..., Any], /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any
    ) -> Any:
        """What a template calls. Jinja's own asks of each what it wants first, some hundred times a page."""
        return called(*args, **named)


class Renderer:
    """Renders views into pages, and remembers the last ones as they go over the wire.

    Each language has templates of its own, which know its words: a text without parameters (`{{ "nav.quiz" | w }}`) is
    filled in when the template is compiled, and the macros of a file are made once, not for each page.
    """

    def __init__(self, settings: Settings, asset: Callable[[str], str], words: Mapping[str, Words]) -> None:
        """`asset` gives templates the address of a static file."""
        self._templates = {lang: _templates(settings.templates, asset, said) for lang, said in words.items()}
        self.remembered = lru_cache(settings.remembered_pages)(self._remembered)

    def render(self, page: Page, view: View) -> Representation:
        """Fill in the template of this view. Every template has `page`, `w` and `view`, and nothing else."""
        return Representation.of(self._filled(page, view), "text/html", once=True)

    def _filled(self, page: Page, view: View) -> bytes:
        return self._templates[page.lang].get_template(view.template).render(page=page, view=view).encode()

    def _remembered(self, page: Page, view: Callable[..., View], *subject: Hashable) -> Representation:
        """Render `view(*subject)` on this page, if it has not been done yet."""
        return Representation.of(self._filled(page, view(*subject)), "text/html")


def _templates(folder: Path, asset: Callable[[str], str], words: Words) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.context_class = Direct
    templates.globals |= {"asset": asset, "w": words}
    templates.filters |= {"asset": asset, "w": words, "stretches": stretches}
    return templates
