"""What of this site can be shared: each kind of place with its one address, and the experiment that it shows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from fastapi import Request

from app.sim.digest import digest
from app.sim.scenario import parse
from app.sim.world import run
from app.web.answering import seed_of
from app.web.lab_address import USUAL, Place
from app.web.lab_address import read as read_lab
from app.web.language import in_language
from app.web.not_here import NotHere
from app.web.reading import NoSuchStep
from app.web.reading import read as read_lesson
from app.web.taking import Quiz
from app.web.world import World
from app.words import Words

LONGEST = 4_000  # characters of an address: in another address, escaped, it still passes every usual proxy


class Shareable(NamedTuple):
    """A place as it is sent to somebody."""

    title: str
    address: str  # canonical, without its origin
    start: str = ""  # the same from the beginning; "" where that is no other place
    start_label: str = "share.start"
    experiment: Place | None = None


@dataclass(frozen=True)
class _Asked:
    """An address that may lead to such a place."""

    request: Request
    here: World
    words: Words
    path: str
    id: str  # the last part of the path
    query: str

    @property
    def fields(self) -> Mapping[str, str]:
        """The query by key."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


def shareable(request: Request, here: World, words: Words, to: str) -> Shareable:
    """The place at the address `to`, in the language of `words`. Raises NotHere for what is none."""
    path, query = parted(words, to)
    for pattern, kind in _KINDS:
        if len(to) <= LONGEST and pattern.fullmatch(path):
            found = kind(_Asked(request, here, words, path, path.rpartition("/")[2], query))
            if len(found.address) <= LONGEST:
                return found
    raise NotHere("share.too-long-to-share", limit=LONGEST) if len(to) > LONGEST / 3 else NotHere("error.no-page")


def parted(words: Words, to: str) -> tuple[str, str]:
    """Path and query of an address of this site, in that language. Raises NotHere for one of anywhere else."""
    if not re.match("/[a-z]{2}/[^/]", to) or not to.isprintable():
        raise NotHere("error.no-page")
    address = urlsplit(to)
    return in_language(words.lang, unquote(address.path)), address.query


def _lesson(asked: _Asked) -> Shareable:
    lesson = asked.here.course.editions[asked.words.lang].lessons.get(asked.id)
    if lesson is None:
        raise NotHere("error.no-page")
    said = asked.fields
    try:
        reading = read_lesson(lesson, {key: said[key] for key in ("step", "t") if key in said})
    except NoSuchStep:
        raise NotHere("error.no-page") from None
    if not lesson.steps:
        return Shareable(lesson.title, asked.path)
    number = lesson.steps[reading.step - 1].player
    player = next(player for player in lesson.players if player.id == number)
    place = Place(
        f"/{asked.words.lang}/lab",
        parse(player.scenario_text),
        player.moments[reading.moment].at if reading.said else None,
        absolute=player.numbers == "absolute",
    )
    start = asked.path if reading.query else ""
    return Shareable(lesson.title, asked.path + reading.query, start, experiment=place)


def _lab(asked: _Asked) -> Shareable:
    place = read_lab(asked.path, asked.query, USUAL).place
    start = place._replace(t=None, sel="")
    address = _as_it_is(place)
    title = asked.here.experiments.title(place.scenario, asked.words.lang) or asked.words("lab.title")
    return Shareable(title, address, _as_it_is(start) if start != place else "", experiment=place)


def _level(asked: _Asked) -> Shareable:
    level = asked.here.experiments.level(asked.id)
    if level is None:
        raise NotHere("error.no-page")
    place = read_lab(asked.path, asked.query, level.start).place
    title = level.words[asked.words.lang].title
    if not asked.query:
        return Shareable(title, asked.path, experiment=place)
    return Shareable(title, _as_it_is(place), asked.path, "share.start.level", place)


def _quiz(asked: _Asked) -> Shareable:
    quiz = Quiz(asked.request, asked.here, asked.words, asked.id, asked.fields)
    return Shareable(quiz.title, quiz.url)


def _question(asked: _Asked) -> Shareable:
    pool = asked.here.course.pool
    if asked.id not in pool:
        raise NotHere("error.no-question", id=asked.id)
    skill = asked.here.skills[pool.skill(asked.id)]
    return Shareable(skill.names[asked.words.lang], f"{asked.path}?seed={seed_of(asked.fields)}")


def _as_it_is(place: Place) -> str:
    """Its address, with what the run comes to today: a page that finds it changed says so."""
    return f"{place.url}&as={digest(run(place.scenario))}"


_KINDS: tuple[tuple[re.Pattern[str], Callable[[_Asked], Shareable]], ...] = (
    (re.compile("/../lessons/[^/]+"), _lesson),
    (re.compile("/../lab"), _lab),
    (re.compile("/../lab/levels/[^/]+"), _level),
    (re.compile("/../quiz/[^/]+"), _quiz),
    (re.compile("/../questions/[^/]+"), _question),
)
