"""What a person can be asked about: content/skills.toml."""

from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from app.course.source import Source


class Skill(NamedTuple):
    """One skill: its name by language, the step that teaches it, what must be known before."""

    id: str
    names: dict[str, str]
    lesson: str
    anchor: str
    requires: tuple[str, ...]
    line: int
    placement: bool = False  # whether it tells a newcomer where to begin


def read_skills(source: Source, langs: tuple[str, ...]) -> tuple[Skill, ...]:
    """The skills, in the order of the file. Prerequisites exist and make no circle, or it is reported."""
    skills = [skill for entry in source.tables("skill") if (skill := _skill(source, entry, langs))]
    known = {skill.id: skill for skill in skills}
    for skill in skills:
        for other in skill.requires:
            if other not in known:
                source.report(skill.line, f"the skill {skill.id} requires {other}, which is none")
        if known[skill.id] is not skill:
            source.report(skill.line, f"the skill {skill.id} is there twice")
    try:
        TopologicalSorter({skill.id: skill.requires for skill in skills}).prepare()
    except CycleError as error:
        circle = error.args[1]
        source.report(known[circle[0]].line, f"skills require each other in a circle: {' → '.join(reversed(circle))}")
    return tuple(skills)


def _skill(source: Source, entry: dict[str, Any], langs: tuple[str, ...]) -> Skill | None:
    line = source.line_of("id", f'"{entry.get("id", "")}"')
    missing = [key for key in ("id", "lesson", *langs) if not isinstance(entry.get(key), str) or not entry[key]]
    if missing:
        source.report(line, f"a skill lacks its {', '.join(missing)}")
        return None
    for key in entry.keys() - {"id", "lesson", "requires", "placement", *langs}:
        source.report(line, f"a skill has no key “{key}”")
    requires = entry.get("requires", [])
    if not isinstance(requires, list) or not all(isinstance(other, str) for other in requires):
        source.report(line, "what a skill requires is a list of skills")
        requires = []
    lesson, _, anchor = entry["lesson"].partition("#")
    names = {lang: entry[lang] for lang in langs}
    return Skill(entry["id"], names, lesson, anchor, tuple(requires), line, entry.get("placement", False) is True)
