"""Whether a document says the same in every language: the same directives, ids, attributes, steps and right options."""

from itertools import zip_longest
from typing import NamedTuple

from app.course.directives import LOCAL, Directive, Run
from app.course.markdown import Document
from app.course.predictions import shape


class Part(NamedTuple):
    """One directive as the languages must agree on it."""

    depth: int
    name: str
    attributes: tuple[tuple[str, str], ...]
    options: tuple[bool, ...] | None

    def __str__(self) -> str:
        attributes = " ".join(f"#{value}" if key == "id" else f'{key}="{value}"' for key, value in self.attributes)
        options = "" if self.options is None else f", {len(self.options)} options"
        if rights := [str(number) for number, right in enumerate(self.options or (), 1) if right]:
            options += f", the right one is number {' and '.join(rights)}"
        return f"{self.name}{{{attributes}}}{options}"


def compare(first: Document, *others: Document) -> None:
    """Report, at its line in the other language, the first place where the languages part."""
    wanted = _outline(first.children, 0)
    for other in others:
        for here, there in zip_longest(_outline(other.children, 0), wanted):
            if here and there and here[0] == there[0]:
                continue
            name = first.source.name
            if here is None:
                end = len(other.source.lines)
                other.source.report(end, f"the languages differ: missing here is {there[0]} of {name}:{there[1]}")
            elif there is None:
                other.source.report(here[1], f"the languages differ: {name} has nothing that answers to {here[0]}")
            else:
                other.source.report(
                    here[1], f"the languages differ: here is {here[0]}, in {name}:{there[1]} {there[0]}"
                )
            break


def _outline(children: tuple[Directive | Run, ...], depth: int) -> list[tuple[Part, int]]:
    outline = []
    for child in children:
        if isinstance(child, Directive):
            shared = tuple(sorted((key, value) for key, value in child.attributes.items() if key not in LOCAL))
            options = shape(child) if child.name in ("predict", "question") else None
            outline.append((Part(depth, child.name, shared, options), child.line))
            outline += _outline(child.children, depth + 1)
    return outline
