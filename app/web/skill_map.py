"""The map: every skill in the order of the course, with what is remembered of it now and what comes before it."""

from typing import NamedTuple

from app.draw.charts_level import level
from app.progress.reviews import waiting
from app.progress.schedule import RETENTION, remembered
from app.progress.study import Skill, Study
from app.web.amounts import percent
from app.web.dates import ahead
from app.web.world import World
from app.words import Words

FAINT = 0.7
"""Below this, what is left of a skill is little."""


class Need(NamedTuple):
    """A skill that comes before and is not mastered yet; the address is its place on the map."""

    name: str
    url: str


class Tile(NamedTuple):
    """A skill on the map.

    `kind`: `new` was never asked about, `failed` was wrong the last time; `known`, `fading` and `faint` go by what is
    left. `level` says the same in words, `strip` as a picture.
    """

    id: str
    name: str
    lesson_url: str
    quiz_url: str
    kind: str
    mastered: bool
    level: str
    strip: str
    due: str
    needs: tuple[Need, ...]


class MapPart(NamedTuple):
    """A part of the course, with the name that addresses know it by."""

    id: str
    name: str
    mastered: int
    tiles: tuple[Tile, ...]

    @property
    def begun(self) -> bool:
        """Whether anything of it has been asked about: the others are folded away."""
        return any(tile.kind != "new" for tile in self.tiles)


def skill_map(here: World, words: Words, study: Study) -> tuple[MapPart, ...]:
    """The whole course as this learner remembers it."""
    skills = {skill.id: skill for skill in study.skills}
    due = {skill.id for skill in waiting(study)}
    parts = []
    for part in here.course.editions[words.lang].parts:
        ids = [skill.id for lesson in part.lessons for skill in lesson.skills]
        tiles = tuple(_tile(here, words, study, skills[id], skills, waits=id in due) for id in ids)
        parts.append(MapPart(part.id, part.name, sum(tile.mastered for tile in tiles), tiles))
    return tuple(parts)


def _tile(here: World, words: Words, study: Study, skill: Skill, skills: dict[str, Skill], *, waits: bool) -> Tile:
    course = here.skills[skill.id]
    memory = study.memories.get(skill.id)
    mastered = study.mastered(skill)
    kind, said, share, due = "new", words("progress.map.new"), 0.0, ""
    if memory is not None:
        share = remembered(memory.stability, study.now - memory.last)
        if waits:
            due = words("progress.map.due-now")
        elif when := study.coming(skill):  # else it is safe until the interview is over
            due = ahead(words, when - study.now)
        said = percent(words, share)
        kind = "known" if share >= RETENTION else "fading" if share >= FAINT else "faint"
        if memory.failed:
            kind, said = "failed", words("progress.map.failed")
    missing = () if mastered else (skills[other] for other in skill.requires if not study.mastered(skills[other]))
    return Tile(
        skill.id,
        course.names[words.lang],
        here.taught(words.lang, course),
        f"/{words.lang}/quiz/{skill.id}",
        kind,
        mastered,
        said,
        level(share if kind != "failed" else 0.0),
        words("progress.map.due", when=due) if due else "",
        tuple(Need(here.skills[other.id].names[words.lang], f"#skill-{other.id}") for other in missing),
    )
