"""A quiz that somebody is taking: its questions from the address, the answers so far from the learner's record."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request

from app.progress import attempts, learners
from app.progress.attempts import Attempt
from app.quiz.answers import Answer, Malformed, Verdict
from app.quiz.pool import Pick
from app.quiz.question import Question
from app.web.answering import seed_of, whole
from app.web.learners import learner_of
from app.web.not_here import Link, NotHere
from app.web.world import World
from app.words import Words

ALL, PLACEMENT = "all", "placement"
PLACEMENT_COUNT, PLACEMENT_LEVEL = 8, 2
HARDEST = 3


class Mark(NamedTuple):
    """A question of the quiz in the row above it: `right` is None while it is open."""

    number: int
    url: str
    right: bool | None
    current: bool


class Quiz:
    """A quiz as its address names it. Raises NotHere for a subject that there is not."""

    def __init__(
        self, request: Request, here: World, words: Words, subject: str, query: Mapping[str, str] | None = None
    ) -> None:
        """`query` is that of the quiz, where it is not the one that was requested."""
        query = request.query_params if query is None else query
        self.here, self.words, self.subject = here, words, subject
        self.seed = seed_of(query)
        self.level = whole(query.get("level"), 1, HARDEST, HARDEST)
        self.count = PLACEMENT_COUNT if subject == PLACEMENT else whole(query.get("n"), 1, 30, 10)
        self.picks = _picks(here, words, subject, self.seed, self.count, self.level)
        self.name = self.url.removeprefix(f"/{words.lang}/quiz/")
        self._on_record = self._kept(request)
        numbers = range(1, len(self.picks) + 1)
        self._answered = {number: found for number in numbers if (found := self._answer(number))}

    def key(self, number: int) -> str:
        """What an answer to that question is kept under: the first one counts."""
        keys = self._keys(number)
        return next((key for key in keys if key not in self._on_record), keys[-1])

    def _keys(self, number: int) -> tuple[str, str]:
        """The usual one, and one for a question that has taken the place of another: the course has changed since."""
        usual, pick = f"quiz/{self.name}#{number}", self.picks[number - 1]
        return attempts.bounded(usual), attempts.bounded(f"{usual}/{pick.id}/{pick.seed}")

    def _kept(self, request: Request) -> dict[str, Attempt]:
        """What this learner has answered in this quiz, by key. Raises Trouble."""
        learner = learner_of(self.here, request)
        if learner is None:
            return {}
        keys = [key for number in range(1, len(self.picks) + 1) for key in self._keys(number)]
        with self.here.store.reading() as connection:
            whose = learners.known(connection, learner)
            return attempts.on_record(connection, whose, keys) if whose else {}

    def _answer(self, number: int) -> tuple[Answer, Verdict] | None:
        """The answer to that very question, and what it was worth; None while it is open, or can no longer be read."""
        for attempt in (self._on_record[key] for key in self._keys(number) if key in self._on_record):
            if (attempt.source, attempt.seed) == self.picks[number - 1]:
                with suppress(Malformed):
                    return attempt.answer, self.question(number).form.grade(attempt.answer)
        return None

    def with_seed(self, seed: int) -> str:
        """The link that gives a friend the same questions, or with another seed other ones of the same kind."""
        named = {"seed": seed}
        if self.subject != PLACEMENT:
            named |= {"n": self.count} | ({"level": self.level} if self.level < HARDEST else {})
        return f"/{self.words.lang}/quiz/{self.subject}?{urlencode(named)}"

    @property
    def url(self) -> str:
        """The link of this quiz."""
        return self.with_seed(self.seed)

    def question(self, number: int) -> Question:
        """One of its questions, counted from 1."""
        return self.here.course.pool.question(*self.picks[number - 1])

    def at(self, number: int | str) -> str:
        """The address of one question, or of the `end`."""
        return f"{self.url}&q={number}"

    @property
    def first_open(self) -> int | str:
        """The first question without an answer; `end` where there is none."""
        return next((n for n in range(1, len(self.picks) + 1) if n not in self._answered), "end")

    def answer(self, number: int) -> Answer:
        """What was answered; nothing while the question is open."""
        answered = self._answered.get(number)
        return answered[0] if answered else {}

    def verdict(self, number: int) -> Verdict | None:
        """What the answer to that question was worth; None while it is open."""
        answered = self._answered.get(number)
        return answered[1] if answered else None

    @property
    def title(self) -> str:
        """What it is about, in words."""
        if self.subject in (ALL, PLACEMENT):
            return self.words(f"quiz.{self.subject}")
        parts = {part.id: part.name for part in self.here.course.editions[self.words.lang].parts}
        named = [parts.get(id) or _skill_name(self.here, self.words, id) for id in self.subject.split(",")]
        shown = self.words("lesson.separator").join(dict.fromkeys(named[:3]))
        return f"{shown}…" if len(named) > 3 else shown

    def marks(self, current: int) -> Iterator[Mark]:
        """The row of questions."""
        for number in range(1, len(self.picks) + 1):
            verdict = self.verdict(number)
            yield Mark(number, self.at(number), verdict.right if verdict else None, number == current)


def _picks(here: World, words: Words, subject: str, seed: int, count: int, level: int) -> tuple[Pick, ...]:
    """The questions of a quiz on skills, parts of the course, all of it, or on single questions by name."""
    pool = here.course.pool
    if subject == ALL:
        return pool.draw(here.skills, seed, count, level)
    if subject == PLACEMENT:
        placing = [skill.id for skill in here.course.skills if skill.placement]
        return pool.draw(placing, seed, PLACEMENT_COUNT, PLACEMENT_LEVEL)
    parts = {part.id: part for part in here.course.editions[words.lang].parts}
    skills: list[str] = []
    sources: list[str] = []
    for id in subject.split(","):
        if id in parts:
            skills += [skill.id for lesson in parts[id].lessons for skill in lesson.skills]
        elif id in here.skills:
            skills.append(id)
        elif id in pool:
            sources.append(id)
        else:
            near = get_close_matches(id, [*here.skills, *parts], n=1)
            links = (Link(_skill_name(here, words, name), f"/{words.lang}/quiz/{name}") for name in near)
            raise NotHere("error.no-skill", *links, id=id)
    named = pool.again(sources, seed)
    return (*named, *pool.draw(skills, seed, count - len(named), level, [pick.id for pick in named]))[:count]


def _skill_name(here: World, words: Words, id: str) -> str:
    if id in here.skills:
        return here.skills[id].names[words.lang]
    if id in here.course.pool:
        return here.skills[here.course.pool.skill(id)].names[words.lang]
    return id
