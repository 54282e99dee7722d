"""The lesson's model and loss for a whole small table at once: predictions, mean squared error and its gradient.

They equal `EmbeddingDot` and `EmbeddingDotBias` in `cf_core.models.modules` and their autograd gradients, as a test
checks, but in NumPy, so that a page need not load PyTorch to change one number.

Notation: P and Q hold the factors p_u and q_i as rows, b and c the biases, m is 1 in the cells of a batch and 0
elsewhere, B = Σ m.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.by_hand.factors import Factors
from cf_core.rating_scale import RatingScale, star_size


@dataclass(frozen=True)
class SmallModel:
    """ŷ = range(p_u · q_i + b_u + c_i).

    `range` is the sigmoid onto `rating_range` (stars), and the identity without `sigmoid`. Without `biases` both biases
    are left out.
    """

    rating_range: tuple[float, float]
    biases: bool = False
    sigmoid: bool = False

    def sums(self, factors: Factors) -> NDArray[np.float64]:
        """x = P Qᵀ + b + c, (n_users, n_items), before the range."""
        dots = factors.user_factors @ factors.item_factors.T
        return dots + factors.user_bias[:, None] + factors.item_bias[None, :] if self.biases else dots

    @property
    def factor_size(self) -> float:
        """How large factors begin: 1 for stars, and before a sigmoid. Where one of the lesson's stars is s of the
        scale, products have to be s times as large, so factors √s times (see `star_size`)."""
        return 1.0 if self.sigmoid else math.sqrt(star_size(self.rating_range))

    @property
    def loss_unit(self) -> float:
        """What the squared error is divided by before its gradient is taken, see `RatingScale.loss_unit`; 1 for stars.
        So one learning rate does on every scale."""
        star = star_size(self.rating_range)
        return (
            RatingScale(*self.rating_range, star=star).loss_unit if self.sigmoid else RatingScale(star=star).loss_unit
        )

    def output(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """ŷ (stars) and dŷ/dx: x and 1, or low + (high - low) · σ(x) and (high - low) · σ(x) · (1 - σ(x))."""
        scale = RatingScale(*self.rating_range) if self.sigmoid else RatingScale()
        return scale.value_and_derivative(x)

    def predict(self, factors: Factors) -> NDArray[np.float64]:
        """Predict ŷ of every cell, stars, (n_users, n_items)."""
        return self.output(self.sums(factors))[0]


def mean_squared_error(
    predicted: NDArray[np.float64], rating: NDArray[np.float64], cells: NDArray[np.bool_]
) -> float | None:
    """Mean of (ŷ - y)² over `cells`, squared stars; None where there is no cell."""
    return float(np.square(predicted - rating)[cells].mean()) if cells.any() else None


def gradient(model: SmallModel, factors: Factors, rating: NDArray[np.float64], cells: NDArray[np.bool_]) -> Factors:
    """∂L/∂w for every factor and bias w, L the mean squared error over `cells`, in the model's
    `loss_unit` a.

    With g = 2/(a B) · m · (ŷ - y) · dŷ/dx: ∂L/∂P = g Q, ∂L/∂Q = gᵀ P, ∂L/∂b = g summed over the movies, ∂L/∂c = g
    summed over the users.
    """
    predicted, slope = model.output(model.sums(factors))
    g = np.zeros_like(rating)
    g[cells] = 2 / max(int(cells.sum()), 1) / model.loss_unit * ((predicted - rating) * slope)[cells]
    biases = float(model.biases)
    return Factors(g @ factors.item_factors, g.T @ factors.user_factors, biases * g.sum(axis=1), biases * g.sum(axis=0))
