"""Somebody who reads a lesson in a browser: what they do, and what they can see."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page

LESSON = "three-way-handshake"


@dataclass(frozen=True)
class Reader:
    page: Page
    site: str
    lang: str = "zh"

    def opens(self, path: str) -> None:
        """Open a path of the site, and wait until its script (if it has one) has run."""
        self.page.goto(f"{self.site}{path}")

    def opens_lesson(self, query: str = "", slug: str = LESSON) -> None:
        self.opens(f"/{self.lang}/lessons/{slug}{query}")

    @property
    def player(self) -> Locator:
        """The player that holds the current step."""
        return self.page.locator("tcp-player").filter(has=self.page.locator("[aria-current=step]"))

    @property
    def step(self) -> int:
        """The number of the current step, of which there is exactly one."""
        return int(self.page.locator("[aria-current=step]").get_attribute("data-step") or 0)

    @property
    def moment(self) -> int:
        """The moment that the current player shows: that of its caption."""
        return int(self.player.locator(".caption [data-at-moment]:visible").get_attribute("data-at-moment") or -1)

    @property
    def address(self) -> dict[str, str]:
        """The query of the address."""
        return {key: values[0] for key, values in parse_qs(urlsplit(self.page.url).query).items()}

    def visible_sinces(self, player: Locator, selector: str) -> list[int]:
        """When the things began that can be seen in this player."""
        return player.locator(selector).evaluate_all(
            """all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().width > 0)
                         .map(one => Number(one.dataset.since))"""
        )

    def sees_nothing_after(self, player: Locator, moment: int) -> bool:
        """Neither in the picture nor in the panels."""
        picture = self.visible_sinces(player, ".sequence [data-since]")
        beside = self.visible_sinces(player, "li[data-since]")
        return max([*picture, *beside], default=0) <= moment
