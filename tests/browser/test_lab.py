"""The lab in a browser: by clicking, by keys alone, without a script; Back and Forward undo and redo."""

import re
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Locator, Route, expect

from app.lab.gallery import Experiment
from app.sim.scenario import Scenario, from_query, parse, written
from app.web.lab_address import USUAL, Place
from tests.browser.conftest import Arrive
from tests.browser.reader import Reader

CLOSE = parse("server: listen; accept; recv; close\nclient: connect; send(100); close\nwire: delay 50ms")


def scenario(reader: Reader) -> Scenario:
    """The experiment of the address."""
    query = urlsplit(reader.page.url).query
    return from_query("&".join(part for part in query.split("&") if part.split("=")[0] not in ("sel", "num")))


def opens(reader: Reader, start: Scenario = CLOSE, **place) -> None:
    reader.opens(Place(f"/{reader.lang}/lab", start, **place).url)


def lies(reader: Reader, name: str) -> None:
    """Select a segment, and lose it."""
    reader.page.locator(f"#seg-{name} .label").dispatch_event("click", {"button": 0})
    expect(reader.page.locator("#segment-title")).to_contain_text(name)
    reader.page.locator("#seg-do-lose").click()
    expect(reader.page.locator("#seg-do-deliver")).to_be_visible()


def rungs(site: FastAPI) -> tuple[Experiment, ...]:
    groups = site.state.world.experiments.groups
    return next(group.experiments for group in groups if group.ladder)


def test_each_rung_of_the_ladder_is_built_by_clicking(site: FastAPI, arrive: Arrive) -> None:
    whole, *others = rungs(site)
    reader = arrive("desktop", "en")
    for rung in others:
        opens(reader, whole.scenario)
        lies(reader, rung.of or "")
        assert scenario(reader) == rung.scenario
        shown = reader.page.locator(".log ol").inner_text()
        reader.page.reload()
        assert reader.page.locator(".log ol").inner_text() == shown


def test_back_and_forward_undo_and_redo(reader: Reader) -> None:
    opens(reader)
    page = reader.page
    expect(page.locator("tcp-lab:defined")).to_be_visible()
    states, entries = [written(scenario(reader))], []  # of ten forks, and how many entries each makes in the history
    for name in ("c1", "s1", "c2", "c3"):
        lies(reader, name)
        states.append(written(scenario(reader)))
        entries.append(2)  # the selection and the deed
    for control in ("#add-server-1-1", "#drop-client-1-1", "#add-client-1-1") * 2:
        before = page.url
        page.locator(control).dispatch_event("click", {"button": 0})
        page.wait_for_function("before => location.href !== before", arg=before)
        states.append(written(scenario(reader)))
        entries.append(1)
    assert len(set(states)) == 11
    for expected, count in zip(states[-2::-1], entries[::-1], strict=True):
        for _ in range(count):
            page.go_back()
        assert written(scenario(reader)) == expected
    for expected, count in zip(states[1:], entries, strict=True):
        for _ in range(count):
            page.go_forward()
        assert written(scenario(reader)) == expected
    expect(page.locator("ul.chips").last).to_contain_text("drop c3")


def test_an_action_is_not_lost_to_a_player_that_goes_on(arrive: Arrive) -> None:
    reader = arrive("desktop", "en")
    opens(reader, sel="c1")
    page = reader.page

    def slow(route: Route) -> None:
        page.wait_for_timeout(1500)
        route.continue_()

    page.route(re.compile("drop"), slow)
    page.keyboard.press("p")
    page.locator("#seg-do-lose").dispatch_event("click", {"button": 0})
    expect(page.locator("#seg-do-deliver")).to_be_visible()
    assert "drop c1" in written(scenario(reader))


def test_a_page_of_another_release_is_loaded_whole(arrive: Arrive) -> None:
    reader = arrive("desktop", "en")
    opens(reader, sel="c1")
    page = reader.page
    page.evaluate("window.same = true; document.querySelector('link[rel=stylesheet]').href += '?another'")
    page.locator("#seg-do-lose").click()
    page.wait_for_function("() => !window.same")
    expect(page.locator("#seg-do-deliver")).to_be_visible()
    assert "drop c1" in written(scenario(reader))


