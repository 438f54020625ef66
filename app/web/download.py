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
from app.draw.sequence import sequence
from app.draw.standalone import standalone
from app.draw.svg import phase
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
    """A kind of file: its type, how its name ends, and how it is made."""

    media_type: str
    suffix: str
    make: Callable[[World, Words, Experiment], bytes]


def picture(here: World, words: Words, asked: Experiment) -> str:
    """The diagram with its colours inside, at the moment that was asked for."""
    svg = sequence(asked.trace, words, id="diagram").svg
    if asked.moment is not None:
        svg = phase(svg, asked.moment, asked.last)
    return standalone(svg, here.palettes[asked.ground], written(asked.scenario))


def _png(here: World, words: Words, asked: Experiment) -> bytes:
    drawing = sequence(asked.trace, words, id="diagram")
    return here.painter.paint(picture(here, words, asked), min(2.0, LARGEST / max(drawing.height, drawing.width)))


def _tcpdump(_: World, __: Words, asked: Experiment) -> bytes:
    until = asked.trace.moments[asked.here].at
    lines = captured(asked.trace, until, asked.host, absolute=asked.trace.absolute)
    return "".join(f"{line}\n" for line in lines).encode()


FORMS: dict[str, Form] = {
    "pcap": Form(MEDIA_TYPE, ".pcap", lambda _, __, asked: pcap(asked.trace, asked.host)),
    "svg": Form("image/svg+xml", ".svg", lambda here, words, asked: picture(here, words, asked).encode()),
    "png": Form("image/png", ".png", _png),
    "mermaid": Form("text/plain", ".mmd", lambda _, words, asked: mermaid(asked.trace, words).encode()),
    "txt": Form("text/plain", ".txt", lambda _, words, asked: (exchange(asked.trace, words) + "\n").encode()),
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
    query = request.url.query
    try:
        asked = experiment(query)
    except Unreadable as complaint:
        return refusal(request, complaint, as_json=form == "json")
    words = here.words[asked.lang or preferred(request)]
    kind = FORMS[form]
    response = Representation.of(kind.make(here, words, asked), kind.media_type).response(
        request, cache="public, max-age=300" if asked.lang else "private, no-cache"
    )
    name = blake2b(asked.query.encode(), digest_size=3).hexdigest()
    response.headers["content-disposition"] = f'inline; filename="ackademy-{name}{kind.suffix}"'
    if form == "svg":
        response.headers["content-security-policy"] = POLICY
    return response
