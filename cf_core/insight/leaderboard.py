"""Best and worst movies by bias: how good a movie is once how kindly its raters rate and what they like is removed."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import popular_trained_items

Order = Literal["best", "worst"]


def leaderboard(
    factors: FittedFactors,
    ratings: Ratings,
    order: Order = "best",
    top: int = 15,
    popular: int = 3_000,
    among: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """The `top` movies of highest ("best") or lowest ("worst") bias among the `popular` most rated
    (lesson: "Movie bias").

    Args:
        among: indices of the movies to rank in place of the most rated, see `cf_core.insight.movie_choice`. Ties
            keep this order.

    Returns:
        Columns `rank` (from 1), `item_id`, `title`, `bias` (in `factors.bias_unit`), `n_ratings` and `mean_rating`
        (stars; both over all ratings). Equal biases are in the order of popularity.

    Raises:
        MissingPartError: the model has no biases.
        ConfigError: `top` is below 1, `popular` below 2, or `order` is unknown.
    """
    if top < 1:
        raise ConfigError(f"top={top} shows nothing. Choose 1 or more.")
    if order not in ("best", "worst"):
        raise ConfigError(f"order={order!r} is not known. Choose 'best' or 'worst'.")
    bias = factors.need_item_bias()
    items = popular_trained_items(factors, ratings, popular) if among is None else among
    ranked = items[np.argsort(-bias[items] if order == "best" else bias[items], kind="stable")][:top]
    movies = ratings.item_stats().iloc[ranked]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(ranked) + 1),
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "bias": bias[ranked],
            "n_ratings": movies["n_ratings"].to_numpy(),
            "mean_rating": movies["mean_rating"].to_numpy(),
        }
    )
