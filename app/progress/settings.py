"""What a learner has set: text by name, with its date. Of two histories the later setting counts."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from app.progress import learners, memories, upsert
from app.progress.memories import Calendar
from app.progress.tables import SettingRow

INTERVIEW = "interview"  # a date as ISO 8601 writes it; empty for none
ZONE = "zone"  # an IANA time zone

REACH = timedelta(days=5 * 365)  # from now, back and forth, in which an interview can be

_OF = (
    select(col(SettingRow.name), col(SettingRow.value), col(SettingRow.at))
    .where(col(SettingRow.learner) == bindparam("learner"))
    .order_by(col(SettingRow.name))
)


class BadSetting(Exception):
    """A value that this setting cannot have."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name} cannot be {value!r}")
        self.name = name


class Setting(NamedTuple):
    """One setting; empty text is what it is without one."""

    name: str
    value: str
    at: datetime


def of(connection: Connection, learner: UUID) -> list[Setting]:
    """All that this learner has set, by name."""
    return [Setting._make(row) for row in connection.execute(_OF, {"learner": learner})]


def calendar(connection: Connection, learner: UUID) -> Calendar:
    """The interview's day and the learner's time zone."""
    return calendar_in({setting.name: setting.value for setting in of(connection, learner)})


def calendar_in(values: Mapping[str, str]) -> Calendar:
    """The interview's day and the time zone among these settings.

    A zone that this machine does not know is UTC, and a day of which it has not all is none.
    """
    try:
        zone = _zone(values.get(ZONE, ""))
    except KeyError:
        zone = UTC
    day = _date(values.get(INTERVIEW, ""))
    return Calendar(day if day and date.min < day < date.max else None, zone)


def put(connection: Connection, learner: UUID, values: Mapping[str, str], now: datetime) -> UUID:
    """Set these; the learner is made if there is none yet, and returned. Raises BadSetting.

    What is set last counts, even on a clock that went back since the time before.
    """
    for name, value in values.items():
        check(name, value, now)
    learner = learners.claim(connection, learner, now)
    before = {setting.name: setting.at for setting in of(connection, learner)}
    tick = timedelta(microseconds=1)
    add(
        connection,
        learner,
        [
            Setting(name, value, max(now, before[name] + tick) if name in before else now)
            for name, value in values.items()
        ],
    )
    if values.keys() & {INTERVIEW, ZONE}:
        memories.reschedule(connection, learner, calendar(connection, learner))
    return learner


def check(name: str, value: str, now: datetime | None = None) -> None:
    """Raises BadSetting; with the time `now`, also for an interview that is out of REACH."""
    if not name or len(name) > 40 or len(value) > 1000 or "\0" in name + value:
        raise BadSetting(name, value)
    try:
        if name == INTERVIEW:
            day = _date(value)
            if day and now and abs(day - now.date()) > REACH:
                raise BadSetting(name, value)
        elif name == ZONE:
            _zone(value)
    except (ValueError, KeyError, OSError) as error:  # no date, no such zone, the name of a folder of zones
        raise BadSetting(name, value) from error


def add(connection: Connection, learner: UUID, settings: Iterable[Setting]) -> None:
    """Of these and the learner's the latest of each name; of two at one instant, the greater text."""
    rows = [{"learner": learner, **setting._asdict()} for setting in settings]
    if rows:
        new = upsert.insert(connection.dialect.name, SettingRow)
        at, value = col(SettingRow.at), col(SettingRow.value)
        later = (new.excluded.at > at) | ((new.excluded.at == at) & (new.excluded.value > value))
        written = {"value": new.excluded.value, "at": new.excluded.at}
        statement = new.on_conflict_do_update(index_elements=["learner", "name"], set_=written, where=later)
        connection.execute(statement, rows)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _zone(text: str) -> tzinfo:
    return ZoneInfo(text) if text else UTC
