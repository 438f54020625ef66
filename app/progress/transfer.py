"""A learner's progress as a file: JSON that says what it is, and is read back here or elsewhere."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError
from sqlalchemy import Connection

from app.progress import history, remarks, settings
from app.progress.attempts import Attempt
from app.progress.history import History
from app.progress.levels import LevelScore
from app.progress.reading import StepRead
from app.progress.settings import BadSetting, Setting

FORMAT = "ackademy-progress"
VERSION = 1
LARGEST = 50_000_000  # bytes
MOST = 100_000  # rows of a kind

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # by which the clock of another machine may be wrong

FileReason = Literal["too-large", "not-ours", "newer", "malformed"]


class BadFile(Exception):
    """A file that cannot be imported, and nothing of it was. `where` is the place in it that is malformed."""

    def __init__(self, reason: FileReason, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where


Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class _Attempt(BaseModel):
    id: UUID
    at: AwareDatetime
    key: Name
    skill: Name
    source: Name
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    variant: Name
    answer: Annotated[dict[Name, Text], Field(max_length=100)]
    right: bool
    belief: Name | None
    hinted: bool
    unsure: bool
    seconds: Seconds
    slow: Seconds
    context: Text
    content_version: Text


class _Step(BaseModel):
    lesson: Name
    step: Name
    first_at: AwareDatetime
    last_at: AwareDatetime


class _Setting(BaseModel):
    name: Name
    value: Text
    at: AwareDatetime


class _Level(BaseModel):
    level: Name
    score: Annotated[int, Field(ge=-(2**31), lt=2**31)]
    at: AwareDatetime


class _File(BaseModel):
    begun: AwareDatetime | None
    attempts: Annotated[list[_Attempt], Field(max_length=MOST)]
    steps: Annotated[list[_Step], Field(max_length=MOST)]
    settings: Annotated[list[_Setting], Field(max_length=MOST)]
    levels: Annotated[list[_Level], Field(max_length=MOST)]


def export(connection: Connection, learner: UUID, now: datetime) -> str:
    """Everything that is kept about this learner, as JSON. Keys are added in later versions, not changed."""
    kept = history.of(connection, learner)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now,
        "begun": kept.begun,
        "attempts": [row._asdict() for row in kept.attempts],
        "steps": [row._asdict() for row in kept.steps],
        "settings": [row._asdict() for row in kept.settings],
        "levels": [row._asdict() for row in kept.levels],
        "remarks": [row._asdict() for row in remarks.of(connection, learner)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_plain)


def read(file: bytes, now: datetime) -> History:
    """The history in an exported file; remarks stay with the site that they were left for. Raises BadFile."""
    if len(file) > LARGEST:
        raise BadFile("too-large")
    _known(file)
    try:
        found = _File.model_validate_json(file)
    except ValidationError as error:
        raise BadFile("malformed", ".".join(str(part) for part in error.errors()[0]["loc"])) from error
    for setting in found.settings:
        try:
            settings.check(setting.name, setting.value)
        except BadSetting as error:
            raise BadFile("malformed", f"settings.{setting.name}") from error
    until = now + AHEAD
    return History(
        _known_time(found.begun, until, "begun") if found.begun else None,
        [Attempt(**_dated(row, until)) for row in found.attempts],
        [StepRead(**_dated(row, until)) for row in found.steps],
        [Setting(**_dated(row, until)) for row in found.settings],
        [LevelScore(**_dated(row, until)) for row in found.levels],
    )


def _known(file: bytes) -> None:
    """Raises BadFile unless this is an export of a version that is known here."""
    try:
        document = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise BadFile("not-ours") from error
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise BadFile("not-ours")
    version = document.get("version")
    if not isinstance(version, int) or version < 1:
        raise BadFile("malformed", "version")
    if version > VERSION:
        raise BadFile("newer")


def _dated(row: BaseModel, until: datetime) -> dict[str, Any]:
    """The fields of a row, with its times in UTC. Raises BadFile."""
    fields = row.model_dump()
    return {
        name: _known_time(value, until, name) if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def _known_time(value: datetime, until: datetime, where: str) -> datetime:
    """The time in UTC. Raises BadFile for one before there was such a file, or in the future."""
    if not EARLIEST <= value <= until:
        raise BadFile("malformed", f"{where} {value.isoformat()}")
    return value.astimezone(UTC)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} is no part of an export")
