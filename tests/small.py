"""A small data set in memory, with a pattern to learn, for tests that train."""

import numpy as np
import pandas as pd

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split, SplitConfig, split_ratings


def make_split(n_users: int = 12, n_items: int = 15, n_ratings: int = 130, seed: int = 0) -> Split:
    """A small data set with a pattern to learn."""
    draw = np.random.default_rng(seed)
    cells = draw.choice(n_users * n_items, n_ratings, replace=False)
    user_idx, item_idx = np.divmod(cells, n_items)
    rating = np.clip(np.round(2 * (3 + np.sin(user_idx) + np.cos(item_idx))) / 2, 0.5, 5).astype(np.float32)
    ids = np.arange(n_items)
    table = pd.DataFrame({"item_id": ids, "title": [f"Movie {i}" for i in ids], "year": 2000, "genres": "Drama"})
    ratings = Ratings(
        name="small",
        users=IdMap(np.arange(n_users), "user"),
        items=IdMap(ids, "item"),
        user_idx=user_idx,
        item_idx=item_idx,
        rating=rating,
        timestamp=None,
        item_table=table,
        fingerprint="",
    )
    return split_ratings(ratings, SplitConfig())
