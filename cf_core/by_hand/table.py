"""The small table that is factored by hand: the lesson's crosstab, with some of its cells held out."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.data.crosstab import crosstab
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError

Role = Literal["training", "held out", "blank"]


@dataclass(frozen=True, eq=False)
class SmallTable:
    """Ratings of a few users for a few movies; raw ids ascending, as in the lesson.

    Attributes:
        user_ids, item_ids: raw ids.
        titles: of the movies.
        rating: stars, float64 (n_users, n_items), NaN where there is none.
        held_out: the rated cells that no step learns from, bool (n_users, n_items).
        rating_range: lowest and highest rating (stars) of the whole data set.
    """

    user_ids: list[Any]
    item_ids: list[Any]
    titles: list[str]
    rating: NDArray[np.float64]
    held_out: NDArray[np.bool_]
    rating_range: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_items)."""
        return len(self.user_ids), len(self.item_ids)

    @property
    def training(self) -> NDArray[np.bool_]:
        """The rated cells that are not held out, (n_users, n_items)."""
        return ~np.isnan(self.rating) & ~self.held_out

    def role(self, row: int, column: int) -> Role:
        """Whether a cell trains, is held out or has no rating."""
        if np.isnan(self.rating[row, column]):
            return "blank"
        return "held out" if self.held_out[row, column] else "training"


def small_table(ratings: Ratings, held_out: float = 0.2, seed: int = 42, n: int = 15) -> SmallTable:
    """The n busiest users by the n most rated movies: the lesson's spreadsheet (lesson: "Collaborative filtering").

    Args:
        held_out: share of the rated cells to hold out, rounded down; 0 as in the spreadsheet.
        seed: of the shuffle that selects them.
        n: number of users and of movies; fewer where the data have fewer.

    Raises:
        ConfigError: held_out is not from 0 to 0.9.
    """
    if not 0 <= held_out <= 0.9:
        raise ConfigError(f"held_out={held_out} is out of range. Choose from 0 to 0.9.")
    table = crosstab(ratings, n, n)
    rating = table.to_numpy(dtype=np.float64)
    rated = np.flatnonzero(~np.isnan(rating.ravel()))
    is_held_out = np.zeros(rating.size, dtype=np.bool_)
    is_held_out[np.random.RandomState(seed).permutation(rated)[: int(held_out * len(rated))]] = True
    titles = ratings.item_table["title"].iloc[ratings.items.index_of(table.columns.to_numpy())]
    return SmallTable(
        user_ids=table.index.tolist(),
        item_ids=table.columns.tolist(),
        titles=titles.tolist(),
        rating=rating,
        held_out=is_held_out.reshape(rating.shape),
        rating_range=ratings.rating_range,
    )
