"""Light, dark, or as the system is, with no script at all."""

import pytest
from fastapi.testclient import TestClient


def choose(visitor: TestClient, to: str, back: str) -> str:
    response = visitor.post("/theme", data={"to": to, "back": back})
    assert response.status_code == 303
    return str(response.headers["location"])


def theme(visitor: TestClient) -> str:
    return visitor.get("/en/").text.partition('data-theme="')[2].partition('"')[0]


def test_as_the_system_is_until_chosen(visitor: TestClient) -> None:
    assert theme(visitor) == "system"


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_choice_is_remembered_and_can_be_undone(visitor: TestClient, choice: str) -> None:
    assert choose(visitor, choice, "/en/states?x=1") == "/en/states?x=1"
    assert theme(visitor) == choice
    choose(visitor, "system", "/en/")
    assert theme(visitor) == "system"


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org", "/\\example.org", "", "zh/", "/\n/example.org"]
)
def test_it_never_leads_to_another_site(visitor: TestClient, back: str) -> None:
    assert choose(visitor, "dark", back) == "/"


def test_a_theme_that_does_not_exist_is_an_error_with_a_page(visitor: TestClient) -> None:
    response = visitor.post("/theme", data={"to": "plaid", "back": "/zh/"})
    assert response.status_code == 422
    assert "<h1>" in response.text
