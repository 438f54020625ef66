"""The course cut into passages that can be found: a lesson, its sections and steps, a state, a term, a timer."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from app.course.blocks import Article, AskBlock, Block, Item, Player, Predict, Step
from app.course.lesson import Edition, Lesson, players
from app.draw.names import NETSTAT, OTHER, SS, anchor
from app.tcp.states import State

_TAG = re.compile(r"<[^>]*>")
_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?)</h2>')


class Passage(NamedTuple):
    """Where a reader can be taken. `within` is the title of the lesson that it is part of; all is plain text."""

    kind: str  # lesson, step, predict, state, term, timer
    title: str
    within: str
    url: str
    text: str


def passages(edition: Edition) -> Iterator[Passage]:
    """Everything that can be found in that language."""
    root = f"/{edition.lang}"
    for lesson in edition.lessons.values():
        url = f"{root}/lessons/{lesson.slug}"
        yield Passage("lesson", lesson.title, "", url, f"{lesson.question} {lesson.description}")
        yield from _sections(lesson, url)
        for player in players(lesson.body):
            yield from _steps(player, lesson.title, url)
    for state in State:
        prose = edition.states[anchor(state)]
        spellings = " ".join((SS[state], NETSTAT[state], *OTHER.get(state, ())))
        text = f"{spellings} · {plain(prose.html)} {plain(prose.pile_up_html)}"
        yield Passage("state", state.value, "", f"{root}/states#{anchor(state)}", text)
    for term in edition.glossary:
        yield Passage("term", term.name, "", f"{root}/glossary#{term.id}", f"{term.aka} · {plain(term.html)}")
    for timer in edition.timers:
        sysctls = "".join(f"{sysctl.name} = {sysctl.default} · " for sysctl in timer.sysctls)
        yield Passage("timer", timer.name, "", f"{root}/timers#{timer.id}", sysctls + plain(timer.html))


def plain(html: str) -> str:
    """The text of HTML that the course has written."""
    return " ".join(unescape(_TAG.sub("", html.replace("><", "> <"))).split())


def _sections(lesson: Lesson, url: str) -> Iterator[Passage]:
    """What stands between the players, from one heading to the next."""
    html = "\n".join(text for block in lesson.body if not isinstance(block, Player) for text in _html(block))
    lead, *rest = _SECTION.split(html)
    yield Passage("lesson", lesson.title, "", url, plain(lead))
    for id, title, words in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        yield Passage("lesson", plain(title), lesson.title, f"{url}#{id}", plain(words))


def _steps(player: Player, within: str, url: str) -> Iterator[Passage]:
    """Its steps, each with the notes that follow it; of a prediction only what is asked."""
    found: list[tuple[Step | Predict, list[str]]] = []
    for item in player.items:
        if isinstance(item, (Step, Predict)):
            found.append((item, []))
        if found:
            found[-1][1].extend(_html(item))
    for step, words in found:
        title = step.title_html if isinstance(step, Step) else step.html
        place = f"{url}?step={step.number}#{step.id}"
        yield Passage(step.kind, plain(title), within, place, plain("\n".join(words)))


def _html(block: Block | Item) -> tuple[str, ...]:
    if isinstance(block, Article):
        return block.said_html, block.precise_html
    if isinstance(block, Predict):
        return tuple(option.html for option in block.options)
    return (block.html,) if not isinstance(block, (Player, AskBlock)) else ()
