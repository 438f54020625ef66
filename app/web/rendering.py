"""Templates into bytes, once: the content cannot change while the process lives."""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
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


class Compiled(BytecodeCache):
    """Templates as they were compiled, in memory: what one language has compiled the other does not compile again."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is here."""
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._code[bucket.key] = bucket.code


class Renderer:
    """Renders views into pages, and remembers the last ones as they go over the wire.

    Each language has templates of its own, which know its words: so the macros of a file are made once, not a page.
    """

    def __init__(self, settings: Settings, asset: Callable[[str], str], words: Mapping[str, Words]) -> None:
        """`asset` gives templates the address of a static file."""
        compiled = Compiled()
        self._templates = {lang: _templates(settings.templates, compiled) for lang in words}
        for lang, templates in self._templates.items():
            templates.globals |= {"asset": asset, "w": words[lang]}
        self.remembered = lru_cache(settings.remembered_pages)(self._remembered)

    def render(self, page: Page, view: View) -> Representation:
        """Fill in the template of this view. Every template has `page`, `w` and `view`, and nothing else."""
        return Representation.of(self._filled(page, view), "text/html", once=True)

    def _filled(self, page: Page, view: View) -> bytes:
        return self._templates[page.lang].get_template(view.template).render(page=page, view=view).encode()

    def _remembered(self, page: Page, view: Callable[..., View], *subject: Hashable) -> Representation:
        """Render `view(*subject)` on this page, if it has not been done yet."""
        return Representation.of(self._filled(page, view(*subject)), "text/html")


def _templates(folder: Path, compiled: BytecodeCache) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    templates.context_class = Direct
    templates.filters["stretches"] = stretches
    return templates
