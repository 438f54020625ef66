"""A learner's progress: what to do next, what is known and what fades, what lies ahead and what lies behind."""

from dataclasses import dataclass, replace
from math import ceil
from typing import ClassVar, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from app.progress import attempts, past, settings
from app.progress.attempts import Attempt
from app.progress.past import Answered
from app.progress.plan import Plan, plan
from app.progress.schedule import DAY
from app.progress.study import Study
from app.web.amounts import day_from, days, full_day, minutes, percent
from app.web.dates import moment
from app.web.ideas import Idea, ideas
from app.web.learners import SOON, Learner, known
from app.web.looking_back import RECENT, Chart, Recent, Trend, ahead_chart, calendar_chart, recent, trends
from app.web.skill_map import MapPart, skill_map
from app.web.suggestions import Suggestion, suggestion
from app.web.world import World, world
from app.web.zones import USUAL, Zone, known_here, zone_name, zones
from app.words import Words

SAID = ("saved", "cleared", "carried", "imported")  # what a page may say that comes after a form


class Goal(NamedTuple):
    """The interview: how far off, and what that means for each day. `days` is empty where there is no date to come."""

    days: str
    when: str
    pace: str
    ready: str
    late: bool
    soon: str  # `today` or `tomorrow`, where it is one of them


class Due(NamedTuple):
    """What waits to be reviewed."""

    skills: int
    minutes: str
    at_risk: str
    next: str  # when something will wait, where nothing does


class Mastery(NamedTuple):
    """How far the course is mastered, and how right the answers of the last days were."""

    skills: int
    total: int
    trend: str


class InterviewForm(NamedTuple):
    """The form for date and zone; `known` where the zone is the learner's own choice."""

    day: str
    least: str
    zones: tuple[Zone, ...]
    zone: str
    known: bool
    set: bool
    open: bool


@dataclass(frozen=True)
class ProgressView:
    """The page. What has no answers to show yet is None or empty, and the page says what will appear there."""

    template: ClassVar[str] = "progress/index.html"
    learner: bool
    said: str
    wrong: bool  # what is said is a complaint
    zone: str
    goal: Goal
    next: Suggestion
    due: Due
    mastery: Mastery
    map: tuple[MapPart, ...]
    forecast: Chart | None
    calendar: Chart | None
    trends: tuple[Trend, ...]
    ideas: tuple[Idea, ...]
    recent: tuple[Recent, ...]
    form: InterviewForm


async def progress(request: Request, lang: str) -> Response:
    """`/{lang}/progress`."""
    here = world(request)
    words = here.speak(lang)
    said = request.query_params.get("said", "")
    known_said = said if said in SAID else ""
    return show(request, here, words, said=words(f"progress.said.{said}") if known_said else "", query=known_said)


