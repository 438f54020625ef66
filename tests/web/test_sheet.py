"""The cheat sheet: everything on it comes from the machine and the course."""

import pytest
from fastapi.testclient import TestClient

from app.draw.names import SS
from app.sim.world import run
from app.tcp.states import State
from app.web.sheet import ERRNOS, WHOLE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_has_every_state_and_errno(visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/sheet")
    assert page.status_code == 200
    for word in (*(state.value for state in State), *SS.values(), *ERRNOS, "tcp_fin_timeout=60"):
        assert word in page.text


def test_its_connection_is_opened_in_three_and_closed_in_four() -> None:
    letters = [sent.segment.letters for sent in run(WHOLE).sent]
    assert letters[:3] == ["S", "S.", "."]
    assert letters[-4:] == ["F.", ".", "F.", "."]
