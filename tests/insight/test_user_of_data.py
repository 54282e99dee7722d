"""A user of the data, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.errors import MissingPartError, UnknownIdError
from cf_core.insight.item_side import ItemSide
from cf_core.insight.user_of_data import user_of_data
from tests.insight.small_model import CONFIG, model


def test_ratings_of_both_parts_with_their_residuals() -> None:
    factors, split = model()
    user = user_of_data(split.ratings, split, factors, ItemSide.of(factors, CONFIG.model, split), 2)
    assert (user.user_idx, user.user_id) == (2, 30)
    assert (user.vector.user_bias, user.vector.user_factors.tolist()) == (0.25, [0])
    assert user.rated.to_dict("list") == {
        "item_idx": [2, 0],
        "item_id": [9, 7],
        "title": ["C", "A (1994)"],
        "rating": [4, 4],
        "predicted": [2.75, 3.75],
        "residual": [1.25, 0.25],
        "part": ["training", "validation"],
    }
    items, stars = user.training
    assert (items.tolist(), stars.tolist()) == ([2], [4])


def test_of_an_untrained_movie_nothing_is_said() -> None:
    factors, split = model()
    factors = replace(factors, n_train_by_item=np.array([0, 2, 1]))
    user = user_of_data(split.ratings, split, factors, ItemSide.of(factors, CONFIG.model, split), 2)
    assert user.rated["residual"].isna().tolist() == [False, True]


def test_users_without_a_training_rating_and_unknown_ones() -> None:
    factors, split = model()
    side = ItemSide.of(factors, CONFIG.model, split)
    with pytest.raises(UnknownIdError):
        user_of_data(split.ratings, split, factors, side, 3)
    with pytest.raises(MissingPartError, match="user 30"):
        user_of_data(split.ratings, split, replace(factors, n_train_by_user=np.array([2, 2, 0])), side, 2)
