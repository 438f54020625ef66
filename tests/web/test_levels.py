"""Levels over HTTP: a goal, only what it allows, a verdict, and the best score kept for a learner."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.lab.effort import effort
from app.lab.levels import attempt
from app.sim.scenario import from_query, written
from app.web.lab_address import Place
from app.web.learners import COOKIE


def levels(site: FastAPI):
    return site.state.world.experiments.levels


def solved(lang: str, level) -> str:
    return Place(f"/{lang}/lab/levels/{level.id}", level.solution, level.t).url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_level_has_its_page_and_its_solution_is_recognised(site: FastAPI, visitor: TestClient, lang: str) -> None:
    listed = visitor.get(f"/{lang}/lab/levels").text
    for level in levels(site):
        url = f"/{lang}/lab/levels/{level.id}"
        assert f'href="{url}"' in listed
        begun = visitor.get(url)
        assert begun.status_code == 200, level.id
        assert level.words[lang].task.split("“")[0][:8] in begun.text
        assert "is-missing" in begun.text
        assert 'id="keep"' not in begun.text
        done = visitor.get(solved(lang, level)).text
        assert "is-missing" not in done, level.id
        assert 'id="keep"' in done
        assert "★★★" in done


def test_only_what_the_level_allows_is_offered(site: FastAPI, visitor: TestClient) -> None:
    for level in levels(site):
        page = visitor.get(f"/en/lab/levels/{level.id}").text
        assert ('name="seq"' in page) == ("forge" in level.allowed), level.id
        assert ('name="text" value="' in page.split('id="text"')[0]) == ("calls" in level.allowed), level.id
        for href in re.findall(r'id="(?:do|blow)-[^"]*"[^>]* href="([^"]+)"', page):
            query = href.replace("&amp;", "&").partition("?")[2]
            assert set(effort(level.start, from_query(query)).kinds) <= set(level.allowed), (level.id, href)


def test_the_best_score_is_kept_and_a_worse_one_does_not_replace_it(site: FastAPI) -> None:
    visitor = TestClient(site, follow_redirects=False)
    level = levels(site)[0]
    path = f"/en/lab/levels/{level.id}"
    assert COOKIE not in visitor.cookies
    kept = visitor.post(path, data={"do": "keep", "scenario": written(level.start)})
    assert (kept.status_code, COOKIE in visitor.cookies) == (303, False)
    kept = visitor.post(path, data={"do": "keep", "scenario": written(level.solution)})
    assert kept.status_code == 303
    assert COOKIE in visitor.cookies
    page = visitor.get(kept.headers["location"]).text
    assert "your best:" in page
    assert 'id="keep"' not in page
    assert "1 of" in visitor.get("/en/lab/levels").text
    assert "★★★" in visitor.get("/en/lab/levels").text


def test_the_score_is_kept_on_the_way_to_the_next_level(site: FastAPI) -> None:
    visitor = TestClient(site, follow_redirects=False)
    first, second, *_, last = levels(site)
    solution = visitor.get(solved("en", first)).text
    assert re.search(r'<button[^>]* id="next-level" name="next"', solution)
    sent = {"do": "keep", "scenario": written(first.solution), "next": "1"}
    answer = visitor.post(f"/en/lab/levels/{first.id}", data=sent)
    assert answer.headers["location"] == f"/en/lab/levels/{second.id}"
    assert re.search(r'<a class="button primary" id="next-level"', visitor.get(solved("en", first)).text)
    answer = visitor.post(f"/en/lab/levels/{last.id}", data={**sent, "scenario": written(last.solution)})
    assert answer.headers["location"].startswith(f"/en/lab/levels/{last.id}?")
    assert "2 of" in visitor.get("/en/lab/levels").text


def test_a_form_of_the_lab_stays_on_the_level(site: FastAPI, visitor: TestClient) -> None:
    level = next(level for level in levels(site) if "calls" in level.allowed)
    program = level.start.programs[0]
    sent = {"do": "program", "scenario": written(level.start), "host": program.host, "number": "1", "text": "fly"}
    assert visitor.post(f"/en/lab/levels/{level.id}", data=sent).status_code == 422
    answer = visitor.post(f"/en/lab/levels/{level.id}", data={**sent, "text": ""})
    assert answer.headers["location"].startswith(f"/en/lab/levels/{level.id}?")


def test_what_is_not_allowed_is_said(site: FastAPI, visitor: TestClient) -> None:
    level = next(level for level in levels(site) if "settings" not in level.allowed)
    scenario = level.solution._replace(dialect="rfc")
    assert attempt(level, scenario).forbidden
    page = visitor.get(Place(f"/en/lab/levels/{level.id}", scenario).url).text
    assert "to be solved without" in page


def test_a_level_that_there_is_not(visitor: TestClient) -> None:
    page = visitor.get("/en/lab/levels/no-such")
    assert page.status_code == 404
    assert "/en/lab/levels" in page.text
