"""The events of a moment, gathered around what set them off: a call, an arrival, a time-out, a loss."""

from app.sim.trace import Arrived, Befell, Called, Changed, Departed, Lost, Moment, Queued, Returned, TimedOut

Trigger = Called | Arrived | TimedOut | Lost | Befell | Returned | Changed


class Happening:
    """One cause and what came of it on that host. `returned` are calls that it unblocked, or the call itself.

    A change of state is its own trigger where nothing else at that moment set it off.
    """

    def __init__(self, trigger: Trigger) -> None:
        self.trigger = trigger
        self.host = trigger.host
        self.changed: list[Changed] = []
        self.departed: list[Departed] = []
        self.queued: list[Queued] = []
        self.returned: list[Returned] = []


def happenings(moment: Moment) -> list[Happening]:
    """Everything that happened at that moment, in order."""
    found: list[Happening] = []
    for event in moment.events:
        match event:
            case Called() | Arrived() | TimedOut() | Lost() | Befell():
                found.append(Happening(event))
            case Returned():
                owner = _unblocker(found, event)
                if owner is None:
                    found.append(Happening(event))
                else:
                    owner.returned.append(event)
            case Changed() | Departed() | Queued():
                _add(found, event)
    return found


def _add(found: list[Happening], event: Changed | Departed | Queued) -> None:
    """Put an event to what set it off: the latest happening on its host."""
    owner = next((happening for happening in reversed(found) if happening.host == event.host), None)
    if owner is None:
        if not isinstance(event, Changed):
            return
        owner = Happening(event)
        found.append(owner)
    match event:
        case Changed():
            owner.changed.append(event)
        case Departed():
            owner.departed.append(event)
        case Queued():
            owner.queued.append(event)


def _unblocker(found: list[Happening], event: Returned) -> Happening | None:
    """What made a call return: what happened to its connection now, or the call itself if it was made now."""
    if event.called_at == event.at:
        for happening in reversed(found):
            trigger = happening.trigger
            if isinstance(trigger, Called) and (trigger.host, trigger.call) == (event.host, event.call):
                return happening
    for happening in reversed(found):
        if happening.host != event.host or isinstance(happening.trigger, Called):
            continue
        if event.call == "accept":
            if any(event.conn in queued.accept for queued in happening.queued):
                return happening
        elif getattr(happening.trigger, "conn", None) == event.conn:
            return happening
    return None
