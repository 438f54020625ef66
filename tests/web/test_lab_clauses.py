"""The clauses of a level as sentences in both languages, and when each of them is so."""

import re
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.folders import folder
from app.lab.goals import judge, parse_goal
from app.sim.scenario import parse
from app.sim.world import run
from app.web.lab_address import Place
from app.web.lab_clauses import ClauseView, clauses, sentence
from app.words import load

WORDS = load(folder("content") / "locale")
HALF = run(parse("server: listen; accept; recv(eof); close+2s\nclient: connect; close\nwire: delay 50ms"))


def looked(goal: str, shown: int = 0) -> tuple[ClauseView, ...]:
    read = parse_goal(goal)
    return clauses(HALF, read, judge(HALF, read), shown, WORDS["en"], lambda at: f"?t={at}")


@pytest.mark.parametrize(
    ("goal", "zh", "en"),
    [
        (
            "ever: client.state = CLOSING and server.state = CLOSING",
            "某一刻，两端都处于 CLOSING",
            "At some moment, both ends are in CLOSING",
        ),
        (
            "never: server.state = TIME-WAIT",
            "全程：服务端不能进入 TIME-WAIT",
            "Never: the server is in TIME-WAIT",
        ),
        (
            "never: client.state = CLOSING and server.state = CLOSING",
            "全程都不能这样：两端都处于 CLOSING",
            "Never: both ends are in CLOSING",
        ),
        (
            "for 2s: client.state = ESTABLISHED and server.state = SYN-RECEIVED",
            "连续 2 s，客户端处于 ESTABLISHED，并且服务端处于 SYN-RECEIVED",
            "For 2 s without a break, the client is in ESTABLISHED and the server is in SYN-RECEIVED",
        ),
        (
            "ever: client.connect.result = ok and client.connect.returned >= 1s",
            "某一刻，客户端的 connect() 成功，并且到 1 s 或更晚才返回",
            "At some moment, connect() of the client succeeds and returns at 1 s or later",
        ),
        (
            "end: s[S.].count = 1",
            "到最后，服务端只发过一个 SYN-ACK",
            "In the end, the server has sent exactly one SYN-ACK",
        ),
        (
            "before s1 arrives: peer.snd_una > 5",
            "“s1 arrives”之前，peer.snd_una > 5",
            "Before “s1 arrives”, peer.snd_una > 5",
        ),
    ],
)
def test_a_clause_is_a_sentence(goal: str, zh: str, en: str) -> None:
    (clause,) = parse_goal(goal)
    assert (sentence(clause, WORDS["zh"]), sentence(clause, WORDS["en"])) == (zh, en)


def test_no_level_falls_back_on_the_notation(site: FastAPI) -> None:
    for level in site.state.world.experiments.levels:
        for clause in level.goal:
            for words in WORDS.values():
                assert not re.search(r"[<>=]|\w\.\w", sentence(clause, words)), level.id


def test_each_clause_says_when() -> None:
    reached, never, broken, missing = looked(
        "ever: client.state = FIN-WAIT-2; never: client.state = CLOSING; never: server.state = LAST-ACK; "
        "for 9s: server.state = CLOSE-WAIT"
    )
    assert (reached.met, reached.status, reached.url) == (True, "at 204 ms", "?t=204000")
    assert (never.met, never.status, never.url) == (True, "all along", "")
    assert (broken.met, broken.status, broken.url) == (False, "but so at 2.15 s", "?t=2150000")
    assert (missing.met, missing.status, missing.url) == (False, "not in this run", "")


def test_it_says_whether_it_is_so_now() -> None:
    seen = [looked("ever: server.state = CLOSE-WAIT", moment.index)[0].now for moment in HALF.moments]
    states = [HALF.state(moment.index, "server", 40000).value for moment in HALF.moments]
    assert seen == [state == "CLOSE-WAIT" for state in states]
    assert any(seen)
    assert not looked("ever: client.recv[any].result = 0")[0].now


def test_a_clause_leads_to_its_moment(site: FastAPI, visitor: TestClient) -> None:
    level = next(one for one in site.state.world.experiments.levels if one.id == "both-closing")
    page = visitor.get(Place(f"/zh/lab/levels/{level.id}", level.solution).url).text
    found = re.search(r'<a href="([^"]+)" id="clause-1"', page)
    assert found
    there = visitor.get(unescape(found[1])).text
    assert 'class="is-met is-now"' in there
    assert 'class="is-met is-now"' not in page
