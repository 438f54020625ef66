"""Jinja as the pages have it: quick where a page does something a thousand times."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context

from app.draw.panels import stretches
from app.words import Words


class Direct(Context):
    """A context where a call is a call: Jinja's own first asks whatever is called what it wants to be handed."""

    def call(
        self, called: Callable[..., Any], /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **named: Any
    ) -> Any:
        """What a template calls: words, macros, methods of a view; none of ours wants the context."""
        return called(*args, **named)


class Plainly(CodeGenerator):
    """What is put out is escaped into a string, not into a Markup of its own, of which a page needs only the text.

    It is always escaped: `{% autoescape false %}` has no say, nor has a template use for it.
    """

    def _output_child_pre(self, *_: object) -> None:
        self.write("environment.escaped(")


class Templates(Environment):
    """The templates in one language: they know its words.

    A text without parameters (`{{ "nav.quiz" | w }}`) is filled in when a template is compiled, and the macros of a
    file are made once, not for each page.
    """

    context_class = Direct
    code_generator_class = Plainly

    def __init__(self, folder: Path, asset: Callable[[str], str], words: Words) -> None:
        """`asset` gives the address of a static file."""
        super().__init__(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals |= {"asset": asset, "w": words}
        self.filters |= {"asset": asset, "w": words, "stretches": stretches}

    @staticmethod
    def escaped(value: Any) -> str:
        """As HTML: what knows its own HTML, such as a macro's outcome, as it is."""
        if type(value) is str:
            return escape(value)
        if type(value) is int:
            return str(value)
        html: str = value.__html__() if hasattr(value, "__html__") else escape(str(value))
        return html
