"""The lab over HTTP: each control leads to another address, and nothing that is typed or linked breaks it."""

import re
from html import unescape
from urllib.parse import quote, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lab import forks
from app.sim.scenario import Scenario, from_query, parse, to_query, written
from app.sim.world import run
from app.web.lab_address import EMPTY, USUAL, Place, read

CLOSE = parse("server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms")


def at(scenario, lang: str = "en", **place) -> str:
    return Place(f"/{lang}/lab", scenario, **place).url


def link(page: str, id: str) -> str:
    """Where the link with that id leads."""
    found = re.search(rf'<a [^>]*\bid="{re.escape(id)}"[^>]*>', page)
    assert found, id
    href = re.search(r'href="([^"]+)"', found[0])
    assert href, id
    return unescape(href[1])


def scenario_of(url: str):
    parts = [part for part in urlsplit(url).query.split("&") if part.split("=")[0] not in ("sel", "num")]
    return from_query("&".join(parts))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_query_there_is_something_to_play_with(visitor: TestClient, lang: str) -> None:
    page = visitor.get(f"/{lang}/lab")
    assert page.status_code == 200
    assert "<tcp-player" in page.text
    assert f'href="/{lang}/lab" aria-current="page"' in page.text
    assert " style=" not in page.text
    assert scenario_of(link(page.text, "numbers")) == USUAL


def test_a_connection_is_built_from_the_empty_start_by_links_alone(visitor: TestClient) -> None:
    page = visitor.get(link(visitor.get("/en/lab").text, "empty-start")).text
    assert "SYN-SENT" not in page.split("states-title")[0]
    page = visitor.get(link(page, "do-client-0-1")).text
    lost = visitor.get(link(page, "seg-c1"))
    page = visitor.get(link(lost.text, "seg-do-lose")).text
    assert "drop c1" in page
    again = link(page, "seg-do-deliver")
    assert written(scenario_of(again)) == written(scenario_of(link(lost.text, "unselect")))


def test_every_number_of_a_segment_says_where_it_comes_from(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE, t=50_000, sel="s1")).text
    card = page[page.index('id="segment"') : page.index("segment-rules")]
    assert card.count("<dt") == 5
    assert "RFC 9293 §3.4" in card
    assert "takes one number" in card
    isn = run(CLOSE).segments["s1"].segment.seq
    assert f"on the wire {isn} = 0x{isn:08x}" in card


def test_what_can_be_done_depends_on_the_moment(visitor: TestClient) -> None:
    early = visitor.get(at(CLOSE, t=0)).text
    late = visitor.get(at(CLOSE, t=100_000)).text
    offered = [set(re.findall(r'id="do-[^>]*>([^<]+)</a>', page)) for page in (early, late)]
    assert "recv" not in offered[0]
    assert offered[0] != offered[1]
    assert 'id="blow-server-reboot"' in late
    struck = scenario_of(link(late, "blow-server-reboot"))
    assert [deed.deed.kind for deed in struck.deeds] == ["reboot"]


def lifelines(page: str) -> list[tuple[str, str, str]]:
    """Each length of a rail: the host, whether the keyboard stops there, where it leads."""
    found = re.findall(
        r'<a class="lifeline" href="([^"]+)"[^>]* data-host="(\w+)"(?: id="[^"]+")?( tabindex="-1")?>', page
    )
    return [(host, "" if skipped else "stops", unescape(url)) for url, host, skipped in found]


def test_a_lifeline_leads_to_its_moment_and_asks_what_its_host_can_do(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE, t=100_000)).text
    found = lifelines(page)
    moments = {moment.at for moment in run(CLOSE).moments}
    for host in ("client", "server"):
        own = [url for name, _, url in found if name == host]
        assert {read("/en/lab", urlsplit(url).query, USUAL).place.t for url in own} == moments
        (stop,) = [url for name, stops, url in found if name == host and stops]
        assert stop == at(CLOSE, t=100_000, sel=host) + "#doing"
        doing = visitor.get(stop).text.partition('id="doing"')[2].partition("</section>")[0]
        assert set(re.findall(r'id="(?:do|blow)-([a-z]+)-', doing)) == {host}
        assert visitor.get(link(doing, "every-host")).text == page


def test_a_host_is_picked_out_by_its_name(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE, t=100_000)).text
    assert link(page, "only-server-0") == at(CLOSE, t=100_000, sel="server")


def test_several_connections_are_one_host(visitor: TestClient) -> None:
    several = parse("server: listen; accept; accept\nclient: connect; connect\nclient2: connect")
    page = visitor.get(at(several, t=0)).text
    found = lifelines(page)
    assert {host for host, _, _ in found} == {"client", "client2", "server"}
    assert page.count('class="track"') == 6


