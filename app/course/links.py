"""Links: what authors write (`rfc:9293#3.5`, `lesson:why-three#old-syn`) → where it leads, in one language."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from app.course.citations import Citations, Cited
from app.course.source import Mistake

Attributes = dict[str, str]
Anchors = Mapping[str, int | None]  # the ids of a page, and the numbers of those that are steps


class Links:
    """Resolves the links of one language."""

    def __init__(
        self,
        lang: str,
        citations: Citations,
        lessons: Mapping[str, Anchors],
        states: Anchors,
        terms: Anchors,
    ) -> None:
        """What can be linked to: the anchors of each lesson by its slug, of the states page and of the glossary."""
        self.lang = lang
        self._citations = citations
        self._lessons = lessons
        self._states = states
        self._terms = terms
        self._schemes: dict[str, Callable[[str, str], Attributes]] = {
            "lesson": self._lesson,
            "state": self._state,
            "term": self._term,
        }

    def resolve(self, href: str) -> Attributes:
        """The attributes of the `<a>`. Raises Mistake for a link that leads nowhere."""
        scheme, colon, rest = href.partition(":")
        target, _, anchor = rest.partition("#")
        if colon and scheme in self._schemes:
            return self._schemes[scheme](target, anchor)
        if colon and scheme in ("rfc", "kernel", "man"):
            cited = self.cited(href)
            return {"href": cited.href, "class": "cite", "rel": "external", "title": cited.title}
        if scheme == "https" and urlsplit(href).netloc:
            return {"href": href, "rel": "external"}
        raise Mistake(f"“{href}” leads nowhere: a link is rfc:, kernel:, man:, lesson:, state:, term: or https://")

    def cited(self, href: str) -> Cited:
        """The passage that a citation such as `rfc:9293#3.4` names. Raises Mistake where it is none."""
        scheme, _, rest = href.partition(":")
        document, _, anchor = rest.partition("#")
        if scheme not in ("rfc", "kernel", "man"):
            raise Mistake(f"“{href}” is no citation: expected rfc:, kernel: or man:")
        return self._citations.find(scheme, document, anchor)

    def _lesson(self, slug: str, anchor: str) -> Attributes:
        if slug not in self._lessons:
            raise Mistake(f"there is no lesson “{slug}”: there are {', '.join(self._lessons)}")
        page = f"/{self.lang}/lessons/{slug}"
        if not anchor:
            return {"href": page}
        if anchor not in self._lessons[slug]:
            raise Mistake(f"the lesson {slug} has no “{anchor}”: it has {', '.join(self._lessons[slug])}")
        number = self._lessons[slug][anchor]
        return {"href": f"{page}?step={number}#{anchor}" if number else f"{page}#{anchor}"}

    def _state(self, name: str, anchor: str) -> Attributes:
        if name not in self._states or anchor:
            raise Mistake(
                f"there is no state “{name}{f'#{anchor}' if anchor else ''}”: there are {', '.join(self._states)}"
            )
        return {"href": f"/{self.lang}/states#{name}"}

    def _term(self, name: str, anchor: str) -> Attributes:
        if name not in self._terms or anchor:
            raise Mistake(f"there is no term “{name}{f'#{anchor}' if anchor else ''}” in the glossary")
        return {"href": f"/{self.lang}/glossary#{name}"}
