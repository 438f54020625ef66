"""The check: a good course has no problem; one thing spoilt is one problem, at the right line of the right file."""

import pytest

from app.course.compile import load
from app.course.source import ContentError
from app.quiz.forms import Choices, Option
from app.quiz.generator import GENERATORS, Draft, Generator
from app.sim.scenario import parse
from app.sim.world import run
from app.words import load as load_words

LESSON = "lessons/first/en.md"


def test_a_good_course_has_no_problems(content) -> None:
    assert content.problems() == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # directives
        (":::step{#syn", ":::stp{#syn", "12: there is no directive “stp”: did you mean “step”?"),
        ('at="c1 sent"', 'att="c1 sent"', "12: “step” has no attribute “att”: did you mean “at”?"),
        (
            '#syn at="c1 sent"',
            '#syn at="c1 sent" panels="tcb"',
            "12: “step” has no attribute “panels”: it takes id, at",
        ),
        (':::step{#syn at="c1 sent"}', ":::step{#syn}", "12: this step lacks its at"),
        ("{#syn at", "{at", "12: this step lacks its #id"),
        ("{#syn at", "{#Syn at", "12: “Syn” is no id: lower-case letters, digits and single hyphens"),
        ("#who", "#t", "30: the id “t” means something else in an address"),
        ("#who", "#syn", "30: the id “syn” is taken: line 12 has it"),
        (
            "A caption.",
            ":::answer{seconds=30}\nx\n:::",
            "41: “answer” does not stand in a grid: it belongs in the top level of a lesson",
        ),
        ('at="c1 sent"}', "at=c1 sent}", "12: these attributes cannot be read: "),
        ("seconds=30}", "seconds=30} now", "57: nothing may follow the attributes: “now”"),
        ("::::\n\n:::grid", ":::grid", "9: this directive is never closed: :::: is missing"),
        ("A caption.\n:::", "A caption.\n:::\n\n:::", "44: these colons close nothing"),
        (
            "tcb capture",
            "tcb captures",
            "9: there is no panel “captures”: there are tcb, grid, queues, capture, ss, rules",
        ),
        ("seconds=120", "seconds=60", "61: an answer takes 30 or 120 seconds, not 60"),
        (
            "> Something is said.\n\nSomething is true.",
            "Something is said.",
            "47: an article note begins with what the article says, quoted (> …), and goes on with what is true",
        ),
        ("### The SYN", "The SYN", "12: a step begins with its title: ### …"),
        ("\nShort.\n", "\n", "57: this answer says nothing"),
        # predictions
        ("- [x] `1`", "- [ ] `1`", "21: exactly one option of a prediction is right: [x]"),
        ("- [ ] `0`", "- `0`", "24: an option begins with [ ] or [x]"),
        ("  > It has not.\n", "", "35: an option is followed by its reason, and nothing else, in a quotation: > …"),
        ("  > It has not.\n", "  > No.\n\nMore.\n", "38: nothing may follow the options of a prediction"),
        ("What is acknowledged?\n", "", "21: this prediction asks nothing: a question stands above its options"),
        ("- [ ] The server\n  > It has not.\n", "", "30: a prediction has 2 to 4 options, this one 1"),
        (
            "[x] The client",
            "[x] The [client](term:isn)",
            "33: an option holds no link: it becomes a button; put the link into its reason",
        ),
        # moments and claims
        ("c1 sent", "c9 sent", "12: there is no segment c9: the run has c1…c3, s1…s2"),
        ("s1 sent", "s1 lost", "30: s1 is never lost: it arrives at 100ms"),
        ("c1 arrives; s1 arrives", "c1 arrives; server", "40: “server” names no moment"),
        (
            "server.state = SYN-RECEIVED",
            "server.state = ESTABLISHED",
            "17: this claim does not hold in handshake: expected server.state = ESTABLISHED, is SYN-RECEIVED at 50ms",
        ),
        ("server.state = SYN-RECEIVED", "server.state is fine", "17: “server.state is fine” is no comparison"),
        ("#handshake scenario=handshake", "#handshake scenario=none", "9: there is no scenarios/none.scenario"),
        (":::warning", ':::claim{check="c.count = 1"}', "53: a claim outside a player names its scenario"),
        # links
        ("rfc:9293#3.5", "rfc:9293#3.55", "7: RFC 9293 has no section 3.55 in sources.toml"),
        ("rfc:9293#3.5", "rfc:1#2", "7: rfc:1 is not in sources.toml"),
        ("rfc:9293#3.5", "kernel:ip-sysctl#tcp_magic", "7: kernel:ip-sysctl has no “tcp_magic” in sources.toml"),
        ("rfc:9293#3.5", "man:listen.3", "7: man:listen.3 is not in sources.toml"),
        ("lesson:first#syn", "lesson:first#sin", "7: the lesson first has no “sin”: it has handshake, syn, ack, who"),
        ("lesson:first#syn", "lesson:second", "7: there is no lesson “second”: there are first"),
        ("state:syn-sent", "state:syn-send", "7: there is no state “syn-send”: there are closed, listen"),
        ("term:isn", "term:isnt", "7: there is no term “isnt” in the glossary"),
        ("term:isn", "http://example.org", "7: “http://example.org” leads nowhere"),
        ("Words about this step.", "Words\nand [more](term:none).", "15: there is no term “none” in the glossary"),
        # what would show as raw markup
        ("Words above the steps.", "Words**, more.**again", "10: this ** is not read as emphasis"),
        ("Words above the steps.", "A [term] (term:isn) and [a](b c)", "10: this is not read as a link"),
        ("Words above the steps.", "Words `of code", "10: this ` begins or ends no code"),
        ("question: How", "question: Why `this` and how", "4: this ` begins or ends no code"),
        ("Words above the steps.", "Words<br>", "10: HTML is not rendered: <br>"),
        ("Words above the steps.", "![](x.png)", "10: images have no place here"),
        ("Words above the steps.", "# Words", "10: headings begin at ##"),
        # the frame of a lesson
        ("question: How is a connection made?\n", "", "1: the front matter lacks its question"),
        ("question:", "questions: 1\nquestion:", "4: the front matter has no key “questions”"),
        ("question: How", "question: : How", "4: the front matter is not YAML"),
        ('#who at="s1 sent"', '#who at="start"', "30: #who goes back in time: its moment is before #ack's"),
    ],
)
def test_a_spoilt_lesson_is_reported_at_its_line(content, old: str, new: str, problem: str) -> None:
    content.spoil(old, new)
    assert any(said.startswith(problem) for said in content.english()), content.problems()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('at="c1 sent"}', "at=c1 sent}", "12: these attributes cannot be read: "),
        ("seconds=30}", "seconds=30} now", "57: nothing may follow the attributes: “now”"),
    ],
)
def test_what_both_languages_say_wrongly_is_reported_in_both(content, old: str, new: str, problem: str) -> None:
    content.spoil(old, new)
    for lang in ("zh", "en"):
        where = f"content/lessons/first/{lang}.md:{problem}"
        assert any(said.startswith(where) for said in content.problems()), content.problems()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            ":::warning\nSomething is said, and wrong.\n:::\n\n",
            "",
            '53: the languages differ: here is answer{seconds="30"}, in content/lessons/first/zh.md:53 warning{}',
        ),
        (
            'at="c1 sent"',
            'at="c1 arrives"',
            (
                '12: the languages differ: here is step{at="c1 arrives" #syn}, '
                'in content/lessons/first/zh.md:12 step{at="c1 sent" #syn}'
            ),
        ),
        (
            "- [ ] `0`\n  > That is its own number.\n- [x] `1`\n  > The SYN takes a number.",
            "- [x] `1`\n  > The SYN takes a number.\n- [ ] `0`\n  > That is its own number.",
            '21: the languages differ: here is predict{at="c1 arrives" #ack}, 2 options, the right one is number 1, ',
        ),
        (
            ":::answer{seconds=120}\nLong.\n:::\n",
            "",
            '60: the languages differ: missing here is answer{seconds="120"} of content/lessons/first/zh.md:61',
        ),
        (
            "Long.\n:::\n",
            "Long.\n:::\n\n:::warning\nWrong.\n:::\n",
            "65: the languages differ: content/lessons/first/zh.md has nothing that answers to warning{}",
        ),
    ],
)
def test_languages_that_differ_are_reported_where_they_part(content, old: str, new: str, problem: str) -> None:
    content.change(LESSON, old, new)
    assert any(said.startswith(problem) for said in content.english()), content.problems()


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        ("scenarios/handshake.scenario", "send(100)", "sned(100)", "content/scenarios/handshake.scenario:2: column "),
        ("course.toml", '["first"]', '["first", "second"]', "content/lessons/second/en.md:1: this file is missing"),
        ("course.toml", '["first"]', '["first"', "content/course.toml:6: not TOML"),
        ("course.toml", '["first"]', "first", "content/course.toml:6: not TOML"),
        ("course.toml", '["first"]', '"first"', "content/course.toml:3: a part lacks its list of lessons"),
        ("course.toml", "[[part]]", "[part]", "content/course.toml:2: expected [[part]] tables"),
        ("course.toml", "[[part]]", "[[parts]]", "content/course.toml:2: expected only [[part]], not “parts”"),
        ("skills.toml", '["order"]', '"order"', "content/skills.toml:9: what a skill requires is a list of skills"),
        ("sources.toml", 'title = "IP Sysctl"', "title = 7", "content/sources.toml:"),
        ("course.toml", '"first"', '"first", "first"', "content/course.toml:6: the lesson first is listed twice"),
        ("course.toml", 'zh = "建立"\n', "", "content/course.toml:3: a part lacks its zh"),
        ("skills.toml", "first#ack", "first#handshake", "content/skills.toml:9: the skill number names no step"),
        (
            "skills.toml",
            '["order"]',
            '["odor"]',
            "content/skills.toml:9: the skill number requires odor, which is none",
        ),
        (
            "skills.toml",
            'zh = "顺序"',
            'zh = "顺序"\nrequires = ["number"]',
            "content/skills.toml:3: skills require each",
        ),
        ("skills.toml", 'id = "number"', 'id = "order"', "content/skills.toml:3: the skill order is there twice"),
        ("skills.toml", 'en = "Order"\n', "", "content/skills.toml:3: a skill lacks its en"),
        ("skills.toml", 'en = "Order"', 'en = "Order"\nlevel = 1', "content/skills.toml:3: a skill has no key “level”"),
        ("glossary/en.md", "### ISN\n", "", "content/glossary/en.md:1: a term begins with its name"),
        ("glossary/en.md", ' aka="初始序列号"', "", "content/glossary/en.md:1: this term lacks its aka"),
        ("glossary/en.md", "3.4.1)", "3.4.9)", "content/glossary/en.md:3: RFC 9293 has no section 3.4.9"),
        ("states/en.md", "::::state{#listen}", "More.\n\n::::state{#listen}", "content/states/en.md:9: words outside"),
        ("timers/en.md", ":::timer{", "More.\n\n:::timer{", "content/timers/en.md:1: words outside"),
        ("misconceptions/en.md", ":::misc", "More.\n\n:::misc", "content/misconceptions/en.md:1: words outside"),
        (
            "questions/all/en.md",
            "::::question{#about-o",
            "More.\n\n::::question{#about-o",
            "content/questions/all/en.md:1: words outside",
        ),
        ("states/en.md", "#listen}", "#listening}", "content/states/en.md:9: there is no state “listening”"),
        ("states/en.md", "#listen}", "#listening}", "content/states/en.md:1: the state LISTEN is not explained"),
    ],
)
def test_the_other_files_are_checked_too(content, path: str, old: str, new: str, problem: str) -> None:
    content.change(path, old, new)
    assert any(said.startswith(problem) for said in content.problems()), content.problems()


