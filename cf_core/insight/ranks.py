"""Ranks movies by mean rating and by bias, and finds what moves them between the two."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.axes import correlation
from cf_core.insight.fitted_ratings import FittedRatings

CAUSES = {"rater_kindness": "kindness", "rater_taste": "taste", "residual": "residual"}
"""What separates a movie's mean from its bias: column of `ranks` to its name."""


def ranks(factors: FittedFactors, ratings: Ratings, fitted: FittedRatings, items: NDArray[np.int64]) -> pd.DataFrame:
    """The movies at `items` with their two ranks among each other, and why the ranks differ.

    Over the n ratings r of a movie, training and validation, without a sigmoid,

        mean rating = bias + rater_kindness + rater_taste + residual

    where rater_kindness is the mean bias b_u of its raters, rater_taste the mean of p_u · q_i, and residual the mean of
    r - ŷ, which is large if the movie has few ratings and the weight decay keeps its bias small. With a sigmoid the
    first three are sums in logits and the residual is in stars, so that the equation is no longer exact. A movie rises
    from its mean to its bias if the three are low.

    Args:
        fitted: of the same model and ratings.
        items: indices, the most rated first; equal values are ranked in this order.

    Returns:
        One row per movie, as in `items`: `item_idx`, `item_id`, `title`, `n_ratings`, `mean_rating` (stars), `bias`,
        `rater_mean` (stars: the mean of its raters' own means), `rater_kindness`, `rater_taste` (in
        `factors.bias_unit`), `residual` (stars), `mean_rank` and `bias_rank` (from 1, the highest first), and `rise`
        (mean_rank - bias_rank: places gained).

    Raises:
        MissingPartError: the model has no biases.
    """
    bias = factors.need_item_bias()
    factors.need_user_bias()
    movies, sums = ratings.item_stats().iloc[items], fitted.item_sums

    def per_movie(sums_of_all: NDArray[np.float64]) -> NDArray[np.float64]:
        means: NDArray[np.float64] = sums_of_all[items] / movies["n_ratings"].to_numpy()
        return means

    table = pd.DataFrame(
        {
            "item_idx": items,
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "n_ratings": movies["n_ratings"].to_numpy(),
            "mean_rating": movies["mean_rating"].to_numpy(),
            "bias": bias[items].astype(np.float64),
            "rater_mean": per_movie(sums.rater_mean),
            "rater_kindness": per_movie(sums.rater_kindness),
            "rater_taste": per_movie(sums.taste),
            "residual": per_movie(sums.residual),
        }
    )
    return ranked(table)


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Rank the movies of a table of `ranks`, all or some, among each other: with new `mean_rank`, `bias_rank` and
    `rise`."""
    mean_rank, bias_rank = (_rank(table[name].to_numpy()) for name in ("mean_rating", "bias"))
    return table.assign(mean_rank=mean_rank, bias_rank=bias_rank, rise=mean_rank - bias_rank)


def causes(table: pd.DataFrame) -> dict[str, float]:
    """The rank correlation (Spearman's, from -1 to 1) of the rise with each of `CAUSES` in a table of `ranks`, column
    to number; empty if the rise does not vary, and without the causes that do not."""
    rank = {name: np.asarray(table[name].rank(), dtype=np.float64) for name in ("rise", *CAUSES)}
    found = {name: correlation(rank[name], rank["rise"]) for name in CAUSES}
    return {name: value for name, value in found.items() if value is not None}


def movers(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """The `n` movies of a table of `ranks` that rise most, the greatest rise first, then the `n` that fall most, the
    greatest fall last. Movies that keep their rank are left out; among equal moves the most rated win.

    Raises:
        ConfigError: `n` is below 1.
    """
    if n < 1:
        raise ConfigError(f"n={n} shows nothing. Choose 1 or more.")
    by_rise = table.sort_values("rise", ascending=False, kind="stable")
    rising = by_rise[by_rise["rise"] > 0].head(n)
    falling = table.sort_values("rise", kind="stable").query("rise < 0").head(n)
    return pd.concat([rising, falling[::-1]], ignore_index=True)


def _rank(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """The rank of each value from 1, the highest first, ties in the order given."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return rank
