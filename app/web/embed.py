"""A lesson's step or a moment of an experiment as a page without anything around it, for an iframe of another site."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import Request, Response

from app.course.blocks import Step
from app.draw.around import around, top_of
from app.draw.sentences import sentences
from app.draw.svg import Drawing, phase
from app.sim.scenario import to_query
from app.sim.writer import duration
from app.web.experiment import Experiment, Unreadable, experiment
from app.web.language import preferred
from app.web.page import Page
from app.web.reading import NoSuchStep, horizon, moment_of, read
from app.web.security import HEADERS
from app.web.theme import Theme
from app.web.world import World, world
from app.words import Words

POLICY = HEADERS["content-security-policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
TALL = 430  # units of the diagram that are shown


@dataclass(frozen=True)
class EmbedView:
    """A picture and a few words, or (`complaint`) why there is none; `full` is the whole page on this site."""

    template: ClassVar[str] = "embed/embed.html"
    full: str
    title: str = ""
    title_html: str = ""
    told: tuple[str, ...] = ()
    svg: str = ""
    goes_on: bool = False  # whether the picture is cut below
    previous: str = ""
    next: str = ""
    place: int = 0
    of: int = 0
    complaint: str = ""


def embed_lab(request: Request) -> Response:
    """`/embed/lab?{scenario}&lang=&theme=&t=`."""
    here, words = world(request), _spoken(request)
    try:
        asked = experiment(request.url.query)
        drawing = asked.drawing(words)
    except Unreadable as unreadable:
        view = EmbedView(f"/{words.lang}/", complaint=unreadable.told(words))
        return _framed(request, here, words, view, unreadable.status)
    trace, now = asked.trace, asked.moment or 0
    shown = drawing._replace(svg=phase(drawing.svg, now, asked.last))
    view = EmbedView(
        f"/{words.lang}/lab?{to_query(asked.scenario)}&t={duration(trace.moments[now].at)}",
        here.experiments.title(asked.scenario, words.lang) or words("share.card.what-if"),
        told=sentences(trace, words, trace.moments[now]),
        svg=around(shown, TALL, "diagram"),
        goes_on=_goes_on(shown),
        previous=_at(request, asked, words, now - 1) if now else "",
        next=_at(request, asked, words, now + 1) if now < asked.last else "",
        place=now + 1,
        of=asked.last + 1,
    )
    return _framed(request, here, words, view)


async def embed_lesson(request: Request, lang: str, slug: str) -> Response:
    """`/embed/{lang}/lessons/{slug}?step=3&theme=`."""
    here = world(request)
    words = here.words.get(lang) or _spoken(request)
    this = here.course.editions[words.lang].lessons.get(slug)
    if lang not in here.words or this is None or not this.steps:
        view = EmbedView(f"/{words.lang}/", complaint=words("share.embed.unknown"))
        return _framed(request, here, words, view, 404)
    try:
        reading = read(this, {"step": request.query_params.get("step", "1")})
    except NoSuchStep:
        view = EmbedView(f"/{lang}/lessons/{slug}", complaint=words("share.embed.no-step", title=this.title))
        return _framed(request, here, words, view, 404)
    player = next(one for one in this.players if one.id == this.steps[reading.step - 1].player)
    now = moment_of(player, reading)
    step = next(one for one in player.steps if one.number == reading.step)
    drawing = player.drawing._replace(svg=phase(player.drawing.svg, now, horizon(player, reading)))
    theme = _theme(request)
    view = EmbedView(
        f"/{lang}/lessons/{slug}?step={reading.step}#{step.id}",
        this.title,
        step.title_html if isinstance(step, Step) else step.html,
        () if isinstance(step, Step) else (words("share.embed.predict"),),
        around(drawing, TALL, player.id),
        _goes_on(drawing),
        f"?step={reading.step - 1}&theme={theme}" if reading.step > 1 else "",
        f"?step={reading.step + 1}&theme={theme}" if reading.step < len(this.steps) else "",
        reading.step,
        len(this.steps),
    )
    return _framed(request, here, words, view)


def _goes_on(drawing: Drawing) -> bool:
    return top_of(drawing, TALL) + TALL < drawing.height


def _at(request: Request, asked: Experiment, words: Words, moment: int) -> str:
    """The same frame at another moment."""
    more = {"t": duration(asked.trace.moments[moment].at), "lang": words.lang, "theme": _theme(request)}
    return f"?{to_query(asked.scenario)}&{urlencode(more)}"


def _spoken(request: Request) -> Words:
    here, lang = world(request), request.query_params.get("lang", "")
    return here.words[lang if lang in here.words else preferred(request)]


def _theme(request: Request) -> Theme:
    """As the frame's address says; the system's if it says nothing. No cookie comes along into a frame."""
    match request.query_params.get("theme"):
        case "light":
            return "light"
        case "dark":
            return "dark"
    return "system"


def _framed(request: Request, here: World, words: Words, view: EmbedView, status: int = 200) -> Response:
    """The page, which any other may have in a frame."""
    path = request.url.path
    page = Page(words, path, "", _theme(request), "", here.settings.origin, found=False)
    cache = "public, max-age=300" if status == 200 and not path.endswith("/lab") else "no-cache"
    response = here.renderer.render(page, view).response(request, cache=cache, status=status)
    response.headers["content-security-policy"] = POLICY
    response.headers["cross-origin-resource-policy"] = "cross-origin"
    return response
