"""Sharing from where one stands: the link goes with the experiment, is copied, shortened, handed to the phone."""

from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from app.sim.scenario import parse
from app.web.lab_address import Place
from tests.browser.conftest import Arrive
from tests.browser.reader import Reader

CLOSE = parse("server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms")
FRESH = count(50_001)  # µs: a moment that no other test has shared yet
PHONE = "navigator.share = told => { window.shared = told; return Promise.resolve(); }"


def here(reader: Reader) -> str:
    """Where somebody stands, within the site."""
    return reader.page.url.removeprefix(reader.site)


def share_url(reader: Reader) -> str:
    """Follow the link to the share sheet; the address that is shared there, within the site and without its digest."""
    reader.page.locator("a[data-share]").first.click()
    return reader.page.locator("#share-url").input_value().removeprefix(reader.site).partition("&as=")[0]


def opens(reader: Reader, path: str) -> None:
    reader.opens(Place(path, CLOSE, 0).url)
    expect(reader.page.locator("tcp-lab:defined")).to_be_visible()


def test_the_lab_shares_what_is_shown_after_each_action(reader: Reader) -> None:
    opens(reader, f"/{reader.lang}/lab")
    reader.page.locator("#seg-c2 .label").dispatch_event("click", {"button": 0})
    expect(reader.page.locator("#segment-title")).to_contain_text("c2")
    reader.page.locator("#seg-do-lose").click()
    expect(reader.page.locator("#seg-do-deliver")).to_be_visible()
    reader.page.locator(".controls .next").click()
    reader.page.locator(".controls .next").click()
    stood = here(reader)
    assert {"wire", "t", "sel"} <= parse_qs(urlsplit(stood).query).keys()
    assert share_url(reader) == stood
    reader.page.go_back()
    assert here(reader) == stood


def test_its_link_is_right_without_a_click_too(arrive: Arrive) -> None:
    reader = arrive(lang="en")
    opens(reader, "/en/lab")
    link = reader.page.locator(".lab-head a[data-share]")
    before = link.get_attribute("href")
    reader.page.locator(".controls .next").click()
    expect(link).not_to_have_attribute("href", before or "")
    assert parse_qs(urlsplit(link.get_attribute("href") or "").query)["to"] == [here(reader)]


def test_a_level_shares_what_was_tried_and_the_level(site: FastAPI, reader: Reader) -> None:
    level = next(one for one in site.state.world.experiments.levels if one.id == "server-resets")
    path = f"/{reader.lang}/lab/levels/{level.id}"
    reader.opens(path)
    expect(reader.page.locator("tcp-lab:defined")).to_be_visible()
    reader.page.locator(".controls .next").click()
    stood = here(reader)
    assert share_url(reader) == stood
    assert reader.page.locator("#share-start").input_value() == reader.site + path


@pytest.mark.parametrize("path", ["/en/lab", "/en/lab/levels/server-resets"])
def test_the_button_in_the_lab_copies_the_whole_experiment(arrive: Arrive, path: str) -> None:
    reader = arrive(lang="en", permissions=["clipboard-read", "clipboard-write"])
    opens(reader, path)
    reader.page.locator(".controls .next").click()
    reader.page.locator(".controls copy-link button").click()
    expect(reader.page.locator(".controls copy-link [role=status]")).not_to_be_empty()
    assert reader.page.evaluate("navigator.clipboard.readText()") == reader.page.url


def test_a_short_link_is_made_and_leads_back(reader: Reader) -> None:
    stood = Place(f"/{reader.lang}/lab", CLOSE, next(FRESH)).url
    reader.opens(stood)
    assert share_url(reader) == stood
    reader.page.locator(".share-shorten button").click()
    short = reader.page.locator("#share-short").input_value()
    assert len(short.removeprefix(reader.site)) < 14
    reader.page.goto(short)
    assert here(reader).partition("&as=")[0] == stood
    expect(reader.page.locator(".notice")).to_have_count(0)


def test_a_phone_shares_in_its_own_way(arrive: Arrive) -> None:
    reader = arrive("phone", "en")
    reader.page.add_init_script(PHONE)
    reader.opens("/en/share?to=/en/lessons/three-way-handshake%3Fstep%3D2")
    button = reader.page.locator("[data-native] button")
    button.click()
    told = reader.page.evaluate("shared")
    assert told["url"] == f"{reader.site}/en/lessons/three-way-handshake?step=2"
    assert told["title"]
    reader.page.locator(".share-shorten button").click()
    button.click()
    assert reader.page.evaluate("shared.url") == reader.page.locator("#share-short").input_value()


def test_a_phone_shares_the_start_where_that_is_chosen(arrive: Arrive) -> None:
    reader = arrive("phone", "en")
    reader.page.add_init_script(PHONE)
    reader.opens("/en/share?to=/en/lessons/sequence-numbers%3Fstep%3D2")
    reader.page.locator("#share-which a").last.click()
    expect(reader.page.locator("#share-which")).to_be_in_viewport()
    expect(reader.page.locator("#share-which a").last).to_have_attribute("aria-current", "true")
    reader.page.locator("[data-native] button").click()
    assert reader.page.evaluate("shared.url") == f"{reader.site}/en/lessons/sequence-numbers"
    expect(reader.page.get_by_role("img", name="QR code: From the start")).to_be_visible()


def test_without_a_script_the_sheet_is_as_complete(arrive: Arrive, device: str) -> None:
    reader = arrive(device, "zh", java_script_enabled=False)
    stood = Place("/zh/lab", CLOSE, next(FRESH)).url
    reader.opens(stood)
    assert share_url(reader) == stood
    expect(reader.page.locator("[data-native]")).to_be_hidden()
    reader.page.locator(".share-shorten button").click()
    expect(reader.page.locator("#share-short")).to_be_visible()
    expect(reader.page.locator(".share-exports li")).to_have_count(8)


@pytest.mark.parametrize("size", [(360, 560), (600, 400), (640, 600)])
@pytest.mark.parametrize("path", ["lab", "zh/lessons/three-way-handshake?step=3"])
def test_a_frame_is_filled_by_its_diagram(arrive: Arrive, size: tuple[int, int], path: str) -> None:
    width, height = size
    reader = arrive(lang="zh", viewport={"width": width, "height": height})
    lab = "lab?" + urlsplit(Place("/lab", CLOSE, 50_000).url).query
    reader.opens("/embed/" + (lab if path == "lab" else path))
    told = reader.page.evaluate(
        """() => {
            const { scrollHeight: tall, scrollWidth: wide } = document.documentElement;
            const frame = document.querySelector(".embed-diagram").getBoundingClientRect();
            const picture = document.querySelector(".embed-diagram > svg").getBoundingClientRect();
            return { tall, wide, share: frame.height / innerHeight, above: picture.top - frame.top };
        }"""
    )
    assert (told["tall"], told["wide"]) == (height, width)
    assert told["share"] > 0.65
    assert told["above"] < 1
