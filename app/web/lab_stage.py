"""The lab's stage: the picture, the time line, and all that stands beside one moment."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from app.draw.capture import tcpdump
from app.draw.clock import about, clock
from app.draw.columns import hosts
from app.draw.focus import Bases, end_name, focuses
from app.draw.rules import RulesView, passage, rules
from app.draw.sentences import sentences
from app.draw.sequence import sequence
from app.draw.slots import QueueView, queues
from app.draw.sockets import ss
from app.draw.tables import TcbView, tcb
from app.draw.windows import Shifts, shifts, window
from app.lab.origins import Origins, origins
from app.lab.timers import timers
from app.sim.scenario import to_query
from app.sim.trace import Arrived, Sent, Trace
from app.web.experiment import drawable
from app.web.lab_address import Place
from app.web.lab_picture import Clickable, mark, marked
from app.words import Words

MOST_LINKED = 6_000_000  # characters: every control of the stage repeats the whole link


@dataclass(frozen=True, slots=True)
class MomentLine:
    """A moment in plain words, and where it is looked at."""

    index: int
    at: int
    clock: str
    text: str
    url: str


class CaptureLine(NamedTuple):
    """A line of tcpdump, and the moment at which it is printed."""

    moment: int
    text: str


class TimerView(NamedTuple):
    """A timer that runs: whose, what for, what is left of what."""

    end: str
    name: str
    left: str
    total: str
    permille: int
    again: str


@dataclass(frozen=True)
class Now:
    """All that stands beside the moment that is shown."""

    clock: str
    tcb: TcbView
    queues: tuple[QueueView, ...]
    several: bool  # whether the queues are several hosts'
    timers: tuple[TimerView, ...]
    ss: str
    rules: tuple[RulesView, ...]
    states: str
    marks: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabStage:
    """How the player stands. It has the fields of a lesson's stage, so that its controls serve here too."""

    moment: int
    horizon: int
    last: int
    previous: str | None
    next: str | None
    place: int
    of: int
    svg: str
    heads: str
    lines: tuple[MomentLine, ...]
    capture: tuple[CaptureLine, ...]
    now: Now


class FieldView(NamedTuple):
    """A field of a header: what it says, where that comes from, and the passage behind it.

    `wire` is a number as it stands on the wire, in both bases; empty where there is none.
    """

    name: str
    value: str
    wire: str
    origin: str
    section: str


@dataclass(frozen=True)
class SegmentView:
    """The segment that is selected: its header, and what became of it."""

    name: str
    title: str
    fate: str
    fields: tuple[FieldView, ...]
    rules: tuple[RulesView, ...]


def held(trace: Trace) -> bool:
    """Whether the stage can hold what happens in that run, with a link on all of it."""
    controls = len(trace.moments) + len(trace.sent) + len(trace.connections)
    return drawable(trace) and controls * len(to_query(trace.scenario)) <= MOST_LINKED


def stage(trace: Trace, words: Words, place: Place) -> LabStage | None:
    """The stage at `place.t`; None where nothing happens at all, or too much to be drawn."""
    if not trace.moments or not held(trace):
        return None
    told = trace.in_absolute_numbers() if place.absolute else trace
    last = len(trace.moments) - 1
    index = 0 if place.t is None else trace.moment_at(place.t).index
    drawing = sequence(told, words, id="lab", look=Clickable(told, words, place, index))
    address = place.around()
    instants, gap = [moment.at for moment in trace.moments], "" if words.lang == "zh" else " "
    lines = tuple(
        MomentLine(m.index, m.at, clock(m.at), gap.join(sentences(told, words, m)), address(t=m.at))
        for m in trace.moments
    )
    return LabStage(
        index,
        last,
        last,
        lines[index - 1].url if index else None,
        lines[index + 1].url if index < last else None,
        index + 1,
        last + 1,
        drawing.svg,
        drawing.heads,
        lines,
        tuple(
            CaptureLine(max(0, bisect_right(instants, sent.at) - 1), text)
            for sent, text in zip(trace.sent, tcpdump(told), strict=True)
        ),
        _now(told, words, index, place),
    )


