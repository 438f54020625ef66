"""Markdown files: front matter, CommonMark with tables, and directives, with the line of each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs.parse import ParseError
from mdit_py_plugins.attrs.parse import parse as parse_attributes
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from app.course.directives import Directive, Run, inspect
from app.course.source import Source


@dataclass(frozen=True)
class Document:
    """One parsed file."""

    source: Source
    front: dict[str, str]
    children: tuple[Directive | Run, ...]

    def walk(self) -> Iterator[Directive]:
        """All directives, in order, each before those inside it."""
        for child in self.children:
            if isinstance(child, Directive):
                yield from child.walk()


def parser() -> MarkdownIt:
    """The parser for all content: no HTML; every `:::name` is a directive, so that a typo is seen."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(front_matter_plugin)
    return markdown.use(container_plugin, "directive", validate=lambda parameters, _: bool(parameters.strip()))


MARKDOWN = parser()

_HEAD = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*(\{.*)?")
# What readers would see as it is: markup that CommonMark did not take for markup.
_LEFT_OVER = {
    "**": "this ** is not read as emphasis: beside punctuation, put a space or move the punctuation outside of it",
    "`": "this ` begins or ends no code",
    "](": "this is not read as a link: no space may stand between ] and (, nor inside the address",
}
_TAG = re.compile(r"</?[a-z][a-z0-9]*\s*/?>")


def parse(source: Source, kind: str, keys: tuple[str, ...] = ()) -> Document:
    """Parse a file of that kind (`lesson`, `states`, `glossary`), whose front matter must say `keys`.

    What is wrong with it is reported to the source.
    """
    tokens = MARKDOWN.parse(source.text.rstrip("\n") + "\n")
    lines = source.lines
    front = _front_matter(source, tokens[0] if tokens and tokens[0].type == "front_matter" else None, keys)
    body = [token for token in tokens if token.type != "front_matter"]
    return Document(source, front, _tree(source, lines, body, kind, len(lines)))


def inlines(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Every inline child of the tokens, with its line."""
    for token in tokens:
        line = _line(token)
        for child in token.children or ():
            yield line, child
            line += child.type in ("softbreak", "hardbreak")


def _front_matter(source: Source, token: Token | None, keys: tuple[str, ...]) -> dict[str, str]:
    try:
        said: Any = yaml.safe_load(token.content) if token else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        source.report(mark.line + 2 if mark else 1, f"the front matter is not YAML: {getattr(error, 'problem', error)}")
        return dict.fromkeys(keys, "")
    if not isinstance(said, dict):
        source.report(1, "the front matter is no list of keys")
        said = {}
    for key in said:
        if key not in keys:
            source.report(
                source.line_of(f"{key}:"), f"the front matter has no key “{key}”: it takes {', '.join(keys) or 'none'}"
            )
    for key in keys:
        if not isinstance(said.get(key), str) or not said[key].strip():
            source.report(1, f"the front matter lacks its {key}")
    front = {key: str(said.get(key, "")).strip() for key in keys}
    for key, text in front.items():
        _inspect_text(source, source.line_of(f"{key}:"), text)
    return front


def _tree(source: Source, lines: list[str], tokens: list[Token], parent: str, end: int) -> tuple[Directive | Run, ...]:
    """The directives of one level, and the runs between them. `end` is the line after which the parent is over."""
    children: list[Directive | Run] = []
    run: list[Token] = []
    position = 0

    def flush() -> None:
        if run:
            _inspect_run(source, run)
            children.append(Run(tuple(run)))
            run.clear()

    while position < len(tokens):
        token = tokens[position]
        if token.type != "container_directive_open" or token.level != tokens[0].level:
            run.append(token)
            position += 1
            continue
        flush()
        close = next(
            at
            for at in range(position, len(tokens))
            if tokens[at].type == "container_directive_close" and tokens[at].level == token.level
        )
        directive = _directive(source, lines, tokens[position : close + 1], parent, end)
        if directive:
            children.append(directive)
        position = close + 1
    flush()
    return tuple(children)


def _directive(source: Source, lines: list[str], tokens: list[Token], parent: str, end: int) -> Directive | None:
    opening = tokens[0]
    first, last = opening.map or [0, 0]
    line = first + 1
    colons = len(opening.markup)
    if last >= end or not re.fullmatch(rf"\s*:{{{colons},}}\s*", lines[last]):
        source.report(line, f"this directive is never closed: {opening.markup} is missing")
    head = _HEAD.fullmatch(opening.info)
    if head is None:
        source.report(line, f"“{opening.markup}{opening.info}” is no directive: expected name{{#id key=value}}")
        return None
    name, attributes = head[1], _attributes(source, line, head[2] or "")
    found = Directive(name, attributes, line, _tree(source, lines, tokens[1:-1], name, last))
    return found if inspect(source, found, parent) else None


def _attributes(source: Source, line: int, text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        end, attributes = _read_attributes(text)
    except ParseError as error:
        source.report(line, f"these attributes cannot be read: {error} of {text}")
        return {}
    if text[end + 1 :].strip():
        source.report(line, f"nothing may follow the attributes: “{text[end + 1 :].strip()}”")
    return dict(attributes)


@lru_cache(maxsize=512)
def _read_attributes(text: str) -> tuple[int, dict[str, str]]:
    """Where they end, and what they say. Read once for both languages, which follow each other and say the same."""
    return parse_attributes(text)


def _inspect_run(source: Source, tokens: list[Token]) -> None:
    """Report what has no place in plain Markdown, and what a reader would see as raw markup."""
    for token in tokens:
        if token.type == "container_directive_open":
            source.report(_line(token), "a directive cannot stand in a list or a quotation")
        if token.type == "heading_open" and token.tag == "h1":
            source.report(_line(token), "headings begin at ##: the title is in the front matter")
    for line, child in inlines(tokens):
        if child.type == "image":
            source.report(line, "images have no place here: pictures are drawn from traces")
        elif child.type == "text":
            _inspect_text(source, line, child.content)


def _inspect_text(source: Source, line: int, text: str) -> None:
    if text.startswith(":::"):
        source.report(line, "these colons close nothing")
    for left_over, message in _LEFT_OVER.items():
        if left_over in text:
            source.report(line, message)
    if tag := _TAG.search(text):
        source.report(line, f"HTML is not rendered: {tag[0]}")


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
