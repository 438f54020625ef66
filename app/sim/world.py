"""Runs a scenario in virtual time: the same scenario gives the same trace, always.

At one instant: what `at:` says, then arrivals (forged last), each handled whole, then the calls that they unblock and
those whose time has come, in file order, then timers.
"""

from app.sim.agenda import DEED, FORGERY, TIMER, WAKE, Agenda
from app.sim.blows import BLOWS
from app.sim.forging import Forgery, forgeries
from app.sim.holdings import Holdings
from app.sim.host import Endpoint, Host
from app.sim.network import IDLE, Carried, Network
from app.sim.program import Blow, Call, Deed, Setting
from app.sim.runner import Runner
from app.sim.scenario import Scenario
from app.sim.settings import PORT_RANGE, applied, ports
from app.sim.trace import Befell, Event, Lost, Trace

MAX_EVENTS = 20_000
IDLE_ROUNDS = 3  # how often a peer that answers is asked whether it lives, when nothing else is left to happen


def run(scenario: Scenario) -> Trace:
    """Let everything happen. A run that reaches a bound ends there, and its trace says so (`stopped_by`)."""
    return World(scenario).run()


class World:
    """The programs, the network below them, and the order in which all of it happens."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.agenda = Agenda()
        self.events: list[Event] = []
        self.network = Network(scenario, self.agenda, self.events)
        for setting in scenario.settings:
            self.set(setting)
        hosts = self.network.hosts
        self.runners = [Runner(hosts[p.host], p.number, p.calls) for p in scenario.programs]
        self.holdings = Holdings([(r, p.names) for r, p in zip(self.runners, scenario.programs, strict=True)])
        self.wakes: set[int] = set()  # the instants at which programs will be asked again
        self.stopped_by: str | None = None
        self.partial_from: int | None = None  # from when on something is left out

    def run(self) -> Trace:
        """Everything, to the end."""
        agenda, end = self.agenda, self.scenario.end
        for deed in self.scenario.deeds:
            agenda.plan(deed.at, DEED, deed)
        for forgery in forgeries(self.scenario.forged):
            agenda.plan(forgery.at, FORGERY, forgery)
        self.wake(0)
        while agenda.entries and self.stopped_by is None:
            at, kind, what = agenda.take()
            if end is not None and at > end:
                self.partial_from = end
                break
            if kind == TIMER and self.passes_over(what, at):
                continue
            agenda.now = at
            self.happen(what)
            if kind <= FORGERY and agenda.arrives_more(at):
                self.bound()
                continue  # what else arrives now is handled before any call sees it
            self.wake(at + 1)
        sent, events, holdings = tuple(self.network.ledger.sent), tuple(self.events), tuple(self.holdings.written)
        blocks, stopped_by, partial_from = self.network.blocks, self.stopped_by, self.partial_from
        return Trace(self.scenario, sent, events, blocks, stopped_by, holdings, partial_from)

    def happen(self, what: object) -> None:
        """What was next on the agenda."""
        match what:
            case Deed():
                self.do(what)
            case Carried():
                self.network.arrive(what)
            case Lost():
                self.events.append(what)
            case Forgery():
                self.network.forge(what)
            case (Endpoint() as endpoint, str() as timer):
                self.network.time_out(endpoint, timer)

    def bound(self) -> None:
        """A run is bounded in what it makes."""
        if self.network.full:
            self.stopped_by = "segments"
        elif len(self.events) > MAX_EVENTS:
            self.stopped_by = "events"

    def wake(self, since: int) -> None:
        """Let every program do what it can, until none can do more; then plan when to ask again.

        `since` is the first instant at which a deed meets what they hold then.
        """
        now = self.agenda.now
        asked, moved, acted = dict[Runner, None](), True, dict[Host, None]()
        self.bound()
        while moved and self.stopped_by is None:
            moved = False
            for runner in list(self.runners):
                if runner.heard == runner.host.news and (runner.wants is None or runner.wants > now):
                    continue
                asked[runner] = None
                progress, started = runner.advance(self.network, self.events)
                self.runners += started
                if progress:
                    moved = True
                    acted[runner.host] = None
                    runner.host.news += 1
                runner.heard = runner.host.news
            self.bound()
        for host in acted:
            self.holdings.note(host, since)
        for runner in asked:
            due = runner.wants = runner.due()
            if due is not None and due > now and due not in self.wakes:
                self.wakes.add(due)
                self.agenda.plan(due, WAKE, None)

    def do(self, deed: Deed) -> None:
        """What `at:` says, whatever is blocked."""
        self.network.hosts[deed.host].news += 1
        match deed.deed:
            case Setting() as setting:
                self.set(setting)
                self.events.append(Befell(self.agenda.now, deed.host, f"{setting.name}={setting.value}"))
            case Blow(kind):
                self.events.append(Befell(self.agenda.now, deed.host, kind))
                BLOWS[kind](self.network, self.network.hosts[deed.host], self.runners)
            case Call() as call:
                owner = next(r for r in self.runners if (r.host.name, r.number) == (deed.host, deed.number))
                now = self.agenda.now
                helper = Runner(owner.host, owner.number, (call._replace(when=None),), owner.current, now)
                helper.names, helper.listener = owner.names, owner.listener
                _, started = helper.advance(self.network, self.events)
                owner.listener = helper.listener
                self.runners += [helper, *started]
        self.holdings.note(self.network.hosts[deed.host], self.agenda.now)

    def set(self, setting: Setting) -> None:
        """Change a sysctl, a belief or the range of ports, on one host or on all."""
        hosts = self.network.hosts
        for host in hosts.values() if setting.host is None else (hosts[setting.host],):
            host.dialect = applied(host.dialect, setting.name, setting.value)
            if setting.name == PORT_RANGE:
                host.ports = ports(str(setting.value))
                host.next_port = host.ports[0]

    def passes_over(self, what: object, at: int) -> bool:
        """Whether to pass over a timer: one that was stopped, or that only asks again when nothing else is left.

        A peer that lives would answer for ever, so that a run without an `end` would have none.
        """
        match what:
            case (Endpoint() as endpoint, str() as timer):
                if endpoint.due != (at, timer):
                    return True
                if timer not in IDLE or self.scenario.end is not None:
                    return False
                if endpoint.rounds < IDLE_ROUNDS or endpoint.block.probes:
                    return False
                if all(_asks_again(entry) for _, _, _, entry in self.agenda.entries):
                    self.partial_from = at if self.partial_from is None else self.partial_from
                    return True
        return False


def _asks_again(what: object) -> bool:
    """Whether that entry of the agenda is a timer that only asks, or one that has been stopped."""
    match what:
        case (Endpoint() as endpoint, str() as timer):
            return timer in IDLE or endpoint.due is None or endpoint.due.timer != timer
    return False