def _now(trace: Trace, words: Words, index: int, place: Place) -> Now:
    moment = trace.moments[index]
    focus = focuses(trace)[index]
    slots = queues(trace, index)
    running = timers(trace, max(moment.at, place.t or 0))
    return Now(
        clock(moment.at),
        tcb(trace, words, focus, index, Bases(trace)),
        slots,
        len({queue.host for queue in slots}) > 1,
        tuple(
            TimerView(
                end_name(trace, words, (timer.host, timer.conn)),
                words(f"lab.timer.{timer.name}"),
                clock(timer.left) if timer.left < 1000 else about(timer.left),
                about(timer.total),
                1000 * timer.left // max(timer.total, 1),
                words(
                    f"lab.timer.again{'' if timer.tries else '-first'}",
                    what=words(f"lab.timer.repeats.{timer.repeats}"),
                    tries=timer.tries,
                )
                if timer.repeats
                else "",
            )
            for timer in running
        ),
        "\n\n".join(f"{host}$ ss -tan\n{ss(trace, index, host)}" for host in hosts(trace)),
        rules(trace, words, moment),
        marked(trace, focus, index, words),
        tuple((mark(host), end_name(trace, words, (host, focus.conn))) for host in focus.hosts),
    )


def segment(trace: Trace, words: Words, place: Place) -> SegmentView | None:
    """The segment that is selected; None where none is, or where this run has none of that name."""
    told = trace.in_absolute_numbers() if place.absolute else trace
    sent = told.segments.get(place.sel)
    if sent is None:
        return None
    came = origins(told, sent.name)
    handled = [moment for moment in told.moments if any(_arrives(event, sent) for event in moment.events)]
    found = [
        view
        for moment in handled
        for view, event in zip(
            rules(told, words, moment), (one for one in moment.events if isinstance(one, Arrived)), strict=True
        )
        if event.name == sent.name
    ]
    where = {
        "source": words(f"host.{sent.source}") if f"host.{sent.source}" in words else sent.source,
        "at": clock(sent.at),
    }
    fate = f"lab.fate.{'forged' if sent.forged else sent.fate}"
    when = clock(sent.arrivals[0]) if sent.arrivals else clock(sent.lost_at or sent.at)
    return SegmentView(
        sent.name,
        "·".join(sent.segment.flags) or "—",
        words(fate, when=when, **where),
        _fields(sent, came, words, shifts(told)),
        tuple(found),
    )


def _arrives(event: object, sent: Sent) -> bool:
    return isinstance(event, Arrived) and event.name == sent.name


def _fields(sent: Sent, came: Origins, words: Words, known: Shifts) -> tuple[FieldView, ...]:
    raw, field = sent.segment, window(sent, known)
    unit = 1 << (0 if raw.syn else known.get((sent.source, sent.conn), 0))
    counts = unit > 1 and not (raw.rst and not field)  # a reset that offers nothing has nothing to count
    scaled = {"window": words("lab.window.scaled", field=field, unit=unit, bytes=field * unit)} if counts else {}
    values = {
        "flags": f"[{raw.letters}]",
        "seq": str(raw.seq if sent.seq is None else sent.seq),
        "ack": "—" if raw.ack is None else str(raw.ack if sent.ack is None else sent.ack),
        "window": str(field),
        "len": str(raw.length),
    }
    wire = {
        name: words("lab.on-wire", number=number, hex=f"0x{number:08x}")
        for name, number in (("seq", raw.seq), ("ack", raw.ack))
        if number is not None
    }
    return tuple(
        FieldView(
            name,
            value,
            wire.get(name, ""),
            words(origin.said.message, **origin.said.params) + scaled.get(name, ""),
            passage(origin.section, words),
        )
        for name, value in values.items()
        for origin in (getattr(came, name),)
    )