def test_the_keys_are_told_also_after_the_lab_has_changed(arrive: Arrive) -> None:
    reader = arrive("desktop", "zh")
    opens(reader)
    for _ in range(2):
        reader.page.locator("[data-opens-keys]").click()
        expect(reader.page.locator("keys-dialog dialog")).to_be_visible()
        reader.page.keyboard.press("Escape")
        reader.page.locator("#drop-client-1-1").click()
        expect(reader.page.locator("#drop-client-1-2")).to_have_count(0)
        reader.page.go_back()


def test_with_keys_alone(arrive: Arrive) -> None:
    reader = arrive("desktop", "en")
    opens(reader)
    page = reader.page
    page.keyboard.press("ArrowRight")
    expect(page.locator(".log li.now")).to_contain_text("SYN")
    page.locator("#seg-c1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#segment-title")).to_contain_text("c1")
    assert page.evaluate("document.activeElement.id") == "seg-c1"
    page.locator("#seg-do-lose").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#seg-do-deliver")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "segment"


def lifeline(reader: Reader, host: str, moment: int) -> Locator:
    return reader.page.locator(f"#life-{host}-{moment}")


def test_a_lifeline_is_clicked(reader: Reader) -> None:
    opens(reader, USUAL)
    page = reader.page
    page.evaluate("window.same = true")
    lifeline(reader, "server", 3).click()
    page.wait_for_url(re.compile("t=150ms&sel=server$"))
    server = {"zh": "服务端", "en": "Server"}[reader.lang]
    expect(page.locator("#doing")).to_be_focused()
    expect(page.locator(".log li.now .clock")).to_have_text("150 ms")
    assert page.locator("#doing .end h3").all_inner_texts() == [f"{server} :40000 ESTABLISHED"]
    expect(page.locator("#doing-title")).to_be_in_viewport(ratio=1)
    page.locator("#do-server-40000-1").click()
    page.wait_for_url(re.compile("server.send"))
    assert scenario(reader) == parse(written(USUAL) + "at: 151ms server.send(100)")
    page.go_back()
    page.go_back()
    expect(page.locator("#every-host")).to_have_count(0)
    assert page.evaluate("window.same")


def test_a_time_of_the_axis_is_clicked(reader: Reader) -> None:
    opens(reader)
    reader.page.locator(".diagram .clock", has_text="50 ms").first.click()
    reader.page.wait_for_url(re.compile("t=50ms$"))
    expect(reader.page.locator("#doing-title")).to_contain_text("50 ms")


def test_a_lifeline_with_keys_alone(arrive: Arrive) -> None:
    reader = arrive("desktop", "en")
    opens(reader)
    page = reader.page
    page.locator(".diagram").focus()
    page.keyboard.press("Tab")
    expect(lifeline(reader, "client", 0)).to_be_focused()
    page.keyboard.press("Tab")
    expect(lifeline(reader, "server", 0)).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(lifeline(reader, "server", 2)).to_be_focused()
    page.wait_for_url(re.compile("t=100ms"))
    page.keyboard.press("Enter")
    expect(page.locator("#doing")).to_be_focused()
    expect(page.locator("#doing-title")).to_contain_text("Server at 100 ms")
    page.keyboard.press("Tab")
    expect(page.locator("#every-host")).to_be_focused()


def test_a_lifeline_without_a_script(arrive: Arrive) -> None:
    reader = arrive("phone", "zh", java_script_enabled=False)
    opens(reader, USUAL)
    lifeline(reader, "client", 2).click()
    expect(reader.page.locator("#doing-title")).to_contain_text("100 ms")
    expect(reader.page.locator("#doing")).to_be_in_viewport()
    reader.page.locator("#do-client-40000-1").click()
    assert "client.send(100)" in written(scenario(reader))


@pytest.mark.parametrize("height", [664, 844])
def test_a_phone_has_the_controls_at_hand_all_along(arrive: Arrive, height: int) -> None:
    reader = arrive("phone", "zh", viewport={"width": 390, "height": height})
    opens(reader, t=50_000, sel="c1")
    seen = reader.page.evaluate(
        """async () => {
            const board = document.querySelector(".lab-board");
            const found = [];
            const top = board.offsetTop - innerHeight + 100;
            for (let y = top; y < board.offsetTop + board.offsetHeight - innerHeight; y += 90) {
                scrollTo(0, y);
                await new Promise(requestAnimationFrame);
                const button = document.querySelector(".controls .play").getBoundingClientRect();
                const at = document.elementFromPoint(button.x + button.width / 2, button.y + button.height / 2);
                found.push(Boolean(at?.closest(".play")));
            }
            return found;
        }"""
    )
    assert len(seen) > 10
    assert all(seen)


