"""The course as it is written: every file parsed and outlined, before anything is drawn."""

from dataclasses import dataclass
from typing import NamedTuple

from app.course import structure
from app.course.citations import Citations
from app.course.corpus import Asked, corpus
from app.course.markdown import Document, parse
from app.course.skills import Skill, read_skills
from app.course.source import Folder
from app.words import LANGUAGES

LANGS = tuple(language.lang for language in LANGUAGES)
FRONT = ("title", "description", "question")
STEPS = ("step", "predict")


class PartPlan(NamedTuple):
    """A part of the course: its name by language, its lessons in order."""

    id: str
    names: dict[str, str]
    lessons: tuple[str, ...]


@dataclass(frozen=True)
class Manuscript:
    """Everything that was written, by language where it is written in one."""

    folder: Folder
    parts: tuple[PartPlan, ...]
    lessons: dict[str, dict[str, Document]]  # slug → language → document
    states: dict[str, Document]
    glossary: dict[str, Document]
    timers: dict[str, Document]
    misconceptions: dict[str, Document]
    questions: dict[str, dict[str, Document]]  # topic → language → document
    skills: tuple[Skill, ...]
    citations: Citations
    corpus: tuple[Asked, ...]

    @property
    def documents(self) -> tuple[dict[str, Document], ...]:
        """Every document, in its languages."""
        alone = (self.states, self.glossary, self.timers, self.misconceptions)
        return (*self.lessons.values(), *alone, *self.questions.values())


def anchors(document: Document) -> dict[str, int | None]:
    """The ids of a document; those of steps with their number in the lesson, which no other has."""
    found: dict[str, int | None] = {}
    steps = 0
    for directive in document.walk():
        steps += directive.name in STEPS
        if directive.id:
            found.setdefault(directive.id, steps if directive.name in STEPS else None)
    return found


def read(folder: Folder) -> Manuscript:
    """Parse everything, and compare the languages of what parses. What is wrong is in `folder.problems`."""
    parts = _parts(folder)
    slugs = [slug for part in parts for slug in part.lessons]
    lessons = {slug: _versions(folder, f"lessons/{slug}", "lesson", FRONT) for slug in slugs}
    manuscript = Manuscript(
        folder,
        parts,
        lessons,
        _versions(folder, "states", "states"),
        _versions(folder, "glossary", "glossary"),
        _versions(folder, "timers", "timers"),
        _versions(folder, "misconceptions", "misconceptions"),
        {topic: _versions(folder, f"questions/{topic}", "questions") for topic in _topics(folder)},
        _skills(folder, lessons),
        Citations(folder.read("sources.toml")),
        corpus(folder.read("corpus.toml")),
    )
    faulty = {problem.file for problem in folder.problems}
    for versions in manuscript.documents:
        if not any(document.source.name in faulty for document in versions.values()):
            structure.compare(*versions.values())
    return manuscript


def _versions(folder: Folder, path: str, kind: str, keys: tuple[str, ...] = ()) -> dict[str, Document]:
    """One document in every language."""
    versions = {lang: parse(folder.read(f"{path}/{lang}.md"), kind, keys) for lang in LANGS}
    for document in versions.values():
        seen: dict[str, int] = {}
        for directive in document.walk():
            if directive.id in seen:
                document.source.report(
                    directive.line, f"the id “{directive.id}” is taken: line {seen[directive.id]} has it"
                )
            elif directive.id:
                seen[directive.id] = directive.line
    return versions


def _topics(folder: Folder) -> list[str]:
    return sorted({path.split("/")[1] for path in folder.names("questions/*/*.md")})


def _skills(folder: Folder, lessons: dict[str, dict[str, Document]]) -> tuple[Skill, ...]:
    """The skills; each is taught by a step of a lesson."""
    source = folder.read("skills.toml")
    skills = read_skills(source, LANGS)
    for skill in skills:
        document = lessons.get(skill.lesson, {}).get(LANGS[0])
        if document is None or anchors(document).get(skill.anchor) is None:
            source.report(skill.line, f"the skill {skill.id} names no step: there is no {skill.lesson}#{skill.anchor}")
    return skills


def _parts(folder: Folder) -> tuple[PartPlan, ...]:
    source = folder.read("course.toml")
    parts = []
    listed: set[str] = set()
    for entry in source.tables("part"):
        line = source.line_of("id", f'"{entry.get("id", "")}"')
        missing = [key for key in ("id", *LANGS) if not isinstance(entry.get(key), str) or not entry[key]]
        lessons = entry.get("lessons")
        if not isinstance(lessons, list) or not all(isinstance(slug, str) for slug in lessons):
            missing.append("list of lessons")
        if missing or not isinstance(lessons, list):
            source.report(line, f"a part lacks its {', '.join(missing)}")
            continue
        for slug in lessons:
            if slug in listed:
                source.report(source.line_of(f'"{slug}"'), f"the lesson {slug} is listed twice")
            listed.add(slug)
        parts.append(PartPlan(entry["id"], {lang: entry[lang] for lang in LANGS}, tuple(lessons)))
    for slug in sorted({path.split("/")[1] for path in folder.names("lessons/*/*.md")} - listed):
        source.report(1, f"the lesson {slug} is in no part")
    return tuple(parts)
