"""Writes tokens as HTML, with every link resolved."""

from collections.abc import Sequence

from markdown_it.token import Token

from app.course.links import Links
from app.course.markdown import MARKDOWN
from app.course.source import Mistake, Source


class Pen:
    """Writes the Markdown of one file."""

    def __init__(self, source: Source, links: Links) -> None:
        self._source = source
        self._links = links
        self._sections = 0
        self.terms: dict[str, None] = {}  # those that were linked to, in order

    def blocks(self, tokens: Sequence[Token]) -> str:
        """Blocks as HTML."""
        linked = [self._linked(token) if token.type == "inline" else self._headed(token) for token in tokens]
        return str(MARKDOWN.renderer.render(linked, MARKDOWN.options, {})).strip()

    def inline(self, token: Token) -> str:
        """What is inside one paragraph or heading, as HTML."""
        return self.blocks((token,))

    def _headed(self, token: Token) -> Token:
        """The token; a heading of a section gets an id, the same in every language."""
        if token.type != "heading_open" or token.tag != "h2":
            return token
        self._sections += 1
        return token.copy(attrs={"id": f"section-{self._sections}"})

    def _linked(self, inline: Token) -> Token:
        """The token with the links in it resolved; one that leads nowhere is reported, at its line."""
        if not any(child.type == "link_open" for child in inline.children or ()):
            return inline
        line = inline.map[0] + 1 if inline.map else 1
        children = []
        for child in inline.children or ():
            line += child.type in ("softbreak", "hardbreak")
            if child.type == "link_open":
                href = str(child.attrs["href"])
                if href.startswith("term:"):
                    self.terms[href.removeprefix("term:")] = None
                try:
                    children.append(child.copy(attrs=self._links.resolve(href)))
                except Mistake as mistake:
                    self._source.report(line, str(mistake))
                    children.append(child)
            else:
                children.append(child)
        return inline.copy(children=children)


def plain(token: Token) -> str:
    """The text of one paragraph or heading, without its markup."""
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " * (child.type == "softbreak")
        for child in token.children or ()
    )
