"""Finds neighbours of a movie by the users that it shares with others, and of a user by the movies.

Only who rated what counts, not the ratings or a trained model.
"""

from typing import Literal

import numpy as np
import pandas as pd

from cf_core.data.part import Part
from cf_core.data.ratings import Ratings


def neighbours(ratings: Ratings, of: Literal["user", "item"], index: int, n: int = 10) -> pd.DataFrame:
    """The n users or movies most similar to the one at `index`, nearest first, ties by raw id.

    Similarity is the Jaccard index |A ∩ B| / |A ∪ B| (Jaccard 1901) of the users A and B of two movies, or of the
    movies of two users. A plain count of what they share would favour the most rated everywhere. Those that share
    nothing are left out.

    Columns: id (raw), title (movies only), n_shared, jaccard (0 to 1), n_ratings.

    Raises:
        UnknownIdError: no user or movie has that index.
    """
    is_user = of == "user"
    ids, own, other, stats = ratings.items, ratings.item_idx, ratings.user_idx, ratings.item_stats()
    if is_user:
        ids, own, other, stats = ratings.users, ratings.user_idx, ratings.item_idx, ratings.user_stats()
    ids.raw_of([index])  # raises where the index is out of bounds
    is_mine = np.zeros(ratings.n_items if is_user else ratings.n_users, dtype=np.bool_)
    is_mine[other[np.flatnonzero(own == index)]] = True
    n_shared, n_ratings = np.zeros(len(ids), dtype=np.int64), stats["n_ratings"].to_numpy()
    for owns, others in Part(ratings).chunks(own, other):
        n_shared += np.bincount(np.compress(is_mine[others], owns), minlength=len(ids))
    frame = pd.DataFrame({"id": ids.ids, "n_shared": n_shared, "jaccard": 0.0, "n_ratings": n_ratings})
    frame["jaccard"] = n_shared / (n_ratings + n_ratings[index] - n_shared)
    if not is_user:
        frame.insert(1, "title", ratings.item_table["title"].to_numpy())
    near = frame.drop(index=index).query("n_shared > 0")
    return near.sort_values(["jaccard", "id"], ascending=[False, True]).head(n).reset_index(drop=True)