def test_the_last_view_comes_to_stand_clear_of_the_faded_end(arrive: Arrive) -> None:
    reader = arrive("phone", "en")
    opens(reader)
    views, last = (
        reader.page.evaluate(
            """selector => {
                document.querySelector(".views").scrollLeft = 9999;
                return document.querySelector(selector).getBoundingClientRect().right;
            }""",
            selector,
        )
        for selector in (".views", ".views label:last-of-type")
    )
    assert last <= views - 40


def test_a_moment_brings_what_stands_beside_it(reader: Reader) -> None:
    opens(reader)
    page = reader.page
    page.locator(".controls .next").click()
    page.wait_for_url(re.compile("t=50ms"))
    page.locator(".controls .next").click()
    page.wait_for_url(re.compile("t=100ms"))
    expect(page.locator("#doing-title")).to_contain_text("100 ms")
    expect(page.locator("#part-tcb")).to_contain_text("FIN-WAIT-1")
    expect(page.locator(".states-map .token")).to_have_count(2)
    assert scenario(reader) == CLOSE


def test_a_form_keeps_the_page_and_points_at_a_mistake(arrive: Arrive) -> None:
    reader = arrive("desktop", "en", allowed=("422",))
    opens(reader)
    page = reader.page
    page.evaluate("window.same = true")
    page.locator("#text-2 > summary").click()
    page.locator("#program-2").fill("connect; fly")
    page.locator("#run-2").click()
    expect(page.locator("#mistake")).to_be_focused()
    expect(page.locator("#mistake pre")).to_contain_text("^")
    expect(page.locator("#program-2")).to_have_value("connect; fly")
    page.locator("#program-2").fill("connect; abort")
    page.locator("#run-2").click()
    expect(page.locator("#mistake")).to_have_count(0)
    page.wait_for_url(re.compile("abort"))
    assert page.evaluate("window.same")
    assert page.evaluate("document.activeElement.id") == "run-2"


def test_a_program_is_changed_by_its_chips(reader: Reader) -> None:
    opens(reader)
    page = reader.page
    page.locator("#more-client-1 > summary").click()
    page.locator("#more-client-1 a", has_text="connect").click()
    page.wait_for_url(re.compile("close;[+]connect&"))
    expect(page.locator("#more-client-1 a").first).to_be_visible()
    page.locator("#call-client-1-1").click()
    page.locator("#later-client-1-1").click()
    page.wait_for_url(re.compile("connect;[+]close;[+]send"))
    expect(page.locator("#call-client-1-2")).to_be_focused()
    page.locator("#drop-client-1-3").click()
    expect(page.locator("#call-client-1-3")).to_have_count(0)
    expect(page.locator(".call.open")).to_have_count(0)
    page.locator("#call-client-1-2").click()
    page.locator(".call.open [name=argument]").fill("7")
    page.locator(".call.open [name=sign]").select_option("@")
    page.locator(".call.open [name=time]").fill("1s")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("send.7"))
    assert "client: connect; close; send(7)@1s\n" in written(scenario(reader))
    expect(page.locator(".call.open [name=time]")).to_be_focused()
    page.go_back()
    expect(page.locator("#call-client-1-2 code")).to_have_text("send(100)")
    page.locator("#call-client-1-2").click()
    expect(page.locator(".call.open")).to_have_count(0)
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen


def test_a_mistake_in_a_chip_is_shown_in_it(arrive: Arrive) -> None:
    reader = arrive("phone", "zh", allowed=("422",))
    opens(reader)
    page = reader.page
    page.locator("#call-client-1-1").click()
    page.locator(".call.open [name=argument]").fill("many")
    page.locator("#change-client-1-1").click()
    expect(page.locator(".call.open #mistake")).to_be_focused()
    expect(page.locator(".call.open [name=argument]")).to_have_value("many")


@pytest.mark.parametrize("name", ["phone", "desktop"])
def test_without_a_script(arrive: Arrive, name: str) -> None:
    reader = arrive(name, "en", java_script_enabled=False)
    opens(reader, sel="c1")
    page = reader.page
    page.locator("#seg-do-lose").click()
    assert "drop c1" in written(scenario(reader))
    page.locator("#text-2 > summary").click()
    page.locator("#program-2").fill("connect; close")
    page.locator("#run-2").click()
    assert "client: connect; close" in written(scenario(reader))
    page.locator("#drop-client-1-1").click()
    assert "client: connect\n" in written(scenario(reader))
    page.locator("#chip-2").click()
    assert "drop c1" not in written(scenario(reader))
    page.locator("#settings summary").click()
    page.locator("#settings [name=delay]").fill("20ms")
    page.locator("#set-it").click()
    assert "delay 20ms" in written(scenario(reader))


