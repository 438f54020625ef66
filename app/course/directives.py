"""The directives that content may use: what each is given, and inside what it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from markdown_it.token import Token

from app.course.source import Source

NUMBERS = ("relative", "absolute")
PANELS = ("tcb", "grid", "queues", "capture", "ss", "rules")


@dataclass(frozen=True)
class Run:
    """Plain Markdown between directives, as the parser's tokens."""

    tokens: tuple[Token, ...]

    @property
    def line(self) -> int:
        """Where it begins."""
        return next((token.map[0] + 1 for token in self.tokens if token.map), 1)


@dataclass(frozen=True)
class Directive:
    """`:::name{#id key=value}` and what it contains. `attributes` holds the id as well."""

    name: str
    attributes: dict[str, str]
    line: int
    children: tuple["Directive | Run", ...]

    @property
    def id(self) -> str:
        """Its id, empty if it has none."""
        return self.attributes.get("id", "")

    @property
    def tokens(self) -> list[Token]:
        """The plain Markdown in it."""
        return [token for child in self.children if isinstance(child, Run) for token in child.tokens]

    @property
    def directives(self) -> tuple["Directive", ...]:
        """The directives in it."""
        return tuple(child for child in self.children if isinstance(child, Directive))

    def walk(self) -> Iterator["Directive"]:
        """The directive and all that are inside it, in order."""
        yield self
        for child in self.directives:
            yield from child.walk()


class Form(NamedTuple):
    """What a directive looks like. `inside` names directives, or the kind of document for its top level."""

    inside: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


FORMS = {
    "choice": Form(("lesson",), ("id",)),
    "player": Form(("lesson", "choice"), ("id", "scenario", "panels"), ("label", "numbers")),
    "step": Form(("player",), ("id", "at")),
    "predict": Form(("player",), ("id", "at")),
    "claim": Form(("lesson", "player"), ("check",), ("scenario",)),
    "grid": Form(("lesson",), ("scenario", "moments")),
    "queues": Form(("lesson",), ("scenario", "at")),
    "capture": Form(("lesson",), ("file",)),
    "ask": Form(("lesson",), ("id", "source", "seed")),
    "article": Form(("lesson", "player")),
    "warning": Form(("lesson", "player")),
    "answer": Form(("lesson",), ("seconds",)),
    "term": Form(("glossary",), ("id", "aka")),
    "timer": Form(("timers",), ("id", "group"), ("rfc", "sysctls", "scenario", "host", "from", "until")),
    "state": Form(("states",), ("id",)),
    "pile-up": Form(("state",)),
    "misconception": Form(("misconceptions",), ("id", "source")),
    "question": Form(("questions",), ("id", "skill", "source", "level"), ("asked", "beliefs")),
    "say": Form(("question",)),
}
LOCAL = frozenset({"aka", "label"})  # attributes that are words: they may differ between languages

RESERVED = frozenset({"step", "t"})  # what an address says besides: ?step=3&t=150ms&ack-number=2

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def inspect(source: Source, directive: Directive, parent: str) -> bool:
    """Report what is wrong with the directive itself; whether its name is one."""
    form = FORMS.get(directive.name)
    if form is None:
        hint = _hint(directive.name, FORMS)
        source.report(directive.line, f"there is no directive “{directive.name}”{hint}")
        return False
    if parent not in form.inside:
        where = " or ".join(f"the top level of a {name}" if name not in FORMS else f"a {name}" for name in form.inside)
        source.report(directive.line, f"“{directive.name}” does not stand in a {parent}: it belongs in {where}")
    allowed = (*form.required, *form.optional)
    for name in directive.attributes:
        if name not in allowed:
            hint = _hint(name, allowed) or f": it takes {', '.join(allowed) or 'none'}"
            source.report(directive.line, f"“{directive.name}” has no attribute “{name}”{hint}")
    for name in form.required:
        if not directive.attributes.get(name):
            source.report(directive.line, f"this {directive.name} lacks {'its #id' if name == 'id' else f'its {name}'}")
    if directive.id and not _ID.fullmatch(directive.id):
        source.report(directive.line, f"“{directive.id}” is no id: lower-case letters, digits and single hyphens")
    if directive.id in RESERVED:
        source.report(directive.line, f"the id “{directive.id}” means something else in an address")
    return True


def _hint(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, 1)
    return f": did you mean “{near[0]}”?" if near else ""
