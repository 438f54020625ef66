"""What interviewers were seen to ask: content/corpus.toml, most asked first."""

from typing import NamedTuple

from app.course.source import Source
from app.quiz.pool import Pool

KEYS = ("id", "about", "lesson", "generators", "sources")


class Asked(NamedTuple):
    """One question of interviewers: where it is taught, what generates it here, in how many sources it was seen."""

    id: str
    lesson: str
    generators: tuple[str, ...]
    sources: int
    line: int

    def questions(self, pool: Pool) -> tuple[str, ...]:
        """The generators and the written questions that ask it."""
        return (*self.generators, *(one.id for one in pool.written.values() if self.id in one.asked))


def corpus(source: Source) -> tuple[Asked, ...]:
    """The corpus in its order; an entry that cannot be read is reported and left out, as is one whose id is taken."""
    found: dict[str, Asked] = {}
    for entry in source.tables("asked"):
        line = source.line_of("id", f'"{entry.get("id", "")}"')
        generators = entry.get("generators", [])
        for key in entry.keys() - set(KEYS):
            source.report(line, f"what is asked has no key “{key}”")
        if not isinstance(entry.get("id"), str) or not isinstance(entry.get("lesson"), str):
            source.report(line, "what is asked has an id and a lesson")
        elif not isinstance(generators, list) or not all(isinstance(one, str) for one in generators):
            source.report(line, "generators are a list of names")
        elif not isinstance(entry.get("sources"), int):
            source.report(line, "what is asked says in how many sources it was seen")
        elif entry["id"] in found:
            source.report(line, f"{entry['id']} is there twice")
        else:
            found[entry["id"]] = Asked(entry["id"], entry["lesson"], tuple(generators), entry["sources"], line)
    return tuple(found.values())
