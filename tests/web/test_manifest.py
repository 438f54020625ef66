"""The site as an app on a person's own screen."""

import re
import struct
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def manifest_of(visitor: TestClient, lang: str) -> tuple[str, dict[str, object]]:
    """The manifest that the pages in that language name, and where it is."""
    found = re.search(r'<link rel="manifest" href="([^"]+)">', visitor.get(f"/{lang}/states").text)
    assert found
    answer = visitor.get(found[1])
    assert answer.headers["content-type"] == "application/manifest+json"
    assert answer.headers["cache-control"] == "no-cache"
    return found[1], answer.json()


@pytest.mark.parametrize(("lang", "short", "tag"), [("zh", "三握四挥", "zh-Hans"), ("en", "Ackademy", "en")])
def test_each_language_is_an_app_that_begins_with_its_course(
    visitor: TestClient, lang: str, short: str, tag: str
) -> None:
    place, manifest = manifest_of(visitor, lang)
    assert (manifest["short_name"], manifest["lang"], manifest["display"]) == (short, tag, "standalone")
    assert short in str(manifest["name"])
    start = urljoin(place, str(manifest["start_url"]))
    assert start.startswith(urljoin(place, str(manifest["scope"])))
    assert visitor.get(start).status_code == 200


def test_its_colours_are_the_site_s(visitor: TestClient) -> None:
    _, manifest = manifest_of(visitor, "en")
    tokens = visitor.get("/static/css/tokens.css").text
    assert f"--paper: light-dark({manifest['theme_color']}," in tokens
    assert manifest["background_color"] == manifest["theme_color"]


def test_its_icons_are_what_it_says_of_them(visitor: TestClient) -> None:
    _, manifest = manifest_of(visitor, "zh")
    icons = manifest["icons"]
    assert isinstance(icons, list)
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in icons:
        answer = visitor.get(icon["src"])
        assert answer.headers["content-type"] == icon["type"] == "image/png"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content.startswith(PNG)
        width, height = struct.unpack(">II", answer.content[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_the_icon_of_a_phone_s_home_screen(visitor: TestClient) -> None:
    found = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', visitor.get("/zh/").text)
    assert found
    assert struct.unpack(">II", visitor.get(found[1]).content[16:24]) == (180, 180)


def test_a_language_that_there_is_not_has_no_manifest(visitor: TestClient) -> None:
    assert visitor.get("/fr/manifest.webmanifest").status_code == 404
