"""A learner's progress as a file: JSON that says what it is, and is read back here or elsewhere."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints, ValidationError
from sqlalchemy import Connection

from app.progress import history, remarks, settings
from app.progress.attempts import Attempt, bounded
from app.progress.history import History
from app.progress.levels import LevelScore
from app.progress.reading import StepRead
from app.progress.settings import BadSetting, Setting

FORMAT = "ackademy-progress"
VERSION = 1
LARGEST = 5_000_000  # bytes
MOST = 10_000  # rows of a kind: as many answers as anybody gives in years

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)

FileReason = Literal["too-large", "not-ours", "newer", "malformed"]


class BadFile(Exception):
    """A file that cannot be imported, and nothing of it was. `where` is the place in it that is malformed."""

    def __init__(self, reason: FileReason, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where


Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00]*$"), AfterValidator(bounded)]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Said = Annotated[str, AfterValidator(lambda text: text.replace("\0", "")), StringConstraints(max_length=4000)]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class _Attempt(BaseModel):
    id: UUID
    at: AwareDatetime
    key: Key
    skill: Name
    source: Name
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    variant: Name
    answer: Annotated[dict[Name, Said], Field(max_length=100)]
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
    """The history in an exported file. Raises BadFile.

    Remarks stay with the site that they were left for, and settings that cannot be set here are left out. A clock that
    was wrong keeps nobody's history away: what is dated later than `now` or before there was such a file is dated anew.
    """
    if len(file) > LARGEST:
        raise BadFile("too-large")
    _known(file)
    try:
        found = _File.model_validate_json(file)
    except ValidationError as error:
        raise BadFile("malformed", ".".join(str(part) for part in error.errors()[0]["loc"])) from error
    return History(
        _possible(found.begun, now) if found.begun else None,
        [Attempt(**fields) for fields in _dated(found.attempts, now)],
        [StepRead(**fields) for fields in _dated(found.steps, now)],
        [setting for fields in _dated(found.settings, now) if _can_be_set(setting := Setting(**fields), now)],
        [LevelScore(**fields) for fields in _dated(found.levels, now)],
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


def _dated(rows: Sequence[BaseModel], now: datetime) -> Iterator[dict[str, Any]]:
    """The fields of the rows, with times in UTC that can be. Those of the future keep the order of the file."""
    for left, row in zip(range(len(rows), 0, -1), rows, strict=True):
        yield {
            name: _possible(value, now, left * TICK) if isinstance(value, datetime) else value
            for name, value in row.model_dump().items()
        }


def _possible(value: datetime, now: datetime, before: timedelta = timedelta()) -> datetime:
    """That time in UTC; for one of the future, so long before now."""
    return max(EARLIEST, value if value <= now else now - before).astimezone(UTC)


def _can_be_set(setting: Setting, now: datetime) -> bool:
    try:
        settings.check(setting.name, setting.value, now)
    except BadSetting:
        return False
    return True


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} is no part of an export")
