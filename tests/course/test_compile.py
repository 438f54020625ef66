"""What a good course compiles to."""

import pytest

from app.course.blocks import Article, ClaimBlock, GridBlock, Player, Predict, Prose, Step
from app.course.compile import load
from app.course.lesson import Course, Lesson
from app.tcp.states import State
from app.words import load as load_words


@pytest.fixture
def course(content) -> Course:
    return load(content.root, load_words(content.root / "locale"))


@pytest.fixture
def lesson(course: Course) -> Lesson:
    return course.editions["en"].lessons["first"]


def test_there_is_an_edition_for_each_language(course: Course) -> None:
    assert {lang: edition.lessons["first"].title for lang, edition in course.editions.items()} == {
        "zh": "握手",
        "en": "The handshake",
    }
    assert [part.name for part in course.editions["zh"].parts] == ["建立"]
    assert [term.name for term in course.editions["zh"].glossary] == ["初始序列号"]


def test_states_come_in_the_order_of_the_rfc(course: Course) -> None:
    states = course.editions["en"].states
    assert list(states) == [state.value.lower() for state in State]
    assert states["listen"].html == "<p>What it means.</p>"
    assert states["listen"].pile_up_html == "<p>What thousands mean.</p>"


def test_a_lesson_knows_its_place_its_steps_and_its_skills(lesson: Lesson) -> None:
    assert (lesson.part, lesson.number, lesson.total) == ("Opening", 1, 1)
    assert lesson.question == "How is a connection made?"
    assert [(step.number, step.id, step.player, step.moment, step.kind) for step in lesson.steps] == [
        (1, "syn", "handshake", 0, "step"),
        (2, "ack", "handshake", 1, "predict"),
        (3, "who", "handshake", 1, "predict"),
    ]
    assert [skill.id for skill in lesson.skills] == ["order", "number"]
    assert [answer.seconds for answer in lesson.answers] == [30, 120]


def test_blocks_keep_their_order_and_say_their_kind(lesson: Lesson) -> None:
    assert [block.kind for block in lesson.body] == [
        "prose",
        "player",
        "grid",
        "queues",
        "article",
        "warning",
        "answer",
        "answer",
    ]
    (player,) = lesson.players
    assert [item.kind for item in player.items] == ["prose", "step", "claim", "predict", "predict"]
    assert player.panels == ("tcb", "capture")
    assert player.scenario_text.startswith("server: listen")


def test_a_step_has_its_title_apart(lesson: Lesson) -> None:
    step = lesson.players[0].items[1]
    assert isinstance(step, Step)
    assert (step.title_html, step.html) == ("The SYN", "<p>Words about this step.</p>")


def test_a_prediction_has_options_with_reasons(lesson: Lesson) -> None:
    predict = lesson.players[0].items[3]
    assert isinstance(predict, Predict)
    assert predict.html == "<p>What is acknowledged?</p>"
    assert [(option.number, option.html, option.right, option.reason_html) for option in predict.options] == [
        (1, "<code>0</code>", False, "<p>That is its own number.</p>"),
        (2, "<code>1</code>", True, "<p>The SYN takes a number.</p>"),
    ]


def test_a_claim_keeps_its_check_and_takes_the_scenario_of_its_player(lesson: Lesson) -> None:
    claim = lesson.players[0].items[2]
    assert claim == ClaimBlock(
        "<p>The server is SYN-RECEIVED.</p>", "after c1 arrives: server.state = SYN-RECEIVED", "handshake"
    )


def test_an_article_note_has_two_sides(lesson: Lesson) -> None:
    assert Article("<p>Something is said.</p>", "<p>Something is true.</p>") in lesson.body


def test_the_columns_of_a_grid_are_named_by_their_segments(lesson: Lesson) -> None:
    grid = next(block for block in lesson.body if isinstance(block, GridBlock))
    assert [column.title for column in grid.columns] == ["c1 SYN", "s1 SYN-ACK"]
    assert grid.html == "<p>A caption.</p>"


@pytest.mark.parametrize(
    ("written", "link"),
    [
        (
            "rfc:9293#3.5",
            (
                'href="https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5" class="cite" rel="external" '
                'title="RFC 9293 §3.5: Establishing a Connection"'
            ),
        ),
        (
            "rfc:6298#2.1",
            (
                'href="https://www.rfc-editor.org/rfc/rfc6298.html#section-2" class="cite" rel="external" '
                'title="RFC 6298 §2.1: The Basic Algorithm"'
            ),
        ),
        (
            "rfc:9293#A.2",
            (
                'href="https://www.rfc-editor.org/rfc/rfc9293.html#appendix-A.2" class="cite" rel="external" '
                'title="RFC 9293 §A.2: Sequence Number Validation"'
            ),
        ),
        (
            "rfc:7413",
            (
                'href="https://www.rfc-editor.org/rfc/rfc7413.html" class="cite" rel="external" '
                'title="RFC 7413: TCP Fast Open"'
            ),
        ),
        (
            "kernel:ip-sysctl#tcp_syn_retries",
            (
                'href="https://docs.kernel.org/networking/ip-sysctl.html#:~:text=tcp_syn_retries%20%2D" class="cite" '
                'rel="external" title="Linux: IP Sysctl, tcp_syn_retries"'
            ),
        ),
        (
            "man:listen.2",
            (
                'href="https://man7.org/linux/man-pages/man2/listen.2.html" class="cite" rel="external" '
                'title="listen(2): listen for connections on a socket"'
            ),
        ),
        ("lesson:first", 'href="/en/lessons/first"'),
        ("lesson:first#ack", 'href="/en/lessons/first?step=2#ack"'),
        ("lesson:first#handshake", 'href="/en/lessons/first#handshake"'),
        ("state:time-wait", 'href="/en/states#time-wait"'),
        ("term:isn", 'href="/en/glossary#isn"'),
        ("https://example.org/a", 'href="https://example.org/a" rel="external"'),
    ],
)
def test_links_lead_to_real_places(content, written: str, link: str) -> None:
    content.spoil("Words above the steps.", f"[there]({written})")
    edition = load(content.root, load_words(content.root / "locale")).editions["en"]
    player = next(block for block in edition.lessons["first"].body if isinstance(block, Player))
    assert player.items[0] == Prose(f"<p><a {link}>there</a></p>")
