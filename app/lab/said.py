"""Something to say, in whatever language: a message id and what fills it in."""

from typing import NamedTuple


class Said(NamedTuple):
    """A message of the catalogs with its parameters: `words(said.message, **said.params)`."""

    message: str
    parameters: tuple[tuple[str, str | int], ...] = ()

    @property
    def params(self) -> dict[str, str | int]:
        """What fills it in, by name."""
        return dict(self.parameters)


def said(message: str, **parameters: str | int) -> Said:
    """`said("lab.do.close", call="close")`."""
    return Said(message, tuple(parameters.items()))
