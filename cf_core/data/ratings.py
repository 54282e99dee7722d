"""The ratings of a data set after all checks: what every other part of CF Lab is given.

Nothing in here reads files or doubts its values; that is the door's (reading.py).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap

_YEAR = r"\(([0-9]{4})(?:[-–][0-9]{0,4})?\)\s*$"  # (1994), (1975-1979) or (2007-) at the end of a title


@dataclass(frozen=True, eq=False)
class Ratings:
    """A checked data set. Rows stand in file order; indices count from 0 in order of first appearance.

    `name` is the folder's. `user_idx` and `item_idx` (int64) and `rating` (float32, stars) have the shape (n_ratings,),
    and so has `timestamp` (int64, seconds since 1970), None where the file has none. `item_table` has one row per rated
    item in index order: item_id, title, year (Int64, <NA> where the title has none), genres ("A|B"). `fingerprint` is
    the SHA-256 over the bytes of the files, in hexadecimal.
    """

    name: str
    users: IdMap
    items: IdMap
    user_idx: NDArray[np.int64]
    item_idx: NDArray[np.int64]
    rating: NDArray[np.float32]
    timestamp: NDArray[np.int64] | None
    item_table: pd.DataFrame
    fingerprint: str

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def n_ratings(self) -> int:
        return len(self.rating)

    @cached_property
    def global_mean(self) -> float:
        """Mean of all ratings, stars."""
        return float(self.rating.mean(dtype=np.float64))

    @cached_property
    def rating_range(self) -> tuple[float, float]:
        """Lowest and highest rating, stars."""
        return float(self.rating.min()), float(self.rating.max())

    @property
    def density(self) -> float:
        """Share of the cells of users × items that hold a rating: n_ratings / (n_users · n_items)."""
        return self.n_ratings / (self.n_users * self.n_items)

    def frame(self) -> pd.DataFrame:
        """The ratings as the file has them: user_id, item_id (raw), rating and, where there is one, timestamp."""
        columns = {
            "user_id": self.users.ids[self.user_idx],
            "item_id": self.items.ids[self.item_idx],
            "rating": self.rating,
        }
        return pd.DataFrame(columns if self.timestamp is None else {**columns, "timestamp": self.timestamp})

    def item_stats(self) -> pd.DataFrame:
        """`item_table` with n_ratings and mean_rating (stars), index order. Kept: copy it before you change it."""
        return self._item_stats

    def user_stats(self) -> pd.DataFrame:
        """user_id, n_ratings and mean_rating (stars), index order. Kept: copy it before you change it."""
        return self._user_stats

    @cached_property
    def _item_stats(self) -> pd.DataFrame:
        return self.item_table.assign(**self._counts_and_means(self.item_idx, self.n_items))

    @cached_property
    def _user_stats(self) -> pd.DataFrame:
        return pd.DataFrame({"user_id": self.users.ids, **self._counts_and_means(self.user_idx, self.n_users)})

    def _counts_and_means(self, index: NDArray[np.int64], n: int) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
        """How many ratings each of the n users or items has, and their mean; none is without a rating."""
        n_ratings = np.bincount(index, minlength=n)
        return {"n_ratings": n_ratings, "mean_rating": np.bincount(index, self.rating, minlength=n) / n_ratings}


def item_table(items: IdMap, title: NDArray[np.object_], genres: NDArray[np.object_]) -> pd.DataFrame:
    """The `item_table` of `Ratings`, from strings in index order; the year is taken from the title."""
    titles = pd.Series(title, dtype="str")
    year = titles.str.extract(_YEAR, expand=False).astype("Int64")
    return pd.DataFrame({"item_id": items.ids, "title": titles, "year": year, "genres": pd.Series(genres, dtype="str")})
