"""Two first answers at once, from a browser without a cookie: whichever comes back first, one learner has both."""

from itertools import permutations
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from app.progress import attempts, learners
from app.progress.tables import AttemptRow, LearnerRow
from app.progress.trouble import Trouble
from app.web.learners import COOKIE, FIRST

SOURCES = ("ack-of-the-syn", "first-data-byte", "ack-of-a-fin")


@pytest.fixture
def browser(site: FastAPI) -> TestClient:
    return TestClient(site, follow_redirects=False)


def at_once(browser: TestClient, *sources: str) -> list[list[tuple[str, str]]]:
    """Send first answers that know nothing of each other; the cookies that each answer sets, none of them kept yet."""
    came = []
    for source in sources:
        alone = TestClient(browser.app, follow_redirects=False)
        answer = alone.post(f"/en/questions/{source}?seed=4", data={"number": "1"})
        assert answer.status_code == 303
        came.append([(name, value) for name, value in alone.cookies.items() if name.startswith(COOKIE)])
    return came


def keep(browser: TestClient, cookies: list[tuple[str, str]]) -> None:
    for name, value in cookies:
        browser.cookies.set(name, value, domain="testserver.local")


def answered(browser: TestClient) -> set[str]:
    """The sources of the answers that this browser's learner can reach."""
    world = browser.app.state.world
    with world.store.reading() as connection:
        learner = learners.known(connection, world.signer.learner(browser.cookies[COOKIE]))
        return {attempt.source for attempt in attempts.of(connection, learner)} if learner else set()


def there(browser: TestClient) -> set[UUID]:
    """Every learner and every answer in the database."""
    with browser.app.state.world.store.reading() as connection:
        return {id for table in (LearnerRow, AttemptRow) for id in connection.execute(select(col(table.id))).scalars()}


def firsts(browser: TestClient) -> int:
    return sum(name.startswith(FIRST) for name in browser.cookies)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_first_answers_at_once_are_one_learners(browser: TestClient, order: tuple[int, ...]) -> None:
    came = at_once(browser, *SOURCES)
    for index in order:
        keep(browser, came[index])
    assert len(answered(browser)) == 1  # the last cookie took the place of the others
    assert browser.get("/en/progress").status_code == 200
    assert (answered(browser), firsts(browser)) == (set(SOURCES), 1)


def test_an_answer_that_comes_back_after_a_page_was_read_counts_too(browser: TestClient) -> None:
    early, late = at_once(browser, *SOURCES[:2])
    keep(browser, early)
    browser.get("/en/progress")
    keep(browser, late)
    browser.post(f"/en/questions/{SOURCES[2]}?seed=4", data={"number": "1"})
    assert answered(browser) == set(SOURCES)


def test_the_other_cookies_still_lead_to_the_learner(browser: TestClient) -> None:
    early, late = at_once(browser, *SOURCES[:2])
    keep(browser, early + late)
    browser.get("/en/progress")
    other = TestClient(browser.app)
    keep(other, early)
    assert answered(other) == set(SOURCES[:2])


def test_everything_deleted_is_everything(browser: TestClient) -> None:
    before = there(browser)
    keep(browser, [cookie for each in at_once(browser, *SOURCES[:2]) for cookie in each])
    gone = browser.post("/en/progress/delete")
    assert "answers=2" in gone.headers["location"]
    assert not [name for name in browser.cookies if name.startswith(COOKIE)]
    assert there(browser) == before


def test_a_cookie_of_somebody_deleted_makes_nobody(browser: TestClient) -> None:
    before = there(browser)
    early, late = at_once(browser, *SOURCES[:2])
    other = TestClient(browser.app, follow_redirects=False)
    keep(other, early)
    other.post("/en/progress/delete")
    keep(browser, early + late)
    browser.get("/en/progress")
    assert len(there(browser) - before) == 2  # a learner and an answer


def test_a_learner_of_long_ago_takes_up_nobody(browser: TestClient) -> None:
    """A cookie that another site of the domain has put there must not open what was kept."""
    mine, strange = at_once(browser, *SOURCES[:2])
    keep(browser, [cookie for cookie in mine if cookie[0] == COOKIE])
    keep(browser, [cookie for cookie in strange if cookie[0] != COOKIE])
    keep(browser, [(f"{FIRST}forged", "e30.x")])
    browser.get("/en/progress")
    assert answered(browser) == {SOURCES[0]}


def test_in_trouble_they_are_joined_later(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(browser, [cookie for each in at_once(browser, *SOURCES[:2]) for cookie in each])

    async def locked(*_: object) -> None:
        raise Trouble("locked", "")

    with monkeypatch.context() as patch:
        patch.setattr(browser.app.state.world.writer, "write", locked)
        assert browser.get("/en/").status_code == 200
    assert len(answered(browser)) == 1
    browser.get("/en/")
    assert answered(browser) == set(SOURCES[:2])
