"""Scenarios for hypothesis: every value that the notation can say."""

from typing import Any

from hypothesis import strategies as st

from app.sim.faults import Cut, Delay, Fault, Flood, Forged, Ref, Wire
from app.sim.program import BLOW_KINDS, SOCKET_OPTIONS, Blow, Call, Deed, Program, Setting, When
from app.sim.scenario import Scenario
from app.sim.settings import BOUND, BOUNDS, PORT_RANGE, SYSCTLS
from app.tcp.dialect import BELIEFS

FLAGS = ("S", "S.", ".", "F", "F.", "SF.", "R", "R.", "-")
FORGED_FLAGS = (*FLAGS, "P.", "FP.", "SEW", "SE.", "P", "E.")
WISHES = (
    ("SO_KEEPALIVE", 1),
    ("TCP_KEEPIDLE", 1),
    ("TCP_USER_TIMEOUT", 700),
    ("TCP_NODELAY", 1),
    ("SO_LINGER", 0),
    ("SO_LINGER", 1),
    ("TCP_LINGER2", 1),
    ("SO_RCVBUF", 150),
    ("TCP_DEFER_ACCEPT", 2),
    ("TCP_FASTOPEN", 8),
)
SWITCHES = (
    ("tcp_timestamps", 0),
    ("tcp_sack", 0),
    ("tcp_fastopen", 3),
    ("tcp_fastopen", 0x207),
    ("tcp_ecn", 1),
    ("tcp_syncookies", 2),
    ("tcp_syncookies", 0),
    ("tcp_tw_reuse", 1),
    ("tcp_keepalive_time", 1),
    ("tcp_abort_on_overflow", 1),
    ("belief", "syn-takes-no-number"),
    ("belief", "fin-takes-no-number"),
)
DEEDS = (Call("close"), Call("abort"), Call("send", 10), Call("connect"))
CALLABLE = (
    "listen", "accept", "connect", "send", "recv", "shutdown", "close", "abort", "bind", "setsockopt", "getsockopt",
    "poll", "sleep",
)  # fmt: skip
HOSTS = ("client", "server", "c1", "peer")  # a host may be called as a segment is
NAMES = st.sampled_from(("a", "b2", "lst", "the_socket"))

SHORT_WHILE = st.one_of(st.integers(0, 3_000_000), st.sampled_from((0, 1, 999, 1_000, 50_000, 1_000_000, 61_000_000)))
DURATIONS = st.one_of(SHORT_WHILE, st.integers(0, 86_400_000_000))
PORTS = st.sampled_from((0, 80, 40_000, 40_001, 65_535))
NUMBERS = st.integers(-9_999_900_000, 9_999_900_000)  # with a length, still ten digits


def whens(durations: st.SearchStrategy[int] = DURATIONS) -> st.SearchStrategy[When | None]:
    return st.none() | st.builds(When, st.sampled_from("@+"), durations)


@st.composite
def calls(
    draw: st.DrawFn,
    me: str,
    hosts: tuple[str, ...],
    nested: bool = False,
    durations: st.SearchStrategy[int] = DURATIONS,
) -> Call:
    """One call that the host `me` makes; nobody connects to itself, or from a port of another host."""
    name = draw(st.sampled_from(CALLABLE))
    call = Call(name, on=draw(st.none() | NAMES), binds=draw(st.none() | NAMES), when=draw(whens(durations)))
    if name == "accept" and not nested and draw(st.booleans()):
        return call._replace(block=tuple(draw(st.lists(calls(me, hosts, True, durations), max_size=3))))
    return call._replace(**draw(arguments(me, hosts, durations).get(name, st.just({}))))


