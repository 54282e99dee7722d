"""The small neural net in NumPy: as PyTorch's own model, and as it is taken apart for one rating."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cf_core.config import ModelConfig
from cf_core.errors import MissingPartError
from cf_core.insight.net_ratings import net_ratings
from cf_core.insight.prediction import decompose_prediction, weights_of
from cf_core.rating_scale import RatingScale
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split

NET = ModelConfig("net")


@pytest.mark.parametrize("sigmoid", [True, False])
def test_as_the_model_itself_predicts(sigmoid: bool) -> None:
    split = make_split()
    config = replace(RECIPES["notebook-net"].config.model, n_factors=4, sigmoid=sigmoid)
    training = TrainingState.start(replace(RECIPES["notebook-net"].config, model=config), split)
    ratings, model = split.ratings, training.model.eval()
    with torch.no_grad():
        expected = model(torch.from_numpy(ratings.user_idx), torch.from_numpy(ratings.item_idx)).numpy()
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    predicted = net_ratings(weights, config, split, np.arange(ratings.n_ratings))
    assert predicted == pytest.approx(expected, abs=1e-5)
    scale = RatingScale.of(config, ratings.rating_range, split.train_mean)
    one = decompose_prediction(weights, "net", scale, int(ratings.user_idx[3]), int(ratings.item_idx[3]))
    assert predicted[3] == pytest.approx(one.rating, abs=1e-6)


def test_weights_that_are_no_nets() -> None:
    split = make_split()
    weights = {"user_factors.weight": np.ones((12, 2)), "item_factors.weight": np.ones((15, 2))}
    with pytest.raises(MissingPartError, match=r"lack 'hidden\.weight'"):
        net_ratings(weights, NET, split, split.valid_rows)


@pytest.mark.parametrize("recipe", ["notebook-dot", "fast"])
def test_the_factors_are_the_weights_of_any_other_model(recipe: str) -> None:
    split, config = make_split(), RECIPES[recipe].config
    training = TrainingState.start(config, split)
    state = {name: value.numpy() for name, value in training.model.state_dict().items()}
    weights = weights_of(training.fitted_factors())
    assert weights.keys() == state.keys()
    assert all((weights[name] == state[name]).all() for name in state)
