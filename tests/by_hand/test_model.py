"""The model of the small table against numbers worked out by hand, `cf_core.models.modules`, and autograd."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import Factors
from cf_core.by_hand.model import SmallModel, gradient, mean_squared_error
from cf_core.models.gradients import Gradients
from tests.by_hand.tables import ALL_MODELS, NAN, in_pytorch, random_factors, random_table, table


def one_cell(p: float, q: float, b: float = 0.0, c: float = 0.0) -> Factors:
    return Factors(np.array([[p]]), np.array([[q]]), np.array([b]), np.array([c]))


def test_a_prediction_by_hand() -> None:
    factors = Factors(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]), np.array([0.5]), np.array([0.25, -1]))
    assert SmallModel((1, 5)).predict(factors).tolist() == [[11.0, 2.0]]
    assert SmallModel((1, 5), biases=True).predict(factors).tolist() == [[11.75, 1.5]]
    squeezed = SmallModel((1, 5), sigmoid=True).predict(factors)[0, 1]
    assert squeezed == pytest.approx(1 + 4 / (1 + math.exp(-2)))


def test_a_gradient_by_hand() -> None:
    # ŷ = 2 · 3 = 6, y = 4, L = 4: ∂L/∂p = 2 · 2 · 3, ∂L/∂q = 2 · 2 · 2.
    slopes = gradient(SmallModel((1, 5)), one_cell(2, 3), np.array([[4.0]]), np.array([[True]]))
    assert (slopes.user_factors.item(), slopes.item_factors.item()) == (12, 8)
    assert (slopes.user_bias.item(), slopes.item_bias.item()) == (0, 0)
    # With biases ŷ = 6 + 1 - 0.5 = 6.5, so that every slope grows by 2.5 / 2, and those of the biases are 2 · 2.5.
    slopes = gradient(SmallModel((1, 5), biases=True), one_cell(2, 3, 1, -0.5), np.array([[4.0]]), np.array([[True]]))
    assert (slopes.user_factors.item(), slopes.item_factors.item()) == (15, 10)
    assert (slopes.user_bias.item(), slopes.item_bias.item()) == (5, 5)


def test_a_gradient_through_the_sigmoid_by_hand() -> None:
    # x = 0: ŷ = 3, dŷ/dx = 4 · ½ · ½ = 1; y = 5: g = 2 · (-2) · 1.
    slopes = gradient(SmallModel((1, 5), sigmoid=True), one_cell(0, 3), np.array([[5.0]]), np.array([[True]]))
    assert (slopes.user_factors.item(), slopes.item_factors.item()) == (-12, 0)


def test_the_error_is_over_the_cells_given() -> None:
    rating = np.array([[1.0, NAN], [3.0, 5.0]])
    cells = np.array([[True, False], [False, True]])
    assert mean_squared_error(np.array([[2.0, 9.0], [9.0, 2.0]]), rating, cells) == (1 + 9) / 2
    assert mean_squared_error(rating, rating, np.zeros((2, 2), dtype=bool)) is None


@pytest.mark.parametrize(("biases", "sigmoid"), ALL_MODELS)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("how", ["autograd", "written out"])
def test_same_predictions_loss_and_gradient_as_everywhere(biases: bool, sigmoid: bool, seed: int, how: str) -> None:
    grid, factors = random_table(seed), random_factors(seed)
    model = SmallModel(grid.rating_range, biases, sigmoid)
    module = in_pytorch(model, factors)
    user_idx, item_idx = (torch.from_numpy(index) for index in np.nonzero(grid.training))
    rating = torch.from_numpy(grid.rating[grid.training])
    if how == "autograd":
        loss = functional.mse_loss(module(user_idx, item_idx), rating)
        theirs = torch.autograd.grad(loss, list(module.parameters()))
    else:
        loss = Gradients(module).accumulate(user_idx, item_idx, rating) / len(rating)
        theirs = [weight.grad for weight in module.parameters()]
    predicted = model.predict(factors)
    np.testing.assert_allclose(predicted[grid.training], module(user_idx, item_idx).detach(), rtol=1e-12)
    assert mean_squared_error(predicted, grid.rating, grid.training) == pytest.approx(loss.item(), rel=1e-12)
    slopes = gradient(model, factors, grid.rating, grid.training)
    for (name, _), expected in zip(module.named_parameters(), theirs, strict=True):
        ours = getattr(slopes, name.removesuffix(".weight"))
        np.testing.assert_allclose(ours.reshape(expected.shape), expected, rtol=1e-10, atol=1e-14, err_msg=name)


def test_no_cell_no_slope() -> None:
    slopes = gradient(SmallModel((1, 5)), one_cell(2, 3), np.array([[NAN]]), np.array([[False]]))
    assert (slopes.user_factors.item(), slopes.item_factors.item()) == (0, 0)


def test_large_sums_do_not_overflow_the_sigmoid() -> None:
    model = SmallModel((1, 5), sigmoid=True)
    with np.errstate(all="raise"):
        assert model.predict(one_cell(1e3, 1e3)).item() == 5
        assert model.predict(one_cell(1e3, -1e3)).item() == 1


def test_held_out_cells_are_not_learnt_from() -> None:
    grid = table([[1, 2], [3, 4]], held_out=[(0, 1)])
    slopes = gradient(SmallModel((1, 5)), random_factors(0, 2, 2), grid.rating, grid.training)
    changed = grid.rating.copy()
    changed[0, 1] = 5
    again = gradient(SmallModel((1, 5)), random_factors(0, 2, 2), changed, grid.training)
    np.testing.assert_array_equal(slopes.side("user"), again.side("user"))


@pytest.mark.parametrize("sigmoid", [False, True])
@pytest.mark.parametrize("high", [100.0, 1000.0])
def test_the_same_steps_lead_as_far_on_every_scale(sigmoid: bool, high: float) -> None:
    """Errors after thirty steps at one learning rate, in widths of the scale."""
    left = []
    for top in (4.5, high):
        small = random_table()
        share = (small.rating - 1) / 4
        grid = replace(small, rating=top * share, rating_range=(0.0, top))
        begun = Descent.start(grid, SmallModel((0.0, top), sigmoid=sigmoid), 3, 0)
        after = begun.stepped(30, learning_rate=0.1, weight_decay=0.01)
        left.append(after.cost.train / top**2)
    assert left[1] == pytest.approx(left[0], rel=1e-9)
