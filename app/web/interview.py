"""The date of the interview and the learner's time zone: a form, and what it saves."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.progress import settings
from app.progress.readiness import FAR
from app.progress.schedule import DAY
from app.web.learners import Learner, known, remember
from app.web.progress import show
from app.web.world import World, world
from app.web.zones import USUAL
from app.words import Words

TOMORROW = "tomorrow"  # in place of a date
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Wanted:
    """What the form says. `day` is empty for no date, None where the form has no field for it (the script's)."""

    day: str | None
    zone: str

    @property
    def values(self) -> dict[str, str]:
        """The settings that this means."""
        named = {settings.INTERVIEW: self.day, settings.ZONE: self.zone or None}
        return {name: value for name, value in named.items() if value is not None}


async def set_interview(request: Request, lang: str) -> Response:
    """POST `/{lang}/progress/interview`: set the date, or clear it; back to the page with it, or with a complaint."""
    here = world(request)
    words = here.speak(lang)
    form = await request.form(max_files=0, max_fields=8, max_part_size=200)
    day = None if "day" not in form and "clear" not in form else "" if "clear" in form else str(form["day"]).strip()
    learner = known(here, request)
    wanted = Wanted(day, str(form.get("zone", "")).strip())
    if day == TOMORROW:
        wanted = replace(wanted, day=_tomorrow(here.now(), _zone(words, learner, wanted)))
    said, complaint = _judged(here, words, learner, wanted)
    if complaint:
        return show(request, here, words, said=complaint, wanted=(wanted.day or "", wanted.zone), status=422)
    if said:
        id = learner.id if learner else uuid4()
        now, values = here.now(), wanted.values
        id = await here.writer.write(lambda connection: settings.put(connection, id, values, now), id)
    back = "/tonight" if form.get("back") == "tonight" else f"?said={said}" if said else ""
    response = RedirectResponse(f"/{lang}/progress{back}", 303, {"cache-control": "no-store"})
    if said:
        remember(here, request, response, id)
    return response


def _zone(words: Words, learner: Learner | None, wanted: Wanted) -> str:
    """The zone in which the day is meant; it may be none."""
    return wanted.zone or (learner.settings.get(settings.ZONE) if learner else "") or USUAL[words.lang]


def _tomorrow(now: datetime, zone: str) -> str:
    """The date of tomorrow in that zone, in UTC where it is none."""
    try:
        settings.check(settings.ZONE, zone)
    except settings.BadSetting:
        zone = "UTC"
    return (now.astimezone(ZoneInfo(zone)).date() + DAY).isoformat()


def _judged(here: World, words: Words, learner: Learner | None, wanted: Wanted) -> tuple[str, str]:
    """What will have been done, "" for nothing; or a complaint."""
    zone = _zone(words, learner, wanted)
    try:
        settings.check(settings.ZONE, zone)
    except settings.BadSetting:
        return "", words("progress.interview.bad-zone")
    if wanted.day:
        return ("", complaint) if (complaint := _complaint(words, wanted.day, zone, here.now())) else ("saved", "")
    if learner is None:
        return "", words("progress.interview.no-day") if wanted.day is not None else ""
    had = learner.settings.get(settings.INTERVIEW, "")
    if wanted.day == "" and had:
        return "cleared", ""
    return "saved" if wanted.zone else "", ""


def _complaint(words: Words, text: str, zone: str, now: datetime) -> str:
    """What is wrong with that day; "" for nothing."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return words("progress.interview.bad-day")
    today = now.astimezone(ZoneInfo(zone)).date()
    if day < today:
        return words("progress.interview.over")
    return words("progress.interview.far") if day > today + FAR * DAY else ""
