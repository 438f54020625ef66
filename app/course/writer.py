"""One document → blocks: every directive in its language, with its moments found and its claims checked."""

from collections.abc import Callable

from app.course import predictions
from app.course.blocks import (
    Answer,
    Article,
    AskBlock,
    Block,
    CaptureBlock,
    Caution,
    Choice,
    ClaimBlock,
    GridBlock,
    GridColumn,
    Item,
    Option,
    Player,
    Predict,
    Prose,
    QueuesBlock,
    Step,
)
from app.course.claims import moment, refute
from app.course.directives import NUMBERS, PANELS, Directive, Run
from app.course.links import Links
from app.course.markdown import Document
from app.course.pen import Pen
from app.course.source import Mistake
from app.course.stage import Stage
from app.draw.clock import clock
from app.sim.trace import Trace

SECONDS = {"30": 30, "120": 120}
FEWEST = 2  # of what there is to choose from


class Writer:
    """Writes the blocks of one lesson in one language. What is wrong is reported to the document's source."""

    def __init__(self, document: Document, links: Links, stage: Stage) -> None:
        self._document = document
        self._source = document.source
        self._pen = Pen(document.source, links)
        self._stage = stage
        self._steps = 0

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that what was written so far links to."""
        return tuple(self._pen.terms)

    def body(self) -> tuple[Block, ...]:
        """The whole lesson."""
        return tuple(block for child in self._document.children if (block := self._block(child)))

    def _block(self, child: Directive | Run) -> Block | None:
        if isinstance(child, Run):
            return Prose(self._pen.blocks(child.tokens))
        write: dict[str, Callable[[Directive], Block]] = {
            "player": self._player,
            "choice": self._choice,
            "grid": self._grid,
            "queues": self._queues,
            "capture": self._capture,
            "ask": self._ask,
            "answer": self._answer,
        }
        try:
            if child.name in write:
                return write[child.name](child)
            return self._note(child, child.attributes.get("scenario", ""))
        except Mistake as mistake:
            self._source.report(child.line, str(mistake))
            return None

    def _note(self, directive: Directive, scenario: str) -> ClaimBlock | Article | Caution:
        """What may stand in a lesson and in a player alike."""
        match directive.name:
            case "claim":
                return self._claim(directive, scenario)
            case "article":
                return self._article(directive)
            case _:
                return Caution(self._prose(directive))

    def _player(self, directive: Directive) -> Player:
        name = directive.attributes.get("scenario", "")
        panels = tuple(directive.attributes.get("panels", "").split())
        for panel in panels:
            if panel not in PANELS:
                self._source.report(directive.line, f"there is no panel “{panel}”: there are {', '.join(PANELS)}")
        numbers = directive.attributes.get("numbers", NUMBERS[0])
        if numbers not in NUMBERS:
            self._source.report(directive.line, f"numbers are {' or '.join(NUMBERS)}, not “{numbers}”")
        absolute = numbers == "absolute"
        moments = self._stage.moments(name, absolute=absolute)
        if "grid" in panels and moments[-1].grid is None:
            self._source.report(directive.line, f"scenarios/{name}.scenario makes no connection: a grid would be empty")
        items = tuple(item for child in directive.children if (item := self._item(child, name)))
        stage = self._stage
        return Player(
            directive.id,
            name,
            stage.scenarios.texts.get(name, ""),
            stage.drawing(name, f"{directive.id}-drawing", absolute=absolute),
            moments,
            panels,
            items,
            directive.attributes.get("label", ""),
            numbers,
        )

    def _choice(self, directive: Directive) -> Choice:
        players = [child for child in directive.directives if child.name == "player"]
        if len(players) < FEWEST:
            raise Mistake(f"a choice is between {FEWEST} players at least")
        for player in players:
            if not player.attributes.get("label") or not {"step", "predict"} & {inner.name for inner in player.walk()}:
                self._source.report(player.line, "a player in a choice has a label and steps")
        return Choice(directive.id, self._caption(directive), tuple(map(self._player, players)))

    def _item(self, child: Directive | Run, scenario: str) -> Item | None:
        if isinstance(child, Run):
            return Prose(self._pen.blocks(child.tokens))
        try:
            if child.name not in ("step", "predict"):
                return self._note(child, child.attributes.get("scenario", scenario))
            self._steps += 1
            number = self._steps
            index = moment(self._stage.scenarios.trace(scenario), child.attributes.get("at", ""))
            return self._step(child, number, index) if child.name == "step" else self._predict(child, number, index)
        except Mistake as mistake:
            self._source.report(child.line, str(mistake))
            return None

    def _step(self, directive: Directive, number: int, index: int) -> Step:
        tokens = directive.tokens
        if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h3":
            raise Mistake("a step begins with its title: ### …")
        return Step(number, directive.id, index, self._pen.inline(tokens[1]), self._pen.blocks(tokens[3:]))

    def _predict(self, directive: Directive, number: int, index: int) -> Predict:
        read = predictions.read(self._source, directive)
        options = tuple(
            Option(place, self._pen.inline(option.what), option.right, self._pen.blocks(option.reason))
            for place, option in enumerate(read.options, 1)
        )
        return Predict(number, directive.id, index, self._pen.blocks(read.question), options)

    def _claim(self, directive: Directive, scenario: str) -> ClaimBlock:
        if not scenario:
            raise Mistake("a claim outside a player names its scenario")
        check = directive.attributes.get("check", "")
        wrong = refute(self._stage.scenarios.trace(scenario), check)
        if wrong:
            self._source.report(directive.line, f"this claim does not hold in {scenario}: {wrong}")
        return ClaimBlock(self._prose(directive), check, scenario)

    def _article(self, directive: Directive) -> Article:
        tokens = directive.tokens
        level = tokens[0].level if tokens else 0
        end = next(
            (at for at, token in enumerate(tokens) if token.type == "blockquote_close" and token.level == level), 0
        )
        if not tokens or tokens[0].type != "blockquote_open" or not tokens[end + 1 :]:
            raise Mistake(
                "an article note begins with what the article says, quoted (> …), and goes on with what is true"
            )
        return Article(self._pen.blocks(tokens[1:end]), self._pen.blocks(tokens[end + 1 :]))

    def _answer(self, directive: Directive) -> Answer:
        seconds = directive.attributes.get("seconds", "")
        if seconds not in SECONDS:
            raise Mistake(f"an answer takes {' or '.join(SECONDS)} seconds, not {seconds or 'none'}")
        return Answer(SECONDS[seconds], self._prose(directive))

    def _grid(self, directive: Directive) -> GridBlock:
        name = directive.attributes.get("scenario", "")
        trace, views = self._stage.scenarios.trace(name), self._stage.moments(name)
        columns = []
        for when in directive.attributes.get("moments", "").split("; "):
            index = moment(trace, when)
            grid = views[index].grid
            if grid is None:
                raise Mistake(f"scenarios/{name}.scenario makes no connection: a grid would be empty")
            columns.append(GridColumn(_named(trace, when.split()[0], index), grid))
        return GridBlock(tuple(columns), self._caption(directive))

    def _queues(self, directive: Directive) -> QueuesBlock:
        name = directive.attributes.get("scenario", "")
        index = moment(self._stage.scenarios.trace(name), directive.attributes.get("at", ""))
        queues = self._stage.moments(name)[index].queues
        if not queues:
            raise Mistake(f"nobody listens at that moment of scenarios/{name}.scenario")
        return QueuesBlock(queues, self._caption(directive))

    def _capture(self, directive: Directive) -> CaptureBlock:
        name = directive.attributes.get("file", "")
        return CaptureBlock(name, self._stage.captures.told(name), self._caption(directive))

    def _ask(self, directive: Directive) -> AskBlock:
        source, seed = directive.attributes.get("source", ""), directive.attributes.get("seed", "")
        if not (seed.isascii() and seed.isdecimal()):
            raise Mistake(f"a seed is a whole number, not “{seed}”")
        return AskBlock(directive.id, source, int(seed))

    def _prose(self, directive: Directive) -> str:
        if not directive.tokens:
            raise Mistake(f"this {directive.name} says nothing")
        return self._caption(directive)

    def _caption(self, directive: Directive) -> str:
        return self._pen.blocks(directive.tokens)


def _named(trace: Trace, word: str, index: int) -> str:
    """A moment's short name in any language: its segment, or its time."""
    sent = trace.segments.get(word)
    return f"{word} {'-'.join(sent.segment.flags)}" if sent else clock(trace.moments[index].at)
