"""How the parts of a sequence diagram are written that a moment, or a link, changes.

A page that shows one moment of it writes the phases as it is drawn; one that is drawn for all of them leaves that to
`svg.phase`.
"""

from collections.abc import Callable

from app.draw.columns import Rail


def lasting(since: int, until: int) -> str:
    """The attributes of what exists from moment `since` until moment `until`, behind the last word of its `class`."""
    return f'" data-since="{since}" data-until="{until}"'


class Look:
    """For all moments at once, and with nothing in it that can be clicked."""

    role = "img"

    def lasting(self, since: int, until: int) -> str:
        """Behind the last word of a `class`: what exists from moment `since` until moment `until`."""
        return lasting(since, until)

    def segment(self, name: str) -> tuple[str, str]:
        """How a copy of that segment begins, with the first words of its class, and how it ends."""
        return '<g class="segment ', "</g>"

    def line(self, path: str) -> str:
        """Its line."""
        return f'<path class="line" pathLength="1" d="{path}"/>'

    def lengths(self, rail: Rail) -> Callable[[int, int, int, str], str]:
        """How the lengths of that rail are written: each by its moment, where it begins, its height, and as drawn."""
        return lambda moment, y, height, drawn: drawn

    def time(self, moment: int, drawn: str) -> str:
        """The time of that moment, which is `drawn` already."""
        return drawn


PLAIN = Look()
