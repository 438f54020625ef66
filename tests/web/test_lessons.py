"""A lesson at a step: the address says everything, and nothing that lies ahead of an open prediction is to be seen."""

import re
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.course.lesson import Lesson

HANDSHAKE = "/zh/lessons/three-way-handshake"


def lessons(site: FastAPI, lang: str) -> list[Lesson]:
    return list(site.state.world.course.editions[lang].lessons.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_of_every_lesson_is_a_page(site: FastAPI, visitor: TestClient, lang: str) -> None:
    for lesson in lessons(site, lang):
        for step in lesson.steps:
            response = visitor.get(f"/{lang}/lessons/{lesson.slug}?step={step.number}")
            assert response.status_code == 200
            assert re.search(rf'id="{step.id}"[^>]*data-step="{step.number}"', response.text)


def test_without_a_step_a_lesson_begins(visitor: TestClient) -> None:
    page = visitor.get(HANDSHAKE).text
    assert re.findall(r'class="item [^"]*current[^"]*"[^>]*data-step="(\d+)"', page) == ["1"]


def test_an_open_prediction_hides_what_follows_in_picture_and_words(visitor: TestClient) -> None:
    page = visitor.get(f"{HANDSHAKE}?step=1").text
    assert " veiled" in page
    assert re.search(r'id="syn-ack"[^>]* hidden', page)


def test_an_answer_reveals_what_follows(visitor: TestClient) -> None:
    page = visitor.get(f"{HANDSHAKE}?step=2&ack-number=1").text
    assert not re.search(r'id="syn-ack"[^>]* hidden', page)


def test_steps_keep_the_answers(visitor: TestClient) -> None:
    page = unescape(visitor.get(f"{HANDSHAKE}?step=2&ack-number=1").text)
    assert 'href="?step=3&ack-number=1#syn-ack"' in page


def test_a_time_is_a_moment_of_the_player(visitor: TestClient) -> None:
    late = visitor.get(f"{HANDSHAKE}?step=8&t=1h").text
    assert visitor.get(f"{HANDSHAKE}?step=8&t=0.000000s").text != late or "veiled" in late


def test_what_the_address_cannot_mean_is_passed_over(visitor: TestClient) -> None:
    plain = visitor.get(f"{HANDSHAKE}?step=2").text
    assert visitor.get(f"{HANDSHAKE}?step=2&t=soon&ack-number=9&utm_source=x").text == plain


def test_equal_places_are_one_page_that_is_rendered_once(site: FastAPI, visitor: TestClient) -> None:
    renderer = site.state.world.renderer
    visitor.get(f"{HANDSHAKE}?step=5&ack-number=1")
    before = renderer.remembered.cache_info()
    visitor.get(f"{HANDSHAKE}?ack-number=1&nonsense=1&step=05")
    after = renderer.remembered.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


@pytest.mark.parametrize("step", ["0", "-1", "999", "99999999999999999999", "two", "", "１", "1.0"])
def test_a_step_that_does_not_exist_leads_to_the_start_of_the_lesson(visitor: TestClient, step: str) -> None:
    response = visitor.get(HANDSHAKE, params={"step": step})
    assert response.status_code == 404
    assert f'href="{HANDSHAKE}"' in response.text
    assert 'lang="zh-Hans"' in response.text
