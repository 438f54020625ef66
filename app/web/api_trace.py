"""Any experiment as JSON: what the machine did, for other programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.sim.export import to_json
from app.web.experiment import Unreadable, experiment
from app.web.refusal import refusal

router = APIRouter(prefix="/api", tags=["traces"])

EXAMPLES = {
    "an ordinary connection": ("listen; accept; recv; close", "connect; send(100); close", ""),
    "the first SYN is lost": ("listen; accept; recv; close", "connect; send(100); close", "delay 50ms; drop c1"),
    "nobody listens": ("", "connect", ""),
}


def _examples(place: int) -> dict[str, Any]:
    return {name: {"summary": name, "value": values[place]} for name, values in EXAMPLES.items()}


Program = Annotated[str | None, Query(description="what the program on that host calls, in order")]


class TraceOut(BaseModel):
    """What happened, in order. Times are µs of virtual time; numbers, also those of SACK, count from each side's ISN.

    `win` is the window that a segment offers, in bytes: not the header's field, which counts in units of a scale.
    """

    version: int = Field(description="of this format: keys are added, not changed", examples=[1])
    dialect: str = Field(examples=["linux"])
    scenario: str = Field(description="the scenario as text, in its canonical spelling")
    stopped_by: str | None = Field(description="the bound that ended the run, `segments` or `events`; null: none did")
    segments: list[dict[str, Any]] = Field(
        description="each with its name, flags, numbers, options, fate and arrivals",
        examples=[[{"n": "c1", "at_us": 0, "from": "client", "to": "server", "flags": ["SYN"], "seq": 0, "len": 0}]],
    )
    states: list[dict[str, Any]] = Field(description="each change of state, and its cause")
    calls: list[dict[str, Any]] = Field(description="each socket call; `result` is a value, an errno name or `blocked`")
    queues: list[dict[str, Any]] = Field(description="a listener's queues after each change")
    rules: list[dict[str, Any]] = Field(description="for each arrival the checks that ran, with their sections")
    moments: list[int] = Field(description="the instants at which something happened")


class Refusal(BaseModel):
    """Why an experiment was not run; `key` and `column` are there where the mistake is in the scenario."""

    detail: str
    key: str | None = Field(None, examples=["client"])
    column: int | None = Field(None, examples=[10])


@router.get(
    "/trace",
    summary="Run an experiment",
    response_model=TraceOut,
    responses={
        413: {"description": "the scenario is too long", "model": Refusal},
        422: {"description": "the scenario makes no sense: where, and what was expected", "model": Refusal},
    },
)
def trace(
    request: Request,
    server: Annotated[Program, Query(openapi_examples=_examples(0))] = None,
    client: Annotated[Program, Query(openapi_examples=_examples(1))] = None,
    wire: Annotated[str | None, Query(description="delay and faults", openapi_examples=_examples(2))] = None,
    at: Annotated[str | None, Query(description="what happens to a host from outside")] = None,
    forge: Annotated[str | None, Query(description="segments that nobody sent")] = None,
    set: Annotated[str | None, Query(description="the dialect and settings", examples=["linux; client.isn=1"])] = None,
    lang: Annotated[str, Query(description="`zh` or `en`: the language of a refusal")] = "en",
) -> Response:
    """The machine runs the scenario of this address, which is written as in a link to the lab, and returns the trace.

    Any other key is one more host: `client2=connect`. The same address always gives the same trace.
    """
    try:
        asked = experiment(request.url.query)
    except Unreadable as complaint:
        return refusal(request, complaint, as_json=True)
    return JSONResponse(to_json(asked.trace), headers={"cache-control": "public, max-age=300"})
