"""An experiment as a file: a capture, a picture, text, a script."""

from collections.abc import Callable
from hashlib import blake2b
from json import dumps
from typing import NamedTuple

from fastapi import Request, Response

from app.draw.capture import captured
from app.draw.mermaid import mermaid
from app.draw.packetdrill import packetdrill
from app.draw.pcap import pcap
from app.draw.standalone import standalone
from app.draw.svg import Drawing, phase
from app.draw.text import exchange
from app.sim.export import to_json
from app.sim.scenario import written
from app.web.captures import MEDIA_TYPE
from app.web.experiment import Experiment, Unreadable, experiment
from app.web.language import preferred
from app.web.not_here import NotHere
from app.web.refusal import refusal
from app.web.representation import Representation
from app.web.world import World, world
from app.words import Words

LARGEST = 4_000  # pixels of a picture's longer side
# A picture that is opened on its own has its rules inside, and may do nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


class Form(NamedTuple):
    """A kind of file: its type, how its name ends, how it is made, and whether it is a picture of the run."""

    media_type: str
    suffix: str
    make: Callable[[World, Words, Experiment], bytes]
    drawn: bool = False


def picture(here: World, drawing: Drawing, asked: Experiment) -> str:
    """The diagram with its colours inside, at the moment that was asked for."""
    svg = drawing.svg
    if asked.moment is not None:
        svg = phase(svg, asked.moment, asked.last)
    return standalone(svg, here.palettes[asked.ground], written(asked.scenario))


def _svg(here: World, words: Words, asked: Experiment) -> bytes:
    return picture(here, asked.drawing(words), asked).encode()


def _png(here: World, words: Words, asked: Experiment) -> bytes:
    drawing = asked.drawing(words)
    return here.painter.paint(picture(here, drawing, asked), min(2.0, LARGEST / max(drawing.height, drawing.width)))


def _tcpdump(_: World, __: Words, asked: Experiment) -> bytes:
    until = asked.trace.moments[asked.here].at
    lines = captured(asked.trace, until, asked.host, absolute=asked.trace.absolute)
    return "".join(f"{line}\n" for line in lines).encode()


FORMS: dict[str, Form] = {
    "pcap": Form(MEDIA_TYPE, ".pcap", lambda _, __, asked: pcap(asked.trace, asked.host)),
    "svg": Form("image/svg+xml", ".svg", _svg, drawn=True),
    "png": Form("image/png", ".png", _png, drawn=True),
    "mermaid": Form("text/plain", ".mmd", lambda _, words, asked: mermaid(asked.trace, words).encode(), drawn=True),
    "txt": Form(
        "text/plain", ".txt", lambda _, words, asked: (exchange(asked.trace, words) + "\n").encode(), drawn=True
    ),
    "tcpdump": Form("text/plain", ".tcpdump.txt", _tcpdump),
    "json": Form(
        "application/json",
        ".json",
        lambda _, __, asked: (dumps(to_json(asked.trace), ensure_ascii=False) + "\n").encode(),
    ),
    "packetdrill": Form("text/plain", ".pkt", lambda _, __, asked: packetdrill(asked.trace, asked.host).encode()),
}


def download(request: Request, form: str) -> Response:
    """`/export/{form}?{scenario}&lang=&host=&theme=&t=`."""
    here = world(request)
    if form not in FORMS:
        raise NotHere("error.no-page")
    kind = FORMS[form]
    try:
        asked = experiment(request.url.query)
        if kind.drawn:
            asked.check_drawable()
    except Unreadable as complaint:
        return refusal(request, complaint, as_json=form == "json")
    words = here.words[asked.lang or preferred(request)]
    response = Representation.of(kind.make(here, words, asked), kind.media_type).response(
        request, cache="public, max-age=300" if asked.lang else "private, no-cache"
    )
    name = blake2b(asked.query.encode(), digest_size=3).hexdigest()
    response.headers["content-disposition"] = f'inline; filename="ackademy-{name}{kind.suffix}"'
    if form == "svg":
        response.headers["content-security-policy"] = POLICY
    return response
