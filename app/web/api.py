"""The questions as JSON, for other programs. FastAPI describes it at `/api/openapi.json`; `/api` shows that."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.routing import APIRoute
from markupsafe import escape
from pydantic import BaseModel, Field, StringConstraints
from starlette.types import Message

from app.course.lesson import Misconception
from app.quiz.answers import FLAGS, MOST, Malformed
from app.quiz.forms import Build, Cell, Choices, Number, Order, Table
from app.quiz.question import Form
from app.sim.trace import Trace
from app.web.answering import FIELDS, answered
from app.web.asking import Asked, asked
from app.web.security import HEADERS
from app.web.world import World, world
from app.words import Words

LARGEST = 64 * 1024  # bytes of a request's body


class Bounded(APIRoute):
    """Refuses a body as soon as it is larger than any answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            left = LARGEST

            async def receive() -> Message:
                nonlocal left
                message = await request.receive()
                left -= len(message.get("body", b""))
                if left < 0:
                    raise HTTPException(413, f"an answer has at most {LARGEST} bytes")
                return message

            return await handle(Request(request.scope, receive))

        return bounded


router = APIRouter(prefix="/api", tags=["questions"], route_class=Bounded)
TITLE, VERSION = "Ackademy", "1"
# Swagger UI sets styles and shows pictures that it carries within itself.
POLICY = HEADERS["content-security-policy"] + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

Lang = Annotated[Literal["zh", "en"], Query(description="the language of all texts")]
Seed = Annotated[int, Query(ge=0, lt=10**12, description="the same seed gives the same question, always")]


class Exhibit(BaseModel):
    """What a question shows: a picture as SVG, or text that a tool prints."""

    kind: Literal["picture", "text"]
    title: str
    body: str


class QuestionOut(BaseModel):
    """A question. `form` says how it is answered: `fields` are the names that an answer has. All texts are HTML."""

    source: str = Field(description="the generator, or the written question", examples=["ack-of-the-syn"])
    seed: int
    skill: str = Field(examples=["handshake.ack-number"])
    kind: str = Field(description="single, several, number, trace, states, order, predict, diagnose or build")
    level: int
    prompt: str
    shown: list[Exhibit]
    form: dict[str, Any] = Field(description="choices, number, table, order or build, with what there is to choose")
    fields: list[str]


class AnswerIn(BaseModel):
    """An answer: a text for each field; several choices and flags are joined by commas."""

    answer: dict[str, Annotated[str, StringConstraints(max_length=MOST)]] = Field(
        examples=[{"number": "0x8f3a1b"}], max_length=FIELDS
    )


class MisconceptionOut(BaseModel):
    """The wrong idea that gives just this answer."""

    id: str
    title: str
    assumed: str
    truth: str


class Citation(BaseModel):
    """An authority."""

    title: str
    href: str


class VerdictOut(BaseModel):
    """What the answer was worth, and why. `marks` has a verdict for each field; `key` is the right answer.

    All texts are HTML.
    """

    right: bool
    marks: dict[str, bool]
    key: dict[str, str]
    misconception: MisconceptionOut | None
    reasons: list[str] = Field(description="for each option in turn, why it is right or wrong")
    why: str
    tell: str = Field(description="one sentence to say in the interview")
    authority: Citation


class SourceOut(BaseModel):
    """Something that can be asked."""

    source: str
    skill: str
    level: int


@router.get("/questions", summary="All that can be asked")
async def sources(request: Request, skill: str | None = None) -> list[SourceOut]:
    """The generators and the written questions, of one skill or of all."""
    pool = world(request).course.pool
    return [
        SourceOut(source=one.id, skill=one.skill, level=one.level)
        for one in pool.sources
        if skill is None or one.skill == skill
    ]


@router.get("/questions/{source}", summary="A question", responses={404: {"description": "no such question"}})
async def question(request: Request, source: str, seed: Seed = 1, lang: Lang = "en") -> QuestionOut:
    """The question of that source and seed, without its key."""
    here, words = _speak(request, source, lang)
    made = here.course.pool.question(source, seed)
    shown = asked(here, words, made, {}, None)
    return QuestionOut(
        source=source,
        seed=seed,
        skill=made.skill,
        kind=made.kind,
        level=made.level,
        prompt=_html(shown.prompt),
        shown=[
            Exhibit(kind="picture" if e.kind == "picture" else "text", title=e.title, body=e.body)
            for e in shown.exhibits
        ],
        form=_form(made.form, shown, words),
        fields=list(made.form.fields),
    )


