"""The computed bytes compared with those of PyTorch's tensors."""

import pytest
import torch

from cf_core.config import with_settings
from cf_core.teaching.memory import memory_of
from cf_core.training.events import FitStarted
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split


def test_by_hand() -> None:
    # 3 x 2 + 4 = 10 weights; 5 + 1 ratings at 8 + 8 + 4 bytes.
    started = FitStarted(5, 1, 1, 1, 10, "cpu", "", {"factors": [3, 2], "bias": [4]})
    found = memory_of(started, "adam", 0.9)
    assert found == {"weights": 40, "gradients": 40, "optimiser": 80, "ratings": 120}
    assert memory_of(started, "sgd", 0.9)["optimiser"] == 40
    assert memory_of(started, "sgd", 0.0)["optimiser"] == 0


@pytest.mark.parametrize("recipe", ["notebook-dot", "notebook-net", "notebook-learner"])
def test_as_much_as_the_tensors_of_a_run(recipe: str) -> None:
    config = with_settings(RECIPES[recipe].config, {"n_factors": 3, "n_epochs": 1})
    training = TrainingState.start(config, make_split())
    started = next(event for event in fit(training) if isinstance(event, FitStarted))
    list(fit(training))
    found = memory_of(started, config.optimizer, config.momentum)
    weights = list(training.model.parameters())
    assert found["weights"] == sum(weight.nbytes for weight in weights)
    assert found["gradients"] == sum(weight.grad.nbytes for weight in weights)
    states = [value for values in training.optimizer.state.values() for value in values]
    of_weights = [value.nbytes for value in states if torch.is_tensor(value) and value.ndim > 0]
    assert found["optimiser"] == sum(of_weights)
    assert found["ratings"] == sum(column.nbytes for column in (*training.train.all(), *training.valid.all()))
