"""What lies ahead and behind, as charts: reviews to come, days of study, how right the answers were, what was last."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from app.draw.charts_bars import Bar, bars
from app.draw.charts_days import Day, Week, days
from app.draw.charts_trend import Point, trend
from app.progress import past
from app.progress.attempts import Attempt
from app.progress.past import Answered, Score
from app.progress.reviews import Day as Forecast
from app.progress.schedule import DAY
from app.progress.study import Study
from app.web.amounts import day, month, percent, weekdays
from app.web.dates import ago
from app.web.world import World
from app.words import Words

STAR = "★"
WEEKS = 12
FEW = 4  # weeks that are shown of the answers even where they began later
RECENT = 8  # answers in the list of the last ones
BUSY = (1, 5, 15, 30)  # answers on a day from which its square grows


class Chart(NamedTuple):
    """A picture, the sentence that sums it up, and the same numbers as rows of a table."""

    svg: str
    summary: str
    rows: tuple[tuple[str, str], ...]


class Trend(NamedTuple):
    """How right the answers about a part of the course were."""

    name: str
    svg: str
    share: str
    score: str
    weeks: tuple[str, ...]


class Recent(NamedTuple):
    """An answer; `url` leads to the question with it, "" where that is no longer asked."""

    right: bool
    skill: str
    url: str
    ago: str


def ahead_chart(words: Words, study: Study, forecast: Sequence[Forecast]) -> Chart:
    """The reviews of the coming days."""
    names = weekdays(words, narrow=True)
    drawn, rows = [], []
    for one in forecast:
        interview = study.days_left is not None and one.day == study.interview
        told = words("progress.forecast.day", day=day(words, one.day), count=one.reviews)
        today = one.day == study.today
        label = words("progress.forecast.today") if today else names[one.day.weekday()]
        kind, sign = ("interview", STAR) if interview else ("today", "") if today else ("", "")
        drawn.append(Bar(one.reviews, label, str(one.day.day), told, kind, sign))
        rows.append((day(words, one.day), str(one.reviews)))
    total = sum(one.reviews for one in forecast)
    summary = words("progress.forecast.sum", total=total, count=len(forecast))
    if any(bar.sign for bar in drawn):
        summary += words("progress.forecast.interview", sign=STAR)
    return Chart(bars(summary, drawn).svg, summary, tuple(rows))


def calendar_chart(words: Words, study: Study, given: Sequence[Answered]) -> Chart:
    """The days of the last weeks, with how much was answered on each."""
    counts = past.by_day(given, study.zone)
    mondays = weeks_until(study.today)
    weeks = []
    for place, monday in enumerate(mondays):
        begins = place == 0 or monday.month != mondays[place - 1].month
        crowded = place == 0 and mondays[1].month != monday.month  # its name would run into the next one
        squares = tuple(_square(words, monday + n * DAY, study.today, counts[monday + n * DAY]) for n in range(7))
        weeks.append(Week(month(words, monday) if begins and not crowded else "", squares))
    shown = {when: count for when, count in sorted(counts.items(), reverse=True) if when >= mondays[0]}
    summary = words("progress.calendar.sum", days=len(shown), answers=sum(shown.values()))
    names = [name if row % 2 == 0 else "" for row, name in enumerate(weekdays(words))]
    rows = tuple((day(words, when), str(count)) for when, count in shown.items())
    return Chart(days(summary, names, weeks).svg, summary, rows)


def trends(here: World, words: Words, study: Study, given: Sequence[Answered]) -> tuple[Trend, ...]:
    """The parts of the course that have answers, week by week."""
    parts = here.course.editions[words.lang].parts
    topics = {skill.id: part.id for part in parts for lesson in part.lessons for skill in lesson.skills}
    if not given:
        return ()
    begun = given[-1].at.astimezone(study.zone).date()
    mondays = [monday for monday in weeks_until(study.today)[:-FEW] if monday + 7 * DAY > begun]
    mondays += weeks_until(study.today)[-FEW:]
    scores = past.by_week(given, study.zone, mondays, topics)
    found = []
    for part in parts:
        weeks = scores[part.id]
        whole = Score(sum(week.right for week in weeks), sum(week.total for week in weeks))
        if whole.share is None:
            continue
        points = [
            Point(week.share, week.total, _week(words, monday, week))
            for monday, week in zip(mondays, weeks, strict=True)
        ]
        share = percent(words, whole.share)
        told = words("progress.trend.sum", part=part.name, share=share)
        found.append(
            Trend(
                part.name,
                trend(told, points).svg,
                share,
                words("progress.trend.score", right=whole.right, count=whole.total),
                tuple(point.hint for point in points if point.answers),
            )
        )
    return tuple(found)


def recent(here: World, words: Words, study: Study, attempts: Sequence[Attempt]) -> tuple[Recent, ...]:
    """The last answers, the latest first."""
    rows = []
    for attempt in sorted(attempts, key=lambda one: (one.at, one.id), reverse=True)[:RECENT]:
        skill = here.skills.get(attempt.skill)
        query = {"seed": attempt.seed, **{name: text for name, text in attempt.answer.items() if name != "shown"}}
        url = f"/{words.lang}/questions/{attempt.source}?{urlencode(query)}"
        rows.append(
            Recent(
                attempt.right,
                skill.names[words.lang] if skill else attempt.skill,
                url if attempt.source in here.course.pool else "",
                ago(words, study.now - attempt.at),
            )
        )
    return tuple(rows)


def weeks_until(today: date) -> list[date]:
    """The Mondays of the last weeks, this one last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - n * 7 * DAY for n in reversed(range(WEEKS))]


def _square(words: Words, when: date, today: date, count: int) -> Day | None:
    if when > today:
        return None
    level = sum(count >= least for least in BUSY)
    return Day(level, words("progress.calendar.day", day=day(words, when), count=count), when == today)


def _week(words: Words, monday: date, week: Score) -> str:
    return words("progress.trend.week", day=day(words, monday), right=week.right, count=week.total)
