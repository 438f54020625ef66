"""Each moment in plain words: a sentence for each cause, with everything that came of it."""

from collections.abc import Iterable
from functools import lru_cache

from app.draw.focus import ordinal
from app.draw.happenings import Happening, happenings
from app.draw.labels import flags, numbers
from app.sim.blows import BLOWS
from app.sim.trace import Arrived, Befell, Called, Changed, Lost, Moment, Queued, Returned, Sent, TimedOut, Trace
from app.tcp.options import offered_window
from app.tcp.states import Cause, State
from app.words import Words


def sentences(trace: Trace, words: Words, moment: Moment) -> tuple[str, ...]:
    """What happened at that moment, a sentence for each cause that is worth one."""
    teller = _Teller(trace, words, moment)
    told = [sentence for happening in happenings(moment) if (sentence := teller.sentence(happening))]
    return tuple(told) or tuple(teller.waits())


class _Teller:
    """Puts the happenings of one moment into words."""

    def __init__(self, trace: Trace, words: Words, moment: Moment) -> None:
        self.trace, self.words, self.moment = trace, words, moment
        self.say = words.__call__  # bound once: a sentence asks for many words

    def sentence(self, happening: Happening) -> str | None:
        """The whole sentence; None for what goes without saying."""
        deeds = self.deeds(happening) if happening.changed or happening.departed else []
        rest = self.rest(happening) if happening.queued or happening.returned else []
        if not deeds and not rest and isinstance(happening.trigger, Called | Returned):
            return None
        clauses = []
        if isinstance(happening.trigger, Arrived) and (why := self.judgement(happening.trigger, silent=not deeds)):
            clauses.append(why)
        if deeds:
            clauses.append(self.say("sentence.deeds", deeds=self.joined(deeds)))
        if rest:
            clauses.append(self.joined(rest))
        trigger = self.trigger(happening)
        if not clauses:
            sentence = self.say("sentence.bare", trigger=trigger)
        else:
            body = clauses[0]
            for clause in clauses[1:]:
                body = self.say("sentence.clauses", first=body, second=clause)
            sentence = self.say("sentence.full", trigger=trigger, body=body)
        return self.marked(happening, _capital(sentence))

    def waits(self) -> Iterable[str]:
        """What is said of a moment in which programs only made calls: some wait, some have returned already."""
        done = {(r.host, r.call, r.args) for r in self.moment.events if isinstance(r, Returned) and r.called_at == r.at}
        for event in self.moment.events:
            if isinstance(event, Called):
                silent = (event.host, event.call, event.args) in done
                message = "sentence.returns-silently" if silent else "sentence.waits"
                yield _capital(self.say(message, host=self.who(event.host), call=self.call(event)))

    def trigger(self, happening: Happening) -> str:
        """What set it off."""
        match happening.trigger:
            case Arrived() as arrived:
                sent = self.trace.segments[arrived.name]
                message = "trigger.arrives-injected" if sent.forged else "trigger.arrives"
                return self.say(message, segment=self.brief(sent), host=self.who(arrived.host))
            case Lost() as lost:
                return self.say("trigger.lost", segment=self.brief(self.trace.segments[lost.name]))
            case TimedOut() as expired:
                return self.say(f"trigger.{expired.timer}", host=self.who(expired.host))
            case Befell() as befell:
                if befell.what in BLOWS:
                    return self.say(f"trigger.{befell.what}", host=self.who(befell.host))
                return self.say("trigger.befell", host=self.who(befell.host), what=befell.what)
            case Called() as called:
                return self.say("trigger.calls", host=self.who(called.host), call=self.call(called))
            case Changed() as change:
                return self.say("trigger.forgets", host=self.who(change.host))
            case Returned() as returned:
                return self.say("trigger.returns", host=self.who(returned.host), call=f"{_function(returned)}()")

    def deeds(self, happening: Happening) -> list[str]:
        """What the host did: `enters SYN-SENT`, `answers with ACK (seq=1 ack=1)`."""
        sends = [self.sends(happening, self.trace.segments[departed.name]) for departed in happening.departed]
        if not happening.changed:
            return sends
        changes = list(dict.fromkeys(self.changes(change) for change in happening.changed))  # of several connections
        over = any(change.after is State.CLOSED for change in happening.changed)
        return changes + sends if isinstance(happening.trigger, Arrived) and not over else sends + changes

    def sends(self, happening: Happening, sent: Sent) -> str:
        """A segment that left."""
        answers = isinstance(happening.trigger, Arrived)
        again = sent.retransmits is not None and not (answers and self.crossed(sent, sent.retransmits))
        deed = "retransmits" if again else "answers" if answers else "sends"
        return self.say(f"deed.{deed}", segment=self.say("segment.numbered", flags=flags(sent), numbers=numbers(sent)))

    def crossed(self, sent: Sent, first: str) -> bool:
        """Whether it is the first SYN-ACK of a simultaneous open, which repeats the number of the SYN."""
        return sent.segment.syn and sent.segment.ack is not None and self.trace.segments[first].segment.ack is None

    def changes(self, change: Changed) -> str:
        """A state that began."""
        deed = "enters"
        if change.cause is Cause.RETRIES_EXHAUSTED:
            deed = "gives-up"
        elif change.after is State.LISTEN and change.before is not State.CLOSED:
            deed = "returns-to"
        return self.say(f"deed.{deed}", state=change.after.value)

    def rest(self, happening: Happening) -> list[str]:
        """What else came of it: the queues, the calls that returned."""
        told: list[str] = []
        if happening.queued:
            queue = self.trace.queues(self.moment.index - 1, happening.host)
            for earlier in self.moment.events:
                if isinstance(earlier, Queued) and earlier.host == happening.host:
                    if earlier in happening.queued:
                        told += self.queued(queue, earlier)
                    queue = earlier
        for returned in happening.returned:
            if result := self.returned(happening, returned):
                told.append(result)
        return told

    def queued(self, before: Queued | None, after: Queued) -> Iterable[str]:
        """How a connection moved between the queues. Its leaving with accept() is told by the call."""
        syn, accept = (before.syn, before.accept) if before else ((), ())
        for conn in after.syn:
            if conn not in syn:
                yield self.say("queue.enters-syn")
        for conn in after.accept:
            if conn not in accept:
                yield self.say("queue.moves-to-accept" if conn in syn else "queue.enters-accept")
        for conn in syn:
            if conn not in after.syn and conn not in after.accept:
                yield self.say("queue.leaves-syn")

    def returned(self, happening: Happening, returned: Returned) -> str:
        """A call that returned; nothing for one that was made just now and simply went well."""
        trigger, result = happening.trigger, returned.result
        own = isinstance(trigger, Called) and trigger.call == returned.call and returned.called_at == returned.at
        form = "-own" if own else ""
        if isinstance(result, str) and result != "ok":
            return self.say(f"call.fails{form}", call=f"{_function(returned)}()", errno=result)
        if returned.call == "recv":
            message = f"call.reads{form}" if result else f"call.reads-eof{form}"
            if returned.args == "eof" and result:
                message = "call.reads-to-eof"
            return self.say(message, call="recv()", bytes=result)
        if returned.call == "accept":
            return self.say(f"call.accepts{form}")
        return "" if own else self.say("call.returns", call=f"{_function(returned)}()")

    def judgement(self, arrived: Arrived, *, silent: bool) -> str:
        """Why a segment was answered as it was, or changed nothing that is seen: the rule that decided; or nothing."""
        fired = [rule for rule, fires in reversed(arrived.checks) if fires]
        for rule in fired:
            if (reason := f"reason.{rule}") in self.words:
                return self.say(reason)
        if opened := self.opened(arrived):
            return self.say("deed.opens-window", bytes=opened)
        if silent and fired and (verdict := f"verdict.{fired[0]}") in self.words:
            return self.say(verdict)
        return ""

    def opened(self, arrived: Arrived) -> int:
        """The window that ends the time of a zero window, bytes, or 0; before the handshake there is none to open."""
        index, key = self.moment.index, (arrived.host, arrived.conn)
        before = self.trace.block(index - 1, *key)
        if before is None or before.irs is None or before.snd_wnd or (after := self.trace.block(index, *key)) is None:
            return 0
        window = offered_window(after, self.trace.segments[arrived.name].segment)
        return window if window == after.snd_wnd else 0

    def brief(self, sent: Sent) -> str:
        """A segment that has been told of: `SYN-ACK`, `ACK with 100 bytes`."""
        if sent.forged:
            return self.say("segment.numbered", flags=flags(sent), numbers=numbers(sent))
        if sent.segment.length:
            return self.say("segment.with-data", flags=flags(sent), bytes=sent.segment.length)
        return flags(sent)

    def who(self, host: str) -> str:
        """A host in the middle of a sentence."""
        return _who(self.words, host)

    def call(self, called: Called) -> str:
        """A call as a program writes it, not as the notation does."""
        function = _function(called)
        if function == "sendto":
            return self.say("call.fast-open", bytes=int(called.args))
        return f"{function}({_SPELLED.get(called.args, called.args)})"

    def joined(self, parts: list[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        text = parts[0]
        for index, part in enumerate(parts[1:], 2):
            text = self.say("join.last" if index == len(parts) else "join.more", first=text, second=part)
        return text

    def marked(self, happening: Happening, sentence: str) -> str:
        """The sentence with the number of its connection, where the host has several."""
        conn = getattr(happening.trigger, "conn", None)
        if conn is None and happening.returned:
            conn = happening.returned[0].conn
        number = None if conn is None else ordinal(self.trace, (happening.host, conn))
        return sentence if number is None else self.say("sentence.of-connection", number=number, sentence=sentence)


@lru_cache(maxsize=64)
def _who(words: Words, host: str) -> str:
    role = host.rstrip("0123456789")
    if role not in ("client", "server"):
        return host
    return words(f"who.{role}") if role == host else words(f"who.{role}-n", number=host[len(role) :])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_SPELLED = {"wr": "SHUT_WR", "rd": "SHUT_RD"}


def _function(event: Called | Returned) -> str:
    """What a program calls: connect() with data, which is Fast Open, is sendto() on Linux."""
    return "sendto" if event.call == "connect" and event.args.isdecimal() else event.call
