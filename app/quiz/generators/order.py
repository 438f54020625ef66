"""What comes before what, in an opening and in a close (RFC 9293 §3.5, §3.6). Any order that can be is right."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from app.quiz.dice import Dice
from app.quiz.forms import Item, Order
from app.quiz.generator import Draft, generator
from app.quiz.generators.numbers import bare, by, connection, the
from app.quiz.generators.states import (
    ACCEPT,
    LEADS,
    PASSIVE,
    REPEATED,
    TOGETHER,
    WAITS,
    closing,
    crossing_fins,
    farewell,
    over,
    quickly,
    slowly,
)
from app.quiz.say import Say, host, say
from app.quiz.traces import ENDS, PEER, returns
from app.sim.scenario import Scenario, parse, written
from app.sim.trace import Called, Changed, Sent, Trace
from app.sim.world import run

CONNECT, MUTE, DROPS = "connect-waits-for-accept", "no-data-after-fin-received", "fin-drops-queued-data"
MSS = 1448  # of Linux, with timestamps

Pairs = frozenset[tuple[str, str]]
Lure = tuple[int, int, str]  # the places of the earlier and the later, and the misconception that turns them round


def closed_over(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """All that follows from those pairs (earlier, later): the transitive closure."""
    after: dict[str, set[str]] = {}
    for early, late in pairs:
        after.setdefault(early, set()).add(late)

    def reached(start: str, seen: set[str]) -> set[str]:
        for late in after.get(start, ()):
            if late not in seen:
                seen.add(late)
                reached(late, seen)
        return seen

    return frozenset((early, late) for early in after for late in reached(early, set()))


def makes_depart(early: Sent, late: Sent) -> bool:
    """Whether the later segment could not have left without the earlier one.

    One host's own segments keep their order: their numbers only grow. Of the other host's it needs what had come and
    is acknowledged in it. What was in flight the other way, or is not acknowledged, it does not need.
    """
    if early.source == late.source:
        return True
    occupies = early.segment.length or early.segment.syn or early.segment.fin
    if not occupies or not early.arrivals or over(early) > late.at:
        return False
    return early.seq is not None and late.ack is not None and early.seq < late.ack


def segments_before(trace: Trace) -> Pairs:
    """Which segments had to leave before which."""
    pairs = ((a, b) for n, b in enumerate(trace.sent) for a in trace.sent[:n])
    return closed_over((a.name, b.name) for a, b in pairs if makes_depart(a, b))


def instants_before(trace: Trace) -> Pairs:
    """Which instants of which host (`HOST@µs`) come before which: a host's own in turn, and along segments."""
    own = {end: sorted({event.at for event in trace.events if event.host == end}) for end in ENDS}
    turns = ((node(end, a), node(end, b)) for end in ENDS for a, b in pairwise(own[end]))
    ways = ((node(sent.source, sent.at), node(sent.target, at)) for sent in trace.sent for at in sent.arrivals)
    return closed_over((*turns, *ways))


def node(end: str, at: int) -> str:
    """An instant of a host, µs."""
    return f"{end}@{at}"


class Step(NamedTuple):
    """Something that happens at an instant (µs) of a host."""

    end: str
    at: int
    text: Say

    @property
    def node(self) -> str:
        """The instant, as `instants_before` names it."""
        return node(self.end, self.at)


def in_order(dice: Dice, texts: list[Say], before: Iterable[tuple[int, int]], lures: Iterable[Lure]) -> Order:
    """Those items, which stand in the order in which they came to pass, shuffled. Pairs and lures give their places."""
    ids = list("abcdefgh"[: len(texts)])
    dice.shuffle(ids)
    wanted = set(before)
    return Order(
        tuple(Item(id, text) for id, text in sorted(zip(ids, texts, strict=True))),
        frozenset((ids[a], ids[b]) for a, b in wanted),
        tuple(ids),
        tuple((ids[a], ids[b], belief) for a, b, belief in lures if (a, b) in wanted),
    )


def segment(sent: Sent) -> Say:
    """A segment: whose, what it is, its relative numbers, and whether it is lost or sent again."""
    what: str | Say = {"F.": "FIN-ACK", ".": "ACK"}.get(sent.segment.letters, sent.segment.letters)
    if sent.segment.length:
        what = say("quiz.order.data", bytes=sent.segment.length)
    fate = "again" if sent.retransmits else "plain" if sent.arrivals else "lost"
    numbers = {"seq": sent.seq or 0, "ack": sent.ack or 0}
    return say(f"quiz.order.segment.{fate}", source=host(sent.source), target=host(sent.target), what=what, **numbers)