def test_numbers_are_relative_or_absolute(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE, sel="c1")).text
    other = visitor.get(link(page, "numbers")).text
    assert "num=abs" in link(other, "seg-c1")
    assert 'name="num" value="abs"' in other


def test_a_scaled_window_is_shown_as_it_is_on_the_wire(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE, sel="c2")).text
    assert '<strong class="mono">63</strong>' in page
    assert "63 × 1024 = 64512" in page
    assert "64512" not in visitor.get(at(CLOSE, sel="c1")).text


LATE = parse("server: listen; accept; close@1s\nclient: connect; send(100)@2s\n")
UNANSWERED = parse("server:\nclient: connect\nforge: c . 1:1(0) ack 1 @10ms")


@pytest.mark.parametrize(
    ("scenario", "name"),
    [
        (LATE, "s3"),  # data after close(): Linux has a socket, and its reset still says 0
        (parse("server: listen\nclient: connect\nforge: s S. 500:500(0) ack 9 @10ms"), "c2"),  # from SYN-SENT
        (UNANSWERED, "x1"),  # one SYN alone agrees on nothing
    ],
)
def test_a_window_that_is_not_scaled_is_not_said_to_count_in_units(
    visitor: TestClient, scenario: Scenario, name: str
) -> None:
    page = visitor.get(at(scenario, sel=name)).text
    card = page[page.index('id="segment"') : page.index("segment-rules")]
    assert "units of" not in card
    if name != "x1":
        assert "whether or not there is a socket" in card
        assert "No socket stands" not in card


FORMS = [
    ({"do": "program", "host": "client", "number": "1", "text": "connect; close"}, "client: connect; close"),
    (
        {
            "do": "call",
            "host": "client",
            "number": "1",
            "position": "1",
            "call": "send",
            "argument": "7",
            "sign": "+",
            "time": "20ms",
        },
        "client: connect; send(7)+20ms; close",
    ),
    (
        {
            "do": "call",
            "host": "client",
            "number": "1",
            "position": "2",
            "call": "abort",
            "argument": "",
            "sign": "",
            "time": "300ms",
        },
        "client: connect; send(100); abort\n",
    ),
    ({"do": "add", "host": "client2", "text": "connect"}, "client2: connect"),
    ({"do": "entry", "key": "wire", "text": "drop s[S.]"}, "drop s[S.]"),
    (
        {"do": "forge", "host": "client", "flags": "R", "seq": "nxt", "ack": "nxt", "len": "0", "at": "120ms"},
        "c R nxt @120ms",
    ),
    (
        {"do": "forge", "host": "server", "flags": "P.", "seq": "1", "ack": "-5", "len": "10", "at": "1s"},
        "s P. 1:11(10) ack -5",
    ),
    ({"do": "settings", "dialect": "rfc", "delay": "20ms"}, "set: rfc"),
    ({"do": "settings", "dialect": "linux", "delay": "50ms", "client.isn": "4294967293"}, "client.isn=4294967293"),
    ({"do": "settings", "dialect": "linux", "delay": "50ms", "server.backlog": "1"}, "listen(1)"),
    ({"do": "settings", "dialect": "linux", "delay": "50ms", "tcp_syn_retries": "2"}, "tcp_syn_retries=2"),
    ({"do": "text", "text": "server: listen\nclient: connect"}, "client: connect"),
]


@pytest.mark.parametrize(("sent", "says"), FORMS, ids=[says for _, says in FORMS])
def test_a_form_leads_to_another_address(visitor: TestClient, sent: dict[str, str], says: str) -> None:
    answer = visitor.post("/en/lab", data={"scenario": written(CLOSE), "t": "50ms", **sent})
    assert answer.status_code == 303
    url = answer.headers["location"]
    assert says in written(scenario_of(url))
    assert visitor.get(url).status_code == 200


WRONG = [
    {"do": "program", "host": "client", "number": "1", "row": "client", "text": "connect; fly"},
    {"do": "add", "host": "client2", "text": "conect"},
    {"do": "entry", "key": "wire", "text": "drop q"},
    {"do": "text", "text": "server: listen\nclient: conect <b>"},
]


def test_an_entry_that_is_empty_is_asked_for(visitor: TestClient) -> None:
    page = visitor.post("/zh/lab", data={"scenario": written(CLOSE), "do": "entry", "key": "wire", "text": " "})
    assert page.status_code == 422
    assert "先写一条干预，例如 drop s1" in page.text


