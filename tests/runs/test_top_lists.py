"""The lists of every user, as a program makes them: those of the functions that the page calls for small data."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.errors import StoreError
from cf_core.evaluation.metrics import top_items
from cf_core.evaluation.protocol import Candidates
from cf_core.evaluation.rankers import BASELINE_RANKERS
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.top_lists import top_lists
from cf_core.training.recipes import RECIPES
from tests.tiny import N_USERS, write_tiny_data

SPLIT, USERS = SplitConfig(seed=3), np.arange(N_USERS)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_data(tmp_path_factory.mktemp("tiny"), 40)


@pytest.mark.parametrize("name", BASELINE_RANKERS)
def test_a_baseline(data: Path, name: str) -> None:
    told: list[tuple[int, int]] = []
    lists = top_lists(
        USERS, str(data), asdict(SPLIT), 7, {"baseline": name}, lambda done, n, partial=None: told.append((done, n))
    )
    split = split_ratings(read_ratings(data), SPLIT)
    assert (lists == top_items(Candidates.of(split), BASELINE_RANKERS[name].scores(split), USERS, 7)).all()
    assert told == [(N_USERS, N_USERS)]


@pytest.mark.parametrize("recipe", ["fast", "notebook-net"])
def test_a_run(data: Path, tmp_path: Path, recipe: str) -> None:
    store = RunStore(tmp_path / "runs")
    config = with_settings(RECIPES[recipe].config, {"n_epochs": 1, "n_factors": 3})
    run = store.create(RunSpec(str(data), SPLIT, config, "cpu"))
    for _ in execute(store, run.run_id):
        pass
    ranker = {"files": store.files.place, "run_id": run.run_id, "model": asdict(config.model)}
    lists = top_lists(USERS, str(data), asdict(SPLIT), 7, ranker)
    scores = scores_of_run(store.factors(run.run_id), config.model, store.files.weights(run.run_id))
    split = split_ratings(read_ratings(data), SPLIT)
    assert (lists == top_items(Candidates.of(split), scores, USERS, 7)).all()
    store.files.remove(run.run_id)
    with pytest.raises(StoreError, match="cannot be read"):
        top_lists(USERS, str(data), asdict(SPLIT), 7, ranker)
