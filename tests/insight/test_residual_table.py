"""The validation ratings with the largest errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.errors import ConfigError
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.residual_table import residuals, worst
from tests.insight.small_model import CONFIG, model
from tests.small import make_split


def test_the_small_model() -> None:
    factors, split = model()
    predicted = fitted_ratings(factors, CONFIG.model, split).predicted_at(split.valid_rows)
    assert residuals(split, predicted).tolist() == [0.25]
    (row,) = worst(split, predicted).to_dict("records")
    assert row == {
        "row": 5, "user_id": 30, "item_id": 7, "title": "A (1994)", "rating": 4.0, "predicted": 3.75, "residual": 0.25,
        "user_n_train": 1, "item_n_train": 2,
    }  # fmt: skip


def test_every_validation_rating_once_and_the_largest_error_first() -> None:
    split = make_split()
    of_all = np.random.default_rng(0).uniform(1, 5, split.ratings.n_ratings)
    table = worst(split, of_all[split.valid_rows], n=10_000)
    assert sorted(table["row"]) == sorted(split.valid_rows)
    assert table["residual"].to_numpy() == pytest.approx(table["rating"] - table["predicted"])
    assert table["predicted"].to_numpy() == pytest.approx(of_all[table["row"]])
    assert table["rating"].to_numpy() == pytest.approx(split.ratings.rating[table["row"]])
    assert (np.diff(table["residual"].abs()) <= 0).all()


@given(st.lists(st.sampled_from([1.0, 2.5, 3.0, 4.0]), min_size=60, max_size=60), st.integers(1, 60))
def test_the_first_few_are_those_of_the_whole_in_order(stars: list[float], n: int) -> None:
    split = make_split()
    predicted = np.resize(stars, len(split.valid_rows))
    whole = worst(split, predicted, n=10_000)
    assert worst(split, predicted, n=n)["row"].tolist() == whole["row"].tolist()[:n]
    by_hand = split.valid_rows[np.argsort(-np.abs(residuals(split, predicted)), kind="stable")]
    assert whole["row"].tolist() == by_hand.tolist()


def test_only_too_high_or_too_low_and_only_of_one_user_or_movie() -> None:
    split = make_split()
    predicted = np.full(len(split.valid_rows), 3.25)
    whole, high, low = (worst(split, predicted, off) for off in ("both", "too high", "too low"))
    assert (high["predicted"] > high["rating"]).all() and (low["predicted"] < low["rating"]).all()
    assert len(high) + len(low) == len(whole) == len(split.valid_rows)
    user, item = (int(index[split.valid_rows[0]]) for index in (split.ratings.user_idx, split.ratings.item_idx))
    for chosen in ({"user_idx": user}, {"item_idx": item}, {"user_idx": user, "item_idx": item}):
        wanted = np.ones(len(whole), np.bool_)
        if "user_idx" in chosen:
            wanted &= whole["user_id"] == split.ratings.users.ids[user]
        if "item_idx" in chosen:
            wanted &= whole["item_id"] == split.ratings.items.ids[item]
        assert worst(split, predicted, **chosen)["row"].tolist() == whole.loc[wanted, "row"].tolist() != []
    with pytest.raises(ConfigError, match="n=0 shows no prediction"):
        worst(split, predicted, n=0)
