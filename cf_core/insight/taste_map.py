"""A map of movies on which people have a place, too: where the movies lie that suit them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.insight.projection import Projection, project


@dataclass(frozen=True, eq=False)
class TasteMap:
    """The most rated movies on the two directions in which their factors differ most.

    Attributes:
        projection: the movies; its components are their coordinates.
        items: (n_items,) their indices, in the same order.
        directions: V, (n_factors, 2), orthonormal.
        scale: s, what a person's factors are multiplied by to be drawn among the movies.
    """

    projection: Projection
    items: NDArray[np.int64]
    directions: NDArray[np.float64]
    scale: float

    @property
    def coordinates(self) -> NDArray[np.float64]:
        """(n_items, 2) of the movies."""
        return self.projection.components.T

    def place(self, user_factors: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 2): s · p V for each row p of (n, n_factors). Without factors a person is in the middle; movies that lie
        in the direction of a person's place, seen from there, are those that their factors lift most."""
        return self.scale * (np.asarray(user_factors, dtype=np.float64) @ self.directions)


def taste_map(factors: FittedFactors, ratings: Ratings, popular: int = 500) -> TasteMap:
    """The map of the `popular` most rated movies. With Q their factors, q̄ the mean of these, and V the first two
    principal components over the movies, a movie is at (q_i - q̄) V, so that what it has more than the mean movie of a
    person's product with it is about

        p · (q_i - q̄) ≈ (p V) · ((q_i - q̄) V)

    the dot product of their two places on the map. The scale makes the root mean square distance from the middle the
    same for the users of the data as for the movies, because their factors need not be of the same size.

    Raises:
        ConfigError: fewer than three movies or two factors have no two directions.
        VanishedFactorsError: the factors are all nearly zero.
    """
    projection = project(factors, ratings, 2, popular, "movies")
    items = popular_trained_items(factors, ratings, popular)
    centred = factors.item_factors[items].astype(np.float64)
    centred -= centred.mean(axis=0)
    directions = np.linalg.lstsq(centred, projection.components.T, rcond=None)[0]
    of_users = factors.user_factors[factors.n_train_by_user > 0].astype(np.float64) @ directions
    spread = np.sqrt(np.square(of_users).sum(axis=1).mean())
    of_movies = np.sqrt(np.square(projection.components).sum(axis=0).mean())
    return TasteMap(projection, items, directions, float(of_movies / spread) if spread else 1.0)
