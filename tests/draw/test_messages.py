"""Whatever a trace can hold, both languages can tell."""

import pytest

from app.draw.rules import passage
from app.tcp.rules import RULES
from app.tcp.states import Cause
from tests.draw.scenes import words

TIMERS = ("retransmission", "tail-loss-probe", "delayed-ack", "time-wait", "fin-wait-2")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_has_a_sentence(lang: str) -> None:
    full_stop = "。" if lang == "zh" else "."
    assert [rule for rule in RULES if not words(lang)(f"rule.{rule}").endswith(full_stop)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_words_for_rules_that_are_not(lang: str) -> None:
    kinds = ("rule.", "reason.", "verdict.")
    said = {m.split(".", 1)[1] for m in words(lang).messages if m.startswith(kinds)}
    assert said == set(RULES)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_passage_can_be_printed(lang: str) -> None:
    assert all(passage(section, words(lang)) for section in RULES.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_cause_has_words(lang: str) -> None:
    said = {m.removeprefix("cause.") for m in words(lang).messages if m.startswith("cause.")}
    assert said == {cause.value for cause in Cause}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_timer_has_words(lang: str) -> None:
    for timer in TIMERS:
        assert words(lang)(f"trigger.{timer}", host="x")
        assert words(lang)(f"wait.{timer}", time="1 s")
