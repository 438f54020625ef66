"""Something to say, in whatever language: a message id and what fills it in."""

from typing import NamedTuple, Protocol


class Speaker(Protocol):
    """The words of a language: messages filled in."""

    @property
    def lang(self) -> str:
        """`zh` or `en`."""

    def __call__(self, message: str, /, **parameters: object) -> str:
        """Fill in the message with that id."""


class Markup(str):
    """HTML that a template takes as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Say(NamedTuple):
    """A message of the catalogs with its parameters, which may be things to say themselves."""

    message: str
    parameters: tuple[tuple[str, "str | int | Say"], ...] = ()

    def told(self, words: Speaker) -> str:
        """The text in the language of `words`."""
        return words(
            self.message, **{name: one.told(words) if isinstance(one, Say) else one for name, one in self.parameters}
        )


class Html(NamedTuple):
    """What somebody has written, as HTML, by language."""

    by_language: tuple[tuple[str, str], ...]

    def told(self, words: Speaker) -> Markup:
        """The HTML in the language of `words`."""
        return Markup(dict(self.by_language)[words.lang])


Text = Say | Html
Told = dict[str, str | int | Say]  # what fills in a message


def say(message: str, **parameters: "str | int | Say") -> Say:
    """`say("quiz.ack.prompt", host=say("host.client"), isn=1000)`."""
    return Say(message, tuple(parameters.items()))


def who(name: str) -> Say:
    """A host in the middle of a sentence."""
    return say(f"who.{name}")


def host(name: str) -> Say:
    """A host by its name in a scenario."""
    return say(f"host.{name}")
