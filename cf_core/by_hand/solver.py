"""Solves a small table by alternating least squares.

With the movies' factors fixed, the loss is quadratic in each user's factors, and its minimum solves a system of linear
equations; then the other way round (Zhou et al. 2008). There is no learning rate. A sigmoid would make the equations
nonlinear, so the solver's model has none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.by_hand.factors import Factors, Side
from cf_core.by_hand.model import SmallModel, mean_squared_error
from cf_core.by_hand.table import SmallTable
from cf_core.settings import check_setting

_LEAST_L2 = 1e-9
"""Keeps the equations solvable where a user has fewer ratings than weights; too small to show in the results."""


@dataclass(frozen=True, eq=False)
class Solution:
    """The result of the sweeps. Losses are mean squared errors (squared stars), None where there is no such cell;
    `converged` says whether the last sweep changed the objective by less than the tolerance."""

    factors: Factors
    predicted: NDArray[np.float64]
    train_loss: float | None
    valid_loss: float | None
    n_sweeps: int
    converged: bool


def solve(
    table: SmallTable,
    biases: bool,
    start: Factors,
    weight_decay: float,
    *,
    max_sweeps: int = 200,
    tolerance: float = 1e-6,
) -> Solution:
    """Minimise mean((ŷ - y)²) + a · weight_decay/2 · Σ w², ŷ = p_u · q_i (+ b_u + c_i), over the training cells,
    a being the `loss_unit` of the scale (1 for stars).

    `steps.step` follows the gradient of the same objective if there is no sigmoid. It has many minima; which one is
    found depends on `start`.

    Args:
        tolerance: the sweeps end when one reduces the objective by less than this share of it.

    Raises:
        ConfigError: weight_decay is out of range.
    """
    check_setting("weight_decay", weight_decay)
    model = SmallModel(table.rating_range, biases=biases)
    weight_decay *= model.loss_unit
    cells, factors, objective = table.training, start, np.inf
    sweep, converged = 0, False
    while sweep < max_sweeps and not converged:
        factors = _solve_side(table.rating, cells, factors, "user", biases, weight_decay)
        factors = _solve_side(table.rating.T, cells.T, factors, "item", biases, weight_decay)
        sweep, before, objective = sweep + 1, objective, _objective(table, model, factors, weight_decay)
        converged = before - objective < tolerance * max(objective, 1e-12)
    predicted = model.predict(factors)
    return Solution(
        factors=factors,
        predicted=predicted,
        train_loss=mean_squared_error(predicted, table.rating, cells),
        valid_loss=mean_squared_error(predicted, table.rating, table.held_out),
        n_sweeps=sweep,
        converged=converged,
    )


def _solve_side(
    rating: NDArray[np.float64],
    cells: NDArray[np.bool_],
    factors: Factors,
    side: Side,
    biases: bool,
    weight_decay: float,
) -> Factors:
    """Solve for the weights w of every row of `rating`, with the other side fixed.

    For a row whose cells have the other side's weights a_j, the normal equations are
    (Σ a_j a_jᵀ + λ I) w = Σ a_j (y_j - c_j), with λ = weight_decay · B / 2; a_j ends in a 1 where there are biases.
    """
    other = factors.side("item" if side == "user" else "user")
    known = np.column_stack([other[:, :-1], np.ones(len(other))]) if biases else other[:, :-1]
    target = np.where(cells, rating - (other[:, -1] if biases else 0.0), 0.0)
    n = known.shape[1]
    pairs = (known[:, :, None] * known[:, None, :]).reshape(-1, n * n)
    squares = (cells @ pairs).reshape(-1, n, n)
    strength = max(weight_decay * cells.sum() / 2, _LEAST_L2)
    squares += strength * np.eye(n)
    solved = np.linalg.solve(squares, (target @ known)[:, :, None])[:, :, 0]
    if not biases:
        solved = np.column_stack([solved, factors.side(side)[:, -1]])
    return factors.with_side(side, solved)


def _objective(table: SmallTable, model: SmallModel, factors: Factors, weight_decay: float) -> float:
    loss = mean_squared_error(model.predict(factors), table.rating, table.training) or 0.0
    weights = [factors.user_factors, factors.item_factors]
    if model.biases:
        weights += [factors.user_bias, factors.item_bias]
    return loss + weight_decay / 2 * sum(float(np.square(weight).sum()) for weight in weights)
