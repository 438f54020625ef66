"""The levels and the gallery that ship: each runs, each goal is a goal, each fits into a link."""

from collections.abc import Iterator

import pytest

from app.folders import folder
from app.lab import forks
from app.lab.effort import KINDS, effort
from app.lab.gallery import Experiment, GalleryError, Group, read_gallery
from app.lab.levels import Level, LevelError, attempt, read_levels
from app.sim.scenario import from_query, to_query
from app.sim.world import run

CONTENT = folder("content")
LANGUAGES = ("zh", "en")
LEVELS = read_levels((CONTENT / "levels" / "levels.toml").read_text(encoding="utf-8"), LANGUAGES)
TEXTS = {
    path.relative_to(CONTENT).as_posix().removesuffix(".scenario"): path.read_text(encoding="utf-8")
    for name in ("scenarios", "gallery")
    for path in (CONTENT / name).glob("*.scenario")
}
GALLERY = read_gallery((CONTENT / "gallery" / "gallery.toml").read_text(encoding="utf-8"), TEXTS, LANGUAGES)
EXPERIMENTS = [experiment for group in GALLERY for experiment in group.experiments]
LONGEST_LINK = 2_000  # characters, the address before it included
ADDRESS = "https://ackademy.example.org/en/lab?&t=86399999999us"


def named(things: list[Level] | list[Experiment]) -> list[str]:
    return [thing.id for thing in things]


# Levels


@pytest.mark.parametrize("level", LEVELS, ids=named(list(LEVELS)))
def test_a_level_is_not_solved_by_doing_nothing(level: Level) -> None:
    begun = attempt(level, level.start)
    assert not begun.solved
    assert not begun.forbidden
    assert begun.effort.total == 0


@pytest.mark.parametrize("level", LEVELS, ids=named(list(LEVELS)))
def test_its_solution_solves_it_by_what_is_allowed_and_at_par(level: Level) -> None:
    solved = attempt(level, level.solution)
    assert solved.solved, (solved.verdict, solved.forbidden)
    assert solved.effort.total == level.par
    assert solved.trace.stopped_by is None


@pytest.mark.parametrize("level", LEVELS, ids=named(list(LEVELS)))
def test_a_level_fits_into_a_link_and_opens_inside_its_run(level: Level) -> None:
    for scenario in (level.start, level.solution):
        assert len(ADDRESS + to_query(scenario)) < LONGEST_LINK
        assert from_query(to_query(scenario)) == scenario
    assert level.t <= run(level.start).moments[-1].at
    assert set(level.words) == set(LANGUAGES)


def test_there_are_many_and_they_get_harder() -> None:
    assert len(LEVELS) >= 15
    assert LEVELS[0].par == 1
    assert max(level.par for level in LEVELS) >= 3


def test_another_kind_of_action_does_not_count() -> None:
    level = next(level for level in LEVELS if level.id == "time-wait-restarts")
    believed = forks.choose(level.solution, "belief", "closed-port-is-silent", "server")
    assert attempt(level, believed).verdict.met
    assert attempt(level, believed).forbidden == ("beliefs",)
    assert not attempt(level, believed).solved


def test_no_level_is_solved_by_a_belief_or_another_dialect() -> None:
    assert not {kind for level in LEVELS for kind in level.allowed} & {"beliefs", "dialect"}


GOOD = """
[[level]]
id = "one"
start = "server: listen\\nclient: connect"
goal = "ever: client.state = CLOSED"
par = 1
allowed = ["wire"]
solution = "server: listen\\nclient: connect\\nwire: drop c1"
en = { title = "One", task = "Do.", hint = "So." }
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("par = 1", "", "lacks its par"),
        ('"wire"', '"luck"', f"there are {', '.join(KINDS)}"),
        ("client: connect", "client: fly", "a scenario of the level one"),
        ("CLOSED", "SHUT", "the goal of the level one"),
        ('hint = "So."', 'hint = " "', "has no hint"),
        ("par = 1", 'par = 1\nt = "soon"', "opens at soon"),
        ("id", "id id", "not TOML"),
    ],
)
def test_a_mistake_in_a_level_is_said(old: str, new: str, said: str) -> None:
    assert read_levels(GOOD, ("en",))[0].words["en"].title == "One"
    with pytest.raises(LevelError, match=said):
        read_levels(GOOD.replace(old, new, 1), ("en",))
    with pytest.raises(LevelError, match="two levels one"):
        read_levels(GOOD + GOOD, ("en",))


# The gallery


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=named(EXPERIMENTS))
def test_an_experiment_runs_to_its_end_and_opens_at_a_moment(experiment: Experiment) -> None:
    trace = run(experiment.scenario)
    assert trace.stopped_by is None
    assert experiment.t in {moment.at for moment in trace.moments}
    assert len(ADDRESS + to_query(experiment.scenario)) < LONGEST_LINK


def ladder() -> Iterator[Group]:
    return (group for group in GALLERY if group.ladder)


def test_the_ladder_is_one_exchange_that_loses_another_segment_each_time() -> None:
    (group,) = ladder()
    whole, *rungs = group.experiments
    assert run(whole.scenario).segments.keys() == {"c1", "s1", "c2", "c3", "s2", "c4", "s3", "s4", "c5"}
    assert [rung.of for rung in rungs] == ["c1", "s1", "c2", "c4", "s3", "s4", "c5"]
    for rung in rungs:
        assert rung.of is not None
        assert rung.scenario == forks.lose(whole.scenario, rung.of)
        assert effort(whole.scenario, rung.scenario).total == 1


def test_the_gallery_is_a_gallery() -> None:
    assert len(EXPERIMENTS) >= 25
    assert all(group.experiments for group in GALLERY)
    assert all(set(one.words) == set(LANGUAGES) for group in GALLERY for one in (group, *group.experiments))
    used = {path.stem for path in (CONTENT / "gallery").glob("*.scenario")}
    text = (CONTENT / "gallery" / "gallery.toml").read_text(encoding="utf-8")
    assert all(f'"gallery/{name}"' in text for name in used)


SHELF = """
[[group]]
id = "all"
en = { title = "All", text = "Of them." }
[[experiment]]
id = "one"
group = "all"
scenario = "it"
en = { title = "One", text = "Of them." }
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('group = "all"', 'group = "none"', "in no group"),
        ('"it"', '"that"', "which is no scenario"),
        ('id = "one"', 'id = "all"', "two of the name all"),
        ('title = "One"', 'title = ""', "one has no title"),
        ('scenario = "it"', 'scenario = "it"\nt = "soon"', "opens at soon"),
        ("id", "id id", "not TOML"),
    ],
)
def test_a_mistake_in_the_gallery_is_said(old: str, new: str, said: str) -> None:
    texts = {"it": "server: listen\nclient: connect"}
    assert read_gallery(SHELF, texts, ("en",))[0].experiments[0].t == 0
    with pytest.raises(GalleryError, match=said):
        read_gallery(SHELF.replace(old, new, 1), texts, ("en",))
    with pytest.raises(GalleryError, match="the scenario it"):
        read_gallery(SHELF, {"it": "fly"}, ("en",))
