"""What every page has, whatever it is about: language, address, theme, and how it is known to the world."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.web.language import DEFAULT, in_language
from app.web.theme import Theme
from app.words import LANGUAGES, Words

Section = Literal["course", "states", "glossary", "timers", "search", "quiz", "lab", "review", "progress", ""]


class LanguageLink(NamedTuple):
    """This page in one of the languages."""

    lang: str
    tag: str
    name: str
    url: str
    current: bool


class Alternate(NamedTuple):
    """This page in one of the languages, as search engines want to be told."""

    hreflang: str
    href: str


@dataclass(frozen=True)
class Page:
    """The frame around a view; `page` in every template. Equal pages look equal, so it can be a key."""

    words: Words
    path: str
    query: str  # canonical: what the page knows of it, in one order; "" or with its question mark
    theme: Theme
    section: Section
    origin: str
    found: bool = True  # an error has no address of its own
    due: int | None = None  # skills that wait to be reviewed; None for a visitor who has not answered anything
    soon: str = ""  # `today` or `tomorrow`, where the interview is that near or an evening is planned

    @property
    def lang(self) -> str:
        """`zh` or `en`."""
        return self.words.lang

    @property
    def tag(self) -> str:
        """The BCP 47 tag, for `<html lang>`."""
        return self.words.tag

    @property
    def here(self) -> str:
        """The address within the site."""
        return self.path + self.query

    @property
    def languages(self) -> tuple[LanguageLink, ...]:
        """Both languages, each with this very page, step and answers kept."""
        return tuple(
            LanguageLink(lang, tag, name, in_language(lang, self.path) + self.query, lang == self.lang)
            for lang, name, tag in LANGUAGES
        )

    @property
    def canonical(self) -> str:
        """The one address of this page for search engines, without the query; "" for an error."""
        return self.origin + self.path if self.found else ""

    @property
    def alternates(self) -> tuple[Alternate, ...]:
        """For `<link rel="alternate">`; none for an error."""
        if not self.found:
            return ()
        tagged = [Alternate(tag, self.origin + in_language(lang, self.path)) for lang, _, tag in LANGUAGES]
        return (*tagged, Alternate("x-default", self.origin + default_address(self.path)))


def default_address(path: str) -> str:
    """Where somebody goes whose language is neither: the course lets them choose, a page is in English."""
    lang, _, rest = path.lstrip("/").partition("/")
    return in_language(DEFAULT, f"/{lang}/{rest}") if rest else "/"
