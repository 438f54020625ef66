"""The scenarios of the content, each run once."""

from collections.abc import Mapping

from app.course.source import Folder, Mistake
from app.sim.cursor import ScenarioError
from app.sim.scenario import parse
from app.sim.trace import Trace
from app.sim.world import run
from app.words import Words


class Scenarios:
    """Every `scenarios/*.scenario`, by name. One that cannot be read or does not end by itself is reported."""

    def __init__(self, folder: Folder, words: Words) -> None:
        self.texts: dict[str, str] = {}
        self._traces: Mapping[str, Trace | None] = {
            path.removeprefix("scenarios/").removesuffix(".scenario"): self._run(folder, path, words)
            for path in folder.names("scenarios/*.scenario")
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, those that do not run too."""
        return tuple(self._traces)

    def trace(self, name: str) -> Trace:
        """What happened in that scenario. Raises Mistake where there is none, or it does not run."""
        if name not in self._traces:
            raise Mistake(f"there is no scenarios/{name}.scenario")
        trace = self._traces[name]
        if trace is None:
            raise Mistake(f"scenarios/{name}.scenario does not run")
        return trace

    def _run(self, folder: Folder, path: str, words: Words) -> Trace | None:
        source = folder.read(path)
        self.texts[path.removeprefix("scenarios/").removesuffix(".scenario")] = source.text
        try:
            trace = run(parse(source.text))
        except ScenarioError as error:
            said = words(error.message, **error.params) if error.message in words else error.message
            source.report(error.line, f"column {error.column}: {said}")
            return None
        if trace.stopped_by:
            source.report(1, f"this scenario does not end by itself: stopped by {trace.stopped_by}")
            return None
        if not trace.moments:
            source.report(1, "nothing happens in this scenario")
            return None
        return trace