def show(
    request: Request,
    here: World,
    words: Words,
    *,
    said: str = "",
    query: str = "",
    wanted: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page; with `wanted`, the day and the zone that were typed, after a complaint about them. Raises Trouble."""
    view = _view(here, words, known(here, request), said, wanted)
    page = here.page(request, words, "progress", f"?{urlencode({'said': query})}" if query else "")
    page = replace(page, path=f"/{words.lang}/progress")
    return here.answer(request, words, here.renderer.render(page, view), status)


def newcomer(here: World, words: Words) -> Study:
    """What can be planned for somebody who has not answered anything; their day is that of most who read this."""
    zone = ZoneInfo(USUAL[words.lang])
    return Study(here.syllabus.lessons, here.syllabus.skills, {}, frozenset(), here.now(), zone=zone)


def _view(
    here: World, words: Words, learner: Learner | None, said: str, wanted: tuple[str, str] | None
) -> ProgressView:
    study = learner.study if learner else newcomer(here, words)
    given, last = _answers(here, learner)
    planned = plan(study)
    zone = known_here(learner.settings.get(settings.ZONE, "")) if learner else ""
    return ProgressView(
        learner=learner is not None,
        said=said,
        wrong=wanted is not None,
        zone=zone_name(words, zone, study.now) if zone else "",
        goal=_goal(words, study, planned),
        next=suggestion(here, words, study),
        due=_due(here, words, study, planned),
        mastery=_mastery(words, study, given),
        map=skill_map(here, words, study),
        forecast=ahead_chart(words, study, planned.forecast) if study.memories else None,
        calendar=calendar_chart(words, study, given) if given else None,
        trends=trends(here, words, study, given),
        ideas=ideas(here, words, study, given),
        recent=recent(here, words, study, last),
        form=_form(words, study, zone, wanted),
    )


def _answers(here: World, learner: Learner | None) -> tuple[list[Answered], list[Attempt]]:
    """All answers as far as they are counted, and the last ones in full."""
    if learner is None:
        return [], []
    with here.store.reading() as connection:
        given = past.of(connection, learner.id)
        if not given:
            return [], []
        return given, attempts.of(connection, learner.id, given[:RECENT][-1].at)


def _goal(words: Words, study: Study, planned: Plan) -> Goal:
    left, interview = study.days_left, study.interview
    if interview is None:
        return Goal("", "", "", _ready(words, study, planned), late=False, soon="")
    if left is None:
        return Goal("", words("progress.goal.over", day=full_day(words, interview)), "", "", late=False, soon="")
    named = {0: words("progress.goal.today"), 1: words("progress.goal.tomorrow")}
    pace = ""
    if planned.minutes_a_day and not study.last_day:
        pace = words("progress.goal.pace", minutes=minutes(words, planned.minutes_a_day))
    elif planned.minutes_a_day == 0:
        pace = words("progress.goal.nothing-left")
    return Goal(
        named.get(left) or days(words, left),
        day_from(words, interview, study.today),
        pace,
        "" if study.last_day else _ready(words, study, planned),
        _late(study, planned),
        SOON.get(left, ""),
    )


def _ready(words: Words, study: Study, planned: Plan) -> str:
    """When the learner will be ready at the pace so far; "" where nothing can be said."""
    late = _late(study, planned)
    if planned.ready_on is None:
        return words("progress.goal.too-slow") if late else ""
    if not study.memories or planned.ready_on <= study.today:
        return ""
    ready = day_from(words, planned.ready_on, study.today)
    return words("progress.goal.late" if late else "progress.goal.ready", day=ready)


def _late(study: Study, planned: Plan) -> bool:
    """Whether there is a pace, and it is too slow for the interview to come."""
    if study.interview is None or study.days_left is None or not study.memories:
        return False
    return planned.ready_on is None or planned.ready_on > study.interview


def _due(here: World, words: Words, study: Study, planned: Plan) -> Due:
    skills = {skill.id: skill for skill in study.skills}
    waiting = [skills[id] for id in planned.due]
    if waiting:
        first = waiting[0]
        name = here.skills[first.id].names[words.lang]
        told = words("progress.due.failed", skill=name)
        if chance := study.chance(first, study.now):
            told = words("progress.due.at-risk", skill=name, chance=percent(words, chance))
        return Due(len(waiting), minutes(words, ceil(sum(skill.seconds for skill in waiting) / 60)), told, "")
    when = min((at for skill in study.skills if (at := study.coming(skill))), default=None)
    told = words("progress.due.next", when=moment(words, when, study.now, study.zone)) if when else ""
    return Due(0, "", "", told)


def _mastery(words: Words, study: Study, given: list[Answered]) -> Mastery:
    week = study.now - 7 * DAY
    now = past.score(answer for answer in given if answer.at > week).share
    before = past.score(answer for answer in given if week - 7 * DAY < answer.at <= week).share
    told = ""
    if now is not None:
        told = words("progress.mastery.week", share=percent(words, now))
        if before is not None:
            told = words("progress.mastery.weeks", share=percent(words, now), before=percent(words, before))
    return Mastery(sum(map(study.mastered, study.skills)), len(study.skills), told)


def _form(words: Words, study: Study, zone: str, wanted: tuple[str, str] | None) -> InterviewForm:
    typed, named = wanted or (study.interview.isoformat() if study.interview else "", zone)
    chosen = named if _is_zone(named) else zone or USUAL[words.lang]
    coming = study.days_left is not None
    return InterviewForm(
        typed if coming or wanted else "",
        study.today.isoformat(),
        zones(words, study.now, chosen),
        chosen,
        known=bool(zone),
        set=study.interview is not None,
        open=wanted is not None or not coming,
    )


def _is_zone(name: str) -> bool:
    try:
        settings.check(settings.ZONE, name)
    except settings.BadSetting:
        return False
    return bool(name)
