"""The README's example of a generator is one that is in use."""

from inspect import getsource
from pathlib import Path
from textwrap import indent

from app.quiz.generators.numbers import ack_of_the_syn

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_quotes_a_generator_as_it_is() -> None:
    assert indent(getsource(ack_of_the_syn), "    ") in README.read_text(encoding="utf-8")