WRONG_CALLS = [
    {"call": "send", "argument": "much", "position": "1"},
    {"call": "send", "argument": "", "position": "1"},
    {"call": "fly", "argument": "", "position": "1"},
    {"call": "close", "argument": "", "position": "1", "sign": "@", "time": "soon"},
    {"call": "close", "argument": "", "position": "7"},
    {"call": "close", "argument": "", "position": "0.0"},
    {"call": "close", "argument": "", "position": "x"},
    {"call": "close; close", "argument": "", "position": "1"},
]


@pytest.mark.parametrize("sent", WRONG_CALLS)
def test_a_call_that_cannot_be_stays_as_it_was_typed(visitor: TestClient, sent: dict[str, str]) -> None:
    fields = {"scenario": written(CLOSE), "do": "call", "host": "client", "number": "1", "row": "client"}
    fields["sel"] = "client-1-1"
    page = visitor.post("/en/lab", data={**fields, **sent})
    assert page.status_code == 422
    if sent["position"] == "1":
        opened = page.text.partition('class="changes"')[2].partition("</div>\n  </li>")[0]
        assert 'id="mistake"' in opened
        assert f'value="{sent["argument"]}"' in opened


def test_a_program_is_built_and_mended_by_links_alone(visitor: TestClient) -> None:
    page = visitor.get(at(EMPTY)).text
    for call, then in [("connect", "send(100)"), ("send(100)", "close"), ("close", "connect")]:
        offers = page.partition('id="more-client-1"')[2].partition("</details>")[0]
        known = {text: unescape(url) for url, text in re.findall(r'href="([^"]+)">([^<]+)</a>', offers)}
        page = visitor.get(known[call]).text
        assert f">{then}</a>" in page.partition('id="more-client-1"')[2].partition("</details>")[0]
    assert "client: connect; send(100); close" in written(scenario_of(link(page, "numbers")))
    assert 'class="changes"' not in page
    page = visitor.get(link(page, "call-client-1-2")).text
    page = visitor.get(link(page, "earlier-client-1-2")).text
    assert 'aria-expanded="true"><code>close' in page
    assert 'data-focus="call-client-1-2"' in page
    assert re.search(r'id="drop-client-1-1"[^>]*>Take it out</a>', page)
    page = visitor.get(link(page, "drop-client-1-2")).text
    assert 'class="changes"' not in page
    assert "client: connect; close\n" in written(scenario_of(link(page, "numbers")))
    assert 'id="later-client-1-1"' not in visitor.get(link(page, "call-client-1-1")).text
    assert 'id="earlier-client-1-0"' not in visitor.get(link(page, "call-client-1-0")).text


def test_calls_in_a_block_are_chips_too(visitor: TestClient) -> None:
    page = visitor.get(at(parse("server: listen; accept*{recv; close}\nclient: connect"))).text
    changed = scenario_of(link(visitor.get(link(page, "call-server-1-1-0")).text, "later-server-1-1-0"))
    assert "accept*{close; recv}" in written(changed)
    assert "accept*{recv; close; sleep(100ms)}" in written(scenario_of(link(page, "add-server-1-1-1")))


def test_very_long_programs_are_text_alone(visitor: TestClient) -> None:
    page = visitor.get(at(parse(f"server: listen\nclient: connect; {'send(1); ' * 60}close"))).text
    assert 'class="chip call"' not in page
    assert 'id="program-2"' in page


def test_a_level_without_programs_shows_them_and_no_more(site: FastAPI, visitor: TestClient) -> None:
    for level in site.state.world.experiments.levels:
        page = visitor.get(f"/en/lab/levels/{level.id}").text
        assert ('class="chip call"' in page) is ("calls" in level.allowed), level.id


@pytest.mark.parametrize("sent", WRONG, ids=[one["do"] for one in WRONG])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mistake_is_pointed_at_and_what_was_typed_stays(visitor: TestClient, sent: dict[str, str], lang: str) -> None:
    page = visitor.post(f"/{lang}/lab", data={"scenario": written(CLOSE), **sent})
    assert page.status_code == 422
    mistake = page.text[page.text.index('id="mistake"') :]
    assert re.search(r"\n *\^</code>", mistake[:1500])
    assert sent["text"].splitlines()[-1] in unescape(page.text)
    assert "<b>" not in page.text


