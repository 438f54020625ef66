"""The pictures that chat programs show for a link: of a lesson, a moment in the lab, a quiz, the site."""

import re
from html import unescape

from fastapi import Request, Response

from app.course.lesson import Lesson
from app.draw.share import Card, card
from app.draw.svg import Drawing, phase
from app.sim.trace import Trace
from app.web.experiment import Unreadable, experiment
from app.web.not_here import NotHere
from app.web.reading import NoSuchStep, horizon, moment_of, read
from app.web.refusal import refusal
from app.web.representation import Representation
from app.web.taking import Quiz
from app.web.world import World, world
from app.words import Words

_TAG = re.compile(r"<[^>]+>")


def site_card(request: Request, lang: str) -> Response:
    """`/og/{lang}/site.png`: what a page shows that has no picture of its own."""
    here = world(request)
    words = here.speak(lang)
    first = next(iter(here.course.editions[lang].lessons.values()))
    shown = Card(words("site.name"), words("share.card.site"), words("share.card.title"), words("share.card.text"))
    return _painted(request, here, shown, _of_lesson(first, ""))


def lesson_card(request: Request, lang: str, slug: str) -> Response:
    """`/og/{lang}/lessons/{slug}.png?step=3`."""
    here = world(request)
    words = here.speak(lang)
    lessons = here.course.editions[lang].lessons
    if slug not in lessons:
        raise NotHere("error.no-page")
    this = lessons[slug]
    place = words("lesson.place", number=this.number, total=this.total)
    shown = Card(words("site.name"), f"{this.part} · {place}", this.title, this.question)
    try:
        drawing = _of_lesson(this, request.query_params.get("step", ""))
    except NoSuchStep:
        raise NotHere("error.no-page") from None
    return _painted(request, here, shown, drawing)


def lab_card(request: Request, lang: str) -> Response:
    """`/og/{lang}/lab.png?{scenario}&t=…`."""
    here = world(request)
    words = here.speak(lang)
    try:
        asked = experiment(request.url.query)
        drawing = asked.drawing(words)
    except Unreadable as complaint:
        return refusal(request, complaint)
    if asked.moment is not None:
        drawing = drawing._replace(svg=phase(drawing.svg, asked.moment, asked.last))
    text = told(asked.trace, words, asked.here)
    title = here.experiments.title(asked.scenario, lang) or words("share.card.what-if")
    shown = Card(words("site.name"), words("share.card.lab"), title, text)
    return _painted(request, here, shown, drawing)


def quiz_card(request: Request, lang: str, subject: str) -> Response:
    """`/og/{lang}/quiz/{subject}.png?seed=…`: its first question, and where what it asks about is taught."""
    here = world(request)
    words = here.speak(lang)
    taken = Quiz(request, here, words, subject)
    count = words("share.card.quiz", count=len(taken.picks))
    prompt, drawing = "", None
    if taken.picks:
        first = taken.question(1)
        prompt = unescape(_TAG.sub("", first.prompt.told(words)))
        drawing = _of_lesson(here.course.editions[lang].lessons[here.skills[first.skill].lesson], "")
    return _painted(request, here, Card(words("site.name"), count, taken.title, prompt), drawing)


def told(trace: Trace, words: Words, moment: int) -> str:
    """What a moment shows, in a sentence: when, and the state that each end is in."""
    at = trace.moments[moment]
    ends = dict.fromkeys((host, conn) for host, conn in trace.connections)
    states = {host: trace.state(moment, host, conn).value for host, conn in ends}
    named = [f"{words(f'host.{host}') if f'host.{host}' in words else host} {state}" for host, state in states.items()]
    return words("share.moment", time=_clock(at.at), states=words("lesson.separator").join(named[:4]))


def _clock(us: int) -> str:
    return f"{us / 1_000_000:g} s" if us >= 1_000_000 else f"{us / 1_000:g} ms"


def _of_lesson(lesson: Lesson, step: str) -> Drawing | None:
    """The diagram of that step, as far as it may be seen before anything is answered."""
    reading = read(lesson, {"step": step} if step else {})
    if not lesson.players:
        return None
    number = lesson.steps[reading.step - 1].player if lesson.steps else lesson.players[0].id
    player = next(one for one in lesson.players if one.id == number)
    if not step:
        return player.drawing
    return player.drawing._replace(svg=phase(player.drawing.svg, moment_of(player, reading), horizon(player, reading)))


def _painted(request: Request, here: World, words: Card, drawing: Drawing | None) -> Response:
    """The card as PNG; the last ones are remembered."""
    svg = card(words, drawing, here.palettes["light"])
    png = here.painter.card(svg)
    return Representation.of(png, "image/png").response(request, cache="public, max-age=86400")
