"""One prediction broken down: by hand, and compared with the model's own."""

import math

import numpy as np
import pytest
import torch

from cf_core.config import ModelConfig, with_settings
from cf_core.errors import MissingPartError
from cf_core.insight.prediction import decompose_prediction
from cf_core.rating_scale import RatingScale
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split

BY_HAND = {
    "user_factors.weight": np.array([[9.0, 9.0], [1.0, 2.0]], dtype=np.float32),
    "item_factors.weight": np.array([[0.5, -0.25]], dtype=np.float32),
    "user_bias.weight": np.array([[9.0], [0.3]], dtype=np.float32),
    "item_bias.weight": np.array([[-0.1]], dtype=np.float32),
}


def test_a_dot_product_by_hand() -> None:
    found = decompose_prediction(BY_HAND, "dot", RatingScale(), 1, 0)
    assert found.products.tolist() == [[1, 0.5, 0.5], [2, -0.25, -0.5]]
    assert found.parts == {"products of factors": 0}
    assert (found.sum, found.rating, found.low) == (0, 0, None)


def test_biases_and_a_sigmoid_by_hand() -> None:
    found = decompose_prediction(BY_HAND, "bias", RatingScale(1, 5), 1, 0)
    assert found.parts == pytest.approx({"user bias": 0.3, "movie bias": -0.1, "products of factors": 0})
    assert found.sum == pytest.approx(0.2)
    assert found.rating == pytest.approx(1 + 4 / (1 + math.exp(-0.2)))
    assert (found.low, found.high) == (1, 5)


def test_the_global_part_is_the_mean_seen_through_the_sigmoid() -> None:
    nothing = {name: np.zeros_like(weight) for name, weight in BY_HAND.items()}
    found = decompose_prediction(
        nothing, "bias", RatingScale.of(ModelConfig("bias", start_at_mean=True), (1, 5), 3.7), 1, 0
    )
    assert list(found.parts) == ["global part", "user bias", "movie bias", "products of factors"]
    assert found.rating == pytest.approx(3.7)


@pytest.mark.parametrize(("factor", "end"), [(-20_000, 0.5), (20_000, 5)])
def test_huge_weights_come_to_an_end_of_the_range(factor: float, end: float) -> None:
    huge = {**BY_HAND, "user_factors.weight": np.full((2, 2), factor, dtype=np.float32)}
    found = decompose_prediction(huge, "bias", RatingScale(0.5, 5), 1, 0)
    assert found.sum == pytest.approx(factor / 4 + 0.2)  # far beyond what exp takes
    assert found.rating == end


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_is_what_the_model_says(recipe: str) -> None:
    split = make_split()
    config = with_settings(RECIPES[recipe].config, {"n_factors": 4, "n_epochs": 2})
    training = TrainingState.start(config, split)
    list(fit(training))
    training.model.eval()
    weights = {name: weight.detach().numpy() for name, weight in training.model.named_parameters()}
    scale = RatingScale.of(config.model, split.ratings.rating_range, split.train_mean)
    for user, item in [(0, 0), (3, 7), (11, 14)]:
        with torch.no_grad():
            said = training.model(torch.tensor([user]), torch.tensor([item])).item()
        found = decompose_prediction(weights, config.model.kind, scale, user, item)
        assert found.rating == pytest.approx(said, abs=1e-5)
        assert found.sum == pytest.approx(sum(found.parts.values()))


def test_weights_of_another_model() -> None:
    with pytest.raises(MissingPartError, match=r"hidden\.weight"):
        decompose_prediction(BY_HAND, "net", RatingScale(1, 5), 1, 0)
