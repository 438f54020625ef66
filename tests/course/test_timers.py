"""The timeline sheet: its numbers are the machine's, and its defaults are checked against it."""

import pytest

from app.course.compile import load
from app.course.timers import Span
from app.draw.spans import axis, bar, span
from app.folders import folder
from app.words import load as load_words


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("tcp_syn_retries=6", "tcp_syn_retries=5", "tcp_syn_retries=5 is not what the machine has by default"),
        ("tcp_syn_retries=6", "tcp_syn_retries", "expected sysctl=default, not “tcp_syn_retries”"),
        (
            "tcp_syn_retries=6",
            "tcp_no_such=1",
            "kernel:ip-sysctl has no “tcp_no_such” in sources.toml",
        ),
        ("group=opening", "group=other", "there is no group “other”: there are opening, data, closing, limits"),
        ("rfc=syn_patience", "rfc=syn_courage", "the dialects decide no time called “syn_courage”"),
        ("rfc=syn_patience", "rfc=sack", "the dialects decide no time called “sack”"),
        ("tcp_syn_retries=6", "tcp_syn_retries=six", "tcp_syn_retries is a number, not “six”"),
        ('until="s1 arrives"', 'until="c1 sent"', "“c1 sent” does not come after “c1 sent”"),
        ('from="c1 sent"', 'from="c2 sent"', "“s1 arrives” does not come after “c2 sent”"),
        ("scenario=handshake", "scenario=none", "there is no scenarios/none.scenario"),
        ("### The handshake", "The handshake", "a timer begins with its name (### …) and goes on with what it does"),
    ],
)
def test_what_is_wrong_with_a_timer_is_said(content, old: str, new: str, problem: str) -> None:
    content.change("timers/en.md", old, new)
    if not new.startswith("The"):
        content.change("timers/zh.md", old, new)
    assert f"content/timers/en.md:1: {problem}" in content.problems()


def test_a_timer_runs_on_the_machine() -> None:
    sheet = load(folder("content"), load_words(folder("content") / "locale")).editions["en"].timers
    entries = {timer.id: timer for timer in sheet}
    seconds = 1_000_000
    syn = entries["syn"].span
    assert syn == Span(tuple(at * seconds for at in (1, 2, 3, 4, 5, 7, 11, 19, 35, 67)), 131 * seconds)
    assert entries["time-wait"].rfc == 240 * seconds
    assert entries["time-wait"].span == Span((), 60 * seconds)
    assert entries["fin-wait-2"].bounded
    assert entries["fin-wait-2"].rfc is None


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0"),
        (40_000, "40 ms"),
        (1_000_000, "1 s"),
        (63_000_000, "63 s"),
        (240_000_000, "4 min"),
        (131_000_000, "131 s"),
        (924_600_000, "15.4 min"),
        (7_200_000_000, "2 h"),
        (7_875_000_000, "2 h 11 min"),
    ],
)
def test_a_duration_is_told_in_the_unit_in_which_it_is_spoken_of(us: int, text: str) -> None:
    assert span(us) == text


def test_the_axis_grows_tenfold_and_marks_beyond_the_end_are_not_drawn() -> None:
    assert [grade.at for grade in axis()][:4] == [0.0, 16.7, 33.3, 50.0]
    assert bar((1_000_000, 2_000_000), 2_000_000).count('class="mark"') == 1
