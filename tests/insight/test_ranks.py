"""Rank by mean against rank by bias: by hand, and what a mean is made of."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.errors import ConfigError, MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.insight.ranks import causes, movers, ranked, ranks
from tests.insight.small_model import CONFIG, model
from tests.small import make_split


def table():
    factors, split = model()
    return ranks(factors, split.ratings, fitted_ratings(factors, CONFIG.model, split), np.array([0, 1, 2]))


def test_by_hand() -> None:
    """Means are 4, 2.5, 4; the users' own means 4, 2.5, 4."""
    found = table()
    assert found["item_id"].tolist() == [7, 8, 9]
    assert found["n_ratings"].tolist() == [3, 2, 1]
    assert found["mean_rank"].tolist() == [1, 3, 2]  # A and C are equal: the first given comes first
    assert found["bias_rank"].tolist() == [1, 2, 3]
    assert found["rise"].tolist() == [0, 1, -1]
    assert found["rater_mean"].tolist() == pytest.approx([3.5, 3.25, 4])
    assert found["rater_kindness"].tolist() == pytest.approx([0.25 / 3, 0, 0.25])
    assert found["rater_taste"].tolist() == pytest.approx([0, 0, 0])
    assert found["residual"].tolist() == pytest.approx([1.25 / 3, -0.5, 1.25])


@settings(max_examples=20)
@given(seed=st.integers(0, 1_000))
def test_a_mean_is_bias_kindness_taste_and_rest(seed: int) -> None:
    split, draw = make_split(seed=seed % 7), np.random.default_rng(seed)
    ratings = split.ratings
    factors = FittedFactors(
        recipe="small",
        users=ratings.users,
        items=ratings.items,
        user_factors=draw.normal(size=(ratings.n_users, 3)).astype(np.float32),
        item_factors=draw.normal(size=(ratings.n_items, 3)).astype(np.float32),
        user_bias=draw.normal(size=ratings.n_users).astype(np.float32),
        item_bias=draw.normal(size=ratings.n_items).astype(np.float32),
        bias_unit="stars",
        n_train_by_user=np.ones(ratings.n_users, np.int64),
        n_train_by_item=np.ones(ratings.n_items, np.int64),
    )
    items = draw.permutation(ratings.n_items)
    found = ranks(factors, ratings, fitted_ratings(factors, CONFIG.model, split), items)
    parts = found[["bias", "rater_kindness", "rater_taste", "residual"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(found["mean_rating"].to_numpy(), abs=1e-5)
    for name in ("mean_rank", "bias_rank"):
        assert sorted(found[name]) == list(range(1, len(items) + 1))
    assert found["rise"].sum() == 0
    highest = found.loc[found["bias_rank"] == 1, "bias"].item()
    assert highest == found["bias"].max()


def test_kinder_raters_let_a_movie_fall() -> None:
    """The same biases of the movies; C's only rater is kinder, and nobody else changes."""
    factors, split = model()
    assert factors.user_bias is not None
    kinder = replace(factors, user_bias=factors.user_bias + np.array([0, 0, 1], np.float32))
    found = ranks(kinder, split.ratings, fitted_ratings(kinder, CONFIG.model, split), np.array([0, 1, 2]))
    assert (found["rater_kindness"] - table()["rater_kindness"]).tolist() == pytest.approx([1 / 3, 0, 1])
    assert (found["residual"] - table()["residual"]).tolist() == pytest.approx([-1 / 3, 0, -1])


def test_ranked_anew_among_some() -> None:
    some = ranked(table().iloc[[1, 2]])
    assert some["mean_rank"].tolist() == [2, 1]
    assert some["bias_rank"].tolist() == [1, 2]
    assert some["rise"].tolist() == [1, -1]


def test_causes_by_hand() -> None:
    """Rises 0, 1, -1 have the places 2, 3, 1; kindness and residual have 2, 1, 3; taste does not vary."""
    found = causes(table())
    assert found == pytest.approx({"rater_kindness": -1, "residual": -1})
    assert causes(table().iloc[:1]) == {}


def test_movers() -> None:
    rises = [3, 0, -5, 3, 9, -1, -9]
    frame = table().iloc[[0] * len(rises)].assign(rise=rises, title=list("abcdefg"))
    assert movers(frame, 2)["title"].tolist() == ["e", "a", "c", "g"]
    assert movers(frame, 9)["title"].tolist() == ["e", "a", "d", "f", "c", "g"]
    with pytest.raises(ConfigError, match="n=0"):
        movers(frame, 0)


def test_a_model_without_biases_says_so() -> None:
    factors, split = model()
    fitted = fitted_ratings(factors, CONFIG.model, split)
    with pytest.raises(MissingPartError, match="no biases"):
        ranks(replace(factors, item_bias=None, user_bias=None), split.ratings, fitted, np.array([0]))