@pytest.mark.parametrize("path", ["lab", "lab/levels/refused"])
def test_the_keys_are_said_in_the_words_of_the_lab(visitor: TestClient, path: str) -> None:
    dialog = visitor.get(f"/en/{path}").text.partition("<keys-dialog>")[2].partition("</keys-dialog>")[0]
    assert "step" not in dialog
    for keys in ("→", "←", "P", "Enter", "?"):
        assert f"<kbd>{keys}</kbd>" in dialog
    assert "Next step" in visitor.get("/en/lessons/three-way-handshake").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_experiment_of_the_gallery_keeps_its_name_until_it_is_changed(
    site: FastAPI, visitor: TestClient, lang: str
) -> None:
    gallery = visitor.get(f"/{lang}/lab/gallery").text
    for group in site.state.world.experiments.groups:
        for experiment in group.experiments:
            label, start = experiment.words[lang], experiment.scenario
            page = visitor.get(at(start, lang, t=experiment.t, sel="c1")).text
            assert f'<h1 id="lab-title">{label.title}</h1>' in unescape(page), experiment.id
            assert f"<title>{label.title} · " in unescape(page)
            assert label.text in unescape(page)
            assert f'href="/{lang}/lab/gallery#{experiment.id}"' in page
            assert f'id="{experiment.id}"' in gallery
            fork = visitor.get(at(forks.add_program(start, "client", "connect"), lang)).text
            assert "/lab/gallery#" not in fork, experiment.id
            assert label.text not in unescape(fork)
    shared = visitor.get(f"/{lang}/share", params={"to": at(experiment.scenario, lang)}).text
    assert f'<a href="{at(experiment.scenario, lang)}">{label.title}</a>' in unescape(shared)


DEFAULTS = {  # of Linux, as its documentation has them
    "client.isn": "1141436523",
    "server.backlog": "128",
    "tcp_syn_retries": "6",
    "tcp_retries2": "15",
    "tcp_max_syn_backlog": "2048",
    "somaxconn": "4096",
    "tcp_fin_timeout": "60",
    "tcp_tw_reuse": "2",
    "tcp_timestamps": "1",
    "tcp_keepalive_time": "7200",
}


def test_a_setting_says_what_it_is_where_nobody_set_it(visitor: TestClient) -> None:
    page = visitor.get(at(CLOSE)).text
    for name, value in DEFAULTS.items():
        field = re.search(rf'name="{name}" value="" placeholder="{value}"[^>]*> <small>default {value}</small>', page)
        assert field, name
    isn = run(CLOSE).segments["c1"].segment.seq
    changed = visitor.get(at(forks.choose(CLOSE, "isn", isn + 7, "client"))).text
    assert f'name="client.isn" value="{isn + 7}" placeholder="{isn}"' in changed
    for name in list(DEFAULTS)[2:]:
        assert run(forks.choose(CLOSE, name, int(DEFAULTS[name]))).events == run(CLOSE).events


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({"do": "settings", "tcp_syn_retries": "99"}, "tcp_syn_retries", "tcp_syn_retries：数值太大"),
        ({"do": "settings", "client.isn": "many"}, "client.isn", "client.isn：这里应该是一个整数"),
        ({"do": "settings", "delay": "soon"}, "delay", "单程时延：这里应该是一段时间"),
        ({"do": "forge", "host": "client", "flags": "R", "seq": "x", "at": "1s"}, "seq", "seq：这里应该是一个整数"),
        ({"do": "forge", "host": "client", "flags": "R", "len": "x", "at": "1s"}, "len", "len：这里应该是一个整数"),
    ],
)
def test_a_mistake_names_its_field(visitor: TestClient, sent: dict[str, str], field: str, says: str) -> None:
    page = visitor.post("/zh/lab", data={"scenario": written(CLOSE), "delay": "50ms", **sent})
    assert page.status_code == 422
    assert says in page.text.partition('id="mistake"')[2]
    assert re.findall(r'name="([^"]+)"[^>]*aria-invalid="true"', page.text) == [field]


def test_a_key_that_nothing_is_called_is_said_to_be_read_as_a_host(visitor: TestClient) -> None:
    page = visitor.get("/en/lab?server=listen&client=connect&foo=bar&somaxconn=5&tcp_sack=1&client=fly").text
    told = dict(re.findall(r"<li><code>([^<]*)</code> ([^<]*)</li>", unescape(page)))
    assert "“foo” is none of wire, forge, at and set" in told["foo: bar"]
    assert "no host has a call bar" in told["foo: bar"]
    assert "set: name=value" in told["somaxconn: 5"]
    assert "set: name=value" in told["tcp_sack"]
    assert told["client: fly"].startswith("there is no call fly")
    typed = visitor.post("/en/lab", data={"do": "text", "text": "server: listen\nfoo: bar"}).text
    assert "“foo” is none of wire" in unescape(typed)
    assert "“foo” is none of wire" in visitor.get("/embed/lab?server=listen&foo=bar&lang=en").text


