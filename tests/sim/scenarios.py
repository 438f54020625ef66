"""Scenarios for hypothesis: every value that the notation can say."""

from hypothesis import strategies as st

from app.sim.faults import Cut, Delay, Fault, Forged, Ref, Wire
from app.sim.program import Call, Deed, Program, Setting, When
from app.sim.scenario import Scenario
from app.sim.settings import BOUND, BOUNDS, SYSCTLS

FLAGS = ("S", "S.", ".", "F", "F.", "SF.", "R", "R.", "-")
FORGED_FLAGS = (*FLAGS, "P.", "FP.")
DEEDS = (Call("close"), Call("abort"), Call("send", 10), Call("connect"))
CALLABLE = ("listen", "accept", "connect", "send", "recv", "shutdown", "close", "abort")
HOSTS = ("client", "server", "client2", "peer")
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
    match name:
        case "listen":
            return call._replace(number=draw(st.none() | st.integers(0, 1_000)))
        case "accept":
            if not nested and draw(st.booleans()):
                return call._replace(block=tuple(draw(st.lists(calls(me, hosts, True, durations), max_size=3))))
            return call._replace(timeout=draw(st.none() | durations))
        case "connect":
            word = draw(st.none() | st.sampled_from([host for host in hosts if host != me]))
            number = draw(st.none() | PORTS) if word else None
            own = 50_000 + 10 * HOSTS.index(me)
            return call._replace(word=word, number=number, from_port=draw(st.none() | st.integers(own, own + 2)))
        case "send":
            return call._replace(number=draw(st.integers(0, 10_000)))
        case "recv":
            number = draw(st.none() | st.integers(0, 10_000))
            word = draw(st.none() | st.just("eof")) if number is None else None
            return call._replace(number=number, word=word, timeout=draw(st.none() | durations))
        case "shutdown":
            return call._replace(word=draw(st.sampled_from(("wr", "rd"))))
        case _:
            return call


@st.composite
def refs(draw: st.DrawFn, hosts: tuple[str, ...]) -> Ref:
    """Which segments a fault is about."""
    host, conn = draw(st.sampled_from(hosts)), draw(st.none() | PORTS)
    first = draw(st.integers(1, 20))
    if draw(st.booleans()):
        nth = draw(st.booleans())
        return Ref(host, first if nth else 1, first if nth else None, draw(st.sampled_from(FLAGS)), conn)
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
def forgeries(draw: st.DrawFn, hosts: tuple[str, ...]) -> Forged:
    """A segment that nobody sent."""
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
    )


@st.composite
def sysctls(draw: st.DrawFn, host: str | None) -> Setting:
    """A sysctl with a value that it may have."""
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
            Program("client", 2, tuple(draw(st.lists(calls("client", hosts, durations=durations), max_size=3))))
        )
    dialect = draw(st.sampled_from(("linux", "rfc")))
    settings = [Setting(host, "isn", draw(st.integers(0, (1 << 32) - 1))) for host in hosts if draw(st.booleans())]
    deeds = []
    for _ in range(draw(st.integers(0, 3))):
        program = draw(st.sampled_from(programs))
        deed: Call | Setting = draw(calls(program.host, hosts, durations=durations))._replace(binds=None)
        if dialect == "linux" and draw(st.booleans()):
            deed = draw(sysctls(program.host))
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
        )
    )
    dealing = st.tuples(deal, pause).map(lambda pair: pair[0]._replace(when=pair[1]))
    dealings = st.lists(dealing, max_size=5).map(tuple)
    listen = Call("listen", draw(st.sampled_from((None, 0, 1))))
    programs = [Program("server", 1, (listen, Call("accept", when=draw(pause), block=draw(dealings))))]
    programs += [Program("client", n, (Call("connect", when=draw(pause)), *draw(dealings))) for n in (1, 2, 3)]
    faults = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(("drop", "dup", "late")))
        faults.append(Fault(kind, draw(refs(("client", "server"))), 0 if kind == "drop" else draw(SHORT_WHILE)))
    forged = [draw(forgeries(("client", "server")))._replace(conn=None) for _ in range(draw(st.integers(0, 3)))]
    deeds = [
        Deed(
            draw(st.integers(0, 2_000_000)),
            draw(st.sampled_from(("client", "server"))),
            1,
            draw(st.sampled_from(DEEDS)),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    dialect = draw(st.sampled_from(("linux", "rfc")))
    return Scenario(tuple(programs), tuple(faults), tuple(forged), tuple(deeds), dialect)
