"""What the process knows from its start to its end: the words, the course, the pages that it has rendered."""

from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import cast
from uuid import UUID

from babel import localedata
from fastapi import Request, Response
from limits import parse

from app.course.citations import Cited
from app.course.compile import load as compile_course
from app.course.experiments import read_experiments
from app.course.passages import passages
from app.course.search import Index
from app.course.skills import Skill
from app.course.source import ContentError, Folder
from app.progress.lock import InUse
from app.progress.place import Place
from app.progress.writer import Writer
from app.web import learners
from app.web.assets import Assets
from app.web.evening import under_way
from app.web.language import remember
from app.web.limits import Allowance
from app.web.not_here import NotHere
from app.web.page import Page, Section
from app.web.palette import palettes
from app.web.png import Painter
from app.web.rendering import Renderer, View
from app.web.representation import Representation
from app.web.settings import Settings
from app.web.syllabus import syllabus
from app.web.theme import chosen
from app.words import Words, load


class World:
    """Built once by `create_app`. Raises `CatalogError` or `ContentError` where words or content are malformed.

    `Trouble` or `BadKey` where there is no place for progress.
    """

    def __init__(self, settings: Settings, place: Place) -> None:
        self.settings = settings
        self.store = place.store()
        self.lock = InUse(place)
        self.writer = Writer(self.store)
        self.signer = place.signer()
        self.dues: dict[UUID, tuple[learners.Waits, datetime]] = {}  # what `learners.waits` remembers
        self.new_links = Allowance(parse(settings.new_links)) if settings.new_links else None
        self.places: dict[UUID, tuple[tuple[str, str], datetime]] = {}  # what `reading_kept.note` wrote last, and when
        self.words = load(settings.content / "locale")
        self.course = compile_course(settings.content, self.words)
        folder = Folder(settings.content)
        self.citations = self.course.citations
        self.experiments = read_experiments(folder)
        if folder.problems:
            raise ContentError(folder.problems)
        self.indexes = {lang: Index(passages(edition)) for lang, edition in self.course.editions.items()}
        self.skills = {skill.id: skill for skill in self.course.skills}
        self.syllabus = syllabus(self.course)
        self.version = _hashed(settings.content)
        self.assets = Assets(settings.static)
        self.palettes = palettes(settings.static)
        self.painter = Painter(settings.static)
        self.renderer = Renderer(settings, self.assets.url, self.words)

    def now(self) -> datetime:
        """The time, which tests may set."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Finish what was acknowledged, and let go of the database."""
        self.writer.stop()
        self.store.close()
        self.lock.close()

    def speak(self, lang: str) -> Words:
        """The words of that language; an address in another one leads nowhere."""
        if lang not in self.words:
            known = localedata.exists(lang.partition("-")[0])
            raise NotHere("error.no-language", code=lang) if known else NotHere("error.no-page")
        return self.words[lang]

    def taught(self, lang: str, skill: Skill) -> str:
        """Where a lesson in that language teaches that skill."""
        lesson = self.course.editions[lang].lessons[skill.lesson]
        number = next(step.number for step in lesson.steps if step.id == skill.anchor)
        return f"/{lang}/lessons/{skill.lesson}?step={number}#{skill.anchor}"

    def cited(self, source: str) -> Cited:
        """The passage that a citation such as `rfc:9293#3.4` names."""
        scheme, _, rest = source.partition(":")
        document, _, passage = rest.partition("#")
        return self.citations.find(scheme, document, passage)

    def page(self, request: Request, words: Words, section: Section, query: str = "") -> Page:
        """The frame for what is asked for; `query` is what the page understood of its own, in one order."""
        path, waits = request.scope["path"], learners.waits(self, request)
        soon = waits.interview if waits else ""
        if not soon and under_way(request, self.now()):
            soon = "tomorrow"
        due = waits.due if waits else None
        return Page(words, path, query, chosen(request), section, self.settings.origin, due=due, soon=soon)

    def show(
        self,
        request: Request,
        words: Words,
        view: Callable[..., View],
        *subject: Hashable,
        section: Section,
        query: str = "",
    ) -> Response:
        """The page of `view(world, words, *subject)`, rendered once."""
        page = self.page(request, words, section, query)
        representation = self.renderer.remembered(page, view, self, words, *subject)
        return self.answer(request, words, representation)

    def answer(self, request: Request, words: Words, representation: Representation, status: int = 200) -> Response:
        """The response with a page in that language, which is remembered as the visitor's."""
        response = representation.response(request, cache="private, no-cache", status=status)
        remember(words.lang, request, response)
        return response


def _hashed(folder: Path) -> str:
    """A short name for what is in the folder: it changes with any file."""
    digest = blake2b(digest_size=6)
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def world(request: Request) -> World:
    """The world of the application that got this request."""
    return cast(World, request.app.state.world)
