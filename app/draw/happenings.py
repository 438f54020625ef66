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
    latest: dict[str, Happening] = {}  # on each host: what sets off a departure, a change of state or of a queue
    for event in moment.events:
        owner = _unblocker(found, event) if isinstance(event, Returned) else latest.get(event.host)
        match event:
            case Returned() if owner:
                owner.returned.append(event)
            case Departed():
                if owner:
                    owner.departed.append(event)
            case Queued():
                if owner:
                    owner.queued.append(event)
            case Changed() if owner:
                owner.changed.append(event)
            case _:
                latest[event.host] = begun = Happening(event)
                found.append(begun)
                if isinstance(event, Changed):
                    begun.changed.append(event)
    return found


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
