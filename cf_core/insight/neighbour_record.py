"""How good the neighbours' predictions are on the whole. The worst predictions of a model are bad company for it: on
those, nearly any other predictor looks wiser."""

from collections.abc import Mapping
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.neighbourhood import By, Directions, TrainingCells, Via, from_neighbours


def neighbour_record(
    cells: TrainingCells,
    directions: Mapping[By, Directions],
    predicted: NDArray[np.floating],
    k: int = 10,
    n: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Each neighbourhood and the model on the same validation ratings: on `n` drawn at random with `seed`, or on all
    where there are no more, less those for which the neighbourhood has no prediction.

    Args:
        predicted: ŷ of each validation rating, stars, in the order of `split.valid_rows`.

    Returns:
        `by`, `via`, `n_ratings`, `rmse`, `model_rmse` (stars; NaN where no rating is left) and `closer`, the share of
        the ratings, 0 to 1, for which the neighbourhood is closer than the model.

    Raises:
        ConfigError: `k` is below 1.
    """
    ratings, rows = cells.split.ratings, cells.split.valid_rows
    if len(rows) > n:
        drawn = np.random.default_rng(seed).choice(len(rows), n, replace=False)
        rows, predicted = rows[drawn], predicted[drawn]
    users, items = ratings.user_idx[rows].tolist(), ratings.item_idx[rows].tolist()
    given = ratings.rating[rows].astype(np.float64)
    error = np.abs(given - predicted)
    table = []
    for by, vectors in directions.items():
        for via in get_args(Via):
            said = (from_neighbours(cells, vectors, via, *pair, k).predicted for pair in zip(users, items, strict=True))
            others = np.abs(given - np.array([np.nan if stars is None else stars for stars in said]))
            table.append({"by": by, "via": via, **_compare(error, others)})
    return pd.DataFrame(table)


def _compare(error: NDArray[np.float64], others: NDArray[np.float64]) -> dict[str, float]:
    known = ~np.isnan(others)
    if not known.any():
        return {"n_ratings": 0, "rmse": np.nan, "model_rmse": np.nan, "closer": np.nan}
    return {
        "n_ratings": int(known.sum()),
        "rmse": float(np.sqrt(np.square(others[known]).mean())),
        "model_rmse": float(np.sqrt(np.square(error[known]).mean())),
        "closer": float((others[known] < error[known]).mean()),
    }
