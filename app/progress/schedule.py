"""When a skill is asked about next: FSRS's forgetting curve solved for time, and the date of the interview.

The library counts in whole days. Here time is continuous, so that an evening can be planned too; at whole days
both agree.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fsrs import Scheduler

from app.progress.mastery import SITTING

RETENTION = 0.9
"""A skill is due when the chance that it is remembered falls to this …"""

LAST_WEEK_RETENTION = 0.95
"""… and to this in the week before the interview."""

LAST_WEEK = timedelta(days=7)

AGAIN = timedelta(minutes=10)
"""How soon what was wrong is asked again."""

LONGEST = timedelta(days=365)

EARLY = timedelta(hours=6)
"""How much sooner than a whole number of days a skill is due: nobody studies every evening at the same minute."""

DAY = timedelta(days=1)

EVENING = timedelta(hours=4)
"""How long before the day of the interview the last review is at the latest: there is an evening left for it."""

# Without steps of its own the library does nothing but FSRS: what comes soon after a wrong answer is decided here.
FSRS = Scheduler(desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False)

_DECAY = FSRS.parameters[20]
_FACTOR = 0.9 ** (-1 / _DECAY) - 1  # a stability is the days after which 0.9 is left, whatever is wanted


def remembered(stability: float, elapsed: timedelta) -> float:
    """The chance, above 0 and at most 1, that it is remembered after that time. Time that ran backwards is none."""
    days = max(elapsed, timedelta()) / DAY
    return float((1 + _FACTOR * days / stability) ** -_DECAY)


def interval(stability: float, retention: float) -> timedelta:
    """How long after a right answer it is asked again: about when that chance of remembering is left.

    From a day on it is FSRS's whole number of days, less EARLY; never within the sitting, never after LONGEST.
    """
    days = min(stability / _FACTOR * (retention ** (-1 / _DECAY) - 1), LONGEST / DAY)
    whole = timedelta(days=round(days) if days >= 1 else days)
    return max(whole - min(EARLY, whole / 4), SITTING)


def begins(day: date, zone: tzinfo) -> datetime:
    """The first moment of that day in that zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def due(last: datetime, stability: float, failed: int, *, interview: date | None, zone: tzinfo) -> datetime:
    """When a skill that was last reviewed then is due.

    What was wrong (`failed`) comes again AGAIN later. Before an interview nothing is due later than on the evening
    before, and a skill is due as soon as less is remembered than is wanted at that time: RETENTION until the last week,
    then LAST_WEEK_RETENTION. A review on that day or after it is planned as if there was no interview.
    """
    usual = last + (AGAIN if failed else interval(stability, RETENTION))
    if interview is None or last >= (day := begins(interview, zone)):
        return usual
    if not failed:
        sharper = last + interval(stability, LAST_WEEK_RETENTION)
        usual = min(usual, max(sharper, day - LAST_WEEK))
    return min(usual, _evening_before(day, last))


def _evening_before(day: datetime, last: datetime) -> datetime:
    """The last moment for another review before that day; where its evening has come, in this sitting."""
    return max(day - EVENING, last + min(SITTING, (day - last) / 2))
