"""The table with holes: a small corner of the ratings, and a first guess for each cell that nobody rated."""

from typing import NamedTuple

import pandas as pd

from cf_core.data.crosstab import crosstab
from cf_core.data.ratings import Ratings


class TableWithHoles(NamedTuple):
    """Users down, movies across, by raw id.

    Attributes:
        rating: stars; NaN where the user has not rated the movie.
        guess: stars, for every cell.
    """

    rating: pd.DataFrame
    guess: pd.DataFrame


def table_with_holes(ratings: Ratings, n_users: int, n_items: int, skip_users: int = 0) -> TableWithHoles:
    """The busiest users and the most rated movies, and for each cell the simplest guess that looks at both:

        ŷ = μ + (mean of the user - μ) + (mean of the movie - μ), within the range of the ratings

    with μ the mean of all ratings. A trained model replaces these means by what it has learnt.

    Args:
        n_users, n_items: size of the corner; fewer where the data have fewer.
        skip_users: how many users to leave out first: the very busiest leave few holes.
    """
    corner = crosstab(ratings, skip_users + n_users, n_items, "count").iloc[-n_users:]
    mean = ratings.global_mean
    of_user = ratings.user_stats().set_index("user_id")["mean_rating"].loc[corner.index]
    of_item = ratings.item_stats().set_index("item_id")["mean_rating"].loc[corner.columns]
    guess = pd.DataFrame(
        of_user.to_numpy()[:, None] + of_item.to_numpy()[None, :] - mean, index=corner.index, columns=corner.columns
    )
    return TableWithHoles(corner, guess.clip(*ratings.rating_range))
