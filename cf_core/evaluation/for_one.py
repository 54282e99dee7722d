"""Rivals of a model for one person, who need be no user of the data: most popular, and EASE."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cf_core.data.ratings import Ratings
from cf_core.evaluation.ease import Ease
from cf_core.evaluation.protocol import Candidates


def ease_scores(ease: Ease, rated: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n_items,) scores of EASE for a person who has rated the items `rated`, whatever the stars."""
    n_items = ease.rated.shape[1]
    row = sparse.csr_matrix((np.ones(len(rated)), (np.zeros(len(rated), dtype=np.int64), rated)), shape=(1, n_items))
    return np.asarray(ease.scores(row)[0])


def list_by(
    ratings: Ratings, candidates: Candidates, scores: NDArray[np.generic], known: NDArray[np.int64], n: int
) -> pd.DataFrame:
    """The `n` items of the highest scores among those with a training rating, without the `known` ones; of equal scores
    those with more training ratings come first.

    Returns:
        Columns `rank` (from 1), `item_idx`, `item_id`, `title`, `score`, `n_ratings` (all ratings of the data).
    """
    items = candidates.items[~np.isin(candidates.items, known)]
    first = items[np.argsort(-scores[items].astype(np.float64), kind="stable")[:n]]
    movies = ratings.item_stats().iloc[first]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(first) + 1),
            "item_idx": first,
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "score": scores[first],
            "n_ratings": movies["n_ratings"].to_numpy(),
        }
    )