def test_on_a_phone_the_stage_leaves_half_of_the_screen_to_the_tools(arrive: Arrive) -> None:
    reader = arrive("phone", "en")
    opens(reader, USUAL)
    page = reader.page
    page.locator("#doing").scroll_into_view_if_needed()
    assert page.evaluate("document.querySelector('.view').offsetHeight / innerHeight") < 0.52
    lifeline(reader, "client", 2).click()
    page.wait_for_url(re.compile("sel=client"))
    expect(page.locator("#do-client-40000-1")).to_be_in_viewport(ratio=1)
    expect(page.locator(".view")).to_be_in_viewport(ratio=0.9)
    hidden = page.evaluate(
        """() => {
            const title = document.querySelector("#doing-title").getBoundingClientRect();
            return !document.elementFromPoint(title.left + 9, title.top + 9)?.closest("#doing");
        }"""
    )
    assert not hidden


def test_turning_a_phone_keeps_the_place(arrive: Arrive) -> None:
    reader = arrive("phone", "zh")
    opens(reader, USUAL, t=400_000)
    page = reader.page
    now = page.locator(".diagram .tick.now").first
    expect(page.locator("tcp-lab:defined")).to_be_visible()
    for width, height in ((844, 390), (390, 844), (700, 1000)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        inside = now.evaluate(
            """tick => {
                const box = tick.closest(".follows").getBoundingClientRect();
                const { top } = tick.getBoundingClientRect();
                return box.top < top && top < box.bottom;
            }"""
        )
        assert inside, (width, height)
        assert "t=400ms" in page.url
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen


def test_nothing_sticks_out(reader: Reader) -> None:
    for path in ("lab?sel=c1", "lab/gallery", "lab/levels", "lab/levels/refused"):
        reader.opens(f"/{reader.lang}/{path}")
        wide, seen = reader.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen, path


def test_a_level_is_solved_and_its_score_kept(site: FastAPI, arrive: Arrive) -> None:
    reader = arrive("desktop", "zh")
    level = next(one for one in site.state.world.experiments.levels if one.id == "slow-connect")
    reader.opens(Place(f"/zh/lab/levels/{level.id}", level.start, level.t).url)
    lies(reader, "c1")
    expect(reader.page.locator("#verdict")).to_have_class(re.compile("met"))
    reader.page.locator("#keep").click()
    expect(reader.page.locator("#keep")).to_have_count(0)
    reader.opens("/zh/lab/levels")
    expect(reader.page.locator(".level").first).to_contain_text("★★★")


def test_a_phone_is_shown_that_the_level_is_solved(site: FastAPI, arrive: Arrive) -> None:
    reader = arrive("phone", "zh")
    level, after = (site.state.world.experiments.levels)[:2]
    reader.opens(Place(f"/zh/lab/levels/{level.id}", level.start, level.t).url)
    lies(reader, "c1")
    expect(reader.page.locator("#verdict")).to_be_focused()
    expect(reader.page.locator("#verdict-title")).to_be_in_viewport()
    reader.page.locator("#next-level").click()
    expect(reader.page).to_have_url(re.compile(f"/zh/lab/levels/{after.id}$"))
    expect(reader.page).to_have_title(re.compile(after.words["zh"].title))
    reader.opens("/zh/lab/levels")
    expect(reader.page.locator(".level").first).to_contain_text("★★★")


def test_the_clauses_of_a_level_follow_the_moment(site: FastAPI, reader: Reader) -> None:
    level = next(one for one in site.state.world.experiments.levels if one.id == "both-closing")
    reader.opens(Place(f"/{reader.lang}/lab/levels/{level.id}", level.solution, 0).url)
    clause = reader.page.locator(".clauses li")
    expect(clause).not_to_have_class(re.compile("is-now"))
    reader.page.locator("#clause-1").click()
    expect(clause).to_have_class(re.compile("is-now"))
    reader.page.locator(".scrub").fill("0")
    expect(clause).not_to_have_class(re.compile("is-now"))
