"""The card of a movie, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.errors import UnknownIdError
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.movie_card import MovieCard, movie_card
from cf_core.insight.uncertainty import bias_uncertainty
from tests.insight.small_model import CONFIG, model


def card(item: int, **changes) -> MovieCard:
    factors, split = model()
    fitted = fitted_ratings(factors, CONFIG.model, split)
    uncertainty = bias_uncertainty(fitted, CONFIG)
    return movie_card(replace(factors, **changes), split.ratings, fitted, item, uncertainty)


def test_by_hand() -> None:
    found = card(0)
    assert (found.item_id, found.title, found.year, found.genres) == (7, "A (1994)", 1994, ["Crime", "Drama"])
    assert (found.profile.n_ratings, found.profile.mean, found.n_train) == (3, 4, 2)
    assert found.profile.histogram["n_ratings"].tolist() == [0, 1, 1, 1]
    assert found.bias == 3.5
    assert found.standard_error == pytest.approx(np.sqrt((4 * 0.25 + 1.5625) / 5) / 2)


def test_neighbours_are_other_movies_by_cosine() -> None:
    near = card(0).near
    assert near["title"].tolist() == ["C", "B (2001)"]  # factors 0.5 and 1 go the same way; B's are zero
    assert near["cosine"].tolist() == pytest.approx([1, 0])
    assert near["n_ratings"].tolist() == [1, 2]


def test_factors_that_are_all_nearly_zero_have_no_neighbours() -> None:
    near = card(0, item_factors=np.full((3, 1), 1e-12, np.float32)).near
    assert near.empty
    assert list(near) == list(card(0).near)


def test_who_disagreed_most_comes_first() -> None:
    """Off by 0.5, 0.5 and 0.25; equal ones stand in the order of the file."""
    found = card(0).disagreed
    assert found["user_id"].tolist() == [10, 20, 30]
    assert found["difference"].tolist() == pytest.approx([0.5, 0.5, 0.25])
    assert found["predicted"].tolist() == pytest.approx([4.5, 2.5, 3.75])
    assert found["user_mean"].tolist() == pytest.approx([4, 2.5, 4])


def test_no_year_and_no_bias() -> None:
    found = card(2, item_bias=None, user_bias=None)
    assert (found.year, found.bias, found.standard_error) == (None, None, None)


def test_a_movie_that_training_never_saw() -> None:
    found = card(2, n_train_by_item=np.array([2, 2, 0]))
    assert (found.n_train, found.bias, found.standard_error) == (0, None, None)
    assert found.near.empty
    assert found.profile.n_ratings == 1


def test_no_such_movie() -> None:
    with pytest.raises(UnknownIdError):
        card(3)
