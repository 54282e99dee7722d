"""Predicts a rating from neighbours: from the user's own ratings of similar movies, or from similar users' ratings of
the movie. Nothing here asks what the model predicts; training ratings alone are looked at."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cf_core.data.split import Split
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors

By = Literal["factors", "ratings"]
Via = Literal["movies", "users"]


@dataclass(frozen=True, eq=False)
class Directions:
    """What similarity is measured by: a vector of length 1 for each user and each movie, so that the cosine of two is
    their dot product. The vector of one without a training rating is 0: nothing is similar to it.

    Attributes:
        users, items: (n_users, d) and (n_items, d'); dense, or sparse where most numbers are 0.
    """

    users: "NDArray[np.float64] | csr_array"
    items: "NDArray[np.float64] | csr_array"


@dataclass(frozen=True, eq=False)
class TrainingCells:
    """The training ratings of each user and of each movie, found without a search.

    Attributes:
        split: whose training rows they are.
    """

    split: Split

    def of_user(self, user: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Which movies the user rated (indices), and the stars."""
        return self._of(self._by_user, user, self.split.ratings.item_idx)

    def of_item(self, item: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Who rated the movie (indices), and the stars."""
        return self._of(self._by_item, item, self.split.ratings.user_idx)

    @cached_property
    def user_mean(self) -> NDArray[np.float64]:
        """r̄_u: the mean training rating of each user, stars; NaN for one without any."""
        ratings, rows = self.split.ratings, self.split.train_rows
        counts = np.bincount(ratings.user_idx[rows], minlength=ratings.n_users)
        sums = np.bincount(ratings.user_idx[rows], ratings.rating[rows], ratings.n_users)
        means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
        return means

    @cached_property
    def _by_user(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._sorted(self.split.ratings.user_idx, self.split.ratings.n_users)

    @cached_property
    def _by_item(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._sorted(self.split.ratings.item_idx, self.split.ratings.n_items)

    def _sorted(self, index: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The training rows by `index`, and where each of its n values begins and the last one ends."""
        rows = self.split.train_rows
        order = rows[np.argsort(index[rows], kind="stable")]
        return order, np.concatenate([[0], np.cumsum(np.bincount(index[rows], minlength=n))])

    def _of(
        self, lookup: tuple[NDArray[np.int64], NDArray[np.int64]], one: int, others: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        order, starts = lookup
        rows = order[starts[one] : starts[one + 1]]
        return others[rows], self.split.ratings.rating[rows].astype(np.float64)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training ratings that a prediction can be made from, the most similar first.

    Attributes:
        index: of the movies that the user rated, or of the users who rated the movie.
        similarity: their cosine, -1 to 1.
        rating: stars.
        n_used: how many of the first ones the prediction is made of.
        predicted: stars, within the range of the ratings; None where nothing similar was rated.
    """

    index: NDArray[np.int64]
    similarity: NDArray[np.float64]
    rating: NDArray[np.float64]
    n_used: int
    predicted: float | None


def directions_by_factors(factors: FittedFactors) -> Directions:
    """By the factors of a model. Where these are all nearly zero nobody is like anybody: what is left of their
    directions is rounding."""
    if factors.have_vanished:
        return Directions(np.zeros(factors.user_factors.shape), np.zeros(factors.item_factors.shape))
    users = _unit(factors.user_factors * (factors.n_train_by_user > 0)[:, None])
    return Directions(users, _unit(factors.item_factors * (factors.n_train_by_item > 0)[:, None]))


def directions_by_ratings(cells: TrainingCells) -> Directions:
    """Without a model, by how the training ratings deviate from the user's mean, d_ui = r_ui - r̄_u, with 0 for a blank.
    The cosine of two rows d_u, of all movies, compares users; that of two columns, movies. Two who share few ratings
    have a low cosine, however well they agree on those."""
    ratings, rows = cells.split.ratings, cells.split.train_rows
    user, item = ratings.user_idx[rows], ratings.item_idx[rows]
    deviation = ratings.rating[rows].astype(np.float64) - cells.user_mean[user]
    of_user = np.sqrt(np.bincount(user, deviation**2, ratings.n_users))[user]
    of_item = np.sqrt(np.bincount(item, deviation**2, ratings.n_items))[item]
    by_user, by_item = (
        np.divide(deviation, norm, out=np.zeros_like(deviation), where=norm > 0) for norm in (of_user, of_item)
    )
    users = csr_array((by_user, (user, item)), shape=(ratings.n_users, ratings.n_items))
    return Directions(users, csr_array((by_item, (item, user)), shape=(ratings.n_items, ratings.n_users)))


def from_neighbours(
    cells: TrainingCells, directions: Directions, via: Via, user: int, item: int, k: int = 10
) -> Neighbours:
    """Predict one rating from its k most similar neighbours with a positive similarity s:

        movies   r̂ = Σ_j s_ij r_uj / Σ_j s_ij                  over movies j that the user rated
        users    r̂ = r̄_u + Σ_v s_uv (r_vi - r̄_v) / Σ_v s_uv    over users v who rated the movie

    Ratings of one user are comparable as they are; those of several are taken from each one's own mean.

    Args:
        user, item: indices; a training rating of that user for that movie would be its own neighbour, so ask for a
            validation rating.

    Raises:
        ConfigError: `k` is below 1.

    Source: Resnick et al., "GroupLens" (1994) for users; Sarwar et al., "Item-based collaborative filtering" (2001)
        for movies.
    """
    if k < 1:
        raise ConfigError(f"k={k} asks no neighbour. Choose 1 or more.")
    index, rating = cells.of_user(user) if via == "movies" else cells.of_item(item)
    similarity = _cosines(directions.items, item, index) if via == "movies" else _cosines(directions.users, user, index)
    order = np.argsort(-similarity, kind="stable")
    index, rating, similarity = index[order], rating[order], similarity[order]
    n_used = min(k, int(np.count_nonzero(similarity > 1e-9)))
    if not n_used:
        return Neighbours(index, similarity, rating, 0, None)
    weights, values, level = similarity[:n_used], rating[:n_used], 0.0
    if via == "users":
        level = float(cells.user_mean[user])
        values = values - cells.user_mean[index[:n_used]]
    predicted = level + float(weights @ values / weights.sum())
    return Neighbours(index, similarity, rating, n_used, float(np.clip(predicted, *cells.split.ratings.rating_range)))


def _cosines(vectors: "NDArray[np.float64] | csr_array", one: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
    if isinstance(vectors, np.ndarray):
        dense: NDArray[np.float64] = vectors[others] @ vectors[one]
        return dense
    target = np.zeros(vectors.shape[1])
    start, end = vectors.indptr[one], vectors.indptr[one + 1]
    target[vectors.indices[start:end]] = vectors.data[start:end]
    sparse: NDArray[np.float64] = vectors[others] @ target
    return sparse


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rows scaled to length 1; those of length 0 unchanged."""
    rows = vectors.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.float64] = np.divide(rows, lengths, out=rows, where=lengths > 0)
    return scaled
