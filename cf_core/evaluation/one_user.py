"""What a ranker shows one user: its list, the hits in it, and where it put the movies that it should have found."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.evaluation.metrics import NOTHING, Ranking
from cf_core.evaluation.protocol import RankingTask


def shown_to(task: RankingTask, ratings: Ratings, user_idx: int, top: NDArray[np.int64], k: int) -> pd.DataFrame:
    """The user's top k, and below them the relevant movies that are not among them.

    Args:
        top: the user's list, as long as it is known, at least k places; see `Ranking.top`.

    Returns:
        Columns `place` (Int64, from 1; <NA> beyond the end of the list), `item_id`, `title`, `is_hit`, `n_train`
        (training ratings), `is_shown` (among the top k). The missed ones are in the order of their places.
    """
    known = top[top != NOTHING]
    place = pd.Series(np.arange(1, len(known) + 1), index=known)
    relevant = task.relevant_of(user_idx)
    missed = relevant[~np.isin(relevant, known[:k])]
    missed = missed[np.argsort(place.reindex(missed).fillna(np.inf).to_numpy(), kind="stable")]
    items = np.concatenate([known[:k], missed])
    movies = ratings.item_table.iloc[items]
    return pd.DataFrame(
        {
            "place": place.reindex(items).astype("Int64").array,
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "is_hit": np.isin(items, relevant),
            "n_train": task.candidates.n_train_by_item[items],
            "is_shown": np.arange(len(items)) < len(known[:k]),
        }
    )


def typical_user(task: RankingTask, rankings: Sequence[Ranking]) -> int:
    """Index of the user for whom the rankers do about as well as they do in the mean: the sum of |NDCG - mean NDCG|
    over the rankings is least, among the users with at least as many relevant movies as half of them have."""
    distance = sum((np.abs(ranking.ndcg - ranking.ndcg.mean()) for ranking in rankings), np.zeros(len(task.users)))
    distance[task.n_relevant < np.median(task.n_relevant)] = np.inf
    return int(task.users[distance.argmin()])
