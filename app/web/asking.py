"""A question as a page shows it: the form, and after the answer what it was worth and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.course.citations import Cited
from app.course.lesson import Misconception
from app.draw.clock import clock
from app.quiz import answers
from app.quiz.answers import Answer, Malformed, Verdict
from app.quiz.forms import READERS, Build, Choices, Order, Table
from app.quiz.question import Form, Question
from app.quiz.say import Markup
from app.web.showing import Counterfactual, Exhibit, counterfactual, exhibit, picture
from app.web.world import World
from app.words import Words


class OptionView(NamedTuple):
    """An option; `right` and `reason` are empty before the answer."""

    number: str
    text: str
    chosen: bool
    right: bool | None
    reason: str


class Feedback(NamedTuple):
    """What is said after an answer. `misconception` is the one that gives this answer, if one does."""

    verdict: Verdict
    key: Answer
    misconception: Misconception | None
    why: str
    tell: str
    source: Cited
    see: str
    see_clock: str
    worlds: Counterfactual | None
    worlds_clock: str


@dataclass(frozen=True)
class Asked:
    """A question and what was answered. `lesson_url` leads to the step that teaches its skill."""

    question: Question
    prompt: str
    exhibits: tuple[Exhibit, ...]
    given: Answer
    complaint: str
    faulty: frozenset[str]  # the fields that are complained about
    options: tuple[OptionView, ...]
    feedback: Feedback | None
    skill: str
    lesson_url: str
    shown_at: int  # seconds since 1970: how long somebody thought is counted from here; 0 where pages are remembered

    @property
    def kind(self) -> str:
        """How it is answered: which part of the template draws it."""
        return self.question.form.kind


def asked(
    here: World,
    words: Words,
    question: Question,
    given: Answer,
    verdict: Verdict | None,
    complaint: str = "",
    shown_at: int = 0,
) -> Asked:
    """The question as this learner sees it; `verdict` is None as long as it is open."""
    skill = here.skills[question.skill]
    return Asked(
        question,
        question.prompt.told(words),
        tuple(exhibit(shown, words, f"{question.generator}-{n}") for n, shown in enumerate(question.shown)),
        given,
        complaint,
        _faulty(question.form, given) if complaint else frozenset(),
        _options(here, words, question, given, verdict) if isinstance(question.form, Choices) else (),
        _feedback(here, words, question, verdict) if verdict else None,
        skill.names[words.lang],
        here.taught(words.lang, skill),
        shown_at,
    )


def _options(
    here: World, words: Words, question: Question, given: Answer, verdict: Verdict | None
) -> tuple[OptionView, ...]:
    assert isinstance(question.form, Choices)
    chosen = given.get("choice", "").split(",")
    known = here.course.editions[words.lang].misconceptions
    found = []
    for number, option in enumerate(question.form.options, 1):
        reason = ""
        if verdict and option.why:
            reason = option.why.told(words)
        elif verdict and option.belief and option.belief in known and not option.right:
            reason = Markup(known[option.belief].truth_html)
        elif verdict and option.right:
            reason = question.why.told(words)
        right = option.right if verdict else None
        found.append(OptionView(str(number), option.text.told(words), str(number) in chosen, right, reason))
    return tuple(found)


def _faulty(form: Form, given: Answer) -> frozenset[str]:
    """The fields that are empty where they must not be, or can't be read."""
    said = {field: given.get(field, "") for field in form.fields}
    match form:
        case Table():
            found = {cell.field for cell in form.blanks if not _readable(cell.what, said[cell.field])}
        case Order():
            places, allowed = list(said.values()), {str(place) for place in range(1, len(form.items) + 1)}
            found = {field for field, place in said.items() if place not in allowed or places.count(place) > 1}
        case Build():
            found = {name for name, what in (("flags", "flags"), ("seq", "number")) if not _readable(what, said[name])}
            acked = "flags" not in found and "." in answers.flags(said["flags"])
            if not _readable("number", said["ack"]) if acked else "flags" not in found and said["ack"].strip():
                found.add("ack")
        case _:
            found = set(form.fields)
    return frozenset(found)


def _readable(what: str, text: str) -> bool:
    try:
        READERS[what](text)
    except Malformed:
        return False
    return True


def _feedback(here: World, words: Words, question: Question, verdict: Verdict) -> Feedback:
    known: Mapping[str, Misconception] = here.course.editions[words.lang].misconceptions
    worlds = counterfactual(question, verdict.belief, words) if verdict.belief else None
    see, at = "", ""
    if question.trace is not None and question.see is not None:
        see = picture(question.trace, words, "see", question.see, question.absolute)
        at = clock(question.trace.moments[question.see].at)
    return Feedback(
        verdict,
        question.form.key,
        known.get(verdict.belief or ""),
        question.why.told(words),
        question.tell.told(words),
        here.cited(question.source),
        see,
        at,
        worlds,
        clock(worlds.at) if worlds else "",
    )
