"""Dates and durations as each language says them, through Babel; a learner's dates are those of the learner's zone."""

from datetime import datetime, timedelta, tzinfo

from babel.dates import format_skeleton, format_time, format_timedelta

from app.web.amounts import locale_of, spaced
from app.words import Words

MONTH = 30  # days


def ahead(words: Words, span: timedelta) -> str:
    """How far off: `in 3 days`. What is over already is a minute away."""
    return _told(words, max(span, timedelta(minutes=1)), direction=True)


def ago(words: Words, span: timedelta) -> str:
    """How long since: `3 days ago`. What has not been yet (a clock that went back) was a minute ago."""
    return _told(words, min(-span, timedelta(minutes=-1)), direction=True)


def lasting(words: Words, span: timedelta) -> str:
    """How long: `3 days`."""
    return _told(words, span, direction=False)


def moment(words: Words, at: datetime, now: datetime, zone: tzinfo) -> str:
    """The hour if it is today or tomorrow, else the day: `11:40 PM`, `11:40 PM tomorrow`, `Mon, Nov 30`."""
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    hour = format_time(there, "short", locale=locale_of(words))
    if there.date() == today:
        return hour
    if there.date() == today + timedelta(days=1):
        return words("date.tomorrow", time=hour)
    return spaced(format_skeleton("MMMEd", there, locale=locale_of(words)))


def _told(words: Words, span: timedelta, *, direction: bool) -> str:
    days = abs(span) / timedelta(days=1)
    threshold = 0.9 * days if 1 <= days < MONTH else 1  # of a unit before it is used: days, not weeks, within a month
    return spaced(format_timedelta(span, add_direction=direction, threshold=threshold, locale=locale_of(words)))
