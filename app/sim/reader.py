"""Reading what programs and hosts do: calls, `at:` and `set:`."""

from typing import Any

from app.sim.cursor import Cursor, series
from app.sim.program import BLOW_KINDS, FORMS, SOCKET_OPTIONS, Blow, Call, Deed, Setting, When
from app.sim.settings import BOUND, BOUNDS, OWN, PORT_RANGE, SYSCTLS, TEXT, ports
from app.tcp.dialect import BELIEFS, DIALECTS

MAX_CALLS, MAX_SEND = 500, 1_000_000
RENAMED = {"both-established-together": "established-by-the-syn"}  # beliefs as older links name them


def read_calls(cursor: Cursor) -> list[Call]:
    """`listen(8); accept*{recv; close}; c=connect(server:80, from=40000); close@1s`."""
    return _calls(cursor)


def _call(cursor: Cursor, nested: bool = False) -> Call:
    cursor.calls += 1
    if cursor.calls > MAX_CALLS:
        raise cursor.fail("scenario.too-many-calls", limit=MAX_CALLS)
    binds = cursor.match(r"[a-z][a-z0-9_]*(?=\s*=)")
    if binds is not None:
        cursor.expect("=")
    on = cursor.match(r"[a-z][a-z0-9_]*(?=\.)")
    if on is not None:
        cursor.expect(".")
    start = cursor.at
    name = cursor.take(r"[a-z]+", "scenario.expected-call", calls=", ".join(FORMS))
    if name not in FORMS:
        raise cursor.fail("scenario.unknown-call", start, call=name, calls=", ".join(FORMS))
    call = Call(name, on=on, binds=binds)
    block: tuple[Call, ...] | None = None
    if name == "accept" and not nested and cursor.skip("*"):
        cursor.expect("{")
        block = tuple(cursor.series(lambda inner: _call(inner, True), "}"))
        cursor.expect("}")
    elif cursor.skip("("):
        call = _arguments(cursor, call)
    if FORMS[name].required and call.number is None and call.word is None and call.timeout is None:
        raise cursor.fail("scenario.argument-missing", start, call=name)
    sign = cursor.match(r"[@+]")
    return call._replace(block=block, when=When(sign, cursor.duration()) if sign else None)


_calls = series(_call)


def _arguments(cursor: Cursor, call: Call) -> Call:
    form = FORMS[call.name]
    while not cursor.skip(")"):
        start = cursor.at
        option = cursor.match(r"[a-z]+(?=\s*=)")
        if option is not None and option in form.options:
            cursor.expect("=")
            call = call._replace(**_option(cursor, option))
        elif form.settings and call.word is None:
            call = _socket_option(cursor, call)
        elif form.duration and call.timeout is None:
            call = call._replace(timeout=cursor.duration())
        elif option is None and form.host and cursor.match(r"nonblock\b") is not None:
            call = call._replace(nonblock=True)
        elif (
            option is None
            and form.number
            and call.number is None
            and call.word is None
            and cursor.match(r"(?=[0-9])") is not None
        ):
            call = call._replace(number=cursor.number(most=MAX_SEND))
        elif option is None and form.host and call.word is None:
            call = call._replace(word=cursor.host(), number=cursor.number(most=65535) if cursor.skip(":") else None)
        elif (
            option is None
            and call.word is None
            and call.number is None
            and (word := cursor.match("|".join(form.words) or r"(?!)"))
        ):
            call = call._replace(word=word)
        else:
            raise cursor.fail("scenario.unknown-argument", start, call=call.name)
        if not cursor.skip(","):
            cursor.expect(")")
            break
    return call


def _option(cursor: Cursor, option: str) -> dict[str, Any]:
    """`timeout=1s`, `from=40000`, `data=100`."""
    match option:
        case "timeout":
            return {"timeout": cursor.duration()}
        case "from":
            return {"from_port": cursor.number(most=65535)}
        case _:
            return {"data": cursor.number(most=MAX_SEND)}


def _socket_option(cursor: Cursor, call: Call) -> Call:
    """`SO_LINGER=0`."""
    start = cursor.at
    name = cursor.take(r"[A-Z][A-Z0-9_]*", "scenario.expected-setting")
    if name not in SOCKET_OPTIONS:
        raise cursor.fail("scenario.unknown-setting", start, name=name, known=", ".join(SOCKET_OPTIONS))
    cursor.expect("=")
    return call._replace(word=name, value=cursor.number(most=SOCKET_OPTIONS[name]))


def read_deeds(cursor: Cursor) -> list[Deed]:
    """`1s client.close; 2s client/2.send(100); 810ms server.tcp_abort_on_overflow=1; 1.2s server!reboot`."""
    return _deeds(cursor)


def _deed(cursor: Cursor) -> Deed:
    at, place, host = cursor.duration(), cursor.place, cursor.host()
    number = cursor.number(most=99) if cursor.skip("/") else 1
    cursor.mentions.programs.append((place, host, number))
    if cursor.skip("!"):
        start = cursor.at
        kind = cursor.match(r"[a-z]+")
        if kind not in BLOW_KINDS:
            raise cursor.fail("scenario.unknown-blow", start, known=", ".join(BLOW_KINDS))
        return Deed(at, host, number, Blow(kind))
    cursor.expect(".")
    if cursor.match(r"(?=[a-z0-9_]+\s*=)") is not None:
        return Deed(at, host, number, _value(cursor, host, (*SYSCTLS, *TEXT)))
    return Deed(at, host, number, _call(cursor))


_deeds = series(_deed)


def read_settings(cursor: Cursor) -> tuple[str | None, int | None, list[Setting]]:
    """`rfc; client.isn=4294967295; tcp_syn_retries=2; end=5.5s` as (dialect, end, settings)."""
    dialect: str | None = None
    end: int | None = None
    settings: list[Setting] = []

    def item(cursor: Cursor) -> None:
        nonlocal dialect, end
        if (named := cursor.match("|".join(rf"{name}\b" for name in DIALECTS))) is not None:
            dialect = named
        elif cursor.match(r"end(?=\s*=)") is not None:
            cursor.expect("=")
            end = cursor.duration()
        else:
            own = cursor.match(r"(?=isn\b)") is not None
            host = cursor.host() if own or cursor.match(r"(?=[a-z][a-z0-9]*\.)") is not None else None
            if host is not None:
                cursor.expect(".")
            settings.append(_value(cursor, host, (*OWN, *SYSCTLS, PORT_RANGE)))

    cursor.series(item)
    return dialect, end, settings


def _value(cursor: Cursor, host: str | None, known: tuple[str, ...]) -> Setting:
    start = cursor.at
    name = cursor.take(r"[a-z][a-z0-9_]*", "scenario.expected-setting")
    if name not in known:
        raise cursor.fail("scenario.unknown-setting", start, name=name, known=", ".join(known))
    if name in SYSCTLS:
        cursor.mentions.sysctls.append(((cursor.line, start + 1), name))
    cursor.expect("=")
    if name not in TEXT:
        return Setting(host, name, cursor.number(most=BOUNDS.get(name, BOUND)))
    start = cursor.at
    text = cursor.take(TEXT[name], "scenario.expected-range" if name == PORT_RANGE else "scenario.expected-setting")
    text = RENAMED.get(text, text)
    if name == "belief" and text not in BELIEFS:
        raise cursor.fail("scenario.unknown-belief", start, known=", ".join(BELIEFS))
    if name == PORT_RANGE and not 0 < ports(text)[0] <= ports(text)[1] < 1 << 16:
        raise cursor.fail("scenario.expected-range", start)
    return Setting(host, name, text)
