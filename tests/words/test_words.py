"""Both languages say the same, and nothing is ever said in the wrong one."""

import re
from pathlib import Path

import pytest

from app.folders import folder
from app.words import CatalogError, MissingWords, Words, load

LOCALE = folder("content") / "locale"
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture(scope="module")
def words() -> dict[str, Words]:
    return load(LOCALE)


def catalogs(root: Path, zh: str = 'msgid "a"\nmsgstr "甲"\n', en: str = 'msgid "a"\nmsgstr "one"\n') -> Path:
    for lang, text in (("zh", zh), ("en", en)):
        (root / lang).mkdir()
        (root / lang / "site.po").write_text(HEAD + text, encoding="utf-8")
    return root


def test_a_message_is_filled_in(tmp_path: Path) -> None:
    zh = 'msgid "event.enters"\nmsgstr "{host} 进入 {state}"\n'
    assert load(catalogs(tmp_path, zh=zh))["zh"]("event.enters", host="服务端", state="LISTEN") == "服务端 进入 LISTEN"


def test_a_language_knows_its_names(words: dict[str, Words]) -> None:
    assert [(w.lang, w.name, w.tag) for w in words.values()] == [("zh", "中文", "zh-Hans"), ("en", "English", "en")]


def test_a_message_that_is_missing_is_never_replaced(words: dict[str, Words]) -> None:
    with pytest.raises(MissingWords, match=r"en: no\.such\.message"):
        words["en"]("no.such.message")


def test_a_parameter_that_is_missing_is_named(tmp_path: Path) -> None:
    words = load(catalogs(tmp_path, en='msgid "a"\nmsgstr "step {number}"\n'))["en"]
    with pytest.raises(MissingWords, match="en: a: without its number"):
        words("a")


def test_both_languages_have_the_same_messages_with_the_same_parameters(words: dict[str, Words]) -> None:
    zh, en = ({message: w.parameters(message) for message in w.messages} for w in words.values())
    assert zh == en


def test_every_message_that_a_template_names_is_there(words: dict[str, Words]) -> None:
    for template in folder("templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for message in re.findall(r'\bw\("([^"]+)"[,)]', text) + re.findall(r'"([^"]+)" \| w\b', text):
            assert message in words["zh"], f"{template}: {message}"


def test_no_catalog_says_a_message_twice() -> None:
    for file in LOCALE.glob("*/*.po"):
        messages = re.findall(r'^msgid "(.+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(messages) == len(set(messages)), file


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('msgid "a"\nmsgstr ""\n', r"site\.po:\d+: a has no text"),
        ('#, fuzzy\nmsgid "a"\nmsgstr "maybe"\n', r"site\.po:\d+: a: fuzzy"),
        ("nonsense\n", r"site\.po:\d+: "),
    ],
)
def test_a_malformed_catalog_names_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(CatalogError, match=complaint):
        load(catalogs(tmp_path, en=text))


def test_a_message_in_two_catalogs_is_a_mistake(tmp_path: Path) -> None:
    catalogs(tmp_path)
    (tmp_path / "en" / "trace.po").write_text(HEAD + 'msgid "a"\nmsgstr "two"\n', encoding="utf-8")
    with pytest.raises(CatalogError, match=r"trace\.po:\d+: a is said twice"):
        load(tmp_path)


def test_a_language_without_a_catalog_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no catalog"):
        load(tmp_path)
