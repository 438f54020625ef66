"""A small course in a temporary folder, complete and right; each test spoils one thing in it."""

from pathlib import Path
from shutil import copytree

import pytest

from app.course.check import check
from app.folders import folder
from app.quiz.generator import GENERATORS
from app.tcp.states import State

HANDSHAKE = """server: listen; accept; recv
client: connect; send(100)@200ms
wire:   delay 50ms
"""

LESSON = """---
title: {title}
description: How a connection is made.
question: How is a connection made?
---

Words with a [citation](rfc:9293#3.5), a [term](term:isn), a [state](state:syn-sent) and [a step](lesson:first#syn).

::::player{{#handshake scenario=handshake panels="tcb capture"}}
Words above the steps.

:::step{{#syn at="c1 sent"}}
### The SYN
Words about this step.
:::

:::claim{{check="after c1 arrives: server.state = SYN-RECEIVED"}}
The server is SYN-RECEIVED.
:::

:::predict{{#ack at="c1 arrives"}}
What is acknowledged?

- [ ] `0`
  > That is its own number.
- [x] `1`
  > The SYN takes a number.
:::

:::predict{{#who at="s1 sent"}}
Who is first?

- [x] The client
  > It has heard both.
- [ ] The server
  > It has not.
:::
::::

:::grid{{scenario=handshake moments="c1 arrives; s1 arrives"}}
A caption.
:::

:::queues{{scenario=handshake at="c1 arrives"}}
:::

:::article
> Something is said.

Something is true.
:::

:::warning
Something is said, and wrong.
:::

:::answer{{seconds=30}}
Short.
:::

:::answer{{seconds=120}}
Long.
:::
"""

SKILLS = """
[[skill]]
id = "order"
lesson = "first#syn"
zh = "顺序"
en = "Order"

[[skill]]
id = "number"
lesson = "first#ack"
requires = ["order"]
zh = "序号"
en = "Number"
"""

COURSE = """
[[part]]
id = "opening"
zh = "建立"
en = "Opening"
lessons = ["first"]
"""

TERM = ':::term{{#isn aka="{aka}"}}\n### {name}\nA number. [RFC 9293 §3.4.1](rfc:9293#3.4.1)\n:::\n'
QUESTION = """::::question{{#{id} skill={skill} source="rfc:9293#3.4" asked="Q001" level=1 beliefs="1:wrong"}}
What takes a number?

- [ ] Nothing
  > Not so.
- [x] The SYN
  > It does.

:::say
A SYN takes a number.
:::
::::
"""
MISCONCEPTION = ':::misconception{#wrong source="rfc:9293#3.4"}\n### Nothing counts\nYou assumed it.\n\nIt does.\n:::\n'
CORPUS = '[[asked]]\nid = "Q001"\nlesson = "first#syn"\ngenerators = []\nsources = 1\n'

TIMER = """:::timer{{#syn group=opening rfc=syn_patience sysctls="tcp_syn_retries=6" {ran}}}
### {name}
Runs in SYN-SENT.
:::
"""
RAN = 'scenario=handshake from="c1 sent" until="s1 arrives"'

CHOICE = """:::::choice{#ladder}
Choose one.

::::player{#one scenario=handshake panels="tcb" label="One"}
:::step{#first-step at="c1 sent"}
### One
Words.
:::
::::

::::player{#two scenario=handshake panels="tcb" label="Two" numbers=absolute}
:::step{#second-step at="s1 sent"}
### Two
Words.
:::
::::
:::::

:::capture{file=recorded}
A caption.
:::
"""

STATE = "::::state{{#{name}}}\nWhat it means.\n\n:::pile-up\nWhat thousands mean.\n:::\n::::\n"


class Content:
    """A content folder that can be spoilt."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> None:
        """Write a file of it."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Replace the only `old` of a file."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def spoil(self, old: str, new: str) -> None:
        """Replace the only `old` of the lesson, in both languages."""
        for lang in ("zh", "en"):
            self.change(f"lessons/first/{lang}.md", old, new)

    def problems(self) -> list[str]:
        """What the check says."""
        return [str(problem) for problem in check(self.root)]

    def english(self) -> list[str]:
        """What the check says of the English lesson, as `line: message`."""
        prefix = "content/lessons/first/en.md:"
        return [problem.removeprefix(prefix) for problem in self.problems() if problem.startswith(prefix)]


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """A course of one lesson with nothing wrong in it, and without generators, which ask about the real one."""
    for id in list(GENERATORS):
        monkeypatch.delitem(GENERATORS, id)
    made = Content(tmp_path / "content")
    made.write("corpus.toml", CORPUS)
    copytree(folder("content") / "locale", made.root / "locale")
    made.write("sources.toml", (folder("content") / "sources.toml").read_text(encoding="utf-8"))
    made.write("course.toml", COURSE)
    made.write("skills.toml", SKILLS)
    made.write("scenarios/handshake.scenario", HANDSHAKE)
    for lang, title, term, aka in (("zh", "握手", "初始序列号", "ISN"), ("en", "The handshake", "ISN", "初始序列号")):
        made.write(f"lessons/first/{lang}.md", LESSON.format(title=title))
        questions = (QUESTION.format(id=f"about-{skill}", skill=skill) for skill in ("order", "number"))
        made.write(f"questions/all/{lang}.md", "\n".join(questions))
        made.write(f"misconceptions/{lang}.md", MISCONCEPTION)
        made.write(f"glossary/{lang}.md", TERM.format(name=term, aka=aka))
        made.write(f"timers/{lang}.md", TIMER.format(name=title, ran=RAN))
        made.write(f"states/{lang}.md", "\n".join(STATE.format(name=state.value.lower()) for state in State))
    return made


@pytest.fixture
def choice(content: Content) -> Content:
    """The same course, its lesson followed by a choice between two players and a capture."""
    (content.root / "captures").mkdir()
    (content.root / "captures/recorded.pcap").write_bytes(
        (folder("content") / "captures/15_closed_port.pcap").read_bytes()
    )
    for lang in ("zh", "en"):
        path = f"lessons/first/{lang}.md"
        content.write(path, (content.root / path).read_text(encoding="utf-8") + "\n" + CHOICE)
    return content
