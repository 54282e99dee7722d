from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.by_hand.factors import Factors
from cf_core.by_hand.model import SmallModel, mean_squared_error
from cf_core.by_hand.steps import batch, step
from cf_core.errors import ConfigError, OvershootError
from tests.by_hand.tables import ALL_MODELS, NAN, in_pytorch, random_factors, random_table, table

ONE = Factors(np.array([[2.0]]), np.array([[3.0]]), np.zeros(1), np.zeros(1))


def test_a_step_by_hand() -> None:
    # ŷ = 6, y = 4: gradients 12 and 8; weight decay adds 0.5 · 2 and 0.5 · 3.
    moved = step(table([[4.0]]), SmallModel((1, 5)), ONE, learning_rate=0.01, weight_decay=0.5)
    assert moved.user_factors.item() == pytest.approx(2 - 0.01 * (12 + 1))
    assert moved.item_factors.item() == pytest.approx(3 - 0.01 * (8 + 1.5))


@pytest.mark.parametrize(("biases", "sigmoid"), ALL_MODELS)
def test_ten_steps_are_those_of_pytorchs_sgd(biases: bool, sigmoid: bool) -> None:
    grid, factors = random_table(3), random_factors(3)
    model = SmallModel(grid.rating_range, biases, sigmoid)
    module = in_pytorch(model, factors)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05, weight_decay=0.03)
    user_idx, item_idx = (torch.from_numpy(index) for index in np.nonzero(grid.training))
    rating = torch.from_numpy(grid.rating[grid.training])
    for _ in range(10):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(module(user_idx, item_idx), rating).backward()
        optimizer.step()
        factors = step(grid, model, factors, learning_rate=0.05, weight_decay=0.03)
    for name, weight in module.named_parameters():
        ours = getattr(factors, name.removesuffix(".weight"))
        np.testing.assert_allclose(ours.reshape(weight.shape), weight.detach(), rtol=1e-9, err_msg=name)


@pytest.mark.parametrize(("biases", "sigmoid"), ALL_MODELS)
def test_a_step_on_one_rating_is_autograds_and_moves_its_user_and_movie_alone(biases: bool, sigmoid: bool) -> None:
    grid, factors = random_table(3), random_factors(3)
    model = SmallModel(grid.rating_range, biases, sigmoid)
    module = in_pytorch(model, factors)
    predicted = module(torch.tensor([0]), torch.tensor([0]))
    slopes = torch.autograd.grad((predicted - grid.rating[0, 0]).square().sum(), list(module.parameters()))
    moved = step(grid, model, factors, learning_rate=0.1, weight_decay=0.2, only=(0, 0))
    for (name, weight), slope in zip(module.named_parameters(), slopes, strict=True):
        expected = weight.detach().clone()
        expected[0] -= 0.1 * (slope[0] + 0.2 * expected[0])
        ours = getattr(moved, name.removesuffix(".weight"))
        np.testing.assert_allclose(ours.reshape(weight.shape), expected, rtol=1e-12, err_msg=name)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sampled_from(ALL_MODELS))
def test_a_small_step_lowers_the_cost(seed: int, kind: tuple[bool, bool]) -> None:
    grid, factors = random_table(seed), random_factors(seed + 1)
    model = SmallModel(grid.rating_range, *kind)

    def cost(factors: Factors) -> float:
        loss = mean_squared_error(model.predict(factors), grid.rating, grid.training)
        assert loss is not None
        return loss

    assert cost(step(grid, model, factors, learning_rate=1e-4)) <= cost(factors)


def test_without_biases_they_stay_as_they_are() -> None:
    factors = random_factors()
    moved = step(random_table(), SmallModel((1, 5)), factors, learning_rate=0.1, weight_decay=0.5)
    np.testing.assert_array_equal(moved.user_bias, factors.user_bias)
    np.testing.assert_array_equal(moved.item_bias, factors.item_bias)


def test_a_step_that_overshoots_is_refused() -> None:
    with pytest.raises(
        OvershootError, match=r"^At learning rate 100 the next step overshoots: .*lower the learning rate"
    ):
        factors = ONE
        for _ in range(9):
            factors = step(table([[4.0]]), SmallModel((1, 5)), factors, learning_rate=100.0)


@pytest.mark.parametrize(("rating", "held_out", "why"), [(NAN, [], "has no rating"), (4.0, [(0, 0)], "is held out")])
def test_a_cell_that_teaches_nothing(rating: float, held_out: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        batch(table([[rating]], held_out), (0, 0))


@pytest.mark.parametrize("settings", [{"learning_rate": 0.0}, {"learning_rate": 0.1, "weight_decay": -1.0}])
def test_settings_out_of_range(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        step(table([[4.0]]), SmallModel((1, 5)), ONE, **settings)
