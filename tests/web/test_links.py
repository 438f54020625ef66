"""Links that survive: what a chat program or a blog makes of a link to the lab leads to the same experiment."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.web.lab_address import EMPTY, Place, read
from tests.sim.scenarios import SHORT_WHILE, busy_scenarios, scenarios

SITE = "https://ackademy.example"
LONGEST = 2_000  # characters that every program passes on
ENDS = "?!.,:;*_~'\""  # a link is taken to end before these: GitHub Flavored Markdown 6.9, and others the same
AROUND = ("{}", "see {}.", "({})", "“{}”", "{}, or not?", "**{}**", "看 {} 。", "{}\nand more", "<{}>", "is it {}?!")
PLACES = st.builds(
    Place,
    st.just("/zh/lab"),
    st.one_of(scenarios(SHORT_WHILE), busy_scenarios()),
    st.none() | st.integers(0, 60_000_000),
    st.sampled_from(("", "c1", "s12", "client2.3", "x1")),
    st.booleans(),
)


def autolinked(text: str) -> str:
    """The address that a chat program finds in a line: up to white space or a mark, without what ends a sentence."""
    found = re.search(r"https?://[^\s<>\"“”]+", text)
    assert found
    url = found[0]
    while url[-1] in ENDS or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def pasted(url: str) -> Iterator[str]:
    """The address as it comes back from each place where somebody has put it."""
    markdown = MarkdownIt("commonmark")
    for source in (f"[the experiment]({url})", f"<{url}>", f"* [*first*]({url}), then", f"[实验]: {url}\n\n看[实验]。"):
        link = re.search(r'<a href="([^"]*)"', markdown.render(source))
        assert link, source
        yield unescape(link[1])
    for around in AROUND:
        yield autolinked(around.format(url))
    yield autolinked(re.sub("<[^>]*>", "", unescape(markdown.render(f"see {url} or {url} and *more*").strip())))


def survives(place: Place) -> None:
    url = SITE + place.url
    assert re.fullmatch(r"https://[A-Za-z0-9\-._~:;/()@,*+%=&?]*[A-Za-z0-9]", url)
    assert url.count("(") == url.count(")")
    for back in pasted(url):
        assert back == url
        found = read(place.path, urlsplit(back).query, EMPTY)
        assert (found.place, found.complaints) == (place, ())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_link_of_the_gallery_survives(site: FastAPI, lang: str) -> None:
    for group in site.state.world.experiments.groups:
        for experiment in group.experiments:
            place = Place(f"/{lang}/lab", experiment.scenario, experiment.t)
            assert len(SITE + place.url) < LONGEST, experiment.id
            survives(place)


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_a_link_to_anything_in_the_lab_survives(place: Place) -> None:
    survives(place)
