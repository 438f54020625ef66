"""Charts: what is drawn is what the numbers say, nothing lies outside, and words are words."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.draw.charts_bars import Bar, bars
from app.draw.charts_days import SIZES, Day, Week, days
from app.draw.charts_level import level
from app.draw.charts_trend import Point, trend
from app.draw.svg import Drawing

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("Mon", "", "Wed", "", "Fri", "", "Sun")


def drawn(drawing: Drawing) -> ET.Element:
    """The picture, which has its size, its role and its name."""
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.get("viewBox") == f"0 0 {drawing.width} {drawing.height}"
    assert "style=" not in drawing.svg
    return root


def all_of(root: ET.Element, tag: str, name: str = "") -> list[ET.Element]:
    return [one for one in root.iter(SVG + tag) if not name or name in (one.get("class") or "").split()]


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name) or "nan")


def bar(value: int, kind: str = "", sign: str = "") -> Bar:
    return Bar(value, "M", "6", f"Mon, Dec 6: {value}", kind, sign)


def test_bars_are_as_high_as_their_numbers_and_nothing_has_none() -> None:
    root = drawn(bars("ahead", [bar(0), bar(5), bar(10), bar(0)]))
    heights = [number(one, "height") for one in all_of(root, "rect", "bar")]
    assert len(heights) == 2
    assert heights[1] == pytest.approx(2 * heights[0])
    assert [one.text for one in all_of(root, "text", "value")] == ["5", "10"]
    assert [one.text for one in all_of(root, "title")] == [f"Mon, Dec 6: {n}" for n in (0, 5, 10, 0)]


def test_a_small_bar_beside_a_large_one_can_still_be_seen() -> None:
    root = drawn(bars("ahead", [bar(1), bar(500)]))
    assert min(number(one, "height") for one in all_of(root, "rect", "bar")) >= 3


def test_a_marked_day_has_a_sign_above_it() -> None:
    root = drawn(bars("ahead", [bar(2, "today"), bar(0, "interview", "★"), bar(9, "interview", "★")]))
    assert [one.text for one in all_of(root, "text", "sign")] == ["★", "★"]
    assert len(all_of(root, "g", "today")) == 1
    for stem in all_of(root, "line", "stem"):
        assert number(stem, "y2") > number(stem, "y1")


@given(st.lists(st.integers(0, 5000), max_size=20))
def test_no_bar_leaves_the_picture(values: list[int]) -> None:
    drawing = bars("ahead", [bar(value, sign="★" if value % 2 else "") for value in values])
    for one in all_of(drawn(drawing), "rect"):
        assert 0 <= number(one, "x") <= drawing.width - number(one, "width")
        assert 0 < number(one, "y") <= drawing.height - number(one, "height")
    for text in all_of(drawn(drawing), "text"):
        assert 0 < number(text, "y") < drawing.height


def test_a_square_grows_with_what_was_done_and_the_future_has_none() -> None:
    week = Week("Dec", (*(Day(n, f"day {n}", today=n == 4) for n in range(5)), None, None))
    root = drawn(days("calendar", NAMES, [week]))
    squares = [one for one in all_of(root, "rect") if (one.get("class") or "").startswith("level-")]
    assert [number(one, "width") for one in squares] == list(SIZES) == sorted(set(SIZES))
    assert len(all_of(root, "rect", "ring")) == 1
    assert [one.text for one in all_of(root, "text")] == ["Mon", "Wed", "Fri", "Sun", "Dec"]
    middles = [number(one, "y") + number(one, "height") / 2 for one in squares]
    steps = {round(later - earlier, 3) for earlier, later in pairwise(middles)}
    assert len(steps) == 1


def test_the_weeks_stand_side_by_side_within_the_picture() -> None:
    full = tuple(Day(4, "busy", today=True) for _ in range(7))
    drawing = days("calendar", NAMES, [Week("", full)] * 12)
    for one in all_of(drawn(drawing), "rect"):
        assert 0 <= number(one, "x") <= drawing.width - number(one, "width")
        assert 0 <= number(one, "y") <= drawing.height - number(one, "height")


def test_a_trend_rises_with_the_share_and_skips_empty_weeks() -> None:
    points = [Point(0.0, 3, "none"), Point(None, 0, "nothing"), Point(0.5, 10, "half"), Point(1.0, 40, "all")]
    root = drawn(trend("how right", points))
    dots = all_of(root, "circle", "dot")
    assert [one.text for one in all_of(root, "title")] == ["none", "half", "all"]
    ys = [number(one, "cy") for one in dots]
    assert ys == sorted(ys, reverse=True)
    assert ys[1] == pytest.approx((ys[0] + ys[2]) / 2)
    radii = [number(one, "r") for one in dots]
    assert radii == sorted(set(radii))
    assert len(all_of(root, "polyline")[0].get("points", "").split()) == 3


@pytest.mark.parametrize("weeks", [[], [Point(0.4, 1, "one")], [Point(None, 0, "")] * 12])
def test_where_there_is_no_line_there_is_none(weeks: list[Point]) -> None:
    root = drawn(trend("how right", weeks))
    assert not all_of(root, "polyline")
    assert len(all_of(root, "circle")) == sum(week.share is not None for week in weeks)


@pytest.mark.parametrize(("share", "width"), [(0, 0), (0.874, 87), (1, 100), (1.5, 100), (-1, 0)])
def test_a_strip_is_filled_by_its_share(share: float, width: int) -> None:
    root = ET.fromstring(level(share))
    assert root.get("aria-hidden") == "true"
    assert [one.get("width") for one in root] == [str(width)]


def test_words_are_escaped() -> None:
    bad = '<b>&"'
    texts = (
        bars(bad, [Bar(1, bad, bad, bad, "", bad)]).svg,
        days(bad, [bad] * 7, [Week(bad, (Day(1, bad),))]).svg,
        trend(bad, [Point(0.5, 1, bad)]).svg,
    )
    for svg in texts:
        assert ET.fromstring(svg).get("aria-label") == bad
        assert "<b>" not in svg
