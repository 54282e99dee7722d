"""The ratings of a data set, checked and indexed: what every other part of CF Lab works on.

Nothing is read or validated here; see `reading.py`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.chunks import chunks_of
from cf_core.data.id_map import IdMap
from cf_core.words import MOVIES, Words

_YEAR = r"\(([0-9]{4})(?:[-–][0-9]{0,4})?\)\s*$"  # (1994), (1975-1979) or (2007-) at the end of a title


@dataclass(frozen=True, eq=False)
class Ratings:
    """A checked data set. Rows are in file order; indices count from 0 in order of first appearance.

    Attributes:
        name: what messages call the data set: the name in its `about.json`, or else that of its folder or zip.
        users, items: raw id ↔ index.
        user_idx, item_idx: int64, shape (n_ratings,).
        rating: stars, float32, shape (n_ratings,).
        timestamp: seconds since 1970, int64, shape (n_ratings,); None where the file has none.
        item_table: one row per rated item, in index order: item_id, title, year (Int64, <NA> where the title has none),
            genres ("A|B").
        fingerprint: SHA-256 over the bytes of the files, in hexadecimal; None for a part of a data set, which no file
            holds.
        words: what is rated, and in what unit.
    """

    name: str
    users: IdMap
    items: IdMap
    user_idx: NDArray[np.int64]
    item_idx: NDArray[np.int64]
    rating: NDArray[np.float32]
    timestamp: NDArray[np.int64] | None
    item_table: pd.DataFrame
    fingerprint: str | None
    words: Words = MOVIES

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def n_ratings(self) -> int:
        return len(self.rating)

    def require_fingerprint(self) -> str:
        """The fingerprint, for what is stored or cached under it.

        Raises:
            ValueError: this is a part of a data set; all parts would share one entry.
        """
        if self.fingerprint is None:
            raise ValueError(
                f"A part of '{self.name}' has no fingerprint to be known by. Pass the whole data set, or do not cache."
            )
        return self.fingerprint

    @cached_property
    def global_mean(self) -> float:
        """Mean of all ratings, stars."""
        return float(self.rating.mean(dtype=np.float64))

    @cached_property
    def rating_range(self) -> tuple[float, float]:
        """Lowest and highest rating, stars (lesson: "Bias")."""
        return float(self.rating.min()), float(self.rating.max())

    @cached_property
    def rating_values(self) -> NDArray[np.float32]:
        """Every rating that occurs, once, ascending, stars. Do not change it."""
        return np.sort(pd.unique(self.rating))

    @cached_property
    def time_span(self) -> tuple[int, int]:
        """The first and the last timestamp, seconds since 1970.

        Raises:
            ValueError: the data have no timestamps.
        """
        if self.timestamp is None:
            raise ValueError(f"'{self.name}' has no timestamps.")
        return int(self.timestamp.min()), int(self.timestamp.max())

    @property
    def density(self) -> float:
        """Share of the cells of users × items that have a rating: n_ratings / (n_users · n_items)."""
        return self.n_ratings / (self.n_users * self.n_items)

    def frame(self, n_rows: int | None = None) -> pd.DataFrame:
        """The first `n_rows` of the ratings, or all, as in the file (lesson: "Collaborative filtering using fast.ai").

        Columns: user_id, item_id (raw), rating and, if the file has it, timestamp.
        """
        first = slice(n_rows)
        columns = {
            "user_id": self.users.ids[self.user_idx[first]],
            "item_id": self.items.ids[self.item_idx[first]],
            "rating": self.rating[first],
        }
        return pd.DataFrame(columns if self.timestamp is None else {**columns, "timestamp": self.timestamp[first]})

    def item_stats(self) -> pd.DataFrame:
        """`item_table` with n_ratings and mean_rating (stars), index order. Cached: copy it before you change it."""
        return self._item_stats

    def user_stats(self) -> pd.DataFrame:
        """user_id, n_ratings and mean_rating (stars), index order. Cached: copy it before you change it."""
        return self._user_stats

    @cached_property
    def _item_stats(self) -> pd.DataFrame:
        return self.item_table.assign(**self._counts_and_means(self.item_idx, self.n_items))

    @cached_property
    def _user_stats(self) -> pd.DataFrame:
        return pd.DataFrame({"user_id": self.users.ids, **self._counts_and_means(self.user_idx, self.n_users)})

    def _counts_and_means(self, index: NDArray[np.int64], n: int) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
        """How many ratings each of the n users or items has, and their mean; every one has a rating."""
        n_ratings, stars = np.zeros(n, dtype=np.int64), np.zeros(n)
        for rows in chunks_of(self.n_ratings):
            n_ratings += np.bincount(index[rows], minlength=n)
            stars += np.bincount(index[rows], self.rating[rows], minlength=n)
        return {"n_ratings": n_ratings, "mean_rating": stars / n_ratings}


def item_table(items: IdMap, title: NDArray[np.object_], genres: NDArray[np.object_]) -> pd.DataFrame:
    """Build the `item_table` of `Ratings` from strings in index order; the year is taken from the title."""
    titles = pd.Series(title, dtype="str")
    year = titles.str.extract(_YEAR, expand=False).astype("Int64")
    return pd.DataFrame({"item_id": items.ids, "title": titles, "year": year, "genres": pd.Series(genres, dtype="str")})