@pytest.mark.parametrize(("lang", "server"), [("zh", "服务端"), ("en", "Server")])
def test_a_host_is_called_as_in_the_picture_beside_its_name_in_the_notation(
    visitor: TestClient, lang: str, server: str
) -> None:
    page = visitor.get(at(CLOSE, lang, t=100_000)).text
    headings = re.findall(r"<h3><span class=\"mono\">(\w+)</span>(?: <span class=\"called\">(\w+)</span>)?</h3>", page)
    assert headings == (
        [("server", "服务端"), ("client", "客户端")] if lang == "zh" else [("server", ""), ("client", "")]
    )
    doing = page.partition('id="doing"')[2].partition("</section>")[0]
    assert re.search(rf'id="only-server-0"[^>]*>{server}</a>', doing)
    assert re.search(rf'id="blow-server-crash"[^>]*>{server}[：:]', doing)


def test_two_programs_and_one_fewer(visitor: TestClient) -> None:
    two = forks.add_program(CLOSE, "client", "connect")
    sent = {
        "do": "program",
        "scenario": written(two),
        "host": "client",
        "number": "2",
        "text": "connect",
        "remove": "1",
    }
    answer = visitor.post("/en/lab", data=sent)
    assert scenario_of(answer.headers["location"]) == CLOSE


HOSTILE = [
    "server=listen;accept&client=connect;fly&wire=drop+c1",
    "client=connect",
    "t=soon&v=9&sel=%3Cscript%3E",
    "wire=drop+c1",
    "server=&client=",
    "a=b=c&&&==&%00=%00&%ff=%fe",
    "server=listen%0Aforge:+flood+2000+every+1us&client=connect",
    "server=listen&client=connect&set=rfc;tcp_sack=0",
    "&".join(f"h{n}=connect" for n in range(40)),
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_bad_link_opens_with_what_could_be_understood(visitor: TestClient, query: str) -> None:
    page = visitor.get(f"/en/lab?{query}")
    assert page.status_code in (200, 422)
    assert "<tcp-lab" in page.text
    assert "<script>" not in page.text.replace('<script type="module"', "")


def test_the_rest_of_a_bad_link_is_told(visitor: TestClient) -> None:
    page = visitor.get("/en/lab?server=listen;accept&client=connect;fly&client=connect&wire=drop+c1").text
    assert "client: connect;fly" in page
    assert "drop c1" in page


def test_limits_have_a_page(visitor: TestClient) -> None:
    assert visitor.get("/en/lab?client=" + quote("connect;" * 4000)).status_code == 413
    much = visitor.get("/en/lab?server=listen(5)&forge=flood+1999+every+1us+@1ms&client=connect")
    assert much.status_code == 422
    assert 'class="notice"' in much.text


JUNK = st.text(alphabet=st.sampled_from("clientsrvwao:;=&()@.+*{}[]#-x0123456789 \n%é字"), max_size=120)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=JUNK, value=JUNK)
def test_junk_never_breaks_it(site: FastAPI, query: str, value: str) -> None:
    visitor = TestClient(site, follow_redirects=False)
    assert visitor.get(f"/en/lab?{quote(query, safe='&=')}").status_code in (200, 422)
    assert visitor.get(f"/zh/lab?client={quote(value)}").status_code in (200, 422)
    sent = {"scenario": written(CLOSE), "do": "entry", "key": "wire", "text": value, "t": query}
    assert visitor.post("/en/lab", data=sent).status_code in (303, 422)


def test_a_place_is_its_address() -> None:
    place = Place("/en/lab", CLOSE, 50_000, "client2.1", True)
    assert read("/en/lab", place.query[1:], USUAL).place == place
    assert to_query(EMPTY) in Place("/en/lab", EMPTY).url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_of_the_gallery_opens(site: FastAPI, visitor: TestClient, lang: str) -> None:
    page = unescape(visitor.get(f"/{lang}/lab/gallery").text)
    for group in site.state.world.experiments.groups:
        for experiment in group.experiments:
            url = at(experiment.scenario, lang, t=experiment.t)
            assert f'href="{url}"' in page
            opened = visitor.get(url)
            assert opened.status_code == 200, experiment.id
            assert 'class="notice"' not in opened.text, experiment.id


def test_every_segment_of_the_gallery_can_be_selected(site: FastAPI, visitor: TestClient) -> None:
    for group in site.state.world.experiments.groups:
        for experiment in group.experiments:
            for name in list(run(experiment.scenario).segments)[:12]:
                page = visitor.get(at(experiment.scenario, "zh", t=experiment.t, sel=name))
                assert page.status_code == 200
                assert 'id="segment-title"' in page.text, (experiment.id, name)
