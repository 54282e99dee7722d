"""The weights of a checkpoint, read without torch, are those of the model."""

import numpy as np
import pytest

from cf_core.errors import StoreError
from cf_core.runs.execute import execute
from cf_core.runs.store.run_store import RunStore
from tests.runs.stored import checkpoint_of


def test_they_are_the_fitted_factors(tmp_path, make_spec) -> None:
    store = RunStore(tmp_path / "runs")
    run_id = store.create(make_spec()).run_id
    for _ in execute(store, run_id):
        pass
    weights, factors = store.files.weights(run_id), store.factors(run_id)
    assert np.array_equal(weights["item_factors.weight"], factors.item_factors)
    assert not any(name.startswith("optimizer") for name in weights)


def test_none_or_damaged_says_so(tmp_path, make_spec) -> None:
    store = RunStore(tmp_path / "runs")
    run_id = store.create(make_spec()).run_id
    with pytest.raises(StoreError, match="Train the run again"):
        store.files.weights(run_id)
    checkpoint_of(store, run_id).parent.mkdir()
    checkpoint_of(store, run_id).write_bytes(b"not a checkpoint")
    with pytest.raises(StoreError, match="checkpoint"):
        store.files.weights(run_id)
