"""What happens at an instant, whatever is blocked: entries of `at:`, and segments that nobody sent (`forge:`).

Acting in the past adds an entry and takes none away: what was to come is simply what the new scenario does not do.
Forks are pure: each returns another scenario, or raises ForkError. Times are µs of virtual time.
"""

from app.lab.isns import numbers
from app.lab.sound import ForkError, bounded, few, fitting, known, read, read_call, sound
from app.sim.faults import Flood, Forged
from app.sim.network import FIRST_PORT, PORTS_PER_HOST
from app.sim.program import BLOW_KINDS, Blow, Call, Deed, Setting
from app.sim.reader import read_deeds
from app.sim.scenario import Scenario
from app.sim.trace import Sent, Trace
from app.sim.writer import duration
from app.tcp.segment import distance


def call(scenario: Scenario, at: int, host: str, text: str, number: int = 1) -> Scenario:
    """Program `number` of the host makes that call then: `1s client.close`."""
    made = read_call(text, scenario)
    if made.binds is not None:
        raise ForkError("lab.fork.one-call")  # `client.x=connect` would be a setting
    return _then(scenario, Deed(at, host, number, made))


def befall(scenario: Scenario, at: int, host: str, kind: str) -> Scenario:
    """The host is struck by `kill`, `crash`, `reboot` or `destroy`: `1.2s server!reboot`."""
    if kind not in BLOW_KINDS:
        raise ForkError("scenario.unknown-blow", known=", ".join(BLOW_KINDS))
    return _then(scenario, Deed(at, host, _first(scenario, host), Blow(kind)))


def change(scenario: Scenario, at: int, host: str, name: str, value: int | str) -> Scenario:
    """A sysctl of the host changes then: `810ms client.tcp_tw_reuse=1`."""
    deeds = read(read_deeds, f"{duration(at)} {host}.{name}={value}")
    if len(deeds) != 1 or not isinstance(deeds[0].deed, Setting):
        raise ForkError("scenario.expected-setting")
    return sound(_then(scenario, deeds[0]._replace(number=_first(scenario, host))))


def _first(scenario: Scenario, host: str) -> int:
    """The number of the host's first program."""
    return next((program.number for program in scenario.programs if program.host == host), 1)


def _then(scenario: Scenario, deed: Deed) -> Scenario:
    """With that deed before the first later one: at one instant deeds are done as they are written."""
    known(scenario, deed.host, deed.number)
    bounded(deed.at)
    few(one.deed for one in (*scenario.deeds, deed) if isinstance(one.deed, Call))
    later = (index for index, other in enumerate(scenario.deeds) if other.at > deed.at)
    index = next(later, len(scenario.deeds))
    return fitting(scenario._replace(deeds=(*scenario.deeds[:index], deed, *scenario.deeds[index:])))


def forge(scenario: Scenario, forged: Forged | Flood) -> Scenario:
    """A segment arrives that its sender never sent, or many SYNs do."""
    return sound(scenario._replace(forged=(*scenario.forged, forged)))


def replay(trace: Trace, name: str, at: int) -> Scenario:
    """An old duplicate of that segment arrives at `at`: same flags and numbers, an old timestamp if it had one.

    Its other options are not repeated; the notation has no words for them. Raises ForkError where it is not sent yet.
    """
    sent = trace.segments.get(name)
    if sent is None:
        raise ForkError("lab.fork.no-segment", name=name[:40])
    if sent.at >= at:
        raise ForkError("lab.fork.not-sent", name=name)
    segment, known = sent.segment, numbers(trace.scenario, (one for one in trace.sent if one.at < at))
    base, other = known.base(sent.source, sent.conn), known.base(sent.target, sent.conn)
    stamps = segment.options.timestamps
    last = [one.segment.options.timestamps for one in _said(trace, sent) if one.at < at]
    clock = [stamp[0] for stamp in last if stamp is not None]
    return forge(
        trace.scenario,
        Forged(
            sent.source,
            segment.letters,
            distance(base, segment.seq),
            segment.length,
            None if segment.ack is None else distance(other, segment.ack),
            segment.ack is not None,
            at,
            _conn(trace, sent),
            distance(clock[-1], stamps[0]) if stamps is not None and clock else None,
        ),
    )


def _said(trace: Trace, sent: Sent) -> list[Sent]:
    """What that host really sent on that connection."""
    return [one for one in trace.sent if (one.source, one.conn, one.forged) == (sent.source, sent.conn, False)]


def _conn(trace: Trace, sent: Sent) -> int | None:
    """The connection as the notation names it; None where it is the one that is meant anyway."""
    scenario, conns = trace.scenario, {one.conn for one in trace.sent}
    ends = [scenario.calls(host, "connect") for host in (sent.source, sent.target)]
    opener = sent.source if ends[0] else sent.target
    listens = [scenario.calls(host, "listen") for host in (sent.source, sent.target)]
    plain = len(scenario.hosts) == 2 and ends == [not listens[0], not listens[1]] and ends[0] != ends[1]
    first = FIRST_PORT + PORTS_PER_HOST * scenario.hosts.index(opener)
    ranged = any(setting.name == "ip_local_port_range" for setting in scenario.settings)
    return None if plain and conns == {first} == {sent.conn} and not ranged else sent.conn
