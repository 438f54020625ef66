"""How something to choose from is written: a question, then options, each with its reason in a quotation."""

from typing import NamedTuple

from markdown_it.token import Token

from app.course.directives import Directive
from app.course.source import Source

MARKS = {"[ ] ": False, "[x] ": True}
FEWEST, MOST = 2, 4
_ONE = "exactly one option of a prediction is right"


class OptionText(NamedTuple):
    """One option: what it says (inline), whether it is the right one, and why (blocks)."""

    line: int
    right: bool
    what: Token
    reason: tuple[Token, ...]


class Prediction(NamedTuple):
    """The question and its options."""

    question: tuple[Token, ...]
    options: tuple[OptionText, ...]


def read(source: Source, directive: Directive, *, several: bool = False) -> Prediction:
    """Read a `predict` directive, or a question of which `several` options may be right; what is wrong is reported."""
    tokens = directive.tokens
    begin = next((at for at, token in enumerate(tokens) if token.type == "bullet_list_open"), len(tokens))
    end = _close(tokens, begin) if begin < len(tokens) else begin
    if tokens[end + 1 :]:
        source.report(_line(tokens[end + 1], directive.line), "nothing may follow the options of a prediction")
    if not tokens[:begin]:
        source.report(directive.line, "this prediction asks nothing: a question stands above its options")
    items = _items(tokens[begin + 1 : end])
    options = [option for item in items if (option := _option(source, item, directive.line))]
    if len(items) == len(options) and not FEWEST <= len(options) <= MOST:
        source.report(directive.line, f"a prediction has {FEWEST} to {MOST} options, this one {len(options)}")
    elif len(items) == len(options) and not _decided([option.right for option in options], several):
        wanted = "at least one option of a question is right, and one wrong" if several else _ONE
        source.report(directive.line, f"{wanted}: [x]")
    return Prediction(tuple(tokens[:begin]), tuple(options))


def shape(directive: Directive) -> tuple[bool, ...]:
    """Which of its options are right: the same in every language."""
    return tuple(
        MARKS[token.content[:4]] for token in directive.tokens if token.type == "inline" and token.content[:4] in MARKS
    )


def _decided(rights: list[bool], several: bool) -> bool:
    return any(rights) and not all(rights) if several else sum(rights) == 1


def _option(source: Source, tokens: list[Token], default: int) -> OptionText | None:
    line = _line(tokens[0], default)
    if len(tokens) < 2 or tokens[1].type != "inline" or tokens[1].content[:4] not in MARKS:
        source.report(line, "an option begins with [ ] or [x]")
        return None
    what = tokens[1]
    children = list(what.children or ())
    if any(child.type == "link_open" for child in children):
        source.report(line, "an option holds no link: it becomes a button; put the link into its reason")
    children[0] = children[0].copy(content=children[0].content[4:])
    reason = tokens[3:]
    if len(reason) < 3 or reason[0].type != "blockquote_open" or _close(reason, 0) != len(reason) - 1:
        source.report(line, "an option is followed by its reason, and nothing else, in a quotation: > …")
        return None
    return OptionText(line, MARKS[what.content[:4]], what.copy(children=children), tuple(reason[1:-1]))


def _items(tokens: list[Token]) -> list[list[Token]]:
    """What is inside each item of a list."""
    items = []
    at = 0
    while at < len(tokens):
        end = _close(tokens, at)
        items.append(tokens[at + 1 : end])
        at = end + 1
    return [item for item in items if item]


def _close(tokens: list[Token], opening: int) -> int:
    """Where the element that `tokens[opening]` opens is closed."""
    level = tokens[opening].level
    return next(
        (at for at in range(opening + 1, len(tokens)) if tokens[at].level == level and tokens[at].nesting < 0), opening
    )


def _line(token: Token, default: int) -> int:
    return token.map[0] + 1 if token.map else default
