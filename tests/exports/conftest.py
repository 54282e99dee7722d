"""Runs of every kind of model on data whose ids and titles are as awkward as a spreadsheet can make them."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig
from cf_core.exports.contents import RunContents
from cf_core.exports.folder import export_run
from cf_core.exports.parts import parts_of
from cf_core.runs.execute import execute
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.recipes import recipe

RECIPES = ("notebook-dot", "notebook-bias", "notebook-net", "best", "rank")
AWKWARD_IDS = ["=1+1", "'=1", "'", "''x", "007", "NA", "-5", "+x", "@a", "1e5", "é", "a b", 'say "hi"', "a,b", "null"]
AWKWARD_TITLES = ["=SUM(A1)", "'burbs, The", "two\nlines", "tab\there", "-1", "None", "a\r\nb", "<b>", "| # |"]


def write_awkward_data(folder: Path) -> Path:
    """15 users and 24 items, ids as text, some titles that are formulas or have line breaks."""
    folder.mkdir()
    draw = np.random.default_rng(1)
    items = [*AWKWARD_IDS, *(f"i{number}" for number in range(9))]
    titles = {item: AWKWARD_TITLES[number % len(AWKWARD_TITLES)] for number, item in enumerate(items)}
    with (folder / "ratings.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["userId", "movieId", "rating", "timestamp"])
        for user in AWKWARD_IDS:
            rows.writerows([user, item, draw.integers(1, 11) / 2, 1] for item in items if draw.random() < 0.7)
    with (folder / "movies.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["movieId", "title", "genres"])
        rows.writerows([item, title, "Drama|=Comedy"] for item, title in titles.items())
    return folder


def train_on(
    store: RunStore, data: Path, name: str = "notebook-bias", *, split: SplitConfig | None = None, **settings: object
) -> Run:
    """A finished run of two epochs."""
    config = with_settings(recipe(name).config, {"n_epochs": 2, "n_factors": 4, "batch_size": 64, **settings})
    run_id = store.create(RunSpec(str(data), split or SplitConfig(), config, "cpu")).run_id
    for _ in execute(store, run_id):
        pass
    return store.get(run_id)


@pytest.fixture(scope="session")
def awkward_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_awkward_data(tmp_path_factory.mktemp("exports") / "awkward")


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """The store of the lab that exports."""
    return RunStore(tmp_path_factory.mktemp("origin") / "runs")


@pytest.fixture(scope="session")
def contents_of(origin: RunStore, awkward_data: Path) -> Callable[[str], RunContents]:
    """The contents of a run of that recipe, trained once for all tests."""
    ratings = read_ratings(awkward_data)
    made = {name: RunContents.of(origin, train_on(origin, awkward_data, name), ratings) for name in RECIPES}
    return made.__getitem__


@pytest.fixture(scope="session")
def exported(contents_of: Callable[[str], RunContents], tmp_path_factory: pytest.TempPathFactory):
    """The folder of a whole export of a run of that recipe; not to be changed."""
    home = tmp_path_factory.mktemp("exported")
    for name in RECIPES:
        contents = contents_of(name)
        export_run(contents, parts_of(contents.run), home / name)
    return lambda name: home / name
