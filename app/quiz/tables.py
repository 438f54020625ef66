"""Tables to fill in, made from a trace: the segments with their numbers, or both ends' states after each of them."""

from collections.abc import Callable, Collection, Mapping

from app.quiz.answers import Guess
from app.quiz.forms import Cell, Row, Table
from app.quiz.generator import Redraw
from app.quiz.traces import ENDS
from app.sim.trace import Arrived, Lost, Sent, Trace

SEGMENTS = ("quiz.column.way", "quiz.column.flags", "quiz.column.seq", "quiz.column.ack", "quiz.column.len")
STATES = ("quiz.column.segment", "host.client", "host.server")

Fields = Mapping[str, str]


def trace_table(
    trace: Trace,
    asked: Collection[str],
    believed: Mapping[str, Trace],
    formulas: Mapping[str, Fields] | None = None,
) -> Table:
    """The segments in absolute numbers, as in a capture; `asked` are fields such as `s1.ack` that are left out.

    Whatever says the same number as one of them is left out as well, but for the ISNs in the SYNs. `formulas` are the
    fields of misconceptions that are no dialects. Raises Redraw where no misconception fills them differently.
    """
    fields = segment_fields(trace)
    secret = {fields[field] for field in asked}
    rows = []
    for sent in trace.sent:
        cells = [Cell(f"{sent.name}.way", "way", f"{sent.source}>{sent.target}")]
        for column, what in (("flags", "flags"), ("seq", "number"), ("ack", "number")):
            field = f"{sent.name}.{column}"
            value = fields.get(field, "")
            veiled = what == "number" and value in secret and not (column == "seq" and sent.segment.syn)
            cells.append(Cell(field, what, value, field in asked, veiled and field not in asked))
        rows.append(Row(sent.name, (*cells, Cell(f"{sent.name}.len", "text", str(sent.segment.length)))))
    return _table(SEGMENTS, rows, asked, fields, believed, formulas or {}, segment_fields)


def states_table(
    trace: Trace,
    names: Collection[str],
    believed: Mapping[str, Trace],
    formulas: Mapping[str, Fields] | None = None,
) -> Table:
    """Both ends' states after each of those segments has arrived, or was lost. Raises Redraw as `trace_table` does."""
    fields = state_fields(trace)
    asked = {f"{name}.{end}" for name in names for end in ENDS}
    rows = [
        Row(sent.name, (Cell(f"{sent.name}.way", "segment", sent.name), *_states_of(sent, fields, asked)))
        for sent in trace.sent
        if f"{sent.name}.client" in fields
    ]
    return _table(STATES, rows, asked, fields, believed, formulas or {}, state_fields)


def segment_fields(trace: Trace) -> Fields:
    """The flags (without PSH), seq and ack of every segment, absolute, by `NAME.COLUMN`."""
    found = {}
    for sent in trace.sent:
        found[f"{sent.name}.flags"] = sent.segment.letters.replace("P", "")
        found[f"{sent.name}.seq"] = str(sent.segment.seq)
        if sent.segment.ack is not None:
            found[f"{sent.name}.ack"] = str(sent.segment.ack)
    return found


def state_fields(trace: Trace) -> Fields:
    """The states of client and server after each segment has arrived or was lost, by `NAME.HOST`."""
    found = {}
    for moment in trace.moments:
        for event in moment.events:
            if isinstance(event, (Arrived, Lost)) and f"{event.name}.client" not in found:
                for end in ENDS:
                    found[f"{event.name}.{end}"] = trace.state(moment.index, end, event.conn).value
    return found


def _states_of(sent: Sent, fields: Fields, asked: Collection[str]) -> tuple[Cell, ...]:
    named = (f"{sent.name}.{end}" for end in ENDS)
    return tuple(Cell(field, "state", fields[field], field in asked) for field in named)


def _table(
    columns: tuple[str, ...],
    rows: list[Row],
    asked: Collection[str],
    fields: Fields,
    believed: Mapping[str, Trace],
    formulas: Mapping[str, Fields],
    read: Callable[[Trace], Fields],
) -> Table:
    """The table with what each misconception would write into the cells that are asked for, where it differs."""
    guesses: list[Guess] = []
    for belief, filled in (*((belief, read(trace)) for belief, trace in believed.items()), *formulas.items()):
        guess = {field: filled[field] for field in asked if filled.get(field, fields[field]) != fields[field]}
        if guess and guess not in (other for _, other in guesses):
            guesses.append((belief, guess))
    if not guesses:
        raise Redraw
    return Table(columns, tuple(rows), tuple(guesses))
