"""The rules that ran over each segment of a moment, in words, with the passage that each stands in."""

import re
from functools import lru_cache
from typing import NamedTuple

from app.draw.focus import end_name
from app.draw.labels import in_full
from app.sim.trace import Arrived, Moment, Trace
from app.tcp.turn import Check
from app.words import Words


class RuleView(NamedTuple):
    """A rule that was asked; `fired`: its answer was yes. `section` is ready to print."""

    text: str
    section: str
    fired: bool


class RulesView(NamedTuple):
    """A segment that was handled, by whom, and the rules in the order in which they were asked."""

    segment: str
    host: str
    rules: tuple[RuleView, ...]


def rules(trace: Trace, words: Words, moment: Moment) -> tuple[RulesView, ...]:
    """Every segment that arrived at that moment."""
    return tuple(
        RulesView(
            in_full(trace.segments[event.name]),
            end_name(trace, words, (event.host, event.conn)),
            tuple(_rule(check, words) for check in event.checks),
        )
        for event in moment.events
        if isinstance(event, Arrived)
    )


@lru_cache(maxsize=1024)
def _rule(check: Check, words: Words) -> RuleView:
    return RuleView(words(f"rule.{check.rule}"), passage(check.section, words), check.fired)


def passage(section: str, words: Words) -> str:
    """A section as the rules have it (`3.10.7.4 fifth`, `RFC 4987 3.6`, `linux listen`), as it is printed."""
    if section.startswith("linux "):
        return words("passage.linux", name=section.removeprefix("linux "))
    found = re.fullmatch(r"(?:RFC (?P<rfc>[0-9]+) )?(?P<section>[0-9.]+)(?: (?P<check>[a-z]+))?", section)
    assert found is not None, section
    text = f"RFC {found['rfc'] or 9293} §{found['section']}"
    return f"{text} {words('passage.' + found['check'])}" if found["check"] else text
