"""The one thing to do next, as the plan says it, in words and with the way there."""

from typing import NamedTuple

from app.progress.plan import NextStep, next_step
from app.progress.reviews import waiting
from app.progress.study import Study
from app.web.dates import ahead
from app.web.world import World
from app.words import Words

MIXED = 10  # questions of the quiz that is offered where nothing waits


class Suggestion(NamedTuple):
    """A button and what it is about. `kind` as in `NextStep`; `button` is for where it stands alone."""

    kind: str
    url: str
    button: str
    title: str
    note: str

    @property
    def reads(self) -> bool:
        """Whether it leads to a lesson."""
        return self.kind in ("read", "begin")


def suggestion(here: World, words: Words, study: Study) -> Suggestion:
    """What the plan says this learner should do now."""
    step = next_step(study)
    match step.kind:
        case "review":
            return _review(here, words, study, step)
        case "learn":
            return _learn(here, words, step)
        case "read" | "begin":
            return reading(here, words, step)
    return _rest(words, study, step)


def reading(here: World, words: Words, step: NextStep) -> Suggestion:
    """Begin a lesson, or go on with it, at that step."""
    lesson = here.course.editions[words.lang].lessons[step.lesson]
    number = next(one.number for one in lesson.steps if one.id == step.step)
    return Suggestion(
        step.kind,
        step_url(words, step.lesson, step.step, number),
        words(f"next.{step.kind}", title=lesson.title),
        lesson.title,
        words(f"next.{step.kind}.note", step=number, steps=len(lesson.steps)),
    )


def step_url(words: Words, slug: str, step: str, number: int) -> str:
    """Where that step is read."""
    return f"/{words.lang}/lessons/{slug}?step={number}#{step}"


def _review(here: World, words: Words, study: Study, step: NextStep) -> Suggestion:
    count = len(waiting(study))
    return Suggestion(
        "review",
        f"/{words.lang}/review/next",
        words("next.review", count=count),
        words("next.review.title", count=count),
        words("next.review.note", skill=here.skills[step.skill].names[words.lang]),
    )


def _learn(here: World, words: Words, step: NextStep) -> Suggestion:
    name = here.skills[step.skill].names[words.lang]
    url = f"/{words.lang}/review/next?skill={step.skill}"
    return Suggestion("learn", url, words("next.learn", skill=name), name, words("next.learn.note"))


def _rest(words: Words, study: Study, step: NextStep) -> Suggestion:
    when = ahead(words, step.until - study.now) if step.until else ""
    note = words("next.rest.until", when=when) if when else words("next.rest.note")
    url = f"/{words.lang}/quiz/go?n={MIXED}"
    return Suggestion("rest", url, words("quiz.mixed"), words("next.rest.title"), note)
