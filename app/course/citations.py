"""What may be cited: content/sources.toml, with the true titles."""

from typing import Any, NamedTuple
from urllib.parse import quote

from app.course.source import Mistake, Source


class Cited(NamedTuple):
    """Where a citation leads, and what the passage is called."""

    href: str
    title: str


FORMS: dict[str, dict[str, type]] = {
    "rfc": {"title": str, "sections": dict},
    "kernel": {"title": str, "page": str, "defines": str, "anchors": list},
    "man": {},
}


class Citations:
    """The documents that may be cited, by the scheme of the link that cites them: `rfc`, `kernel`, `man`."""

    def __init__(self, source: Source) -> None:
        self._known: dict[str, dict[str, Any]] = {scheme: {} for scheme in FORMS}
        for scheme, documents in source.toml().items():
            if scheme not in FORMS or not isinstance(documents, dict):
                source.report(source.line_of(scheme), f"expected tables of {', '.join(FORMS)}, not “{scheme}”")
                continue
            for name, known in documents.items():
                if _is_sound(scheme, known):
                    self._known[scheme][name] = known
                else:
                    wanted = ", ".join(FORMS[scheme]) or "a title"
                    source.report(source.line_of(name), f"{scheme} {name} lacks something: expected {wanted}")

    def find(self, scheme: str, document: str, passage: str) -> Cited:
        """The passage of that document (all of it when `passage` is empty). Raises Mistake if it is not listed."""
        known = self._known[scheme].get(document)
        if known is None:
            raise Mistake(f"{scheme}:{document} is not in sources.toml")
        match scheme:
            case "rfc":
                return _rfc(document, known, passage)
            case "kernel":
                return _kernel(document, known, passage)
            case _:
                return _man(document, str(known), passage)


def _is_sound(scheme: str, known: Any) -> bool:
    """Whether an entry has what a citation of its scheme needs."""
    if not FORMS[scheme]:
        return isinstance(known, str)
    return isinstance(known, dict) and all(isinstance(known.get(key), kind) for key, kind in FORMS[scheme].items())


def _rfc(number: str, known: dict[str, Any], section: str) -> Cited:
    page = f"https://www.rfc-editor.org/rfc/rfc{number}.html"
    if not section:
        return Cited(page, f"RFC {number}: {known['title']}")
    home = known.get("rules", {}).get(section, section)
    title = known["sections"].get(home)
    if title is None:
        raise Mistake(f"RFC {number} has no section {section} in sources.toml")
    part = "section" if home[0].isdigit() else "appendix"
    return Cited(f"{page}#{part}-{home}", f"RFC {number} §{section}: {title}")


def _kernel(name: str, known: dict[str, Any], anchor: str) -> Cited:
    page = f"https://docs.kernel.org/{known['page']}.html"
    if not anchor:
        return Cited(page, f"Linux: {known['title']}")
    if anchor not in known["anchors"]:
        raise Mistake(f"kernel:{name} has no “{anchor}” in sources.toml")
    # The page gives its definitions no ids; a text fragment leads to them all the same.
    text = quote(known["defines"].format(anchor), safe="").replace("-", "%2D")
    return Cited(f"{page}#:~:text={text}", f"Linux: {known['title']}, {anchor}")


def _man(page: str, title: str, passage: str) -> Cited:
    if passage:
        raise Mistake("a manual page is cited whole")
    name, _, section = page.rpartition(".")
    return Cited(f"https://man7.org/linux/man-pages/man{section}/{page}.html", f"{name}({section}): {title}")
