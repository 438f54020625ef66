"""The Mermaid text."""

import re

import pytest

from app.draw.mermaid import mermaid
from app.sim.scenario import parse
from app.sim.world import run
from tests.draw.scenes import scenes, trace, words


def test_a_lost_syn() -> None:
    text = mermaid(run(parse("server: listen; accept\nclient: connect\nwire: drop c1\nset: end=1.2s")), words("en"))
    assert text.splitlines() == [
        "sequenceDiagram",
        "    participant client as Client",
        "    participant server as Server",
        "    Note over server: LISTEN",
        "    Note over client: SYN-SENT",
        "    client-xserver: SYN seq=0",
        "    client->>server: ↻ SYN seq=0",
        "    Note over server: SYN-RECEIVED",
        "    server->>client: SYN-ACK seq=0 ack=1",
        "    Note over client: ESTABLISHED",
        "    client->>server: ACK seq=1 ack=1",
        "    Note over server: ESTABLISHED",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(scenes()))
def test_every_line_is_one_of_mermaids(name: str, lang: str) -> None:
    first, *lines = mermaid(trace(name), words(lang)).splitlines()
    assert first == "sequenceDiagram"
    hosts = "|".join(trace(name).scenario.hosts)
    arrow = rf"({hosts})(->>|-x|--\))({hosts}): \S[^;#]*"
    line = rf"    (participant ({hosts}) as \S.*|Note over ({hosts}): [A-Z0-9-]+( \(\d+\))?|{arrow})"
    assert all(re.fullmatch(line, each) for each in lines)
    assert sum("Note" not in each and "participant" not in each for each in lines) == len(trace(name).sent)
