"""The sequence diagram on every scenario there is: nothing overlaps, nothing tells the future, nothing is missing."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from app.draw.columns import WIDTH, columns
from app.draw.layout import layout
from app.draw.names import GROUP
from app.draw.sequence import phase, sequence
from app.tcp.states import State
from tests.draw.geometry import SVG, Shape, crosses, overlap, parsed, paths, rectangles, texts
from tests.draw.scenes import LESSONS, played, scenes, trace, words

ALL = sorted(scenes())
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module", params=[(name, lang) for name in ALL for lang in LANGUAGES], ids="/".join)
def root(request: pytest.FixtureRequest) -> ElementTree.Element:
    name, lang = request.param
    return parsed(sequence(trace(name), words(lang), id="x").svg)


def near(shapes: list[Shape]) -> list[tuple[Shape, Shape]]:
    """The pairs whose heights touch."""
    spans = sorted(
        ((min(y for _, y in s.corners), max(y for _, y in s.corners), s) for s in shapes), key=lambda s: s[:2]
    )
    found = []
    for index, (_, bottom, one) in enumerate(spans):
        for top, _, other in spans[index + 1 :]:
            if top > bottom:
                break
            found.append((one, other))
    return found


def test_no_text_overlaps_text(root: ElementTree.Element) -> None:
    assert [(a.what, b.what) for a, b in near(texts(root)) if overlap(a, b)] == []


def test_no_text_touches_a_rail_a_head_or_a_cross(root: ElementTree.Element) -> None:
    hard = rectangles(root, "track") + paths(root, "head") + crosses(root)
    hit = [(a.what, b.what) for a in texts(root) for b in hard if overlap(a, b)]
    assert [pair for pair in hit if pair[0] != pair[1]] == []


def test_everything_is_inside(root: ElementTree.Element) -> None:
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for text in texts(root):
        assert all(-0.5 <= x <= width + 0.5 and 0 <= y <= height for x, y in text.corners), text.what


def test_no_colour_no_style(root: ElementTree.Element) -> None:
    for element in root.iter():
        assert not {"style", "fill", "stroke", "color", "font-size"} & set(element.keys())
        assert element.tag != f"{SVG}style"


@pytest.mark.parametrize("name", ALL)
def test_what_belongs_to_a_moment_says_so(name: str) -> None:
    last = len(trace(name).moments)
    root = parsed(sequence(trace(name), words("en"), id="x").svg)
    timeless = {"track", "mark", "host", "host-box", "host-name"}

    def look(element: ElementTree.Element, inside: bool) -> None:
        since, until = element.get("data-since"), element.get("data-until")
        assert (since is None) == (until is None)
        if since is not None and until is not None:
            assert 0 <= int(since) <= int(until) <= last, element.attrib
            inside = True
        kind = element.get("class", "").split()[:1]
        drawn = element.tag.removeprefix(SVG) in ("text", "path", "line", "rect", "g")
        assert inside or not drawn or set(kind) <= timeless, element.attrib
        for child in element:
            look(child, inside)

    look(root, False)


@pytest.mark.parametrize("name", ALL)
def test_every_segment_is_drawn_from_its_departure_to_its_end(name: str) -> None:
    happened = trace(name)
    root = parsed(sequence(happened, words("zh"), id="x").svg)
    index = {moment.at: moment.index for moment in happened.moments}
    drawn = [
        (group.get("data-name"), int(group.get("data-since", "")), int(group.get("data-until", "")))
        for group in root.iter(f"{SVG}g")
        if "segment" in group.get("class", "").split()
    ]
    expected = []
    answered = {index[sent.at] for sent in happened.sent if not sent.forged}
    for sent in happened.sent:
        ends = [index[end] for end in (*sent.arrivals, sent.lost_at) if end in index]
        expected += [(sent.name, index[sent.at], end + (sent.forged or end not in answered)) for end in ends] or [
            (sent.name, index[sent.at], len(happened.moments))
        ]
    assert sorted(drawn) == sorted(expected)


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_the_lessons_every_label_is_complete_and_crossed_by_nothing(name: str, lang: str) -> None:
    found = layout(trace(name), words(lang), columns(trace(name), words(lang)), 60)
    assert found.flaws == 0
    assert all(label is not None or line.again for line, label in zip(found.lines, found.labels, strict=True))


@pytest.mark.parametrize("name", ALL)
def test_the_rails_show_the_states_of_the_trace(name: str) -> None:
    happened = trace(name)
    rails = columns(happened, words("en")).rails
    root = parsed(sequence(happened, words("en"), id="x").svg)
    for moment in happened.moments:
        pieces = [
            piece
            for piece in root.iter(f"{SVG}rect")
            if piece.get("data-since") == str(moment.index) and "rail" in piece.get("class", "")
        ]
        for rail in rails:
            own = [piece for piece in pieces if piece.get("x") == f"{rail.left:.1f}"]
            state = happened.state(moment.index, rail.host, rail.conn or -1)
            assert own[-1].get("class") == f"rail fill-{GROUP[state]}", (moment.index, rail)


def test_two_hosts_fit_a_phone() -> None:
    drawing = sequence(trace("handshake"), words("zh"), id="x")
    assert drawing.width == WIDTH
    assert 12 * 358 / drawing.width > 11


def test_labels_read_as_in_the_lessons() -> None:
    happened = played("server: listen; accept; recv; close\nclient: connect; send(100); close@1s\n")
    svg = sequence(happened, words("en"), id="x").svg
    plain = re.sub(r"<title>.*?</title>", "", svg)
    labels = [
        " ".join(re.findall(r"<tspan[^>]*>([^<]*)", text)) for text in re.findall(r'class="label".*?</text>', plain)
    ]
    assert labels[:4] == ["SYN seq=0", "SYN-ACK seq=0 ack=1", "ACK seq=1 ack=1", "ACK seq=1 ack=1 len=100"]
    assert "<title>c3: ACK seq=1 ack=1 len=100</title>" in svg


def test_a_lost_segment_ends_in_a_cross_and_has_no_head() -> None:
    root = parsed(sequence(trace("syn-lost"), words("en"), id="x").svg)
    first = next(group for group in root.iter(f"{SVG}g") if group.get("data-name") == "c1")
    assert first.find(f"{SVG}g[@class='cross']") is not None
    assert first.find(f"{SVG}path[@class='head']") is None


EXCHANGES = (
    "server: listen; accept; recv; close\nclient: connect; send(100); close\n",
    "server: listen; accept; send(3000); close\nclient: connect; send(5000); close\n",
    "server: listen; accept; recv(eof); close\nclient: connect; send(100); send(200); send(300); close\n",
)


@pytest.mark.parametrize("lost", ["c1", "c2", "c3", "c4", "s1", "s2", "s3", "c4; drop s3", "c3..5", "s2..3"])
@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_lost_segment_is_labelled_and_nothing_lies_on_anything(exchange: str, lost: str, lang: str) -> None:
    happened = played(f"{exchange}wire: delay 50ms; drop {lost}\n")
    found = layout(happened, words(lang), columns(happened, words(lang)), 60)
    labels = [label for line, label in zip(found.lines, found.labels, strict=True) if line.lost]
    assert labels
    assert all(labels)
    root = parsed(sequence(happened, words(lang), id="x").svg)
    shapes = texts(root) + crosses(root)
    assert [(one.what, other.what) for one, other in combinations(shapes, 2) if overlap(one, other)] == []


def test_a_segment_that_dies_overtakes_none_that_left_with_it() -> None:
    happened = played(f"{EXCHANGES[0]}wire: delay 50ms; drop c4\n")
    lines = layout(happened, words("en"), columns(happened, words("en")), 60).lines
    data, fin = (next(line for line in lines if line.sent.name == name) for name in ("c3", "c4"))
    assert fin.lost
    (line, _), (other, _) = data.bands, fin.bands
    assert all(other.at(x) > line.at(x) + 8 for x in (fin.x1, fin.x2))


@pytest.mark.parametrize(("lang", "word"), [("zh", "注入"), ("en", "injected")])
def test_a_forged_segment_is_dashed_and_said_to_be_injected(lang: str, word: str) -> None:
    root = parsed(sequence(trace("old-syn"), words(lang), id="x").svg)
    forged = next(group for group in root.iter(f"{SVG}g") if "forged" in group.get("class", "").split())
    assert forged.find(f"{SVG}path[@class='line']").get("d").count("M") > 5
    assert word in "".join(forged.itertext())


def test_long_waits_are_broken_and_say_how_long_and_why() -> None:
    svg = sequence(trace("last-ack-lost"), words("en"), id="x").svg
    assert re.findall(r'<text class="time"[^>]*>([^<]*)', svg) == ["250 ms", "210 ms", "TLP 300 ms", "TIME-WAIT 60 s"]


def test_names_are_escaped_and_ids_begin_as_told() -> None:
    svg = sequence(trace("handshake"), words("en"), id="a1").svg
    assert 'aria-labelledby="a1-title a1-desc"' in svg
    assert parsed(svg).get("role") == "img"


@pytest.mark.parametrize("moment", [0, 1, 3])
@pytest.mark.parametrize("horizon", [0, 2, 99])
def test_phase_writes_exactly_one_phase(moment: int, horizon: int) -> None:
    svg = sequence(trace("handshake"), words("zh"), id="x").svg
    count = 0
    for element in parsed(phase(svg, moment, horizon)).iter():
        if element.get("data-since") is None:
            assert not {"past", "now", "future", "veiled"} & set(element.get("class", "").split())
            continue
        count += 1
        since, until = int(element.get("data-since", "")), int(element.get("data-until", ""))
        expected = "veiled" if since > horizon else "future" if moment < since else "now" if moment < until else "past"
        assert element.get("class", "").split()[-1] == expected
        assert len({"past", "now", "future", "veiled"} & set(element.get("class", "").split())) == 1
    assert count > 20


def test_every_state_has_a_colour() -> None:
    assert set(GROUP) == set(State)
    assert len(set(GROUP.values())) == 6


def test_no_two_arrows_of_one_exchange_lie_on_each_other() -> None:
    """Segments that leave at one instant leave one below the other."""
    lines = layout(
        trace("four-segment-close"), words("en"), columns(trace("four-segment-close"), words("en")), 60
    ).lines
    for one, other in combinations(lines, 2):
        assert (one.x1, one.y1) != (other.x1, other.y1)