def arguments(
    me: str, hosts: tuple[str, ...], durations: st.SearchStrategy[int]
) -> dict[str, st.SearchStrategy[dict[str, Any]]]:
    """What each call may be given."""
    waits, own = st.none() | durations, 50_000 + 10 * HOSTS.index(me)
    peers = st.sampled_from([host for host in hosts if host != me])
    whom = st.fixed_dictionaries({"word": peers, "number": st.none() | PORTS}) | st.just({})
    how = st.fixed_dictionaries(
        {
            "from_port": st.none() | st.integers(own, own + 2),
            "data": st.none() | st.integers(0, 3_000),
            "nonblock": st.booleans(),
        }
    )
    much = st.fixed_dictionaries({"number": st.none() | st.integers(0, 10_000)}) | st.just({"word": "eof"})
    options = st.sampled_from(tuple(SOCKET_OPTIONS))
    return {
        "listen": st.fixed_dictionaries({"number": st.none() | st.integers(0, 1_000)}),
        "accept": st.fixed_dictionaries({"timeout": waits}),
        "connect": st.tuples(whom, how).map(lambda pair: pair[0] | pair[1]),
        "bind": st.fixed_dictionaries({"number": st.integers(own, own + 2)}),
        "send": st.fixed_dictionaries({"number": st.integers(0, 10_000)}),
        "recv": st.tuples(much, waits).map(lambda pair: pair[0] | {"timeout": pair[1]}),
        "shutdown": st.fixed_dictionaries({"word": st.sampled_from(("wr", "rd"))}),
        "setsockopt": options.flatmap(
            lambda option: st.fixed_dictionaries(
                {"word": st.just(option), "value": st.integers(0, SOCKET_OPTIONS[option])}
            )
        ),
        "getsockopt": st.just({"word": "SO_ERROR"}),
        "poll": st.fixed_dictionaries({"timeout": waits}),
        "sleep": st.fixed_dictionaries({"timeout": durations}),
    }


@st.composite
def refs(draw: st.DrawFn, hosts: tuple[str, ...]) -> Ref:
    """Which segments a fault is about."""
    host, conn = draw(st.sampled_from(hosts)), draw(st.none() | PORTS)
    first = draw(st.integers(1, 20))
    if draw(st.booleans()):
        last = draw(st.none() | st.integers(first, first + 3))
        return Ref(host, first, last, draw(st.sampled_from(FLAGS)), conn)
    return Ref(host, first, draw(st.none() | st.integers(first, first + 5)), None, conn)


@st.composite
def wires(draw: st.DrawFn, hosts: tuple[str, ...]) -> Wire:
    """One thing that the wire does."""
    whose = draw(st.none() | st.sampled_from(hosts))
    match draw(st.sampled_from(("delay", "cut", "drop", "dup", "late"))):
        case "delay":
            return Delay(draw(SHORT_WHILE), whose, draw(SHORT_WHILE))
        case "cut":
            start = draw(SHORT_WHILE)
            return Cut(start, start + draw(st.integers(1, 3_000_000)), whose)
        case "drop":
            return Fault("drop", draw(refs(hosts)))
        case kind:
            return Fault(kind, draw(refs(hosts)), draw(SHORT_WHILE))


@st.composite
def forgeries(draw: st.DrawFn, hosts: tuple[str, ...]) -> Forged | Flood:
    """A segment that nobody sent, or many."""
    if draw(st.integers(0, 4)) == 0:
        return Flood(draw(st.integers(0, 30)), draw(st.integers(0, 50_000)), draw(SHORT_WHILE))
    flags = draw(st.sampled_from(FORGED_FLAGS))
    return Forged(
        draw(st.sampled_from(hosts)),
        flags,
        draw(st.none() | st.integers(-1_000, 1_000) | NUMBERS),
        0 if draw(st.booleans()) else draw(st.integers(0, 9_999)),
        draw(st.none() | st.integers(-1_000, 1_000) | NUMBERS) if "." in flags else None,
        "." in flags,
        draw(SHORT_WHILE),
        draw(st.none() | PORTS),
        draw(st.none() | st.integers(-5_000, 5_000)),
    )


@st.composite
def sysctls(draw: st.DrawFn, host: str | None) -> Setting:
    """A sysctl, or a belief, with a value that it may have."""
    if draw(st.integers(0, 9)) == 0:
        return Setting(host, "belief", draw(st.sampled_from(tuple(BELIEFS))))
    if draw(st.integers(0, 9)) == 0:
        return Setting(host, PORT_RANGE, "50100-50102")
    name = draw(st.sampled_from(tuple(SYSCTLS)))
    return Setting(host, name, draw(st.integers(0, BOUNDS.get(name, BOUND))))