def test_a_lesson_has_a_player_predictions_and_both_answers(content) -> None:
    for lang in ("zh", "en"):
        content.write(f"lessons/first/{lang}.md", "---\ntitle: T\ndescription: D\nquestion: Q\n---\n\nWords.\n")
    content.write("skills.toml", "")
    assert content.english() == [
        "1: this lesson has 0 answers of 120 seconds, one is wanted",
        "1: this lesson has 0 answers of 30 seconds, one is wanted",
        "1: this lesson has 0 predictions, at least 2 are wanted",
        "1: this lesson has no player",
    ]


def test_a_scenario_that_nothing_uses_and_a_lesson_in_no_part_are_reported(content) -> None:
    content.write("scenarios/idle.scenario", "server: listen\nclient: connect\n")
    content.write("lessons/lost/en.md", "")
    assert content.problems() == [
        "content/course.toml:1: the lesson lost is in no part",
        "content/scenarios/idle.scenario:1: this scenario is used nowhere",
    ]


def test_a_missing_file_of_one_language_is_reported(content) -> None:
    (content.root / LESSON).unlink()
    assert f"content/{LESSON}:1: this file is missing" in content.problems()


def test_load_raises_every_problem_with_file_and_line(content) -> None:
    content.spoil("c1 sent", "c9 sent")
    with pytest.raises(ContentError) as error:
        load(content.root, load_words(content.root / "locale"))
    assert [(problem.file, problem.line) for problem in error.value.problems] == [
        ("content/lessons/first/en.md", 12),
        ("content/lessons/first/zh.md", 12),
    ]
    assert "content/lessons/first/zh.md:12: there is no segment c9" in str(error.value)


