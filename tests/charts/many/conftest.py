"""Histories of two short runs."""

from pathlib import Path

import pytest

from cf_core.config import with_settings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.tiny import write_tiny_data


@pytest.fixture(scope="session")
def two_histories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, History]:
    folder: Path = write_tiny_data(tmp_path_factory.mktemp("tiny") / "tiny", 30)
    split = split_ratings(read_ratings(folder), SplitConfig())
    found = {}
    for n_factors in (2, 5):
        config = with_settings(RECIPES["fast"].config, {"n_factors": n_factors, "n_epochs": 3, "batch_size": 64})
        history = History()
        for event in fit(TrainingState.start(config, split)):
            history.add(event)
        found[f"{n_factors} factors"] = history
    return found
