"""Two rankers side by side: for whom each does better, and what both show one user."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.evaluation.metrics import NOTHING
from cf_core.evaluation.protocol import RankingTask
from cf_core.evaluation.verdict import Judged, against


def ranking_duel_verdict(one: Judged, other: Judged, k: int) -> str:
    """Which of two rankers of the same task is better, by how much, and for how many users."""
    ndcgs = one.ranking.ndcg, other.ranking.ndcg
    figures = f"NDCG@{k} {ndcgs[0].mean():.3f} against {ndcgs[1].mean():.3f}"
    higher, lower = int((ndcgs[0] > ndcgs[1]).sum()), int((ndcgs[0] < ndcgs[1]).sum())
    users = f"{one.name} is ahead for {higher:,} of {len(ndcgs[0]):,} users, {other.name} for {lower:,}."
    match against(*ndcgs):
        case "good":
            return f"{one.name} ranks better than {other.name}: {figures}. {users}"
        case "bad":
            return f"{one.name} ranks worse than {other.name}: {figures}. {users}"
        case _:
            return f"{one.name} and {other.name} rank about equally well: {figures}. {users}"


def shown_by_two(
    task: RankingTask, ratings: Ratings, user_idx: int, one: NDArray[np.int64], other: NDArray[np.int64], k: int
) -> pd.DataFrame:
    """What either ranker has among its top k for a user, and what neither has though it is relevant.

    Args:
        one, other: the user's lists, as long as they are known, at least k places; see `Ranking.top`.

    Returns:
        Columns `item_id`, `title`, `place_one`, `place_other` (Int64, from 1; <NA> beyond the end of a list),
        `is_relevant` and `n_train` (training ratings); the best place in either list first, ties by the first list.
    """
    places = [_places(top) for top in (one, other)]
    tops = [top[:k][top[:k] != NOTHING] for top in (one, other)]
    relevant = task.relevant_of(user_idx)
    items = np.unique(np.concatenate([*tops, relevant]))
    place_one, place_other = (place.reindex(items).astype("Int64").array for place in places)
    movies = ratings.item_table.iloc[items]
    frame = pd.DataFrame(
        {
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "place_one": place_one,
            "place_other": place_other,
            "is_relevant": np.isin(items, relevant),
            "n_train": task.candidates.n_train_by_item[items],
        }
    )
    best = frame[["place_one", "place_other"]].min(axis=1)
    return frame.assign(best=best).sort_values(["best", "place_one"], na_position="last").drop(columns="best")


def _places(top: NDArray[np.int64]) -> "pd.Series[int]":
    """The place of each item of a list, from 1, by its index."""
    known = top[top != NOTHING]
    return pd.Series(np.arange(1, len(known) + 1), index=known)
