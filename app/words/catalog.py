"""Catalogs: `<folder>/<lang>/*.po`, all files of a language together, read once at start."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from app.words.words import LANGUAGES, Language, Words


class CatalogError(Exception):
    """A catalog that cannot be used: `str()` is `file:line: message`."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")


def load(folder: Path) -> dict[str, Words]:
    """Both languages by code. Raises `CatalogError` for what gettext would pass over in silence."""
    return {language.lang: Words(language, _messages(folder, language)) for language in LANGUAGES}


def _messages(folder: Path, language: Language) -> dict[str, str]:
    messages: dict[str, str] = {}
    files = sorted((folder / language.lang).glob("*.po"))
    if not files:
        raise CatalogError(folder / language.lang, 0, "no catalog (*.po) here")
    for file in files:
        for line, message, text in _entries(file):
            if message in messages:
                raise CatalogError(file, line, f"{message} is said twice")
            if not text:
                raise CatalogError(file, line, f"{message} has no text")
            messages[message] = text
    return messages


def _entries(file: Path) -> Iterator[tuple[int, str, str]]:
    try:
        with file.open("rb") as source:
            catalog = read_po(source, abort_invalid=True)
    except PoFileError as error:
        raise CatalogError(file, error.lineno, str(error)) from error
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy or not isinstance(message.id, str) or not isinstance(message.string, str):
            raise CatalogError(file, message.lineno or 0, f"{message.id}: fuzzy and plural messages are not used here")
        yield message.lineno or 0, message.id, message.string