def test_no_line_that_is_lost_breaks_the_check(content) -> None:
    """Whatever line is missing, the check ends, and what it says is about files that are there."""
    for path in (LESSON, "skills.toml", "course.toml", "glossary/en.md", "scenarios/handshake.scenario"):
        lines = (content.root / path).read_text(encoding="utf-8").splitlines(keepends=True)
        for lost in range(len(lines)):
            content.write(path, "".join(lines[:lost] + lines[lost + 1 :]))
            assert all(said.startswith("content/") for said in content.problems())
        content.write(path, "".join(lines))


def test_a_scenario_in_which_nothing_happens_is_reported(content) -> None:
    content.write("scenarios/handshake.scenario", "server:\nclient:\n")
    assert "content/scenarios/handshake.scenario:1: nothing happens in this scenario" in content.problems()


def test_a_typo_in_one_language_is_one_problem(content) -> None:
    content.change(LESSON, ":::warning", ":::waring")
    assert content.problems() == [f"content/{LESSON}:53: there is no directive “waring”: did you mean “warning”?"]


def test_a_generator_whose_wrong_choice_is_not_tagged_does_not_load(content, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = run(parse("server: listen; accept\nclient: connect"))
    form = Choices(
        (Option("right", right=True), Option("wrong", False), Option("tagged", False, "syn-takes-no-number"))
    )
    careless = Generator(
        "careless",
        "handshake.order",
        "single",
        1,
        ("syn-takes-no-number",),
        "rfc:9293#3.4",
        lambda _: Draft(trace, form, 0),
    )
    monkeypatch.setitem(GENERATORS, "careless", careless)
    with pytest.raises(ContentError, match="generator careless: a wrong answer without a misconception"):
        load(content.root, load_words(content.root / "locale"))
