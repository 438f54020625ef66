"""The traces that pictures are tried on: every lesson's scenario, every capture's, and some made to be awkward."""

from functools import cache
from pathlib import Path

from app.folders import folder
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.words import Words, load

AWKWARD = {
    "nothing happens at first": "server: listen@1s; accept\nclient: connect@2s\n",
    "no delay at all": (
        "server: listen; accept; recv; send(10)\nclient: connect; send(100); recv; close\nwire: delay 0ms\n"
    ),
    "a microsecond apart": "server: listen; accept\nclient: connect; close\nwire: delay 1us\n",
    "both close at once": "server: listen; accept; close@500ms\nclient: connect; close@500ms\n",
    "everything lost": "server: listen; accept\nclient: connect\nwire: drop c1..\n",
    "the SYN-ACK lost": "server: listen; accept\nclient: connect\nwire: drop s1\n",
    "a copy": "server: listen; accept; recv\nclient: connect; send(100)\nwire: dup c1+30ms; dup c3+20ms\n",
    "one segment seconds late": (
        "server: listen; accept; recv(eof); close\n"
        "client: connect; send(100); send(100); send(100); send(100); close\n"
        "wire: late c4+3s; drop c6\n"
    ),
    "a forged reset": "server: listen; accept; recv\nclient: connect; recv\nforge: s R nxt @300ms\n",
    "forged one after the other": (
        "server: listen; accept; recv\nclient: connect; recv\n"
        "forge: c S -5000:-5000(0) @10ms; c R nxt @300ms; c . 1:1(0) ack 9000 @301ms\n"
    ),
    "four connections of one host": (
        "server: listen(1)\nclient: connect\nclient/2: connect@5ms\nclient/3: connect@10ms\nclient/4: connect@15ms\n"
    ),
    "three clients": (
        "server: listen; accept*{recv(eof); send(200); close}\n"
        "client: connect; send(100); shutdown(wr); recv(eof); close\n"
        "client2: connect@30ms; send(300); close+100ms\n"
        "client3: connect@45ms; abort+80ms\n"
        "wire: drop c3; dup s2+30ms\n"
    ),
    "big numbers to and fro": (
        "server: listen; accept; " + "recv; send(1460); " * 8 + "close\n"
        "client: connect; " + "send(1460); recv; " * 8 + "close\n"
    ),
    "a host with a name of its own": "server: listen; accept\nbob: connect; close\n",
    "nobody does anything": "server:\nclient:\n",
    "the run ends too soon": "server: listen; accept\nclient: connect; send(100)\nset: end=120ms\n",
    "TIME-WAIT of the RFC": "server: listen; accept; recv(eof); close\nclient: connect; close\nset: rfc\n",
}


def scenes() -> dict[str, str]:
    """Every scenario by name."""
    here = Path(__file__).parent
    files = [*folder("content").glob("scenarios/*.scenario"), *(here.parent / "captures").glob("*.scenario")]
    return AWKWARD | {file.stem: file.read_text(encoding="utf-8") for file in sorted(files)}


LESSONS = sorted(file.stem for file in folder("content").glob("scenarios/*.scenario"))


@cache
def trace(name: str) -> Trace:
    """What happens in that scenario."""
    return run(parse(scenes()[name]))


@cache
def words(lang: str) -> Words:
    """The words of a language."""
    return load(folder("content") / "locale")[lang]


def played(text: str) -> Trace:
    """What happens in a scenario that a test writes down."""
    return run(parse(text))