def _half(dice: Dice, who: str) -> Scenario:
    later = dice.choice((dice.randint(5, 30), dice.randint(80, 200)))
    second = f"send({dice.length()})+{later}ms; close+{dice.randint(80, 300)}ms"
    return closing(dice, who, second, "shutdown(wr)+{pause}ms")


def _losing(place: int) -> Callable[[Dice, str], Scenario]:
    """A close in four segments that loses the n-th of them."""

    def lossy(dice: Dice, who: str) -> Scenario:
        whole = closing(dice, who, f"close+{dice.randint(900, 1500)}ms")
        return parse(f"{written(whole)}wire: drop {farewell(run(whole))[place].name}")

    return lossy


def _crossing(dice: Dice, who: str) -> Scenario:
    return crossing_fins(dice)[0]


def _queued(dice: Dice, who: str) -> Scenario:
    sends = f"send({dice.length(MSS + 100, 2 * MSS - 100)})+{{pause}}ms; close"
    return closing(dice, who, slowly(dice), sends)


def _data_after_fin(early: Sent, late: Sent) -> bool:
    return early.segment.fin and late.segment.length > 0


def _again_and_answer(early: Sent, late: Sent) -> bool:
    return early.retransmits is not None and bare(late) and early.source != late.source


def _fin_and_ack(early: Sent, late: Sent) -> bool:
    return early.segment.fin and bare(late) and early.source == late.source


def _data_and_fin(early: Sent, late: Sent) -> bool:
    return early.segment.length > 0 and late.segment.fin and early.source == late.source


class Story(NamedTuple):
    """How a close goes, and which two segments of it a misconception turns round."""

    make: Callable[[Dice, str], Scenario]
    belief: str
    turned: Callable[[Sent, Sent], bool]


CLOSES = {
    "half": Story(_half, MUTE, _data_after_fin),
    "second-lost": Story(_losing(1), REPEATED, _again_and_answer),
    "last-lost": Story(_losing(3), REPEATED, _again_and_answer),
    "crossing": Story(_crossing, LEADS, _fin_and_ack),
    "queued": Story(_queued, DROPS, _data_and_fin),
}


@generator(skill="teardown.order", kind="order", level=2, beliefs=(MUTE, REPEATED, LEADS, DROPS), source="rfc:9293#3.6")
def segments_of_a_close(dice: Dice) -> Draft:
    """The segments of a close: with data in CLOSE-WAIT, after a loss, from both ends at once, behind queued data."""
    name, who = dice.choice(tuple(CLOSES)), dice.choice(ENDS)
    story = CLOSES[name]
    trace = run(story.make(dice, who))
    sent = farewell(trace)
    if name == "queued":
        sent = [*[one for one in by(trace, who) if one.segment.length][-2:], *sent]
    places = {one.name: place for place, one in enumerate(sent)}
    before = sorted((places[a], places[b]) for a, b in segments_before(trace) if a in places and b in places)
    words = {"first": the(who), "second": the(PEER[who])}
    return Draft(
        trace,
        in_order(
            dice,
            [segment(one) for one in sent],
            before,
            [(a, b, story.belief) for a, b in before if story.turned(sent[a], sent[b])],
        ),
        trace.moment_at(over(sent[-1])).index,
        prompt=say("quiz.segments-of-a-close.prompt", story=say(f"quiz.order.story.{name}", **words)),
        why=say(f"quiz.segments-of-a-close.why.{name}", **words),
    )


def enters(trace: Trace, end: str, state: str) -> Step:
    """The end enters the state."""
    at = next(e.at for e in trace.events if isinstance(e, Changed) and e.host == end and e.after.value == state)
    return Step(end, at, say("quiz.order.enters", host=host(end), state=state))


def sends(sent: Sent, what: str | Say) -> Step:
    """The segment leaves."""
    return Step(sent.source, sent.at, say("quiz.order.sends", host=host(sent.source), what=what))


def calls(trace: Trace, end: str, call: str) -> Step:
    """The end's program makes the call."""
    at = next(e.at for e in trace.events if isinstance(e, Called) and e.host == end and e.call == call)
    return Step(end, at, say("quiz.order.calls", host=host(end), call=f"{call}()"))


def steps_in_order(dice: Dice, steps: list[Step], before: Pairs, lures: Iterable[tuple[Step, Step, str]]) -> Order:
    """Those steps, shuffled; `before` is that of their instants. What happens at one instant of a host is free."""
    steps = sorted(steps, key=lambda step: step.at)
    places = range(len(steps))
    wanted = [(a, b) for a in places for b in places if (steps[a].node, steps[b].node) in before]
    turned = [(steps.index(early), steps.index(late), belief) for early, late, belief in lures]
    return in_order(dice, [step.text for step in steps], wanted, turned)


