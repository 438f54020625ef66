"""One language: its messages, filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import NamedTuple


class Language(NamedTuple):
    """A language of the site: its code in addresses, its own name, its BCP 47 tag."""

    lang: str
    name: str
    tag: str


LANGUAGES = (Language("zh", "中文", "zh-Hans"), Language("en", "English", "en"))


class MissingWords(LookupError):
    """A message id that the language does not have, or a parameter that the message wants and was not given."""


@dataclass(frozen=True, eq=False)
class Words:
    """The messages of one language by dotted id. `words("event.enters", host="server", …)` is the text."""

    language: Language
    messages: Mapping[str, str]

    def __call__(self, message: str, /, **parameters: object) -> str:
        """Fill in the message with that id. Never falls back: what is not there raises `MissingWords`."""
        text = self.messages.get(message)
        if text is None:
            raise MissingWords(f"{self.lang}: {message}")
        try:
            return text.format_map(parameters)
        except KeyError as missing:
            raise MissingWords(f"{self.lang}: {message}: without its {missing.args[0]}") from None

    def __contains__(self, message: str) -> bool:
        return message in self.messages

    @property
    def lang(self) -> str:
        """`zh` or `en`, as in addresses."""
        return self.language.lang

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.language.name

    @property
    def tag(self) -> str:
        """The BCP 47 tag, for `lang` and `hreflang`."""
        return self.language.tag

    def parameters(self, message: str) -> frozenset[str]:
        """The names that the message wants filled in."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.messages[message]) if name)
