"""What a fold-in made small, in its numbers: the squared error of each rating, and the penalty."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.insight.fold_in import UserVector


@dataclass(frozen=True, eq=False)
class FoldInTerms:
    """The terms of the objective, Σ (r - ŷ)² + λ (‖p‖² + b²).

    Attributes:
        ratings: one row per rating, in the order given: `title`, `rating`, `predicted` (stars), `residual` (stars),
            `squared` (stars²).
        squared_error: the sum of `squared`.
        size: ‖p‖² + b².
        penalty: λ · size.
    """

    ratings: pd.DataFrame
    squared_error: float
    size: float
    penalty: float

    @property
    def total(self) -> float:
        """The objective."""
        return self.squared_error + self.penalty


def fold_in_terms(
    ratings: Ratings,
    user: UserVector,
    weight_decay: float,
    predicted: NDArray[np.floating],
    rated: NDArray[np.int64],
    stars: NDArray[np.floating],
) -> FoldInTerms:
    """The terms for a person.

    Args:
        user: what the fold-in found, with λ as `weight_decay`.
        predicted: (n_items,) the predictions for this person, stars.
        rated, stars: the ratings it was folded in by, (n,) each: item indices and stars.
    """
    given, expected = np.asarray(stars, dtype=np.float64), np.asarray(predicted, dtype=np.float64)[rated]
    table = pd.DataFrame(
        {
            "title": ratings.item_table["title"].to_numpy()[rated],
            "rating": given,
            "predicted": expected,
            "residual": given - expected,
            "squared": np.square(given - expected),
        }
    )
    size = float(np.square(user.user_factors).sum() + user.user_bias**2)
    return FoldInTerms(table, float(table["squared"].sum()), size, weight_decay * size)
