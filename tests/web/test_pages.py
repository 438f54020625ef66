"""The pages that are not lessons."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.tcp.states import ARCS, State
from app.web.states import view


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_path_leads_to_every_lesson(site: FastAPI, visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/").text
    for lesson in site.state.world.course.editions[lang].lessons.values():
        assert f'href="/{lang}/lessons/{lesson.slug}"' in page
        assert lesson.title.replace("-", "‑") in page  # a name is not broken at its hyphens


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_explains_itself(visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/states").text
    for state in State:
        assert f'id="{state.value.lower()}"' in page


def test_every_arc_of_the_machine_is_a_way_out_and_a_way_in(site: FastAPI) -> None:
    world = site.state.world
    states = {state.name: state for state in view(world, world.words["en"]).states}
    out = {(name, c.id, way.state) for name, state in states.items() for way in state.ways_out for c in way.causes}
    into = {
        (before.name, cause.id, name)
        for name, state in states.items()
        for entrance in state.entrances
        for before in entrance.states
        for cause in entrance.causes
    }
    assert out == into == {(before.value, cause.value, arc.to.value) for (before, cause), arc in ARCS.items()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_can_be_linked_to(site: FastAPI, visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/glossary").text
    terms = site.state.world.course.editions[lang].glossary
    assert len(terms) > 10
    for term in terms:
        assert f'id="{term.id}"' in page


@pytest.mark.parametrize(("path", "section"), [("", "course"), ("states", "states"), ("glossary", "glossary")])
def test_the_menu_shows_where_one_is(visitor: TestClient, path: str, section: str) -> None:
    page = visitor.get(f"/en/{path}").text
    assert f'<a href="/en/{path}" aria-current="page">' in page


def test_a_head_request_is_answered_like_a_get(visitor: TestClient) -> None:
    assert visitor.head("/zh/states").status_code == 200
