"""The lab's gallery and levels: read from the content, and held to what they promise."""

from typing import NamedTuple

from app.course.source import Folder
from app.lab.gallery import Experiment, GalleryError, Group, read_gallery
from app.lab.levels import Level, LevelError, attempt, read_levels
from app.sim.scenario import Scenario
from app.sim.world import run
from app.words import LANGUAGES

GALLERY, LEVELS = "gallery/gallery.toml", "levels/levels.toml"
LANGS = tuple(language.lang for language in LANGUAGES)


class Experiments(NamedTuple):
    """What the lab has ready."""

    groups: tuple[Group, ...] = ()
    levels: tuple[Level, ...] = ()

    def named(self, scenario: Scenario) -> tuple[Group, Experiment] | None:
        """The experiment of the gallery that is this very scenario, and its group."""
        ready = ((group, experiment) for group in self.groups for experiment in group.experiments)
        return next((one for one in ready if one[1].scenario == scenario), None)

    def title(self, scenario: Scenario, lang: str) -> str:
        """What the gallery calls that very scenario; "" where it has none such."""
        found = self.named(scenario)
        return found[1].words[lang].title if found else ""

    def level(self, id: str) -> Level | None:
        """The level of that name."""
        return next((level for level in self.levels if level.id == id), None)


def read_experiments(folder: Folder) -> Experiments:
    """Both files, each empty where it is not there; what is wrong with them is reported to the folder."""
    names = [*folder.names("scenarios/*.scenario"), *folder.names("gallery/*.scenario")]
    texts = {name.removesuffix(".scenario"): folder.read(name).text for name in names}
    groups: tuple[Group, ...] = ()
    levels: tuple[Level, ...] = ()
    if folder.names(GALLERY):
        source = folder.read(GALLERY)
        try:
            groups = read_gallery(source.text, texts, LANGS)
        except GalleryError as error:
            source.report(1, str(error))
    if folder.names(LEVELS):
        source = folder.read(LEVELS)
        try:
            levels = read_levels(source.text, LANGS)
        except LevelError as error:
            source.report(1, str(error))
    return Experiments(groups, levels)


def inspect_experiments(folder: Folder) -> None:
    """Run them all: an experiment ends by itself and opens at a moment; a level begins unsolved and can be solved."""
    ready = read_experiments(folder)
    for group in ready.groups:
        for experiment in group.experiments:
            trace = run(experiment.scenario)
            if trace.stopped_by or experiment.t not in {moment.at for moment in trace.moments}:
                source = folder.read(GALLERY)
                source.report(
                    source.line_of(f'"{experiment.id}"'), f"{experiment.id} does not open at a moment of its run"
                )
    for level in ready.levels:
        begun, solved = attempt(level, level.start), attempt(level, level.solution)
        if begun.solved or not solved.solved or solved.effort.total > level.par:
            source = folder.read(LEVELS)
            source.report(source.line_of(f'"{level.id}"'), f"the solution of {level.id} does not solve it at par")