@generator(skill="teardown.states", kind="order", level=2, beliefs=(PASSIVE, TOGETHER), source="rfc:9293#3.10.7.4")
def close_step_by_step(dice: Dice) -> Draft:
    """The steps of a close in four or three segments: states that are entered, segments that leave, calls."""
    who, four = dice.choice(ENDS), dice.random() < 0.7
    peer = PEER[who]
    trace = run(closing(dice, who, (slowly if four else quickly)(dice)))
    sent, answer = farewell(trace), say("quiz.order.ack-of-fin")
    closes = dice.choice((calls(trace, who, "close"), sends(sent[0], "FIN-ACK"), enters(trace, who, "FIN-WAIT-1")))
    hears = enters(trace, peer, "CLOSE-WAIT")
    replies = dice.choice((calls(trace, peer, "close"), sends(sent[-2], "FIN-ACK"), enters(trace, peer, "LAST-ACK")))
    waits = dice.choice((enters(trace, who, "TIME-WAIT"), sends(sent[-1], answer)))
    steps = [closes, replies, waits, enters(trace, peer, "CLOSED"), enters(trace, who, "CLOSED")]
    # TIME-WAIT outlives every segment of the connection: that is what 2 MSL is for.
    outlived = frozenset((step.node, steps[-1].node) for step in steps[:-1])
    lures = [(steps[-2], steps[-1], PASSIVE)]
    if four:
        acknowledges, halfway = sends(sent[1], answer), enters(trace, who, "FIN-WAIT-2")
        hears, steps = dice.choice((hears, acknowledges)), [*steps, halfway]
        lures += [(hears, halfway, TOGETHER)] if hears is acknowledges else []
    size, words = "four" if four else "three", {"first": the(who), "second": the(peer)}
    return Draft(
        trace,
        steps_in_order(dice, [*steps, hears], instants_before(trace) | outlived, lures),
        len(trace.moments) - 1,
        prompt=say(f"quiz.close-step-by-step.prompt.{size}", **words),
        why=say(f"quiz.close-step-by-step.why.{size}", **words),
    )


@generator(
    skill="handshake.established",
    kind="order",
    level=1,
    beliefs=(WAITS, ACCEPT, CONNECT, REPEATED),
    source="rfc:9293#3.10.7.4",
)
def opening_step_by_step(dice: Dice) -> Draft:
    """The steps of an opening, up to accept(); now and then the third segment is lost."""
    fate = dice.choice(("fine", "fine", "lost"))
    trace = run((_opening if fate == "fine" else _opening_with_a_loss)(dice))
    named = trace.segments
    opens = dice.choice(
        (calls(trace, "client", "connect"), sends(named["c1"], "SYN"), enters(trace, "client", "SYN-SENT"))
    )
    answers = dice.choice((enters(trace, "server", "SYN-RECEIVED"), sends(named["s1"], "SYN-ACK")))
    client, server = (enters(trace, end, "ESTABLISHED") for end in ENDS)
    returned = returns(trace, "server", "accept")[0].at
    taken = Step("accept", returned, say("quiz.order.accepted"))  # needs ESTABLISHED, and nothing that comes after it
    lures = [(client, server, WAITS), (server, taken, ACCEPT), (client, taken, CONNECT)]
    steps = [opens, answers, client, server, taken]
    if fate == "lost":
        again = [
            sends(named[name], say("quiz.order.again", what=what)) for name, what in (("s2", "SYN-ACK"), ("c3", "ACK"))
        ]
        steps, lures = [*steps, *again], [(again[0], again[1], REPEATED), *lures]
    else:
        data = say("quiz.order.data", bytes=named["c3"].segment.length)
        steps += [calls(trace, "server", "listen"), sends(named["c3"], data)]
    return Draft(
        trace,
        steps_in_order(dice, steps, closed_over({*instants_before(trace), (server.node, taken.node)}), lures),
        trace.moment_at(returned).index,
        prompt=say(f"quiz.opening-step-by-step.prompt.{fate}"),
        why=say(f"quiz.opening-step-by-step.why.{fate}"),
    )


def _opening(dice: Dice) -> Scenario:
    sends = f"connect@{dice.randint(2, 9)}ms; send({dice.length()})+{dice.randint(20, 300)}ms"
    return connection(dice, f"server: listen; accept@{dice.randint(160, 400)}ms\nclient: {sends}")


def _opening_with_a_loss(dice: Dice) -> Scenario:
    return connection(dice, f"server: listen; accept@{dice.randint(1500, 2500)}ms\nclient: connect", "; drop c2")
