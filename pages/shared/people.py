"""People to whom a run recommends movies: the student, folded in by a set of ratings, or a user of the data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.insight.fold_in import UserVector, fold_in
from cf_core.insight.fold_in_decay import DecayChoice, choose_weight_decay
from cf_core.insight.item_side import ItemSide
from cf_core.insight.user_of_data import UserOfData, user_of_data
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=32)
def item_side(run_view: RunView, ratings: Ratings) -> ItemSide:
    """What the run knows of the movies.

    Raises:
        MissingPartError: nobody new can be folded in.
    """
    spec = run_view.run.spec
    return ItemSide.of(cached.factors(run_view, ratings), spec.config.model, cached.split(ratings, spec.split))


@cache_for_all(max_entries=64, show_spinner="Choosing the weight decay on an inner split…")
def decay_choice(run_view: RunView, ratings: Ratings) -> DecayChoice:
    """The weight decay by which people are folded in.

    Raises:
        ConfigError: the data are too small to choose one.
    """
    split = cached.split(ratings, run_view.run.spec.split)
    return choose_weight_decay(cached.factors(run_view, ratings), item_side(run_view, ratings), split)


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody to recommend movies to.

    Attributes:
        name: to begin a sentence with: "You", "My father", "User 15".
        user: the factors and the bias.
        rated: (n,) indices of the movies whose ratings these come from, in the order in which they were rated.
        stars: (n,) the ratings.
        known: indices of all movies that are not recommended, because the person has rated them or knows them.
        weight_decay: the λ by which the person was, or would be, folded in.
        n_steps: of Newton's method; None for a user of the data, whom training found.
        index: of a user of the data; None for anybody else.
    """

    name: str
    user: UserVector
    rated: NDArray[np.int64]
    stars: NDArray[np.float64]
    known: NDArray[np.int64]
    weight_decay: float
    n_steps: int | None = None
    index: int | None = None


def me(run_view: RunView, ratings: Ratings, rating_set: RatingSet | None) -> Person:
    """The owner of the set, folded in; somebody without a rating where there is no set. Movies that were never trained
    have no factors to learn from, and do not count."""
    side, decay = item_side(run_view, ratings), decay_choice(run_view, ratings).weight_decay
    given = {} if rating_set is None else rating_set.stars
    items = ratings.items.index_of(list(given))
    counts = cached.factors(run_view, ratings).n_train_by_item[items] > 0
    stars = np.array(list(given.values()), dtype=np.float64)
    rated = items[counts]
    user = fold_in(side, rated, stars[counts], decay)
    name = "You" if rating_set is None or rating_set.name == "Me" else rating_set.name
    return Person(name, user, rated, stars[counts], items, decay, user.n_steps)


def somebody(run_view: RunView, ratings: Ratings, user: int) -> tuple[Person, UserOfData]:
    """The user of the data with that index, with the factors that training gave them; the reasons are their training
    ratings.

    Raises:
        MissingPartError: they have none.
    """
    factors, split = cached.factors(run_view, ratings), cached.split(ratings, run_view.run.spec.split)
    known = user_of_data(ratings, split, factors, item_side(run_view, ratings), user)
    items, stars = known.training
    decay = decay_choice(run_view, ratings).weight_decay
    return Person(f"User {known.user_id}", known.vector, items, stars, items, decay, index=user), known
