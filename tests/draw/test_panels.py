"""What stands beside the diagram at each moment."""

import pytest

from app.draw.panels import MomentView, moments, stretches
from app.draw.slots import MOST
from app.sim.trace import Trace
from tests.draw.scenes import LESSONS, played, trace, words

HANDSHAKE = "server: listen; accept; recv\nclient: connect; send(100)@200ms\n"


def views(happened: Trace, lang: str = "en") -> tuple[MomentView, ...]:
    return moments(happened, words(lang))


def rows(view: MomentView) -> dict[str, tuple[str, ...]]:
    return {row.name: tuple(cell.text for cell in row.cells) for row in view.tcb.rows}


def test_the_blocks_of_a_handshake_moment_by_moment() -> None:
    start, syn, syn_ack, ack, *_ = views(played(HANDSHAKE))
    assert start.tcb.hosts == ("Client", "Server")
    assert rows(start) == {
        "State": ("SYN-SENT", "LISTEN"),
        "SND.UNA": ("0", "—"),
        "SND.NXT": ("1", "—"),
        "RCV.NXT": ("—", "—"),
    }
    assert rows(syn)["RCV.NXT"] == ("—", "1")
    assert rows(syn_ack)["SND.UNA"] == ("1", "0")
    assert rows(ack)["SND.UNA"] == ("1", "1")


def test_only_what_this_moment_changed_is_marked() -> None:
    _, syn, syn_ack, *_ = views(played(HANDSHAKE))
    changed = {row.name: tuple(cell.changed for cell in row.cells) for row in syn.tcb.rows}
    assert changed == dict.fromkeys(("State", "SND.UNA", "SND.NXT", "RCV.NXT"), (False, True))
    assert [cell.changed for cell in syn_ack.tcb.rows[0].cells] == [True, False]


def test_runs_that_are_told_in_turn_keep_their_own_names_and_sockets() -> None:
    alone = "server: listen; accept\nclient: connect(server, from=50000)\n"
    crowded = alone + "client/2: connect(server, from=50001)@5ms\n"
    for _ in range(2):
        one, two = views(played(alone)), views(played(crowded))
        assert {view.tcb.hosts for view in one} == {("Client", "Server")}
        assert ("Client #2", "Server #2") in {view.tcb.hosts for view in two}
        assert "client:50001" not in one[-1].ss
        assert "client:50001" in two[-1].ss


def test_an_old_syn_is_counted_as_its_label_counts_it() -> None:
    syn = views(trace("old-syn"))[1]
    assert rows(syn)["RCV.NXT"] == ("—", "-999")


def test_who_has_confirmed_what() -> None:
    def grid(view: MomentView) -> dict[str, tuple[bool, ...]]:
        assert view.grid is not None
        return {row.key: row.cells for row in view.grid.rows}

    start, syn, syn_ack, ack, *_ = views(played(HANDSHAKE))
    assert set(grid(start).values()) == {(False, False)}
    assert grid(syn) == {
        "i-send": (False, False),
        "i-receive": (False, True),
        "peer-sends": (False, True),
        "peer-receives": (False, False),
    }
    assert set(grid(syn_ack).values()) == {(True, False), (True, True)}
    assert set(grid(ack).values()) == {(True, True)}


def test_what_was_confirmed_stays_confirmed_when_the_block_is_gone() -> None:
    last = views(trace("four-segment-close"))[-1]
    assert last.grid is not None
    assert all(all(row.cells) for row in last.grid.rows)


def test_a_queue_of_limit_one_has_two_slots_and_shows_who_waits() -> None:
    happened = trace("accept-queue-full")
    full = views(happened)[happened.moment_at(200_000).index]
    accept = next(queue for queue in full.queues if queue.name == "accept")
    assert (accept.host, accept.limit, accept.used) == ("server", 1, 2)
    assert [(slot.filled, slot.conn) for slot in accept.slots] == [(True, 1), (True, 2)]


def test_a_slot_is_marked_when_it_changes() -> None:
    _, syn, _, _, *_ = views(played(HANDSHAKE))
    request = syn.queues[0]
    assert request.name == "syn"
    assert [slot.changed for slot in request.slots] == [True, False, False, False]


def test_a_crowded_queue_without_a_bound_shows_no_more_than_is_sensible() -> None:
    clients = "\n".join(f"client/{number}: connect" for number in range(2, 30))
    happened = played(f"server: listen\nclient: connect\n{clients}\nset: rfc\n")
    last = views(happened)[-1]
    assert last.queues[1].used == 29
    assert len(last.queues[1].slots) == MOST


def test_before_anybody_listens_there_are_no_queues() -> None:
    assert views(trace("refused"))[0].queues == ()


def test_the_capture_grows_and_is_what_was_sent_until_now() -> None:
    start, syn, *_, last = views(played(HANDSHAKE))
    assert [len(view.capture) for view in (start, syn)] == [1, 2]
    assert last.capture[1] == (
        "00:00:00.050000 IP server.80 > client.40000: Flags [S.], seq 0, ack 1, win 65535, "
        "options [mss 1460,sackOK,TS val 50 ecr 0,nop,wscale 10], length 0"
    )


def test_the_rules_are_told_with_their_sections() -> None:
    syn = views(played(HANDSHAKE))[1]
    (rules,) = syn.rules
    assert (rules.segment, rules.host) == ("SYN seq=0", "Server")
    fired = [(rule.section, rule.text) for rule in rules.rules if rule.fired]
    assert fired[0][0] == "RFC 9293 §3.10.7.2 (3rd check)"
    assert "SYN-RECEIVED" in fired[0][1]


def test_an_old_timestamp_says_nothing_of_the_window() -> None:
    happened = played(
        "server: listen; accept; recv; send(919); close\nclient: connect; send(932); recv; recv(eof); close\n"
        "forge: c S 5000:5000(0) ts -34519 @35s\n"
    )
    (rules,) = views(happened)[happened.moment_at(35_000_000).index].rules
    assert [rule.section for rule in rules.rules if rule.fired] == ["RFC 7323 §5.3"]


def test_several_connections_are_told_apart() -> None:
    happened = trace("final-ack-ignored")
    view = views(happened)[happened.moment_at(270_000).index]
    assert view.tcb.hosts == ("Client #3", "Server #3")
    assert rows(view)["State"] == ("SYN-SENT", "SYN-RECEIVED")


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_moment_of_every_lesson_has_a_view_and_words(name: str, lang: str) -> None:
    for view in views(trace(name), lang):
        assert view.sentences
        assert len({len(view.tcb.hosts), *(len(row.cells) for row in view.tcb.rows)}) == 1


@pytest.mark.parametrize("panel", ["tcb", "grid", "queues", "ss", "rules"])
@pytest.mark.parametrize("slug", LESSONS)
def test_a_panel_is_written_once_for_as_long_as_it_stays_the_same(slug: str, panel: str) -> None:
    seen = views(trace(slug))
    covered = []
    for first, last in stretches(seen, panel):
        alike = seen[first.index : last + 1]
        assert {getattr(view, panel) for view in alike} == {getattr(first, panel)}
        assert last + 1 == len(seen) or getattr(seen[last + 1], panel) != getattr(first, panel)
        covered += [view.index for view in alike]
    assert covered == [view.index for view in seen]
