"""One validation rating under investigation: what the model knew of the user and of the movie, and what neighbours
would have said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.insight.neighbourhood import By, Directions, Neighbours, TrainingCells, Via, from_neighbours


@dataclass(frozen=True, eq=False)
class Case:
    """A validation rating, in stars, and what there was to go by.

    Attributes:
        user, item: indices.
        rating, predicted: given by the user, and ŷ of the model.
        user_mean, item_mean: of their training ratings; None where there is none.
        user_n_train, item_n_train: how many those are.
        neighbours: by what their likeness is measured by, and by whether they are movies or users.
    """

    user: int
    item: int
    rating: float
    predicted: float
    user_mean: float | None
    item_mean: float | None
    user_n_train: int
    item_n_train: int
    neighbours: dict[tuple[By, Via], Neighbours]

    @property
    def residual(self) -> float:
        """Rating minus prediction, stars."""
        return self.rating - self.predicted


def validation_row(split: Split, user: int, item: int) -> int | None:
    """The row of the user's rating for the movie (indices) in the data; None where it is not a validation rating."""
    ratings, rows = split.ratings, split.valid_rows
    found = rows[(ratings.user_idx[rows] == user) & (ratings.item_idx[rows] == item)]
    return int(found[0]) if len(found) else None


def investigate(
    cells: TrainingCells,
    directions: Mapping[By, Directions],
    predicted: float,
    row: int,
    k: int = 10,
) -> Case:
    """All about the validation rating in that row of the data.

    Args:
        directions: by factors, by ratings, or both: see `cf_core.insight.neighbourhood`.
        predicted: ŷ of that rating, stars.
        k: how many neighbours a prediction is made from, at most.

    Raises:
        ConfigError: `k` is below 1.
    """
    ratings = cells.split.ratings
    user, item = int(ratings.user_idx[row]), int(ratings.item_idx[row])
    of_user, of_item = cells.of_user(user)[1], cells.of_item(item)[1]
    return Case(
        user=user,
        item=item,
        rating=float(ratings.rating[row]),
        predicted=predicted,
        user_mean=float(of_user.mean()) if len(of_user) else None,
        item_mean=float(of_item.mean()) if len(of_item) else None,
        user_n_train=len(of_user),
        item_n_train=len(of_item),
        neighbours={
            (by, via): from_neighbours(cells, vectors, via, user, item, k)
            for by, vectors in directions.items()
            for via in get_args(Via)
        },
    )


def neighbour_errors(case: Case) -> pd.DataFrame:
    """What each neighbourhood would have predicted, beside the model.

    Returns:
        One row per neighbourhood, as in `case.neighbours`: `by`, `via`, `n_used`, `predicted` (stars; NaN where
        nothing similar was rated), `residual` (rating - predicted) and `is_closer` (than the model).
    """
    rows = [
        {
            "by": by,
            "via": via,
            "n_used": found.n_used,
            "predicted": np.nan if found.predicted is None else found.predicted,
        }
        for (by, via), found in case.neighbours.items()
    ]
    table = pd.DataFrame(rows)
    residual = case.rating - table["predicted"]
    return table.assign(residual=residual, is_closer=residual.abs() < abs(case.residual))


def similar_movies(ratings: Ratings, found: Neighbours) -> pd.DataFrame:
    """The movies that the user rated, the most similar first: `item_id`, `title`, `similarity` and `rating`."""
    movies = ratings.item_table.iloc[found.index]
    return pd.DataFrame(
        {
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "similarity": found.similarity,
            "rating": found.rating,
        }
    )


def similar_raters(cells: TrainingCells, found: Neighbours) -> pd.DataFrame:
    """The users who rated the movie, the most similar first: `user_id`, `similarity`, `rating` and `user_mean` (of
    their training ratings, stars)."""
    return pd.DataFrame(
        {
            "user_id": cells.split.ratings.users.ids[found.index],
            "similarity": found.similarity,
            "rating": found.rating,
            "user_mean": cells.user_mean[found.index],
        }
    )
