"""Where content comes from, and what can be wrong with it: a file, a line, a sentence."""

import re
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong with the content, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(Exception):
    """The content does not compile. `problems` says all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Mistake(ValueError):
    """A mistake in what an author wrote, as a sentence; whoever knows the line makes a Problem of it."""


class Source:
    """One file of the content. What is found wrong with it is added to `problems`, which all files share."""

    def __init__(self, name: str, text: str, problems: list[Problem]) -> None:
        self.name = name
        self.text = text
        self._problems = problems

    def report(self, line: int, message: str) -> None:
        """Add a problem with this file."""
        problem = Problem(self.name, line, message)
        if problem not in self._problems:
            self._problems.append(problem)

    @cached_property
    def lines(self) -> list[str]:
        """The text, cut where lines end."""
        return self.text.splitlines()

    def line_of(self, first: str, *others: str) -> int:
        """The first line that holds all of these words, 1 when there is none."""
        near = ((number, line) for number, line in enumerate(self.lines, 1) if first in line)
        return next((number for number, line in near if all(word in line for word in others)), 1)

    def toml(self) -> dict[str, Any]:
        """The file as TOML; empty, and reported, when it is none."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            self.report(int(at.group(1)) if at else len(self.lines), f"not TOML: {error}")
            return {}

    def tables(self, name: str) -> list[dict[str, Any]]:
        """The `[[name]]` tables of a TOML file that has nothing else."""
        toml = self.toml()
        for key in toml.keys() - {name}:
            self.report(self.line_of(key), f"expected only [[{name}]], not “{key}”")
        tables = toml.get(name, [])
        if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
            return tables
        self.report(self.line_of(name), f"expected [[{name}]] tables")
        return []


class Folder:
    """The content folder: reads its files, and collects the problems of all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def read(self, path: str) -> Source:
        """The file at `path` inside the folder. A missing one is reported and read as empty."""
        text, wrong = "", ""
        try:
            text = (self.root / path).read_text(encoding="utf-8")
        except FileNotFoundError:
            wrong = "this file is missing"
        except UnicodeDecodeError:
            wrong = "this file is not UTF-8"
        source = Source(f"{self.root.name}/{path}", text, self.problems)
        if wrong:
            source.report(1, wrong)
        return source

    def report(self, path: str, message: str) -> None:
        """Add a problem with a file that is no text."""
        self.problems.append(Problem(f"{self.root.name}/{path}", 1, message))

    def names(self, pattern: str) -> list[str]:
        """The paths inside the folder that match `pattern`, sorted."""
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern))
