"""Written questions and the words of misconceptions: what no machine can ask, and what it means to be wrong."""

from collections.abc import Mapping

from app.course import predictions
from app.course.directives import Directive
from app.course.lesson import Misconception
from app.course.links import Links
from app.course.markdown import Document
from app.course.pen import Pen, plain
from app.course.source import Mistake, Source
from app.quiz.forms import Choices, Option
from app.quiz.question import Question
from app.quiz.say import Html
from app.quiz.written import Written

LEVELS = {"1": 1, "2": 2, "3": 3}

Pens = Mapping[str, Pen]


def misconceptions(document: Document, links: Links) -> dict[str, Misconception]:
    """The misconceptions by id, in one language: a title, what is assumed (a paragraph), what is true (the rest)."""
    pen = Pen(document.source, links)
    found = {}
    for directive in document.walk():
        tokens = directive.tokens
        if len(tokens) < 7 or tokens[0].tag != "h3" or tokens[3].type != "paragraph_open":
            document.source.report(directive.line, "a misconception has a title (### …), what it assumes, what is true")
            continue
        try:
            source = links.cited(directive.attributes.get("source", ""))
        except Mistake as mistake:
            document.source.report(directive.line, str(mistake))
            continue
        assumed, truth = pen.blocks(tokens[3:6]), pen.blocks(tokens[6:])
        found[directive.id] = Misconception(directive.id, plain(tokens[1]), assumed, truth, source)
    return found


def written(versions: Mapping[str, Document], links: Mapping[str, Links], known: "Known") -> dict[str, Written]:
    """The questions of one topic, in all languages. What is wrong is reported where it stands."""
    pens = {lang: Pen(document.source, links[lang]) for lang, document in versions.items()}
    by_language = {
        lang: [found for found in document.walk() if found.name == "question"] for lang, document in versions.items()
    }
    source = next(iter(versions.values())).source
    made = {}
    for directives in zip(*by_language.values(), strict=False):
        first = directives[0]
        try:
            known.inspect(first, next(iter(links.values())))
            texts = dict(zip(by_language, directives, strict=True))
            made[first.id] = _question(texts, pens, {lang: versions[lang].source for lang in versions})
        except Mistake as mistake:
            source.report(first.line, str(mistake))
    return made


class Known:
    """What a written question may refer to, and the ids that are taken."""

    def __init__(self, skills: frozenset[str], beliefs: frozenset[str], taken: frozenset[str]) -> None:
        self._skills, self._beliefs = skills, beliefs
        self._taken = set(taken)

    def inspect(self, directive: Directive, links: Links) -> None:
        """Raises Mistake for a question whose attributes lead nowhere."""
        said = directive.attributes
        if directive.id in self._taken:
            raise Mistake(f"the id “{directive.id}” is taken by another question or generator")
        self._taken.add(directive.id)
        if said.get("skill") not in self._skills:
            raise Mistake(f"there is no skill “{said.get('skill')}”")
        if said.get("level") not in LEVELS:
            raise Mistake(f"a level is {', '.join(LEVELS)}, not “{said.get('level')}”")
        for belief in beliefs(directive).values():
            if belief not in self._beliefs:
                raise Mistake(f"there is no misconception “{belief}”")
        links.cited(said.get("source", ""))


def beliefs(directive: Directive) -> dict[int, str]:
    """`2:acks-are-retransmitted 3:…` as the misconceptions by option.

    Raises Mistake where it is written otherwise, and where an option is none, is right or has a misconception already.
    """
    rights = predictions.shape(directive)
    found: dict[int, str] = {}
    for pair in directive.attributes.get("beliefs", "").split():
        number, colon, belief = pair.partition(":")
        if not colon or not number.isdecimal():
            raise Mistake(f"expected option:misconception, not “{pair}”")
        option = int(number)
        if not 1 <= option <= len(rights):
            raise Mistake(f"there is no option {option} to stand for “{belief}”")
        if rights[option - 1]:
            raise Mistake(f"option {option} is right and stands for no misconception")
        if option in found:
            raise Mistake(f"option {option} stands for two misconceptions: “{found[option]}” and “{belief}”")
        found[option] = belief
    return found


def _question(texts: Mapping[str, Directive], pens: Pens, sources: Mapping[str, Source]) -> Written:
    first = next(iter(texts.values()))
    read = {lang: predictions.read(sources[lang], text, several=True) for lang, text in texts.items()}
    tagged = beliefs(first)
    options = tuple(
        Option(
            Html(tuple((lang, pens[lang].inline(read[lang].options[at].what)) for lang in read)),
            option.right,
            tagged.get(at + 1),
            Html(tuple((lang, pens[lang].blocks(read[lang].options[at].reason)) for lang in read)),
        )
        for at, option in enumerate(read[next(iter(read))].options)
        if all(at < len(one.options) for one in read.values())
    )
    rights = [option for option in options if option.right]
    if not rights:
        raise Mistake("no option of this question is right")
    said = first.attributes
    model = Question(
        first.id,
        0,
        said["skill"],
        "several" if len(rights) > 1 else "single",
        LEVELS[said["level"]],
        Html(tuple((lang, pens[lang].blocks(read[lang].question)) for lang in read)),
        (),
        Choices(options, several=len(rights) > 1),
        rights[0].why or rights[0].text,
        Html(tuple((lang, _say(text, pens[lang])) for lang, text in texts.items())),
        said["source"],
    )
    return Written(model, tuple(said.get("asked", "").split()))


def _say(directive: Directive, pen: Pen) -> str:
    spoken = [child for child in directive.directives if child.name == "say"]
    if len(spoken) != 1 or not spoken[0].tokens:
        raise Mistake("a question ends with one sentence to say in the interview: :::say")
    return pen.blocks(spoken[0].tokens)
