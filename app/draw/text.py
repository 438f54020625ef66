"""A trace as text: for a terminal, and as tcpdump and ss print it."""

from unicodedata import east_asian_width

from app.draw.capture import tcpdump
from app.draw.clock import clock
from app.draw.columns import LEFT, RIGHT, Columns, columns
from app.draw.focus import ordinal
from app.draw.happenings import Happening, happenings
from app.draw.labels import in_full
from app.draw.sockets import ss
from app.sim.trace import Arrived, Changed, Sent, Trace
from app.words import Words

__all__ = ["exchange", "ss", "tcpdump"]

TIME, WIRE = 9, 44


def exchange(trace: Trace, words: Words) -> str:
    """The exchange as a diagram in ASCII, a line for each segment: when it left, when it arrived, what state began.

    What happens without a segment (a listener, a time-out) has a line of its own.
    """
    return "\n".join(_Exchange(trace, columns(trace, words)).lines(words))


class _Exchange:
    """The lines of one trace."""

    def __init__(self, trace: Trace, across: Columns) -> None:
        self.trace, self.across = trace, across
        self.names = [[head.name for head in across.heads if across.sides[head.host] == side] for side in (LEFT, RIGHT)]
        self.begun: dict[tuple[str, int], str] = {}  # the state that began when a segment arrived at an instant
        for moment in trace.moments:
            for happening in happenings(moment):
                if isinstance(happening.trigger, Arrived) and happening.changed:
                    key = (happening.trigger.name, moment.at)
                    self.begun[key] = self.state(happening)
        states = [_name(trace, change) for change in trace.events if isinstance(change, Changed)]
        self.width = max(map(len, (*states, "ESTABLISHED"))) + 1

    def lines(self, words: Words) -> list[str]:
        """All of them, below the names of the hosts."""
        left, right = (" / ".join(names) for names in self.names)
        lines = [" " * TIME + _padded(left, self.width) + " " * (WIRE + 2) + right]
        for moment in self.trace.moments:
            for happening in happenings(moment):
                trigger = happening.trigger
                arrived = isinstance(trigger, Arrived)
                if isinstance(trigger, Arrived) and self.trace.segments[trigger.name].forged:
                    lines.append(self.segment(self.trace.segments[trigger.name], "", words))
                state = "" if arrived else self.state(happening)
                for departed in happening.departed:
                    lines.append(self.segment(self.trace.segments[departed.name], state, words))
                    state = ""
                if state:
                    lines.append(self.alone(happening, state, moment.at))
        return [line.rstrip() for line in lines]

    def segment(self, sent: Sent, state: str, words: Words) -> str:
        """A segment on its way; `state` began when it left."""
        arrival = sent.arrivals[0] if sent.arrivals else None
        left_at, right_at = ("" if sent.forged else clock(sent.at)), ("" if arrival is None else clock(arrival))
        began = self.begun.get((sent.name, arrival), "") if arrival is not None else ""
        rightward = self.across.sides[sent.source] == LEFT
        number = ordinal(self.trace, (sent.source, sent.conn)) or ordinal(self.trace, (sent.target, sent.conn))
        marks = [f"#{number}"] if number else []
        label = " ".join((*marks, *([words("segment.injected")] if sent.forged else []), in_full(sent)))
        wire = _wire(label, rightward, arrival is not None, sent.forged)
        if not rightward:
            left_at, right_at, state, began = right_at, left_at, began, state
        return (
            f"{left_at:>{TIME - 2}}  {_padded(state, self.width)}|{wire}|{began:<{self.width}} {right_at:>{TIME - 2}}"
        )

    def alone(self, happening: Happening, state: str, at: int) -> str:
        """A state that began without a segment."""
        space = " " * WIRE
        if self.across.sides[happening.host] == LEFT:
            return f"{clock(at):>{TIME - 2}}  {_padded(state, self.width)}|{space}|"
        return f"{'':{TIME - 2}}  {'':{self.width}}|{space}|{state:<{self.width}} {clock(at):>{TIME - 2}}"

    def state(self, happening: Happening) -> str:
        """The last state that began then."""
        return _name(self.trace, happening.changed[-1]) if happening.changed else ""


def _name(trace: Trace, change: Changed) -> str:
    number = None if change.conn is None else ordinal(trace, (change.host, change.conn))
    return change.after.value if number is None else f"#{number} {change.after.value}"


def _wire(label: str, rightward: bool, arrives: bool, forged: bool) -> str:
    """An arrow with its label; an x where the segment died."""
    stroke = "~" if forged else "-"
    body = f" {label} "
    rest = max(WIRE - 2 - _columns(body), 2)
    before = 3 if rightward else rest - 3
    if arrives:
        line = stroke * max(before, 1) + body + stroke * max(rest - before, 1)
        return f" {line}>" if rightward else f"<{line} "
    line = stroke * 3 + body + stroke * 2 + "x" if rightward else "x" + stroke * 2 + body + stroke * 3
    gap = " " * max(WIRE - 1 - _columns(line), 0)
    return f" {line}{gap}" if rightward else f"{gap}{line} "


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - _columns(text), 0)