@router.post(
    "/questions/{source}",
    summary="An answer",
    responses={404: {"description": "no such question"}, 422: {"description": "the answer cannot be read"}},
)
async def answer(request: Request, source: str, given: AnswerIn, seed: Seed = 1, lang: Lang = "en") -> VerdictOut:
    """What that answer is worth. One that cannot be read is refused with a sentence that says why."""
    here, words = _speak(request, source, lang)
    made = here.course.pool.question(source, seed)
    said = answered(made.form, given.answer)
    try:
        verdict = made.form.grade(said)
    except Malformed as malformed:
        raise HTTPException(422, malformed.reason.told(words)) from None
    shown = asked(here, words, made, said, verdict)
    feedback = shown.feedback
    assert feedback is not None
    return VerdictOut(
        right=verdict.right,
        marks=dict(verdict.marks),
        key=dict(feedback.key),
        misconception=_misconception(feedback.misconception),
        reasons=[_html(option.reason) for option in shown.options],
        why=_html(feedback.why),
        tell=_html(feedback.tell),
        authority=Citation(title=feedback.source.title, href=feedback.source.href),
    )


@dataclass(frozen=True)
class ApiView:
    """The page that shows what the API offers."""

    template: ClassVar[str] = "api/index.html"


async def documentation(request: Request) -> Response:
    """`/api`: the API, to read and to try."""
    here = world(request)
    page = here.page(request, here.words["en"], "")
    response = here.renderer.render(page, ApiView()).response(request, cache="no-cache")
    response.headers["content-security-policy"] = POLICY
    return response


def _speak(request: Request, source: str, lang: str) -> tuple[World, Words]:
    here = world(request)
    if source not in here.course.pool:
        raise HTTPException(404, f"there is no question {source}")
    return here, here.speak(lang)


def _html(text: str) -> str:
    """What somebody has written is HTML already; a message of the catalogs becomes it."""
    return str(escape(text))


def _misconception(idea: Misconception | None) -> MisconceptionOut | None:
    if idea is None:
        return None
    return MisconceptionOut(id=idea.id, title=idea.title, assumed=idea.assumed_html, truth=idea.truth_html)


def _form(form: Form, shown: Asked, words: Words) -> dict[str, Any]:
    """How it is answered, without the key."""
    match form:
        case Choices():
            options = {option.number: _html(option.text) for option in shown.options}
            return {"kind": form.kind, "several": form.several, "options": options}
        case Number():
            return {"kind": form.kind, "unit": _html(form.unit.told(words)) if form.unit else None}
        case Order():
            return {"kind": form.kind, "items": {item.id: _html(item.text.told(words)) for item in form.items}}
        case Build():
            return {"kind": form.kind}
        case Table():
            rows = [
                [{"field": cell.field, "what": cell.what, "value": _value(cell, shown, words)} for cell in row.cells]
                for row in form.rows
            ]
            return {"kind": form.kind, "columns": [_html(words(column)) for column in form.columns], "rows": rows}


def _value(cell: Cell, shown: Asked, words: Words) -> str | None:
    """What stands in a cell; None where it is asked for, or would give one away that is."""
    if cell.asked or cell.veiled:
        return None
    trace = shown.question.trace
    return _segment(trace, cell.value, words) if cell.what == "segment" and trace else cell.value


def _segment(trace: Trace, name: str, words: Words) -> str:
    """A segment in a line, as the page has it: who sends it to whom, its flags, its length, and whether it is lost."""
    sent = trace.segments[name]
    told = [
        f"{words(f'host.{sent.source}')} → {words(f'host.{sent.target}')}",
        "-".join(flag for flag, letter in FLAGS.items() if flag != "PSH" and letter in sent.segment.letters),
        words("quiz.bytes", count=sent.segment.length) if sent.segment.length else "",
        "" if sent.arrivals else words("quiz.lost"),
    ]
    return _html(" ".join(part for part in told if part))