@st.composite
def scenarios(draw: st.DrawFn, durations: st.SearchStrategy[int] = DURATIONS) -> Scenario:
    """Any scenario."""
    hosts = HOSTS[: draw(st.integers(2, len(HOSTS)))]
    keys = draw(st.permutations(hosts))
    programs = [
        Program(host, 1, tuple(draw(st.lists(calls(host, hosts, durations=durations), max_size=6)))) for host in keys
    ]
    if draw(st.booleans()):
        programs.append(
            Program(
                "client",
                draw(st.sampled_from((2, 99))),
                tuple(draw(st.lists(calls("client", hosts, durations=durations), max_size=3))),
            )
        )
    dialect = draw(st.sampled_from(("linux", "rfc")))
    settings = [Setting(host, "isn", draw(st.integers(0, (1 << 32) - 1))) for host in hosts if draw(st.booleans())]
    deeds = []
    for _ in range(draw(st.integers(0, 3))):
        program = draw(st.sampled_from(programs))
        deed: Call | Setting | Blow = draw(calls(program.host, hosts, durations=durations))._replace(binds=None)
        if dialect == "linux" and draw(st.booleans()):
            deed = draw(sysctls(program.host) | st.builds(Blow, st.sampled_from(BLOW_KINDS)))
        deeds.append(Deed(draw(SHORT_WHILE), program.host, program.number, deed))
    if dialect == "linux":
        settings += draw(st.lists(st.one_of(*(sysctls(host) for host in (None, *hosts))), max_size=4))
    return Scenario(
        tuple(programs),
        tuple(draw(st.lists(wires(hosts), max_size=4))),
        tuple(draw(st.lists(forgeries(hosts), max_size=3))),
        tuple(deeds),
        dialect,
        tuple(settings),
        draw(st.none() | durations),
    )


@st.composite
def busy_scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios in which connections come about, are used, disturbed and ended: every call on them, every fault."""
    pause = st.sampled_from((None, *(When("+", us) for us in (0, 1_000, 20_000, 60_000, 400_000, 3_000_000))))
    deal = st.sampled_from(
        (
            *(Call("send", length) for length in (1, 100, 5_000, 70_000)),
            *(Call("recv", timeout=timeout) for timeout in (None, 500_000)),
            Call("recv", word="eof", timeout=2_000_000),
            *(Call("shutdown", word=word) for word in ("wr", "rd")),
            Call("close"),
            Call("abort"),
            *(Call("setsockopt", word=word, value=value) for word, value in WISHES),
            Call("poll", timeout=100_000),
        )
    )
    dealing = st.tuples(deal, pause).map(lambda pair: pair[0]._replace(when=pair[1]))
    dealings = st.lists(dealing, max_size=5).map(tuple)
    listen = Call("listen", draw(st.sampled_from((None, 0, 1))))
    wish = draw(st.sampled_from(((), *((Call("setsockopt", word=word, value=value),) for word, value in WISHES))))
    programs = [Program("server", 1, (*wish, listen, Call("accept", when=draw(pause), block=draw(dealings))))]
    connect = st.sampled_from((Call("connect"), Call("connect", data=100), Call("connect", nonblock=True)))
    programs += [Program("client", n, (draw(connect)._replace(when=draw(pause)), *draw(dealings))) for n in (1, 2, 3)]
    faults = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(("drop", "dup", "late")))
        faults.append(Fault(kind, draw(refs(("client", "server"))), 0 if kind == "drop" else draw(SHORT_WHILE)))
    forged = [_of_nobody(draw(forgeries(("client", "server")))) for _ in range(draw(st.integers(0, 3)))]
    deeds = [
        Deed(
            draw(st.integers(0, 2_000_000)),
            draw(st.sampled_from(("client", "server"))),
            1,
            draw(st.sampled_from((*DEEDS, *map(Blow, BLOW_KINDS)))),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    dialect = draw(st.sampled_from(("linux", "rfc")))
    known = [Setting(None, name, value) for name, value in SWITCHES] if dialect == "linux" else []
    settings = draw(st.lists(st.sampled_from(known), max_size=3)) if known else []
    return Scenario(tuple(programs), tuple(faults), tuple(forged), tuple(deeds), dialect, tuple(settings))


def _of_nobody(forged: Forged | Flood) -> Forged | Flood:
    """On the first connection."""
    return forged if isinstance(forged, Flood) else forged._replace(conn=None)
