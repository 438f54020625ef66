"""The ways in which a question is answered. Each form reads an answer, or says that it cannot, and grades it."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from app.quiz import answers
from app.quiz.answers import Answer, Guess, Malformed, Verdict
from app.quiz.say import Say, Text, say


class Option(NamedTuple):
    """One of several. `belief` is what it takes to judge it wrongly; `why` is its own reason, if it has one."""

    text: Text
    right: bool
    belief: str | None = None
    why: Text | None = None


@dataclass(frozen=True)
class Choices:
    """One option, or all that are right. Field: `choice`, numbers from 1."""

    kind: ClassVar[str] = "choices"
    options: tuple[Option, ...]
    several: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """What an answer has."""
        return ("choice",)

    def grade(self, answer: Answer) -> Verdict:
        """Raises Malformed where nothing is chosen, or something that is not offered."""
        chosen = [part.strip() for part in answer.get("choice", "").split(",") if part.strip()]
        numbers = {str(number) for number in range(1, len(self.options) + 1)}
        if not chosen or not set(chosen) <= numbers or (len(set(chosen)) > 1 and not self.several):
            raise Malformed(say("quiz.malformed.choices" if self.several else "quiz.malformed.choice"))
        marks = {str(n): option.right == (str(n) in chosen) for n, option in enumerate(self.options, 1)}
        if not self.several:
            marks = {chosen[0]: marks[chosen[0]]}
        return Verdict(all(marks.values()), self._belief(chosen, [n for n, right in marks.items() if not right]), marks)

    def _belief(self, chosen: list[str], wrong: list[str]) -> str | None:
        """The misconception behind most of what is wrong, unless an option was rightly chosen that it would leave out.

        What was rightly left out says nothing: it may have been overlooked.
        """
        held = {str(n): option.belief for n, option in enumerate(self.options, 1)}
        denied = {held[n] for n in chosen if n not in wrong}
        found = Counter(belief for n in wrong if (belief := held[n]) and belief not in denied)
        return found.most_common(1)[0][0] if found else None

    @property
    def key(self) -> Answer:
        """What is right."""
        return {"choice": ",".join(str(n) for n, option in enumerate(self.options, 1) if option.right)}

    @property
    def mistakes(self) -> tuple[Guess, ...]:
        """A wrong answer for each misconception that gives one: it misjudges every option that is its own."""
        judged = [(str(n), option) for n, option in enumerate(self.options, 1)]
        if not self.several:
            return tuple((option.belief, {"choice": n}) for n, option in judged if option.belief and not option.right)
        found = []
        for belief in dict.fromkeys(option.belief for _, option in judged if option.belief):
            chosen = [n for n, option in judged if option.right != (option.belief == belief)]
            if chosen:
                found.append((belief, {"choice": ",".join(chosen)}))
        return tuple(found)


@dataclass(frozen=True)
class Number:
    """A number, decimal or hexadecimal. Field: `number`. `also` is right, too: the same thing counted otherwise."""

    kind: ClassVar[str] = "number"
    value: int
    wrong: tuple[tuple[str, int], ...]  # misconception, and its number
    unit: Say | None = None
    also: frozenset[int] = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        """What an answer has."""
        return ("number",)

    def grade(self, answer: Answer) -> Verdict:
        """Raises Malformed where it is no number, or has more than 32 bits."""
        given = answers.number(answer.get("number", ""))
        right = given == self.value or given in self.also
        belief = None if right else next((belief for belief, value in self.wrong if value == given), None)
        return Verdict(right, belief, {"number": right})

    @property
    def key(self) -> Answer:
        """What is right."""
        return {"number": str(self.value)}

    @property
    def mistakes(self) -> tuple[Guess, ...]:
        """A wrong answer for each misconception that gives one."""
        return tuple((belief, {"number": str(value)}) for belief, value in self.wrong)


class Cell(NamedTuple):
    """A cell of a table: `value` is what belongs there. `what`: number, flags, state or text.

    It is `asked`, or given, or neither (`veiled`) where it would give an asked one away.
    """

    field: str
    what: str
    value: str
    asked: bool = False
    veiled: bool = False


class Row(NamedTuple):
    """A row: the segment that it is about, and its cells."""

    name: str
    cells: tuple[Cell, ...]


READERS = {"number": lambda text: str(answers.number(text)), "flags": answers.flags, "state": answers.state}


@dataclass(frozen=True)
class Table:
    """Cells to fill in, by their field names. `columns` are message ids of the headings."""

    kind: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    guesses: tuple[Guess, ...]

    @property
    def blanks(self) -> tuple[Cell, ...]:
        """The cells that are asked for."""
        return tuple(cell for row in self.rows for cell in row.cells if cell.asked)

    @property
    def fields(self) -> tuple[str, ...]:
        """What an answer has."""
        return tuple(cell.field for cell in self.blanks)

    def grade(self, answer: Answer) -> Verdict:
        """Raises Malformed where a cell is empty or cannot be read."""
        given = {}
        for cell in self.blanks:
            if not answer.get(cell.field, "").strip():
                raise Malformed(say("quiz.malformed.empty"))
            given[cell.field] = READERS[cell.what](answer[cell.field])
        marks = {cell.field: given[cell.field] == cell.value for cell in self.blanks}
        wrong = {field for field, right in marks.items() if not right}
        return Verdict(not wrong, answers.diagnosed(given, wrong, self.guesses), marks)

    @property
    def key(self) -> Answer:
        """What is right."""
        return {cell.field: cell.value for cell in self.blanks}

    @property
    def mistakes(self) -> tuple[Guess, ...]:
        """A wrong answer for each misconception that gives one."""
        return tuple((belief, {**self.key, **guess}) for belief, guess in self.guesses)


class Item(NamedTuple):
    """Something to put in its place."""

    id: str
    text: Text


@dataclass(frozen=True)
class Order:
    """Items to put in order; any order that keeps what happens before what is right. Fields: `place-ID`, from 1.

    `before` holds all pairs (earlier, later); `lures` a pair that a misconception turns round, and the misconception.
    """

    kind: ClassVar[str] = "order"
    items: tuple[Item, ...]
    before: frozenset[tuple[str, str]]
    solution: tuple[str, ...]
    lures: tuple[tuple[str, str, str], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """What an answer has."""
        return tuple(f"place-{item.id}" for item in self.items)

    def grade(self, answer: Answer) -> Verdict:
        """Raises Malformed where places are missing or two items have the same."""
        try:
            places = {item.id: int(answer.get(f"place-{item.id}", "")[:4]) for item in self.items}
        except ValueError:
            raise Malformed(say("quiz.malformed.order", count=len(self.items))) from None
        if sorted(places.values()) != list(range(1, len(self.items) + 1)):
            raise Malformed(say("quiz.malformed.order", count=len(self.items)))
        broken = [(early, late) for early, late in self.before if places[early] > places[late]]
        at_fault = {item for pair in broken for item in pair}
        belief = next((belief for first, second, belief in self.lures if places[first] > places[second]), None)
        return Verdict(
            not broken, belief if broken else None, {f"place-{item.id}": item.id not in at_fault for item in self.items}
        )

    @property
    def key(self) -> Answer:
        """One of the right orders."""
        return {f"place-{id}": str(place) for place, id in enumerate(self.solution, 1)}

    @property
    def mistakes(self) -> tuple[Guess, ...]:
        """A wrong answer for each misconception that gives one."""
        found = []
        for first, second, belief in self.lures:
            key = dict(self.key)
            key[f"place-{first}"], key[f"place-{second}"] = key[f"place-{second}"], key[f"place-{first}"]
            found.append((belief, key))
        return tuple(found)


@dataclass(frozen=True)
class Build:
    """A segment to put together. Fields: `flags`, `seq`, and `ack`, which stays empty without the ACK flag."""

    kind: ClassVar[str] = "build"
    flags: str  # packetdrill's letters
    seq: int
    ack: int | None
    guesses: tuple[Guess, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """What an answer has."""
        return ("flags", "seq", "ack")

    def grade(self, answer: Answer) -> Verdict:
        """Raises Malformed where flags or numbers are missing, or there is a number without its flag."""
        if not answer.get("flags", "").strip():
            raise Malformed(say("quiz.malformed.flags"))
        letters = answers.flags(answer["flags"])
        given = {"flags": letters, "seq": str(answers.number(answer.get("seq", "")))}
        if "." in letters:
            given["ack"] = str(answers.number(answer.get("ack", "")))
        elif answer.get("ack", "").strip():
            raise Malformed(say("quiz.malformed.ack-without-flag"))
        else:
            given["ack"] = ""
        marks = {field: given[field] == value for field, value in self.key.items()}
        wrong = {field for field, right in marks.items() if not right}
        return Verdict(not wrong, answers.diagnosed(given, wrong, self.guesses), marks)

    @property
    def key(self) -> Answer:
        """What is right."""
        return {"flags": self.flags, "seq": str(self.seq), "ack": "" if self.ack is None else str(self.ack)}

    @property
    def mistakes(self) -> tuple[Guess, ...]:
        """A wrong answer for each misconception that gives one."""
        return tuple((belief, {**self.key, **guess}) for belief, guess in self.guesses)
