"""Why a segment has the flags that it has: what it answers, and what it says."""

from app.lab.circumstances import Circumstance
from app.lab.origin import Origin, Scale, origin
from app.sim.trace import Befell, TimedOut
from app.tcp.rules import RULES
from app.tcp.states import Cause, State

# The rule that decided, where a reset answers a segment → the reason.
RESETS = {
    "closed.reset": "reset-closed",
    "closed.reset-with-ack": "reset-closed",
    "listen.ack": "reset-listen",
    "listen.accept-queue-full": "reset-full",
    "syn-sent.bad-ack": "reset-old",
    "syn-sent.syn": "reset-crossed",
    "ack.bad-in-syn-received": "reset-bad-ack",
    "ack.accept-queue-full-reset": "reset-overflow",
    "syn.in-syn-received": "reset-syn",
    "syn.reset": "reset-syn",
    "text.after-close": "reset-after-close",
}

# The same where a bare ACK does; the first that fired decides.
ACKS = {
    "sequence.old-stamp": "ack-old-stamp",
    "rst.challenge": "ack-challenge-rst",
    "syn.challenge": "ack-challenge-syn",
    "ack.unsent": "ack-unsent",
    "ack.too-old": "ack-too-old",
    "sequence.simultaneous-open": "ack-crossed",
    "sequence.repeats": "ack-repeats",
    "sequence.unacceptable": "ack-unacceptable",
    "text.ahead": "ack-ahead",
    "fin.ahead": "ack-ahead",
    "syn-sent.syn-ack": "ack-of-syn",
    "fin.in-order": "ack-of-fin",
    "text.in-order": "ack-of-text",
}

# Where a call or a time-out resets, by what it moved the sender by.
CAUSES = {
    Cause.UNREAD_DATA: ("reset-unread", "3.6.1"),
    Cause.LISTENER_CLOSED: ("reset-unaccepted", "linux inet_csk_listen_stop"),
    Cause.KEEPALIVE_TIMEOUT: ("reset-keepalive", "3.8.4"),
}

BLOWS = ("kill", "destroy")

TIMERS = {
    "keepalive": ("ack-keepalive", "3.8.4"),
    "window-probe": ("ack-window-probe", "3.8.6.1"),
    "delayed-ack": ("ack-delayed", "3.8.6.3"),
}


def flags(at: Circumstance) -> Origin:
    """Of the control bits."""
    segment, cause = at.sent.segment, at.answers
    if segment.rst:
        return _reset(at)
    earlier = [one for one in at.said if one.segment.seq == segment.seq and not one.segment.rst]
    same = [one for one in earlier if one.segment.syn or one.segment.fin or one.segment.length]
    if same and (segment.syn or segment.fin or segment.length):
        crossed = segment.syn and segment.ack is not None and same[0].segment.ack is None
        return _why("syn-crossed" if crossed else "again", "3.5" if crossed else "3.10.8", name=same[0].name)
    if segment.syn:
        if cause is None or segment.ack is None:
            return _why("syn", "3.10.1")
        cookie = "listen.syn-cookie" in at.fired
        return _why("syn-cookie" if cookie else "syn-ack", "RFC 4987 3.6" if cookie else "3.10.7.2", name=cause.name)
    if segment.fin:
        return _why("fin-and-text" if segment.length else "fin", "3.10.4")
    return _why("text-pushed" if segment.psh else "text", "3.10.2") if segment.length else _ack(at)


def _reset(at: Circumstance) -> Origin:
    cause = at.answers
    if cause is not None:
        rule = next((rule for rule in reversed(at.fired) if rule in RESETS), None)
        if rule is not None:
            return _why(RESETS[rule], RULES[rule], name=cause.name)
    if at.cause is not None and at.cause in CAUSES:
        return _why(*CAUSES[at.cause])
    if isinstance(at.trigger, Befell) and at.trigger.what in BLOWS:
        return _why(f"reset-{at.trigger.what}", "3.10.5")
    return _why("reset-abort", "3.10.5")


def _ack(at: Circumstance) -> Origin:
    cause, trigger = at.answers, at.trigger
    if isinstance(trigger, TimedOut) and trigger.timer in TIMERS:
        return _why(*TIMERS[trigger.timer])
    if cause is not None:
        rule = next((rule for rule in ACKS if rule in at.fired), None)
        if rule == "sequence.unacceptable" and cause.segment.fin and at.after and at.after.state is State.TIME_WAIT:
            return _why("ack-fin-again", RULES[rule], name=cause.name)
        if rule == "sequence.unacceptable" and cause.segment.syn:
            return _why("ack-challenge-syn", "RFC 5961 4.2", name=cause.name)  # wherever its number is
        if rule is not None:
            return _why(ACKS[rule], RULES[rule], name=cause.name)
    return _why("ack-window", "3.8.6")


def _why(reason: str, section: str, **params: str | int) -> Origin:
    return origin(f"flags.{reason}", section, Scale(0), None, **params)
