"""Which movie to ask a new user about next: one that they know, that divides people, and that tells most about them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cf_core.data.chunks import chunks_of
from cf_core.data.crosstab import most_rated_items
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.insight.fold_in import check_weight_decay
from cf_core.insight.item_side import ItemSide


@dataclass(frozen=True, eq=False)
class MoviesToRate:
    """Well-known movies, the most rated first, and what makes each worth asking about.

    Attributes:
        item_idx: shape (n,), items with a training rating.
        share: the share of the users who rated it, over all ratings.
        deviation: the standard deviation of its ratings, stars.
    """

    item_idx: NDArray[np.int64]
    share: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, side: ItemSide, ratings: Ratings, popular: int = 300) -> "MoviesToRate":
        """The `popular` most rated items among those with a training rating.

        Raises:
            ConfigError: `popular` is below 1.
        """
        if popular < 1:
            raise ConfigError(f"popular={popular} leaves nothing to ask about. Choose 1 or more.")
        items = most_rated_items(ratings, ratings.n_items)
        items = items[side.trained[items]][:popular]
        stats = ratings.item_stats().iloc[items]
        n = stats["n_ratings"].to_numpy()
        squares = np.zeros(ratings.n_items)
        for rows in chunks_of(ratings.n_ratings):
            squares += np.bincount(ratings.item_idx[rows], ratings.rating[rows].astype(np.float64) ** 2, len(squares))
        variance = squares[items] / n - stats["mean_rating"].to_numpy() ** 2
        return cls(items.astype(np.int64), n / ratings.n_users, np.sqrt(np.maximum(variance, 0)))

    def scores(self, side: ItemSide, rated: ArrayLike, weight_decay: float) -> NDArray[np.float64]:
        """score = share · deviation · q̃ᵀA⁻¹q̃ with A = λ I + Σ q̃q̃ᵀ over the rated items: how likely the user knows
        the movie, how much people differ about it, and how much is still open about what they will say (D-optimal).

        Source of the last: Fedorov, "Theory of Optimal Experiments" (1972): det(A + q̃q̃ᵀ) = det(A) (1 + q̃ᵀA⁻¹q̃).

        Returns:
            Shape (n,), rows as in `item_idx`, whether rated or not.

        Raises:
            ConfigError: λ is not above 0.
        """
        check_weight_decay(weight_decay)
        known, asked = side.design(np.asarray(rated, dtype=np.int64)), side.design(self.item_idx)
        matrix = known.T @ known + weight_decay * np.eye(known.shape[1])
        left_open: NDArray[np.float64] = (asked * np.linalg.solve(matrix, asked.T).T).sum(axis=1)
        return self.share * self.deviation * left_open

    def next(self, side: ItemSide, rated: ArrayLike, skipped: Iterable[int], weight_decay: float) -> int | None:
        """The item of highest score that is neither rated nor skipped, the more rated of two equal ones; None where all
        have been asked about."""
        done = {*np.asarray(rated, dtype=np.int64).tolist(), *skipped}
        is_open = np.array([item not in done for item in self.item_idx.tolist()], dtype=np.bool_)
        if not is_open.any():
            return None
        scores = np.where(is_open, self.scores(side, rated, weight_decay), -np.inf)
        return int(self.item_idx[np.argmax(scores)])
