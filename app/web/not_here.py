"""What is raised for an address that leads nowhere; `errors.py` makes a helpful page of it."""

from typing import NamedTuple


class Link(NamedTuple):
    """A way on from an error: its text, in the visitor's language, and where it leads."""

    text: str
    url: str


class NotHere(Exception):
    """There is no such page. `reason` is a message id, filled in with `about`; `links` lead on, the best one first."""

    def __init__(self, reason: str, *links: Link, **about: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.links = links
        self.about = about
