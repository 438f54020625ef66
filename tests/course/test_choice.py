"""A choice of players, what was really captured, and numbers as they are on the wire."""

import pytest

from app.course.blocks import CaptureBlock, Choice
from app.course.compile import load
from app.words import load as load_words


def test_a_lesson_may_offer_a_choice_and_show_a_capture(choice) -> None:
    assert choice.problems() == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (' label="Two"', "", "75: a player in a choice has a label and steps"),
        (
            "numbers=absolute",
            "numbers=big",
            "75: numbers are relative or absolute, not “big”",
        ),
        ("{file=recorded}", "{file=other}", "83: there is no captures/other.pcap"),
    ],
)
def test_what_is_wrong_with_one_is_said_at_its_line(choice, old: str, new: str, problem: str) -> None:
    choice.spoil(old, new)
    assert choice.english() == [problem]


def test_a_choice_is_between_two_at_least(choice) -> None:
    for lang in ("zh", "en"):
        path = choice.root / f"lessons/first/{lang}.md"
        text = path.read_text(encoding="utf-8")
        start = text.index("::::player{#two")
        path.write_text(text[:start] + text[text.index("::::\n:::::", start) + 5 :], encoding="utf-8")
    assert choice.english() == ["65: a choice is between 2 players at least"]


def test_a_capture_that_is_none_or_is_shown_nowhere_is_reported(choice) -> None:
    choice.root.joinpath("captures/noise.pcap").write_bytes(b"noise")
    assert choice.problems() == [
        "content/captures/noise.pcap:1: not a capture of TCP over IPv4: got 5, 24 needed at least",
        "content/captures/noise.pcap:1: this capture is shown nowhere",
    ]


def test_steps_are_numbered_through_a_choice_and_each_player_counts_as_it_says(choice) -> None:
    lesson = load(choice.root, load_words(choice.root / "locale")).editions["en"].lessons["first"]
    offered = next(block for block in lesson.body if isinstance(block, Choice))
    assert [step.number for player in offered.players for step in player.steps] == [4, 5]
    relative, absolute = offered.players
    seen = {player.id: player.moments[-1].capture for player in (relative, absolute)}
    assert seen["one"] != seen["two"]
    shown = next(block for block in lesson.body if isinstance(block, CaptureBlock))
    assert [line.split("Flags ")[1].split("]")[0] for line in shown.lines] == ["[S", "[R."]
